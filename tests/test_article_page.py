"""`newsframes show --html`: the mark-up of any spans, and what the page does in a browser."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import chromium, opened
from conftest import rows
from hypothesis import given
from hypothesis import strategies as st
from reading import shown_article
from typer.testing import CliRunner

from flows.cli import app
from flows.pages.article import article_page, marked_paragraphs
from flows.pages.rendering import inactive
from flows.planning.lookup import current_version
from flows.reports.show import add_reasons, choose_quote, read_article, read_articles
from flows.reports.speakers import speakers_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FERRY = "harbour-gazette/2025/03/11/ferry-inquiry.txt"
HOSTILE = [
    "<script>alert(1)</script>",
    "</mark></span></article><img src=x onerror=alert(2)>",
    "<a href='javascript:alert(3)'>here</a> javascript:alert(3)",
    "</title></style><style>*{display:none}</style><meta http-equiv=refresh content='0;url=file:///etc/passwd'>",
    "\x1b[31m \x07 \u202eesrever\u202c \u2066isolate",
    '" onmouseover="alert(4)" autofocus onfocus="alert(5)',
    "{{ 7 * 7 }} {% raw %} &lt;b&gt; &#0;",
]


class Words(HTMLParser):
    """What the paragraphs of an article's page say, without the numbers of the quotes."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.open: list[str | None] = []
        self.balanced = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag in ("p", "a", "span"):
            self.open.append(own.get("class"))
        if tag == "p":
            self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "a", "span"):
            self.balanced = self.balanced and bool(self.open)
            self.open.pop()

    def handle_data(self, data: str) -> None:
        classes = [(name or "").split() for name in self.open]
        if any("paragraph" in c for c in classes) and not any("n" in c or "kind" in c for c in classes):
            self.paragraphs[-1] += data


def words_of(page: str) -> list[str]:
    """Return the text of each paragraph of an article's page."""
    parser = Words()
    parser.feed(page)
    assert parser.balanced
    return [p.strip(" ") for p in parser.paragraphs if p]


TEXT = ["“It’s <open>,” Ann said & left.", "x", "“Shut ‘a b’ c,” Bo told Cy.\n“d"]
LENGTH = len("\n\n".join(TEXT))
BOUNDS = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, LENGTH)).filter(lambda b: b[0] < b[1])
MAYBE = BOUNDS | st.just((None, None))


@st.composite
def quotes(draw: st.DrawFn) -> dict[str, Any]:
    start, end = draw(BOUNDS)
    (speaker_start, speaker_end), (cue_start, cue_end) = draw(MAYBE), draw(MAYBE)
    speaker = draw(st.sampled_from([None, "Ann", "<b>"]))
    return {
        "start": start, "end": end, "speaker_start": speaker_start, "speaker_end": speaker_end,
        "cue_start": cue_start, "cue_end": cue_end, "speaker": speaker, "speaker_id": speaker,
        "statement_start": draw(st.integers(0, start)), "statement_end": draw(st.integers(end, LENGTH)),
        "kind": draw(st.sampled_from(["quotation", "scare"])), "quote_type": draw(st.sampled_from(["direct", None])),
    }  # fmt: skip


@given(st.lists(quotes(), max_size=6))
def test_mark_up_holds_for_any_spans(drawn: list[dict[str, Any]]) -> None:
    shown = shown_article(*TEXT, quotes=drawn)
    marked = marked_paragraphs(shown, speakers_of(shown.quotes))
    assert ["".join(piece["text"] for piece in p["pieces"]) for p in marked] == TEXT
    text, bounds = shown.article["text"], [(p["start"], p["end"]) for p in shown.paragraphs]
    whole = [(piece["text"], piece["roles"].get("q", "").split()) for p in marked for piece in p["pieces"]]
    for quote in shown.quotes:
        own = "".join(words for words, numbers in whole if str(quote.number) in numbers)
        assert own == "".join(
            text[max(left, quote.row["start"]) : min(right, quote.row["end"])] for left, right in bounds
        )
    numbered = [end["number"] for p in marked for piece in p["pieces"] for end in piece["ends"]]
    ending = [q.number for q in shown.quotes if any(left < q.row["end"] <= right for left, right in bounds)]
    assert sorted(numbered) == ending
    page = article_page(shown)
    assert words_of(page) == TEXT
    assert page.count("<article") == page.count("</article>") == 1


