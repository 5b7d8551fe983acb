"""Which key of a side file means which raw file."""

import pytest

from flows.raw.tree import printable
from transforms.path_index import PathIndex, as_key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        pytest.param(r"Gazette\story0.txt", "Gazette/story0.txt", id="backslash"),
        pytest.param(r".\Gazette\story0.txt", "Gazette/story0.txt", id="from-here-on-windows"),
        pytest.param("././Gazette/story0.txt", "Gazette/story0.txt", id="from-here"),
        pytest.param("/data/raw/story0.txt", "data/raw/story0.txt", id="absolute"),
        pytest.param("C:\\raw\\story0.txt", "raw/story0.txt", id="drive"),
        pytest.param("C:story0.txt", "C:story0.txt", id="no-drive"),
        pytest.param(".hidden.txt", ".hidden.txt", id="hidden"),
        pytest.param("a//b.txt", "a/b.txt", id="doubled"),
        pytest.param("cafe\u0301.txt", "caf\u00e9.txt", id="accent-as-macs-store-it"),
    ],
)
def test_as_key(written: str, key: str) -> None:
    assert as_key(written) == key


@pytest.mark.parametrize(
    ("written", "raw_path", "fits"),
    [
        pytest.param("Gazette\\story0.txt", "Gazette/story0.txt", True, id="backslash"),
        pytest.param(".\\Gazette\\story0.txt", "Gazette/story0.txt", True, id="from-here-on-windows"),
        pytest.param("/data/raw/Gazette/story0.txt", "Gazette/story0.txt", True, id="absolute"),
        pytest.param("C:\\raw\\Gazette\\story0.txt", "Gazette/story0.txt", True, id="drive"),
        pytest.param("raw/Gazette/story0.txt", "Gazette/story0.txt", True, id="from-above-the-root"),
        pytest.param("../raw/Gazette/story0.txt", "Gazette/story0.txt", True, id="from-beside"),
        pytest.param("/data/raw/story0.txt", "story0.txt", True, id="absolute-flat"),
        pytest.param("/data/raw/xGazette/story0.txt", "Gazette/story0.txt", False, id="part-of-a-name"),
        pytest.param("/data/raw/Gazette/story0.txt", "Times/story0.txt", False, id="another-folder"),
        pytest.param("a/Gazette/story0.txt", "b/Gazette/story0.txt", False, id="another-folder-above"),
        pytest.param("STORY0.TXT", "Gazette/story0.txt", True, id="capitals"),
        pytest.param("GAZETTE/STORY0", "Gazette/story0.txt", True, id="capitals-without-ending"),
        pytest.param("story0.html", "Gazette/story0.txt", True, id="another-ending"),
        pytest.param("/raw/Gazette/story0.html", "Gazette/story0.txt.gz", True, id="another-ending-absolute"),
        pytest.param("story0.v2", "Gazette/story0.txt", False, id="no-ending"),
        pytest.param("story0.html", "Gazette/story0.html.v2", False, id="no-ending-of-the-file"),
        pytest.param("story0", "dump.zip/in/story0.html", True, id="member"),
        pytest.param(
            "in/story0.txt", printable("dump.zip") + "/" + printable("in\\story0.txt"), True, id="windows-zip"
        ),
        pytest.param("in\\story0.txt", printable("in\\story0.txt"), True, id="backslash-in-a-name"),
        pytest.param("caf\u00e9.txt", "cafe\u0301.txt", True, id="accents"),
        pytest.param("story", "story0.txt", False, id="shorter-name"),
        pytest.param("", "story0.txt", False, id="empty"),
    ],
)
def test_find(written: str, raw_path: str, fits: bool) -> None:
    key = as_key(written)
    assert list(PathIndex([key, "other"]).find(raw_path)) == [key] * fits


@pytest.mark.parametrize(
    ("keys", "raw_path", "found"),
    [
        pytest.param(["one.txt", "a/one.txt"], "a/one.txt", ["a/one.txt"], id="longest-end"),
        pytest.param(["one", "x/a/one.txt"], "a/one.txt", ["one"], id="an-end-before-a-longer-key"),
        pytest.param(["a/one.html", "x/a/one.txt"], "a/one.txt", ["x/a/one.txt"], id="ending-counts-first"),
        pytest.param(["ONE.txt", "one.html"], "one.txt", ["one.html"], id="case-counts-longest"),
        pytest.param(["a/one.txt", "b/one.txt"], "one.txt", ["a/one.txt", "b/one.txt"], id="two-longer-keys"),
        pytest.param(["a/one.txt", "b/one.txt"], "b/one.txt", ["b/one.txt"], id="no-tie"),
        pytest.param(["one.md", "one.html"], "one.txt", ["one.md", "one.html"], id="two-endings"),
        pytest.param(["One.txt", "ONE.txt"], "one.txt", ["One.txt", "ONE.txt"], id="two-cases"),
        pytest.param(["One.txt", "ONE.txt"], "One.txt", ["One.txt"], id="the-right-case"),
    ],
)
def test_the_best_fit_counts(keys: list[str], raw_path: str, found: list[str]) -> None:
    assert sorted(PathIndex(keys).find(raw_path)) == sorted(found)


def test_a_hostile_path_is_looked_up_in_linear_time() -> None:
    index = PathIndex(["a/b.txt"])
    assert index.find("x/" * 200_000 + "a/b.txt") == ["a/b.txt"]
    assert index.find("x" + ".gz" * 1000) == ()
