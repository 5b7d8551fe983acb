"""Why quotes have their speakers, and `newsframes show`."""

import io
import json
import math
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SAMPLES, RawFolder, rows, story
from reading import article_of, shown_article
from test_planner import ledger_of
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.cli.article import _ranges, print_article
from flows.runs import Run
from transforms.quotes.attribution import CONTINUED, ENCLOSED, SILENCE, UNSURE, attribute
from transforms.quotes.explanation import explain
from transforms.quotes.headlines import HEADLINE
from transforms.quotes.model.features import KIND_TEMPLATES, SPEAKER_TEMPLATES
from transforms.quotes.model.lines import Article
from transforms.quotes.model.ranker import SPOKEN

FERRY = "harbour-gazette/2025/03/11/ferry-inquiry.txt"


ARTICLES = [
    pytest.param(article_of("“The pier will open,” said Ola Brandt, a warden. It was raining."), id="cue-after"),
    pytest.param(article_of("Ola Brandt met Mia Berg.", "She said that it was “a fine pier indeed.”"), id="pronoun"),
    pytest.param(article_of("“He told me, ‘It is shut,’ and I left,” Ola Brandt told the board."), id="nested"),
    pytest.param(article_of("“It is shut, and I left.", "“It is open,” Ola Brandt said on Monday."), id="continued"),
    pytest.param(article_of("The so-called “open door” clause was read out by the clerk."), id="scare"),
    pytest.param(article_of("“Shut.”"), id="nobody-there"),
    pytest.param(article_of("The pier, Ola Brandt said, would open in May.", "She would not comment."), id="indirect"),
]


@pytest.mark.parametrize("read", ARTICLES)
def test_candidates_are_those_that_attribution_chose_from(read: Article) -> None:
    reported, found = explain(read)
    (attributed,) = attribute([read])
    assert attributed.article == reported
    for explanation, attribution in zip(found, attributed.attributions, strict=True):
        candidates = explanation.candidates
        assert [c.is_chosen for c in candidates] == [True] * bool(candidates) + [False] * (len(candidates) - 1)
        assert not candidates or math.isclose(sum(c.probability for c in candidates), 1)
        assert all(0 <= c.start < c.end <= len(read.text) for c in candidates)
        assert list(candidates) == sorted(candidates, key=lambda c: -c.probability)
        if attribution.mention and attribution.evidence not in (ENCLOSED, CONTINUED, UNSURE, SILENCE):
            assert (candidates[0].start, candidates[0].end, candidates[0].relation) == (
                *attribution.mention,
                attribution.evidence,
            )


@pytest.mark.parametrize("read", ARTICLES)
def test_reasons_add_up(read: Article) -> None:
    for explanation in explain(read)[1]:
        if len(explanation.candidates) < 2:
            assert not explanation.speaker_reasons
        else:
            first, second = (math.log(c.probability) for c in explanation.candidates[:2])
            assert {r.name for r in explanation.speaker_reasons} == {t.name for t in SPEAKER_TEMPLATES}
            assert math.isclose(sum(r.weight for r in explanation.speaker_reasons), first - second, abs_tol=1e-3)
        if explanation.quotation is None:
            assert explanation.belief or not explanation.candidates
        else:
            odds = math.log(explanation.quotation / (1 - explanation.quotation))
            assert {r.name for r in explanation.quotation_reasons} == {t.name for t in KIND_TEMPLATES}
            total = sum(r.weight for r in explanation.quotation_reasons)
            is_sentence = math.isclose(explanation.quotation, SPOKEN)  # of its own: no less sure than this
            assert total < odds if is_sentence else math.isclose(total, odds, abs_tol=1e-3)


def test_article_without_spans_has_no_explanations() -> None:
    assert explain(article_of("Nobody was cited."))[1] == []


def show(*arguments: str | Path, processed: Path) -> Result:
    return CliRunner().invoke(
        app, ["show", *map(str, arguments), "--processed", str(processed)], env={"COLUMNS": "100"}
    )


