"""One writer at a time, and a dead one holds nothing."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from flows.dataset import DatasetBusy, hold_lock

HOLDER = """
import sys
from pathlib import Path
from flows.dataset import hold_lock
with hold_lock(Path(sys.argv[1]), "the-first-run"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_second_taker_is_told_who_holds_it(tmp_path: Path) -> None:
    told: list[str] = []
    with hold_lock(tmp_path, "the-first-run"), pytest.raises(DatasetBusy, match=r"run the-first-run \(process \d+ on "):
        hold_lock(tmp_path, "the-second-run", notify=told.append).__enter__()
    assert told == []
    with hold_lock(tmp_path, "the-second-run"):
        assert '"the-second-run"' in (tmp_path / "lock").read_text()


def test_second_taker_waits_when_asked(tmp_path: Path) -> None:
    told: list[str] = []
    with ExitStack() as first:
        first.enter_context(hold_lock(tmp_path, "the-first-run"))

        def finish_first(message: str) -> None:
            told.append(message)
            first.close()

        with hold_lock(tmp_path, "the-second-run", wait_seconds=60, notify=finish_first):
            assert len(told) == 1
            assert told[0].startswith("waiting up to 60 s for run the-first-run (process ")


def test_lock_is_freed_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold_lock(tmp_path, "the-first-run"):
        raise ZeroDivisionError
    with hold_lock(tmp_path, "the-second-run"):
        pass


@pytest.mark.parametrize("content", ["", '{"run_id": "half a li', "{}"])
def test_holder_that_has_not_written_its_name(tmp_path: Path, content: str) -> None:
    with hold_lock(tmp_path, "the-first-run"):
        (tmp_path / "lock").write_text(content)
        with pytest.raises(DatasetBusy, match="written by another run"):
            hold_lock(tmp_path, "the-second-run").__enter__()


def test_killed_holder_frees_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DatasetBusy, match=rf"the-first-run \(process {holder.pid} "):
            hold_lock(tmp_path, "the-second-run").__enter__()
        holder.kill()
        holder.wait()
        with hold_lock(tmp_path, "the-second-run"):
            pass
