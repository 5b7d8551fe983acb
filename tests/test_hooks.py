import datetime
import errno
import logging
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from conftest import RawFolder, story
from prefect import Flow, State
from prefect.exceptions import ParameterTypeError, TerminationSignal
from prefect.states import Cancelling, Crashed, Failed

import flows.engine.hooks
from flows.backfill import backfill
from flows.building.workers import WorkerLost
from flows.dataset import DatasetBusy
from flows.engine.hooks import CANCELLED, CRASHED, REMEDIES, UNKNOWN, describe_dataset, tell_what_to_do, what_to_do
from flows.ingest import ingest
from flows.planning.options import OptionsError
from flows.runs import Run

FLOWS: list[Flow[..., Any]] = [ingest, backfill]
LATER = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
BEFORE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


def test_what_the_docstrings_say_is_raised_has_a_remedy() -> None:
    raised = {
        name for flow in FLOWS for name in re.findall(r"^ +(\w+): ", (flow.__doc__ or "").split("Raises:")[1], re.M)
    }
    assert raised
    assert raised <= {kind.__name__ for kind in REMEDIES}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(OptionsError("x"), "change the parameters", id="options"),
        pytest.param(ValueError("x"), UNKNOWN, id="what-options-error-is-made-of"),
        pytest.param(ParameterTypeError("x"), "change the parameters", id="of-prefect"),
        pytest.param(OSError(errno.ENOSPC, "No space left on device"), "make room", id="disk-full"),
        pytest.param(OSError(errno.EROFS, "Read-only file system"), "mount", id="read-only"),
        pytest.param(PermissionError(errno.EACCES, "Permission denied"), "let the user", id="rights"),
        pytest.param(FileNotFoundError(errno.ENOENT, "No such file"), UNKNOWN, id="other-system-error"),
        pytest.param(OSError("without a number"), UNKNOWN, id="system-error-without-a-number"),
        pytest.param(WorkerLost("x"), "give it more memory", id="worker"),
        pytest.param(MemoryError(), "give it more memory", id="memory"),
        pytest.param(KeyboardInterrupt(), "run it again", id="interrupt"),
        pytest.param(TerminationSignal(15), "run it again", id="terminated"),
        pytest.param(httpx.ConnectTimeout("x"), "start the Prefect server", id="server-away"),
        pytest.param(ZeroDivisionError(), UNKNOWN, id="bug"),
    ],
)
def test_remedy(error: BaseException, expected: str) -> None:
    assert what_to_do(error).startswith(expected)


@pytest.mark.parametrize(
    ("state", "level", "expected"),
    [
        pytest.param(Failed(data=DatasetBusy("x")), logging.ERROR, REMEDIES[DatasetBusy], id="failed"),
        pytest.param(Crashed(data=KeyboardInterrupt()), logging.ERROR, REMEDIES[KeyboardInterrupt], id="interrupted"),
        pytest.param(Crashed(message="exit code -9"), logging.ERROR, CRASHED, id="killed"),
        pytest.param(Cancelling(), logging.INFO, CANCELLED, id="cancelled"),
        pytest.param(Failed(data=object()), logging.ERROR, UNKNOWN, id="failed-with-what-is-no-exception"),
        pytest.param(Failed(message="set by hand"), logging.ERROR, UNKNOWN, id="failed-without-exception"),
    ],
)
def test_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, state: State[Any], level: int, expected: str) -> None:
    logged: list[tuple[int, str]] = []
    logger = SimpleNamespace(log=lambda level, message, *arguments: logged.append((level, message % arguments)))
    monkeypatch.setattr("prefect.logging.loggers.flow_run_logger", lambda *_: logger)
    flow_run: Any = SimpleNamespace(parameters={"processed": str(tmp_path / "a\x1b")}, start_time=None)
    tell_what_to_do(ingest, flow_run, state)
    ((found, message),) = logged
    assert (found, message.partition("\n")[0]) == (level, f"What to do: {expected}")
    assert "a\\x1b yet" in message


def test_dataset(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    out = tmp_path / "processed"
    assert "There is no dataset" in describe_dataset(out, LATER)
    raw.write("a.txt", story(1))
    run_locally(raw.root, out)
    assert "as it was before this run, at version 1" in describe_dataset(out, LATER)
    assert "as it was before this run, at version 1" in describe_dataset(out, None)
    assert "newer than the start of this run, at version 1" in describe_dataset(out, BEFORE)
    (out / "current").unlink()
    (out / "current").symlink_to("versions/000009")
    assert "could not be looked at" in describe_dataset(out, LATER)


def test_remedies_go_on_after_a_colon() -> None:
    remedies = [*REMEDIES.values(), *flows.engine.hooks.REMEDIES_BY_ERRNO.values(), CANCELLED, CRASHED, UNKNOWN]
    assert all(remedy[0] in "abcdefghijklmnopqrstuvwxyz`" and remedy.endswith(".") for remedy in remedies)