def shown(*arguments: str | Path, processed: Path) -> dict[str, Any]:
    result = show(*arguments, "--json", processed=processed)
    assert result.exit_code == 0
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def ferry_id(samples: Path) -> str:
    return next(str(row["article_id"]) for row in rows(samples, "articles") if row["raw_path"] == FERRY)


@pytest.mark.parametrize(
    "named",
    [
        pytest.param("{id}", id="article-id"),
        pytest.param("{id:.8}", id="prefix"),
        pytest.param(FERRY, id="raw-path"),
        pytest.param("ferry-inquiry.txt", id="file-name"),
        pytest.param("11/ferry-inquiry.txt", id="end-of-the-path"),
        pytest.param("syndication/ferry-inquiry.txt", id="path-of-a-copy"),
        pytest.param("{raw}/" + FERRY, id="file-on-disk"),
        pytest.param("bow DOOR inquiry", id="words-of-the-title"),
        pytest.param("‘No Idea’, Ferry!", id="words-of-the-title-with-marks"),
    ],
)
def test_article_is_found(samples: Path, named: str) -> None:
    found = shown(named.format(id=ferry_id(samples), raw=SAMPLES), processed=samples)
    assert found["article"]["raw_path"] == FERRY
    assert [q["number"] for q in found["quotes"]] == list(range(1, len(found["quotes"]) + 1))
    assert "why" not in found["quotes"][0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["nothing-like-it"], "no article nothing-like-it", id="unknown"),
        pytest.param(["fery-inquiry"], f"near it: {FERRY}", id="misspelt"),
        pytest.param(["ferry-inqui"], f"near it: {FERRY}", id="part-of-a-name"),
        pytest.param(["ferry inquiry shut"], "no article ferry inquiry shut", id="word-that-is-not-in-the-title"),
        pytest.param(["…"], "words of its title", id="no-words"),
        pytest.param([FERRY, "--output", "a.html"], "add --html", id="output-of-no-page"),
        pytest.param([FERRY, "--html", "--json"], "choose one", id="page-and-json"),
        pytest.param(["df960"], "6 digits", id="short-prefix"),
        pytest.param(["nowhere/ferry-inquiry.txt"], f"near it: {FERRY}", id="other-folder"),
        pytest.param(["empty.txt"], "inbox/empty.txt is rejected, empty file", id="rejected-file"),
        pytest.param([FERRY, "--quote", "99"], "its quotes are 1 to", id="no-such-quote"),
    ],
)
def test_unknown_article_is_told_with_those_near_it(samples: Path, arguments: list[str], message: str) -> None:
    result = show(*arguments, processed=samples)
    assert (result.exit_code, message in result.stderr, result.stdout) == (2, True, "")


