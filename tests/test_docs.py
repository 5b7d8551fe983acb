"""The docs say what the code does."""

import re
from pathlib import Path

import pytest
import typer
from conftest import rows

from flows.cli import app
from transforms.dictionary import data_dictionary

ROOT = Path(__file__).parent.parent
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def test_data_dictionary_is_that_of_the_schemas() -> None:
    written = (ROOT / "docs" / "data_dictionary.md").read_text(encoding="utf-8")
    assert written == data_dictionary(), "run `make dictionary`"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    assert f"`newsframes {name}`" in (ROOT / "README.md").read_text(encoding="utf-8")
    options = {o for p in COMMANDS[name].params for o in p.opts if o.startswith("--")} - {"--help"}
    assert not {option for option in options if f"`{option}" not in OPERATING}


@pytest.mark.parametrize(
    "page", sorted(p.relative_to(ROOT).as_posix() for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
)
def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    for target, _, anchor in (link.partition("#") for link in links if "://" not in link):
        file = (ROOT / page).parent / target if target else ROOT / page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), f"{target}#{anchor}"


def anchors(page: Path) -> set[str]:
    """Return what the headings of a page are called in links."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


PAGES = [
    p.relative_to(ROOT).as_posix() for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "data/README.md"]
]


@pytest.mark.parametrize("page", PAGES)
def test_no_placeholder_is_left(page: str) -> None:
    assert not re.findall(r"\b(?:TODO|TBD|FIXME|XXX|BENCH|DEV_\w+)\b", (ROOT / page).read_text(encoding="utf-8"))


def test_every_sample_is_described() -> None:
    described = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    samples = [p.relative_to(ROOT / "data/raw").as_posix() for p in (ROOT / "data/raw").rglob("*") if p.is_file()]
    assert not [s for s in samples if s not in described]
    assert len(samples) >= 12


def test_quotes_of_the_readme_are_those_of_the_samples(samples: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    header, _, *lines = text[text.index("| speaker |") :].split("\n\n")[0].splitlines()
    columns = header.strip("| ").split(" | ")
    quotes = rows(samples, "quotes")
    assert len(lines) == 3
    for line in lines:
        shown = [cell.strip() for cell in line.strip("|").split("|")]
        found = next(row for row in quotes if row["text"] == shown[columns.index("text")])
        real = {**found, "confidence": round(found["confidence"], 3)}
        assert shown == ["" if real[column] is None else str(real[column]) for column in columns]


def test_no_host_or_index_is_named() -> None:
    for name in ("constraints.txt", "pyproject.toml", "Makefile", ".ci/run"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")
