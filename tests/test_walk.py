"""The walk of docs/operating.md and the tutorial, line by line, from a clean clone; minutes, so only when asked."""

import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
from services import free_port
from test_tutorial import PAGE, steps

from drills.outages.processes import wait_until

ROOT = Path(__file__).parent.parent


ASKED = pytest.mark.skipif("NEWSFRAMES_WALK" not in os.environ, reason="minutes long: `make walk` walks the docs")


def walk() -> str:
    """Return the commands of the operators' walk, in their order."""
    guide = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    text = guide.partition("\n## The walk\n")[2].partition("\n## ")[0]
    return "\n".join(re.findall(r"^```bash\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


@ASKED
def test_tutorial_works_from_a_clean_clone(tmp_path: Path) -> None:
    blocks = steps(PAGE.read_text(encoding="utf-8"))
    assert "make setup" in blocks[0][1]
    lines = [code if language == "bash" else f"python - <<'END'\n{code}END\n" for language, code, _ in blocks]
    script = tmp_path / "tutorial.sh"
    script.write_text("\n".join(lines), encoding="utf-8")
    begin = time.monotonic()
    walked = ["bash", "-eux", "-o", "pipefail", str(script)]
    result = subprocess.run(walked, cwd=tmp_path, env=clean(tmp_path), stdin=subprocess.DEVNULL, check=False)
    print(f"the tutorial took {time.monotonic() - begin:.0f} s")  # noqa: T201
    assert result.returncode == 0


def clean(folder: Path) -> dict[str, str]:
    """Return the environment of somebody who has just cloned this repository."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "PYTHON", "VIRTUAL_ENV"))}
    return kept | {
        "NEWSFRAMES": str(ROOT),
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_WORKER_QUERY_SECONDS": "2",
    }


@ASKED
def test_every_line_works_from_a_clean_clone(tmp_path: Path) -> None:
    script = walk().replace("4200", str(free_port()))
    assert script.count("\n") > 30
    environment = clean(tmp_path)
    log, lines = tmp_path / "log", tmp_path / "walk.sh"
    lines.write_text(script, encoding="utf-8")
    # In a terminal, as jobs of a shell without one do not hear Ctrl-C, and a worker then not SIGTERM either.
    terminal = ["script", "--quiet", "--return", "--command", f"bash -eumxo pipefail {lines}", str(log)]
    result = subprocess.run(
        terminal, cwd=tmp_path, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
    )
    told = log.read_text(errors="replace")
    print(told)  # noqa: T201
    try:
        assert result.returncode == 0
        assert "held, as it should be" in told
        assert told.count("every invariant holds") == 2
        wait_until(lambda: not processes_in(tmp_path), 30)
    finally:
        for pid in processes_in(tmp_path):  # a line that failed leaves server and worker
            os.kill(pid, signal.SIGKILL)


def processes_in(folder: Path) -> list[int]:
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            found += [int(link.parent.name)] if link.readlink().is_relative_to(folder) else []
    return found
