"""docs/tutorial.md, command by command, from the second step on; tests/test_walk.py walks it from a clean clone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import SAMPLES

PAGE = Path(__file__).parent.parent / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(bash|python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps(page: str) -> list[tuple[str, str, str]]:
    """Return language, code and what it is said to print of each block of code."""
    found: list[tuple[str, str, str]] = []
    for language, code in BLOCK.findall(page):
        if language == "text":
            found[-1] = (*found[-1][:2], code)
        else:
            found.append((language, code, ""))
    return found


def pattern(line: str) -> str:
    """Return what a printed line has to match: … stands for anything, a run of blanks for another one."""
    words = (r"\s+".join(re.escape(word) for word in part.split()) for part in line.split("…"))
    return r".*?".join(words)


def test_every_command_works_and_prints_what_the_page_says(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES, tmp_path / "data" / "raw")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "COLUMNS": "120",
    }
    section = PAGE.read_text(encoding="utf-8").partition("\n## 2. ")[2]
    assert len(steps(section)) > 12
    for language, code, printed in steps(section):
        command = ["bash", "-euo", "pipefail", "-c", code] if language == "bash" else [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}"
        for line in filter(None, map(str.strip, printed.splitlines())):
            assert re.search(pattern(line), done.stdout), f"{code}\nshould print {line!r}, and printed\n{done.stdout}"
    for page in ("ferry.html", "report.html", "audit.html"):
        assert (tmp_path / page).stat().st_size > 20_000