def test_ambiguous_name_is_told(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    raw.write("herald/a.txt", story(1))
    raw.write("wire/a.txt", story(2))
    run_locally(raw.root, tmp_path / "out")
    result = show("a.txt", processed=tmp_path / "out")
    assert result.exit_code == 2
    assert "a.txt may be 2 articles: herald/a.txt (" in result.stderr
    assert "no dataset in" in show("a.txt", processed=tmp_path / "none").stderr


def test_title_words_that_fit_more_than_one_are_told(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    for number, title in enumerate(["Straße gesperrt am Pier", "Pier opens", "Pier opens again", "opens.txt"]):
        raw.write(f"{number}.txt", f"Title: {title}\n\n{story(number)}")
    run_locally(raw.root, tmp_path / "out")
    result = show("pier", "opens", processed=tmp_path / "out")
    assert (result.exit_code, "pier opens may be 2 articles: 1.txt (" in result.stderr) == (2, True)
    assert shown("STRASSE", processed=tmp_path / "out")["article"]["raw_path"] == "0.txt"
    assert shown("again opens", processed=tmp_path / "out")["article"]["raw_path"] == "2.txt"
    assert shown("3.txt", processed=tmp_path / "out")["article"]["title"] == "opens.txt", "a path counts before a title"


def test_ambiguous_prefix_is_told(samples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.planning import lookup

    ledger = lookup.read_ledger
    twin = "df9606" + "0" * 26

    def read_ledger(version: Any) -> Any:
        known = ledger(version).known()
        return ledger_of(known | {"twin.txt": known[FERRY]._replace(raw_path="twin.txt", article_id=twin)})

    monkeypatch.setattr(lookup, "read_ledger", read_ledger)
    result = show(ferry_id(samples)[:6], processed=samples)
    assert result.exit_code == 2
    assert f"may be 2 articles: {FERRY} ({ferry_id(samples)}), twin.txt ({twin})" in result.stderr


def sailing(samples: Path, text: str) -> tuple[int, dict[str, Any]]:
    """Return the number and the row of a quote of the ferry story."""
    quotes = shown(FERRY, processed=samples)["quotes"]
    return next((q["number"], q) for q in quotes if q["text"] == text)


def test_page_numbers_quotes_and_tells_of_each(samples: Path) -> None:
    page = show(FERRY, processed=samples).stdout
    number, row = sailing(samples, "We had a green light on the bridge,")
    assert f"on the bridge,”[{number}] Maren Tolliver said" in page
    assert "(byline) By Jane Doe" in page
    assert f"[{number}]".ljust(5) + f"{row['quote_type']} quotation, {row['speaker']}" in page
    assert f"evidence: {row['evidence']} · confidence {row['confidence']:.2f}" in page
    assert "how probably" not in page
    assert max(map(len, page.splitlines())) <= 100
    assert "\x1b" not in page


def in_colour(*, environment: dict[str, str]) -> str:
    """Return a page of three speakers as a terminal would get it."""
    quotes = [{"start": 4 * n, "end": 4 * n + 3, "speaker_id": f"a:{n}", "speaker": f"S{n}"} for n in range(3)]
    stream = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM"):
            patch.delenv(name, raising=False)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdout", stream)
        print_article(shown_article("abc abc abc", quotes=quotes))
    return stream.getvalue()


def test_quotes_have_the_colours_of_their_speakers() -> None:
    page = in_colour(environment={"FORCE_COLOR": "1", "TERM": "xterm-256color"})
    colours = [re.search(rf"\x1b\[1;(\d+)mS{n}\x1b", page) for n in range(3)]
    assert len({found[1] for found in colours if found}) == 3
    line = next(line for line in page.splitlines() if line.endswith("[3]\x1b[0m") and "abc" in line)
    assert re.findall(r"\x1b\[1;(\d+)mabc\x1b", line) == [found[1] for found in colours if found]


def test_without_colour_the_legend_has_the_numbers() -> None:
    plain = in_colour(environment={})
    assert "\x1b" not in plain
    assert "abc[1] abc[2] abc[3]" in plain
    assert "     S1 [2]\n" in plain
    assert "\x1b[3" not in in_colour(environment={"NO_COLOR": "1", "FORCE_COLOR": "1"})


@pytest.mark.parametrize(
    ("numbers", "printed"),
    [([1], "[1]"), ([1, 2], "[1–2]"), ([1, 3, 4, 5, 9], "[1] [3–5] [9]")],
)
def test_numbers_in_a_row_are_a_range(numbers: list[int], printed: str) -> None:
    assert _ranges(numbers) == printed


def test_one_quote_is_shown_with_its_reasons(samples: Path) -> None:
    number, row = sailing(samples, "and a green light means you sail.")
    page = show(FERRY, "--quote", str(number), processed=samples).stdout
    assert f"[{number}]".ljust(5) + f"{row['quote_type']} quotation, Maren Tolliver" in page
    assert f"goes on from [{number - 1}]" in page
    assert f"Maren Tolliver ({row['evidence']}; paragraph 3) ← the best" in page
    assert "PORT ELLERY —" not in page
    assert show(FERRY, "--quote", row["quote_id"], processed=samples).stdout == page
    (quote,) = shown(FERRY, "--quote", str(number), processed=samples)["quotes"]
    best = quote["why"]["candidates"][0]
    assert (best["start"], best["end"]) == (quote["speaker_start"], quote["speaker_end"])


@pytest.mark.parametrize("named", [FERRY, "village-choir.txt", "hospital-parking.txt", "lighthouse-keeper.txt"])
def test_row_with_another_speaker_than_the_best_candidate_is_noted(samples: Path, named: str) -> None:
    for quote in shown(named, "--why", processed=samples)["quotes"]:
        candidates = quote["why"]["candidates"]
        is_other = bool(quote["speaker"] and candidates and candidates[0]["start"] != quote["speaker_start"])
        assert (quote["note"] is not None) == (is_other or quote["evidence"] == UNSURE)
        assert not is_other or quote["evidence"] in quote["note"]


def test_other_languages_have_no_reasons(samples: Path) -> None:
    found = shown("lonja.txt", "--why", processed=samples)
    assert found["note"].startswith("No reasons: its language is es")
    assert all(q["why"] is None and q["speaker"] is None for q in found["quotes"])


def test_headline_that_says_who_speaks_is_told(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    raw.write("a.txt", b"Water chief: no pipe is safe\n\nThe reservoirs above Saltmere were low on Friday.\n")
    run_locally(raw.root, tmp_path / "out")
    found = shown("a.txt", "--why", processed=tmp_path / "out")
    (quote,) = (q for q in found["quotes"] if q["evidence"] == HEADLINE)
    assert (quote["speaker_mention"], quote["why"]) == ("Water chief", None)
    assert quote["note"].startswith("The form of the headline")


def test_older_rules_and_corrected_rows_are_told(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.reports import show as report

    raw.write("a.txt", (SAMPLES / FERRY).read_bytes())
    run_locally(raw.root, tmp_path / "out")
    row = next(r for r in rows(tmp_path / "out", "quotes") if r["speaker"] and r["quote_type"] == "direct")
    (tmp_path / "corrections.csv").write_text(
        f"article_id,start,end,speaker,decided_by\n{row['article_id']},{row['start']},{row['end']},Mia Berg,mk\n",
        encoding="utf-8",
    )
    run_locally(raw.root, tmp_path / "out")
    monkeypatch.setattr(report, "RULES_VERSION", report.RULES_VERSION + 1)
    page = show("a.txt", "--why", processed=tmp_path / "out").stdout
    assert "direct quotation, Mia Berg" in page
    assert "A human corrected this row" in page
    assert f"made by rules {report.RULES_VERSION - 1}" in page


def test_both_speakers_of_a_chain_are_shown(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    raw.write("a.txt", "The pier\n\nThe pier closed on Monday. Mira Ames said Tom Boyd called it “unsafe”.\n")
    run_locally(raw.root, tmp_path / "out")
    printed = " ".join(show("a.txt", "--why", processed=tmp_path / "out").stdout.split())
    assert "mention “Tom Boyd” · cue “called” (call) · reported by “Mira Ames”" in printed


def test_control_characters_stay_inactive(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    raw.write("a\x1b[31mred.txt", story(1))
    run_locally(raw.root, tmp_path / "out")
    page = show(rows(tmp_path / "out", "articles")[0]["article_id"], processed=tmp_path / "out").stdout
    assert "\x1b" not in page
    assert r"a\x1b[31mred.txt" in page


def test_prefect_is_not_imported(samples: Path) -> None:
    code = (
        "import sys; from flows.cli import app; app(sys.argv[1:], standalone_mode=False); "
        "assert not [m for m in sys.modules if m.partition('.')[0] == 'prefect']"
    )
    done = subprocess.run([sys.executable, "-c", code, "show", FERRY, "--why", "--processed", str(samples)],
                          cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
