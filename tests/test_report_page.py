"""What the pages of `newsframes report` do in a browser."""

import datetime
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import chromium, opened

from flows.figures.history import read_run
from flows.figures.holdings import Outlet
from flows.figures.overview import read_overview

pytest.importorskip("altair", reason="no altair: pip install -e '.[dev]'")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\x1b[31m"
LONG = "a-folder-with-a-very-long-name-and-no-blank-in-it/" * 6


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the samples, with names of every sort in it, and 40 rejected files."""
    from flows.pages.dataset_report import render_dataset_report

    overview = read_overview(samples, datetime.date(2026, 1, 1), has_check=False)
    strange = [Outlet(name, 9_999, 1, 2, 1, None, None, 0, 0) for name in (HOSTILE, LONG)]
    rejected = [(f"inbox/{n}-{HOSTILE}", "empty file" if n % 4 else LONG) for n in range(40)]
    overview = replace(
        overview,
        holdings=replace(overview.holdings, outlets=(*strange, *overview.holdings.outlets)),
        files=replace(overview.files, statuses={"rejected": 1_234}, rejected=tuple(rejected)),
    )
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render_dataset_report(overview), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def run_report(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from flows.pages.run_report import render_run_report

    file = tmp_path_factory.mktemp("run") / "run.html"
    file.write_text(render_run_report(read_run(samples, "last")), encoding="utf-8")
    return file


def column(page: "Page", table: str, number: int) -> list[str]:
    """Return the cells of a column that are shown, from the top."""
    rows = page.get_by_role("table", name=table, exact=True).locator("tbody tr:visible")
    return rows.locator(f"td:nth-child({number})").all_inner_texts()


def numbers(cells: list[str]) -> list[int]:
    return [int(cell.replace(",", "")) for cell in cells]


def test_table_sorts_by_click_and_by_keyboard(browser: "Browser", report: Path) -> None:
    with opened(browser, report) as page:
        table = page.get_by_role("table", name="Outlets", exact=True)
        header = table.get_by_role("columnheader", name="Articles")
        header.get_by_role("button").click()
        counts = numbers(column(page, "Outlets", 2))
        assert (header.get_attribute("aria-sort"), counts) == ("descending", sorted(counts, reverse=True))
        assert "Sorted by Articles, falling" in page.locator("#said").inner_text()
        page.keyboard.press("Enter")
        assert (header.get_attribute("aria-sort"), numbers(column(page, "Outlets", 2))) == ("ascending", sorted(counts))
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Space")
        names = [name for name in column(page, "Outlets", 1) if name[0].isalpha()]
        assert names == sorted(names, key=str.casefold)
        assert table.locator("th[aria-sort]").all_inner_texts() == ["Outlet"]


def test_cells_without_a_value_sort_last(browser: "Browser", report: Path) -> None:
    with opened(browser, report) as page:
        button = page.get_by_role("table", name="Outlets", exact=True).get_by_role("button", name="First")
        for _ in range(2):
            button.click()
            dates = column(page, "Outlets", 7)
            assert dates[-2:] == ["–", "–"]
            assert "–" not in dates[:-2]


def test_table_filters(browser: "Browser", report: Path) -> None:
    with opened(browser, report) as page:
        field = page.get_by_role("searchbox", name="Filter: Rejected files", exact=True)
        field.fill("EMPTY inbox/1")
        assert len(column(page, "Rejected files", 1)) == 9  # 1, and 10 to 19 but for 12 and 16: another reason
        count = field.locator("xpath=following-sibling::span")
        assert (count.inner_text(), count.get_attribute("aria-live")) == ("9 of 40 rows", "polite")
        field.fill("")
        assert (len(column(page, "Rejected files", 1)), count.inner_text()) == (40, "")
        assert "The first 40 of 1,234 are shown." in page.inner_text("#rejects")


def test_tips_on_hover_and_focus(browser: "Browser", report: Path) -> None:
    with opened(browser, report, viewport={"width": 1280, "height": 900}) as page:
        marks = page.locator('svg[aria-label="Most quoted speakers"] [role="graphics-symbol"]')
        tip = page.locator("#tip")
        assert not tip.is_visible()
        marks.nth(1).scroll_into_view_if_needed()
        mark = marks.nth(1).bounding_box()
        marks.nth(1).hover()
        assert tip.inner_text() == marks.nth(1).get_attribute("aria-label")
        box = tip.bounding_box()
        assert box is not None
        assert mark is not None
        assert box["y"] + box["height"] <= mark["y"]
        page.mouse.move(0, 0)
        assert not tip.is_visible()
        marks.nth(0).focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        assert tip.inner_text() == marks.nth(2).get_attribute("aria-label")
        page.keyboard.press("End")
        page.keyboard.press("ArrowDown")
        assert tip.inner_text() == marks.last.get_attribute("aria-label")
        page.keyboard.press("Escape")
        assert not tip.is_visible()
        assert page.locator('svg.chart [tabindex="0"]').count() == page.locator("svg.chart").count()


COLOURS = """() => [
  getComputedStyle(document.documentElement).backgroundColor,
  getComputedStyle(document.querySelector('svg.chart path[aria-label]')).fill,
  getComputedStyle(document.querySelector('svg.chart text')).fill,
]"""


def test_charts_follow_day_and_night(browser: "Browser", report: Path) -> None:
    found = []
    for scheme in ("light", "dark"):
        with opened(browser, report, color_scheme=scheme) as page:
            found.append(page.evaluate(COLOURS))
    assert all(light != dark for light, dark in zip(*found, strict=True))
    assert "rgba(0, 0, 0, 0)" not in [*found[0], *found[1]]


@pytest.mark.parametrize("width", [360, 800, 1280, 2560])
@pytest.mark.parametrize("name", ["report", "run_report"])
def test_nothing_is_wider_than_the_page(
    browser: "Browser", request: pytest.FixtureRequest, name: str, width: int
) -> None:
    with opened(browser, request.getfixturevalue(name), viewport={"width": width, "height": 800}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == width
        wide = page.locator(".drawn:visible svg").evaluate_all("all => all.map((s) => s.getBoundingClientRect().width)")
        assert wide
        assert all(200 < w < width for w in wide)
        shown, other = (".narrow", ".broad") if width == 360 else (".broad", ".narrow")
        assert (page.locator(f"{shown}:visible").count() > 0, page.locator(f"{other}:visible").count()) == (True, 0)


def test_page_prints(browser: "Browser", report: Path) -> None:
    with opened(browser, report) as page:
        assert page.locator("details:not([open])").count() > 0
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_strange_names_stay_inactive(browser: "Browser", report: Path) -> None:
    with opened(browser, report) as page:
        cell = page.get_by_role("table", name="Outlets", exact=True).locator("tbody td").first
        assert cell.inner_text() == HOSTILE.replace("\u202e", "\\u202e").replace("\x1b", "\\x1b")
        assert page.locator("img").count() == 0


def test_page_without_scripts_is_whole(browser: "Browser", report: Path) -> None:
    with opened(browser, report, java_script_enabled=False) as page:
        assert len(column(page, "Rejected files", 1)) == 40
        assert page.get_by_role("searchbox").count() == 0
        assert page.locator("thead button").count() == 0
