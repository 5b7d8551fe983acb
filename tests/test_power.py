"""Loss of power, on purpose: a sample of what docs/reliability.md tells of."""

import pytest
from drilling import BROKEN, needs_strace, numbers, run_code, run_drill

pytestmark = needs_strace


def test_lost_power_leaves_before_or_after() -> None:
    which = ["--scene", "next commit", "--scene", "rollback", "--scene", "forget"]  # a first commit does no more
    result = run_drill("power", *which, "--samples", "0", "--judged", "3")
    assert result.returncode == 0, result.stdout + result.stderr
    assert numbers(result.stdout, r"problems (\d+)") == [0] * 3
    assert all(count > 50 for count in numbers(result.stdout, r"(\d+) states"))


def test_lost_power_leaves_before_or_after_of_what_is_saved_together() -> None:
    arguments = ["power", "--scene", "next commit", "--samples", "0", "--judged", "1"]
    result = run_code(BROKEN.format(patch=TOGETHER, arguments=arguments))
    assert result.returncode == 0, result.stdout + result.stderr


# A drill that finds nothing in broken code would prove nothing.

UNSAVED_NAMES = "versions.fsync_tree = lambda root: None"
TOGETHER = "versions.MANY_FILES = 0"
UNSAVED_TOGETHER = f"{TOGETHER}; versions.sync_file_system = lambda root: True"
UNSAVED_LINK = "flows.dataset.durable.fsync = lambda path: None"
UNSAVED_DELETION = """
import shutil
def delete(version):
    shutil.rmtree(version.folder.rename(version.folder.with_name(f".expired-{version.number}")))
versions.delete_version = sweeping.delete_version = delete
"""


@pytest.mark.parametrize(
    ("patch", "scene", "found"),
    [
        pytest.param(UNSAVED_NAMES, "next commit", "is torn", id="names-of-a-version"),
        pytest.param(UNSAVED_TOGETHER, "next commit", "is torn", id="names-of-a-large-version"),
        pytest.param(UNSAVED_LINK, "rollback", "told as done, and not there", id="current"),
        pytest.param(UNSAVED_DELETION, "forget", "holds what is forgotten", id="deletion"),
    ],
)
def test_power_drill_finds_what_was_not_saved(patch: str, scene: str, found: str) -> None:
    most = "1" if patch in (UNSAVED_NAMES, UNSAVED_TOGETHER) else "1000"
    arguments = ["power", "--scene", scene, "--samples", "0", "--judged", "0", "--most", most]
    result = run_code(BROKEN.format(patch=patch, arguments=arguments))
    assert result.returncode == 1, result.stdout + result.stderr
    assert found in result.stdout
