"""System calls that fail, on purpose: a seeded sample of what docs/reliability.md tells of."""

import pytest
from drilling import BROKEN, needs_strace, numbers, run_code, run_drill

pytestmark = needs_strace


def test_calls_that_fail_lose_and_tear_nothing() -> None:
    result = run_drill("calls", "--only", "2", "--clean-ups", "1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert numbers(result.stdout, r"injected (\d+)") == [6, 1] * 4
    assert numbers(result.stdout, r"problems (\d+)") == [0] * 8


# A drill that finds nothing in broken code would prove nothing.

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
