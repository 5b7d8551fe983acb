"""Quality never slips unseen: floors under the figures of README.md, on gold that is not ours to ship."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from flows.runs import Run

SHARED = Path(__file__).parent.parent.parent / "shared"

# A floor lies 0.01 below what was measured; raise it when the figure rises.
FLOORS = {"quoted spans": 0.963, "not a quotation": 0.57, "speaker": 0.905}


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_quotes", SHARED / "tools" / "score_quotes.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_quotes_of_dev_are_as_right_as_before(tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    if not SHARED.is_dir():
        pytest.skip(f"no gold at {SHARED}: the quality of quotes was NOT checked")
    gold = SHARED / "polnear" / "dev"
    run_locally(gold / "text", tmp_path / "out", metadata=SHARED / "polnear" / "metadata.tsv")
    table, _, matched, missing = scorer().score(tmp_path / "out", gold)
    assert (matched, missing) == (84, 0)
    figures = {measure: table[measure][2] for measure in FLOORS}
    assert all(figures[measure] >= floor for measure, floor in FLOORS.items()), figures
