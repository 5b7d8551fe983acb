"""The audit page: judged by click and by key, kept over a reload, downloaded, and honoured by a run."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import chromium, opened
from conftest import SAMPLES, RawFolder, rows
from reading import shown_article
from typer.testing import CliRunner

from flows.cli import app
from flows.pages.audit import audit_page
from flows.reports.sample import Draw, Sample, SampledQuote, draw_sample
from flows.reports.show import ShownArticle
from flows.runs import Run
from transforms.correction_files import parse_corrections, read_words
from transforms.scoring import JUDGED, WHOLE_ROW

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FERRY = "harbour-gazette/2025/03/11/ferry-inquiry.txt"


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as started:
        yield started


def sample_of(shown: ShownArticle) -> Sample:
    """Return a sample of all quotes of an article."""
    quotes = [SampledQuote(shown, quote) for quote in shown.quotes]
    return Sample("/data/processed", 1, Draw(len(quotes), 1), len(quotes), quotes)


@pytest.fixture
def page_of(tmp_path: Path) -> Callable[[Sample], Path]:
    def write(sample: Sample) -> Path:
        file = tmp_path / "audit.html"
        file.write_text(audit_page(sample), encoding="utf-8")
        return file

    return write


TEXT = "“It was shut,” Ann Lee told Bo, and she said, “open again.” The so-called “pier” stood, Ann Lee herself said."


def story() -> ShownArticle:
    def bounds(words: str, after: int = 0) -> tuple[int, int]:
        start = TEXT.index(words, after)
        return start, start + len(words)

    said = {"speaker": "Ann Lee", "speaker_id": "a:1", "speaker_kind": "person", "polarity": "affirmed"}
    spans = [
        {"words": "It was shut,", "speaker_mention": "Ann Lee", "cue": "told", "addressee": "Bo", **said},
        {"words": "open again.", "speaker_mention": "she", "cue": "said", "speaker_role": "=SUM(A1)", **said},
        {"words": "pier", "kind": "scare", "quote_type": None},
    ]
    quotes: list[dict[str, Any]] = []
    for span in spans:
        start, end = bounds(str(span.pop("words")))
        places: dict[str, Any] = {}
        for column, prefix in {"speaker_mention": "speaker", "cue": "cue"}.items():
            if column in span:
                places[f"{prefix}_start"], places[f"{prefix}_end"] = bounds(str(span[column]))
        quotes.append({"start": start, "end": end, **places, **span})
    return shown_article(TEXT, quotes=quotes, title="The pier", language="en")


def told(page: "Page") -> str:
    return page.locator("#told").inner_text()


def row(page: "Page", column: str) -> Any:
    return page.locator(f"section.quote:not([hidden]) .column[data-column={column}]")


def downloaded(page: "Page", folder: Path) -> str:
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download corrections").click()
    coming.value.save_as(folder / "judged.csv")
    return (folder / "judged.csv").read_bytes().decode()


def decided(text: str) -> list[dict[str, Any]]:
    """Return what each line of a file sets; none may be unusable."""
    read = parse_corrections(text)
    assert (read.problems, read.notes) == ((), ())
    assert {c.decided_by for lines in read.lines.values() for c in lines} == {"Mia “mk” Kay, desk"}
    return [dict(c.values) for lines in read.lines.values() for c in lines]


def test_judged_by_keys(browser: "Browser", page_of: Callable[[Sample], Path], tmp_path: Path) -> None:
    with opened(browser, page_of(sample_of(story()))) as page:
        page.get_by_label("You are").fill("Mia “mk” Kay, desk")
        page.keyboard.press("Tab")
        for key in ("r", "r", "r", "w"):  # words, kind, type; the speaker is wrong
            page.keyboard.press(key)
        page.keyboard.type("Bo Ray")
        page.keyboard.press("Enter")
        page.keyboard.press("r")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("w")
        page.keyboard.press("Escape")
        page.keyboard.press("u")
        page.keyboard.press("a")  # what hangs on the speaker stays open
        assert told(page) == "0 of 3"
        assert row(page, "speaker_role").locator(".right").get_attribute("aria-pressed") == "false"
        assert row(page, "addressee").locator(".right").get_attribute("aria-pressed") == "true"
        page.keyboard.press("ArrowRight")
        page.keyboard.press("a")
        assert told(page) == "1 of 3"
        page.keyboard.press("a")
        assert told(page) == "2 of 3"
        text = downloaded(page, tmp_path)
    said = {"kind": "quotation", "quote_type": "direct", "polarity": "affirmed"}
    assert decided(text) == [
        said | {"speaker": "Bo Ray", "speaker_mention": "Ann Lee", "cue": "told", "addressee": "Bo"},
        said | {"speaker": "Ann Lee", "speaker_mention": "she", "reported_by": None, "speaker_kind": "person"}
        | {"cue": "said", "speaker_role": "=SUM(A1)", "speaker_organisation": None, "addressee": None},
        {"kind": "scare"},
    ]  # fmt: skip
    assert sorted(read_words(text).values()) == ["It was shut,", "open again.", "pier"]
    assert '"\'=SUM(A1)"' in text  # no spreadsheet runs it


def test_judged_by_clicks_and_kept_over_a_reload(
    browser: "Browser", page_of: Callable[[Sample], Path], tmp_path: Path
) -> None:
    with opened(browser, page_of(sample_of(story()))) as page:
        page.get_by_label("You are").fill("Mia “mk” Kay, desk")
        page.get_by_role("button", name="Quote 3").click()
        row(page, "kind").locator(".wrong").click()
        assert not row(page, "speaker").is_visible()
        row(page, "kind").locator("select").select_option("quotation")
        assert row(page, "speaker").is_visible()
        assert row(page, "quote_type").locator(".right").is_disabled(), "a quotation has a type"
        row(page, "speaker").locator(".right").click()
        assert not row(page, "speaker_role").is_visible(), "nobody has no role"
        row(page, "cue").locator(".wrong").click()
        row(page, "cue").locator("input").fill("shouted")
        assert row(page, "cue").locator(".problem").inner_text() == "These words are not in the article."
        page.reload()
        assert page.get_by_role("button", name="Quote 3").get_attribute("aria-current") == "true"
        assert page.get_by_label("You are").input_value() == "Mia “mk” Kay, desk"
        assert row(page, "kind").locator("select").input_value() == "quotation"
        assert row(page, "cue").locator("input").input_value() == "shouted"
        row(page, "kind").locator(".wrong").click()
        assert not row(page, "speaker").is_visible(), "not judged any more"
        row(page, "kind").locator(".wrong").click()
        row(page, "kind").locator("select").select_option("quotation")
        assert decided(downloaded(page, tmp_path)) == [{"kind": "quotation", "speaker": None}]
        assert "1 judged wrong without what is right left out" in page.get_by_role("status").inner_text()


def test_words_marked_in_the_text_are_taken_with_their_place(
    browser: "Browser", page_of: Callable[[Sample], Path], tmp_path: Path
) -> None:
    with opened(browser, page_of(sample_of(story()))) as page:
        page.get_by_label("You are").fill("Mia “mk” Kay, desk")
        row(page, "speaker_mention").locator(".wrong").click()
        paragraph = page.locator("section.quote:not([hidden]) .paragraph").first
        paragraph.evaluate("""(paragraph) => {
          const last = paragraph.lastChild, at = last.textContent.indexOf("Ann Lee");
          getSelection().setBaseAndExtent(last, at, last, at + 8);
          document.dispatchEvent(new PointerEvent("pointerup"));
        }""")
        field = row(page, "speaker_mention").locator("input")
        page.wait_for_function("(field) => field.value === 'Ann Lee'", arg=field.element_handle())
        start = TEXT.rindex("Ann Lee")
        place = {"speaker_mention": "Ann Lee", "speaker_start": start, "speaker_end": start + 7}
        assert decided(downloaded(page, tmp_path)) == [place]


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        pytest.param("speaker", "Ann Lee", "That is what it has.", id="the-same"),
        pytest.param("speaker", "", "Say what is right, or - for nothing.", id="none"),
        pytest.param("speaker", "-", "", id="nothing"),
        pytest.param("addressee", "@the “press”, all; of\tit", "", id="hostile-to-files"),
        pytest.param("speaker_role", "-", "It cannot be nothing.", id="nothing-as-before"),
        pytest.param("text", "-", "It cannot be nothing.", id="no-words"),
        pytest.param("speaker_mention", "nn Lee", "These words are not in the article.", id="part-of-a-word"),
        pytest.param("speaker_mention", "Ann  Lee herself", "", id="printed"),
    ],
)
def test_right_value_has_to_be_one(
    browser: "Browser", page_of: Callable[[Sample], Path], tmp_path: Path, column: str, value: str, problem: str
) -> None:
    with opened(browser, page_of(sample_of(story()))) as page:
        page.get_by_label("You are").fill("Mia “mk” Kay, desk")
        row(page, "kind").locator(".right").click()
        row(page, column).locator(".wrong").click()
        row(page, column).locator("input").fill(value)
        assert row(page, column).locator(".problem").inner_text() == problem
        written = {} if problem else {column: None if value == "-" else " ".join(value.split())}
        assert decided(downloaded(page, tmp_path)) == [{"kind": "quotation", **written}]


def test_nothing_is_downloaded_without_a_name_or_a_judgement(
    browser: "Browser", page_of: Callable[[Sample], Path]
) -> None:
    with opened(browser, page_of(sample_of(story()))) as page:
        page.get_by_role("button", name="Download corrections").click()
        assert page.get_by_role("status").inner_text().startswith("Say who you are first")
        assert page.evaluate("document.activeElement.id") == "reviewer"
        page.keyboard.type("mk")
        page.get_by_role("button", name="Download corrections").click()
        assert page.get_by_role("status").inner_text() == "Nothing is judged yet."


def test_samples_do_not_share_judgements(browser: "Browser", page_of: Callable[[Sample], Path], samples: Path) -> None:
    one, other = (draw_sample(samples, Draw(3, seed)) for seed in (1, 2))
    assert len({one.key, other.key, draw_sample(samples, Draw(4, 1)).key}) == 3
    with opened(browser, page_of(one)) as page:
        page.keyboard.press("a")
        assert told(page) == "1 of 3"
        page.goto(page_of(other).as_uri())
        assert told(page) == "0 of 3"


def test_hostile_text_stays_text(browser: "Browser", page_of: Callable[[Sample], Path]) -> None:
    hostile = '</script><script>alert(1)</script></section><img src=x onerror=alert(2)>\u202e\x1b[0m" onfocus="alert(3)'
    quote = {"start": 0, "end": 40, "speaker": hostile, "speaker_id": "a:1", "cue": hostile, "addressee": hostile}
    shown = shown_article(hostile, quotes=[quote], title=hostile, raw_path=hostile, outlet=hostile, language=hostile)
    with opened(browser, page_of(sample_of(shown))) as page:
        assert page.locator("script, style, img, [onfocus], [onerror]").count() == 3, "style sheet, data and script"
        assert page.locator("section.quote").count() == 1
        assert page.locator(".paragraph").inner_text().startswith("</script><script>alert(1)")
        page.keyboard.press("a")
        assert told(page) == "1 of 1"


@pytest.mark.parametrize("width", [360, 1280])
def test_page_fits_any_width(browser: "Browser", page_of: Callable[[Sample], Path], samples: Path, width: int) -> None:
    file = page_of(draw_sample(samples, Draw(60, 1)))
    with opened(browser, file, viewport={"width": width, "height": 800}) as page:
        page.keyboard.press("w")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_downloaded_file_is_honoured_and_scored(
    browser: "Browser", raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    raw.write("a.txt", (SAMPLES / FERRY).read_bytes())
    out = tmp_path / "out"
    run_locally(raw.root, out)
    before = {q["quote_id"]: q for q in rows(out, "quotes")}
    file = tmp_path / "audit.html"
    arguments = ["sample", "--n", "99", "--html", "--output", str(file), "--processed", str(out)]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    order = [s.quote.row["quote_id"] for s in draw_sample(out, Draw(99, 1)).quotes]
    other = next(i for i in order if before[i]["speaker"] == "Maren Tolliver" and before[i]["quote_type"] == "direct")
    with opened(browser, file) as page:
        page.get_by_label("You are").fill("mk")
        for number, quote_id in enumerate(order):
            page.locator(f".strip [data-go='{number}']").click()
            if quote_id == other:
                row(page, "speaker").locator(".wrong").click()
                row(page, "speaker").locator("input").fill("Priya Venn")
                row(page, "speaker").locator("input").press("Escape")
            page.keyboard.press("a")
        assert told(page) == f"{len(order) - 1} of {len(order)}"
        text = downloaded(page, tmp_path)
    (tmp_path / "corrections.csv").write_text(text, encoding="utf-8")
    run_locally(raw.root, out)
    after = {q["quote_id"]: q for q in rows(out, "quotes")}
    for quote_id, old in before.items():
        new = after[quote_id]
        verb = "corrected" if quote_id == other else "confirmed"
        assert new["evidence"].startswith(f"{verb} by mk: ")
        differing = {column for column in JUDGED if new[column] != old[column]}
        assert differing == ({"speaker", "speaker_kind"} if quote_id == other else set())
        assert new["speaker"] == ("Priya Venn" if quote_id == other else old["speaker"])
    printed = CliRunner().invoke(app, ["score", str(tmp_path / "judged.csv"), "--json", "--processed", str(out)])
    scores = {s["column"]: (s["judged"], s["right"]) for s in json.loads(printed.stdout)["scores"]}
    quotations = sum(q["speaker"] is not None or q["kind"] == "quotation" for q in before.values())
    assert scores["kind"] == scores["text"] == (len(order), len(order))
    assert scores["speaker"] == (quotations, quotations - 1)
    assert scores[WHOLE_ROW] == (len(order) - 1, len(order) - 1)
    checked = CliRunner().invoke(app, ["check", "--processed", str(out), "--json"])
    assert (checked.exit_code, json.loads(checked.stdout)) == (0, [])