def test_every_sample_has_its_page(samples: Path) -> None:
    found = [r["article_id"] for r in rows(samples, "articles")]
    for shown in read_articles(current_version(samples), found).values():
        heading = next((p["text"] for p in shown.paragraphs if p["kind"] == "title"), None)
        texts = [inactive(p["text"]) for p in shown.paragraphs]
        assert words_of(article_page(add_reasons(shown))) == [t for t in texts if t != heading]


def test_one_quote_has_a_page_of_its_own(samples: Path) -> None:
    shown = choose_quote(add_reasons(read_article(samples, FERRY)), "4")
    page = article_page(shown)
    assert words_of(page) == [shown.paragraphs[0]["text"]]
    links = set(re.findall(r'href="#(\w+)"', page))
    assert links <= set(re.findall(r'id="(\w+)"', page)), "no link leads to a quote that is not there"


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def ferry(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the ferry story."""
    file = tmp_path_factory.mktemp("pages") / "ferry.html"
    arguments = ["show", FERRY, "--why", "--html", "--output", str(file), "--processed", str(samples)]
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"wrote {file}" in result.stderr
    return file


def lit(page: "Page", name: str) -> str:
    """Return the words in the text that have a class."""
    return "".join(page.locator(f".text .{name}:not(.n)").all_text_contents())


def panel(page: "Page") -> str:
    return " ".join(page.locator("#inspector .told").inner_text().split())


def test_quote_under_the_pointer_is_told(browser: "Browser", ferry: Path) -> None:
    with opened(browser, ferry) as page:
        inspector = page.locator("#inspector")
        assert not inspector.is_visible()
        page.get_by_text("We had a green light on the bridge,").first.hover()
        assert inspector.is_visible()
        assert "Maren Tolliver" in panel(page)
        assert "kind direct quotation mention “Maren Tolliver” cue “said” (say) polarity affirmed" in panel(page)
        assert (lit(page, "is-mention"), lit(page, "is-cue")) == ("Maren Tolliver", "said")
        assert lit(page, "is-chosen") == "We had a green light on the bridge,"
        page.locator("footer").hover()
        assert not inspector.is_visible()
        assert lit(page, "is-mention") == ""


def test_inner_quote_counts_and_the_outer_one_is_whole(browser: "Browser", ferry: Path) -> None:
    with opened(browser, ferry) as page:
        page.get_by_text("If it’s green, it’s green,").first.click()
        assert lit(page, "is-chosen") == "If it’s green, it’s green,"
        assert "the superintendent" in panel(page)
        page.get_by_text("and walked off,").first.click()
        outer = "The superintendent looked at me and said, ‘If it’s green, it’s green,’ and walked off,"
        assert lit(page, "is-chosen") == outer


def test_keyboard_goes_from_quote_to_quote(browser: "Browser", ferry: Path) -> None:
    with opened(browser, ferry) as page:
        page.locator("#q2").focus()
        visited = []
        for key in ("Tab", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "Shift+Tab", "ArrowLeft", "ArrowLeft"):
            page.keyboard.press(key)
            visited.append(page.evaluate("document.activeElement.id"))
        assert visited == ["q3", "q4", "q5", "q4", "q3", "q2", "q1", "q1"]
        page.locator("#q5").focus()
        page.mouse.move(0, 0)
        assert "She" in lit(page, "is-mention")
        page.keyboard.press("Escape")
        assert not page.locator("#inspector").is_visible()
        assert page.evaluate("document.activeElement.id") == "q5"
        page.keyboard.press("Enter")
        assert page.locator("#inspector").is_visible()
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


def test_screen_reader_is_told_of_every_quote(browser: "Browser", ferry: Path, samples: Path) -> None:
    article = next(r for r in rows(samples, "articles") if r["raw_path"] == FERRY)
    expected = [r for r in rows(samples, "quotes") if r["article_id"] == article["article_id"]]
    with opened(browser, ferry) as page:
        cards = page.get_by_role("region", name="Quotes, one by one").get_by_role("listitem")
        assert cards.locator("blockquote").all_text_contents() == [row["text"] for row in expected]
        for number, row in enumerate(expected, 1):
            described = page.locator(f"#q{number}").get_attribute("aria-describedby") or ""
            told = " ".join(page.locator(f"#{name}").inner_text() for name in described.split())
            assert (row["speaker"] or "") in told
            assert row["evidence"] in told
        assert page.get_by_role("link", name="Quote 3", exact=True).count() == 2
        assert page.get_by_role("button", name="Maren Tolliver person 8 quotes").count() == 1


@pytest.mark.parametrize("by_key", [False, True], ids=["click", "enter"])
def test_legend_lights_up_all_quotes_of_a_speaker(browser: "Browser", ferry: Path, by_key: bool) -> None:
    with opened(browser, ferry) as page:
        speaker = page.get_by_role("button", name="Maren Tolliver")
        own = [f"quote{n}" for n in (speaker.get_attribute("data-quotes") or "").split()]
        assert len(own) == 8
        (speaker.focus(), page.keyboard.press("Enter")) if by_key else speaker.click()
        assert speaker.get_attribute("aria-pressed") == "true"
        assert page.get_by_role("status").inner_text() == "Lit up: Maren Tolliver, 8 quotes"
        assert [card.get_attribute("id") for card in page.locator(".card.lit").all()] == own
        assert lit(page, "lit").startswith("We had a green light on the bridge,and a green light means you sail.")
        page.get_by_role("button", name="Ellery Line").click()
        assert speaker.get_attribute("aria-pressed") == "false"
        assert page.locator(".card.lit").count() == 2
        page.keyboard.press("Escape")
        assert page.locator(".lit").count() == 0


@pytest.mark.parametrize("width", [360, 768, 1280, 2000])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_any_width(browser: "Browser", ferry: Path, width: int, scheme: Any) -> None:
    with opened(browser, ferry, viewport={"width": width, "height": 800}, color_scheme=scheme) as page:
        page.locator("#q6").focus()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        box = page.locator("#q6").bounding_box()
        sheet = page.locator("#inspector").bounding_box()
        assert box
        assert sheet
        is_beside = sheet["x"] > box["x"] + box["width"] or sheet["y"] > box["y"] + box["height"]
        assert is_beside, "the panel covers the quote"


def test_page_without_a_script_can_be_read(browser: "Browser", ferry: Path) -> None:
    with opened(browser, ferry, java_script_enabled=False) as page:
        page.locator("#q3").click(timeout=5000)
        assert page.url.endswith("#quote3")
        assert page.locator("#quote3").is_visible()


def test_hostile_text_stays_text(browser: "Browser", tmp_path: Path) -> None:
    speaker = {"speaker": HOSTILE[1], "speaker_id": "a:1", "speaker_role": HOSTILE[5]}
    marks = {"speaker_organisation": HOSTILE[0], "speaker_mention": HOSTILE[2], "cue": HOSTILE[4]}
    others = {"cue_lemma": HOSTILE[6], "evidence": HOSTILE[3]}
    spans = ({"start": n, "end": n + 90, "speaker_start": n + 3, "speaker_end": n + 9} for n in (0, 7, 60))
    drawn = [speaker | marks | others | span for span in spans]
    shown = shown_article(*HOSTILE, quotes=drawn, title=" ".join(HOSTILE), raw_path=HOSTILE[1], outlet=HOSTILE[3],
                          byline=HOSTILE[5], language=HOSTILE[5])  # fmt: skip
    file = tmp_path / "hostile.html"
    file.write_text(article_page(shown), encoding="utf-8")
    with opened(browser, file) as page:
        active = "script, style, img, iframe, meta[http-equiv=refresh], [onmouseover], [onerror], [onfocus]"
        assert page.locator(active).count() == 2, "the page's own style sheet and script"
        assert page.locator("article").count() == 1
        assert page.locator(".paragraph").count() == len(HOSTILE)
        assert page.locator(".paragraph").first.inner_text().startswith("<script>alert(1)</script>")
        assert {a.get_attribute("href")[:1] for a in page.locator("a").all()} == {"#"}
        assert page.title().startswith("<script>alert(1)</script> </mark>")
        for number in (1, 2, 3):
            page.locator(f"#q{number}").focus()
            assert "<img src=x onerror=alert(2)>" in panel(page)
        assert r"\x1b[31m \x07 \u202eesrever\u202c \u2066isolate" in page.locator(".paragraph").nth(4).inner_text()
        page.wait_for_function("document.readyState === 'complete'")
        assert page.url == file.as_uri()


def test_page_goes_to_standard_output_but_not_into_a_terminal(samples: Path) -> None:
    command = [sys.executable, "-m", "flows.cli", "show", "bow", "door", "--html", "--processed", str(samples)]
    root = Path(__file__).parent.parent
    piped = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    assert re.match(r"<!doctype html>\n<html lang=\"en\">", piped)
    ours, theirs = pty.openpty()
    refused = subprocess.run(command, cwd=root, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)
    os.close(theirs)
    os.close(ours)
    assert refused.returncode == 2
    assert "--output page.html" in refused.stderr
