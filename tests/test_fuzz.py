"""What the fuzzer checks holds of what it begins with: `python -m drills fuzz` finds what is new."""

from pathlib import Path

import pytest

from drills.fuzzing.fuzz import SEEDS, TARGETS

FILES = sorted(SEEDS.iterdir())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
@pytest.mark.parametrize("target", TARGETS)
def test_seed(target: str, file: Path) -> None:
    TARGETS[target](file.read_bytes())


# Each of these once failed a whole batch.
FINDS = [
    pytest.param("normalise", "&#19; &quot;It’s done,&quot; said Nils Berg.", id="reference-to-nothing"),
    pytest.param("quotes", f'"We mean it,{"." * 130}" said Nils Berg.', id="quoted-words-end-in-marks-alone"),
]


@pytest.mark.parametrize(("target", "text"), FINDS)
def test_find(target: str, text: str) -> None:
    TARGETS[target](text.encode())


def test_what_is_broken_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.text.normalise", lambda text: f"{text} ")
    with pytest.raises(AssertionError):
        TARGETS["normalise"](b"It rained.")
