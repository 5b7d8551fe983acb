"""Crashes and power loss, on purpose: a seeded sample of what docs/reliability.md tells of."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is missing: no crash is drilled")


def run_drill(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a drill in a process that has no threads, as its children are forked from it."""
    return run_code(f"import sys; sys.argv[1:] = {list(arguments)!r}; from drills.__main__ import app; app()")


def run_code(code: str) -> "subprocess.CompletedProcess[str]":
    folder = {"TMPDIR": "/dev/shm"} if os.access("/dev/shm", os.W_OK) else {}  # thousands of small disks are made
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def numbers(text: str, pattern: str) -> list[int]:
    return [int(number) for number in re.findall(pattern, text)]


def test_calls_that_fail_lose_and_tear_nothing() -> None:
    result = run_drill("calls", "--only", "3", "--clean-ups", "1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert numbers(result.stdout, r"injected (\d+)") == [9, 1] * 4
    assert numbers(result.stdout, r"problems (\d+)") == [0] * 8


def test_calls_of_the_whole_command_lose_and_tear_nothing() -> None:
    result = run_drill("whole-flow", "--only", "1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert numbers(result.stdout, r"injected (\d+)") == [1]


def test_lost_power_leaves_before_or_after() -> None:
    result = run_drill("power", "--samples", "0", "--judged", "3")
    assert result.returncode == 0, result.stdout + result.stderr
    assert numbers(result.stdout, r"problems (\d+)") == [0] * 4
    assert all(count > 50 for count in numbers(result.stdout, r"(\d+) states"))


# A drill that finds nothing in broken code would prove nothing.

BROKEN = """
import sys
from pathlib import Path
import flows.dataset.durable, flows.dataset.sweeping as sweeping, flows.dataset.versions as versions
{patch}
sys.argv[1:] = {arguments!r}
from drills.__main__ import app
app()
"""
UNSAVED_NAMES = "versions.fsync_tree = lambda root: None"
UNSAVED_LINK = "flows.dataset.durable.fsync = lambda path: None"
UNSAVED_DELETION = """
import shutil
def delete(version):
    shutil.rmtree(version.folder.rename(version.folder.with_name(f".expired-{version.number}")))
versions.delete_version = sweeping.delete_version = delete
"""
LINK_IS_MISSING_FOR_A_MOMENT = """
def swap(link, target):
    link.unlink(missing_ok=True)
    link.symlink_to(target)
versions.swap_link = swap
"""
UNHEARD_FSYNC = """
import os
save = os.fsync
def fsync(handle):
    try:
        save(handle)
    except OSError:
        pass
os.fsync = fsync
"""
LINKS_ARE_MADE_ONCE = """
make = versions.Dataset._make_links
versions.Dataset._make_links = lambda self: None if (self.root / "articles").is_symlink() else make(self)
"""
HALF_DELETED = """
import shutil
versions.delete_version = sweeping.delete_version = lambda v: shutil.rmtree(v.folder)
"""


@pytest.mark.parametrize(
    ("patch", "scene", "found"),
    [
        pytest.param(UNSAVED_NAMES, "next commit", "is torn", id="names-of-a-version"),
        pytest.param(UNSAVED_LINK, "rollback", "told as done, and not there", id="current"),
        pytest.param(UNSAVED_DELETION, "forget", "holds what is forgotten", id="deletion"),
    ],
)
def test_power_drill_finds_what_was_not_saved(patch: str, scene: str, found: str) -> None:
    most = "1" if patch == UNSAVED_NAMES else "1000"
    arguments = ["power", "--scene", scene, "--samples", "0", "--judged", "0", "--most", most]
    result = run_code(BROKEN.format(patch=patch, arguments=arguments))
    assert result.returncode == 1, result.stdout + result.stderr
    assert found in result.stdout


@pytest.mark.parametrize(
    ("patch", "scene", "name", "damage", "found"),
    [
        pytest.param(LINK_IS_MISSING_FOR_A_MOMENT, "rollback", "symlink", "KILL", "`current` is no link", id="current"),
        pytest.param(HALF_DELETED, "next commit", "unlinkat", "KILL", "is torn", id="deletion"),
        pytest.param(UNHEARD_FSYNC, "rollback", "fsync", "EIO", "something is not saved", id="fsync"),
        pytest.param(LINKS_ARE_MADE_ONCE, "first commit", "symlink", "KILL", "table link", id="links"),
    ],
)
def test_calls_drill_finds_what_is_torn(patch: str, scene: str, name: str, damage: str, found: str) -> None:
    which = ["--scene", scene, "--name", name, "--damage", damage, "--only", "8"]
    result = run_code(BROKEN.format(patch=patch, arguments=["calls", *which, "--clean-ups", "0", "--most", "1"]))
    assert result.returncode == 1, result.stdout + result.stderr
    assert found in result.stdout
