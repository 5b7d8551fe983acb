"""How right columns are, by judged lines: the arithmetic, and `newsframes sample` and `score`."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import RawFolder, rows
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.runs import Run
from transforms.correction_files import read_words
from transforms.schemas import QUOTES
from transforms.scoring import JUDGED, WHOLE_ROW, applicable, judge, score, wilson_interval

ROW: dict[str, Any] = dict.fromkeys(QUOTES.schema.names) | {
    "text": "It’s wet,", "kind": "quotation", "quote_type": "direct", "speaker": "Ola O’Brandt", "cue": "said",
    "speaker_mention": "she", "speaker_start": 40, "speaker_end": 43, "cue_start": 44, "cue_end": 48,
    "speaker_kind": "person", "polarity": "affirmed",
}  # fmt: skip
ALL_RIGHT = {column: ROW[column] for column in JUDGED}


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_is_that_of_the_textbook(counts: tuple[int, int]) -> None:
    right, judged = counts
    expected = binomtest(right, judged).proportion_ci(0.95, method="wilson")
    assert wilson_interval(right, judged) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_interval_of_nothing_is_everything() -> None:
    assert wilson_interval(0, 0) == (0, 1)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        pytest.param(ALL_RIGHT, [], id="all-right"),
        pytest.param(ALL_RIGHT | {"speaker": "Ola O'Brandt", "text": "It's  wet,"}, [], id="apostrophe-and-spaces"),
        pytest.param(ALL_RIGHT | {"speaker": "Ola"}, ["speaker", WHOLE_ROW], id="another-name"),
        pytest.param(ALL_RIGHT | {"speaker_role": "Mayor"}, ["speaker_role", WHOLE_ROW], id="role-that-is-missing"),
        pytest.param(ALL_RIGHT | {"cue": None}, ["cue", WHOLE_ROW], id="nothing-is-right"),
        pytest.param(ALL_RIGHT | {"speaker_start": 40, "speaker_end": 43}, [], id="where-right"),
        pytest.param(ALL_RIGHT | {"speaker_start": 7, "speaker_end": 9}, ["speaker_mention", WHOLE_ROW], id="where"),
        pytest.param(ALL_RIGHT | {"text": "wet"}, ["text", WHOLE_ROW], id="bounds"),
        pytest.param({"text": "It’s wet,", "kind": "scare"}, ["kind", WHOLE_ROW], id="no-quotation-has-no-speaker"),
        pytest.param({"kind": "scare"}, ["kind"], id="bounds-not-judged"),
        pytest.param({"speaker": "Ola"}, ["speaker"], id="one-column"),
    ],
)  # fmt: skip
def test_line_tells_what_is_right(line: dict[str, Any], wrong: list[str]) -> None:
    verdicts = judge(line, ROW)
    assert [column for column, is_right in verdicts.items() if not is_right] == wrong
    judged = {c for c in line if c in JUDGED} | ({WHOLE_ROW} if {"text", "kind"} <= line.keys() else set())
    assert verdicts.keys() == judged


@pytest.mark.parametrize(
    ("truth", "missing"),
    [
        pytest.param({"kind": "quotation", "speaker": "Ola", "cue": "said"}, set(), id="everything"),
        pytest.param(
            {"kind": "quotation", "speaker": None, "cue": "said"},
            {"speaker_kind", "speaker_role", "speaker_organisation"},
            id="nobody",
        ),
        pytest.param({"kind": "quotation", "speaker": "Ola", "cue": None}, {"polarity"}, id="no-cue"),
        pytest.param({"kind": "no_comment", "speaker": "Ola", "cue": "said"}, {"quote_type"}, id="no-comment"),
        pytest.param({"kind": "title"}, set(JUDGED) - {"text", "kind"}, id="no-quotation"),
    ],
)
def test_columns_that_a_row_has(truth: dict[str, Any], missing: set[str]) -> None:
    assert set(JUDGED) - set(applicable(truth)) == missing


def test_shares_are_of_what_was_judged() -> None:
    found = {s.column: s for s in score([{"kind": True, "speaker": False}, {"kind": True}, {"kind": False}])}
    assert (found["kind"].judged, found["kind"].right, found["kind"].share) == (3, 2, pytest.approx(2 / 3))
    assert (found["speaker"].judged, found["speaker"].share, found["speaker"].low) == (1, 0, 0)
    assert (found["cue"].judged, found["cue"].share) == (0, None)


def test_words_are_read_of_lines_that_can_be_used() -> None:
    text = f'article_id,start,end,text,kind,decided_by\n{"0" * 32},1,5,"a, ""b""",scare,mk\nx,1,5,c,scare,mk\n'
    assert read_words(text) == {("0" * 32, 1, 5): 'a, "b"'}
    assert read_words("article_id,start,end,kind,decided_by\n") == {}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def sampled(*arguments: str | Path) -> list[dict[str, Any]]:
    result = run("sample", "--json", *arguments)
    assert result.exit_code == 0
    quotes: list[dict[str, Any]] = json.loads(result.stdout)["quotes"]
    return quotes


def test_sample_follows_from_its_seed(samples: Path) -> None:
    one, again, other = (sampled("--processed", samples, "--n", "20", "--seed", seed) for seed in ("7", "7", "8"))
    assert one == again
    assert {q["quote_id"] for q in one} != {q["quote_id"] for q in other}
    assert sampled("--processed", samples, "--n", "5", "--seed", "7") == one[:5], (
        "a smaller one is the start of a larger one"
    )
    everything = sampled("--processed", samples, "--n", "9999")
    assert sorted(q["quote_id"] for q in everything) == sorted(q["quote_id"] for q in rows(samples, "quotes"))


def test_every_quote_is_as_likely(samples: Path) -> None:
    from flows.reports.sample import Draw, draw_sample

    drawn = [s.quote.row["quote_id"] for seed in range(40) for s in draw_sample(samples, Draw(40, seed)).quotes]
    all_ids = {q["quote_id"] for q in rows(samples, "quotes")}
    assert len(set(drawn)) > 0.95 * len(all_ids)
    most = max(map(drawn.count, set(drawn)))
    assert most <= 14, "40 draws of a tenth: 14 or more of one row are less likely than one in 10,000"


def test_sample_is_of_what_is_asked_for(samples: Path) -> None:
    asked = ("--outlet", "harbour-gazette", "--start", "2025-03-11", "--end", "2025-05-06", "--kind", "quotation")
    found = sampled("--processed", samples, "--n", "9999", *asked)
    articles = {
        a["article_id"] for a in rows(samples, "articles")
        if a["outlet"] == "harbour-gazette" and "2025-03-11" <= str(a["published_date"]) <= "2025-05-06"
    }  # fmt: skip
    wanted = [q for q in rows(samples, "quotes") if q["article_id"] in articles and q["kind"] == "quotation"]
    assert len(wanted) > 20
    assert {q["quote_id"] for q in found} == {q["quote_id"] for q in wanted}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--outlet", "nobody"], "no such quote in", id="nothing"),
        pytest.param(["--start", "2025-03-02", "--end", "2025-03-01"], "ends before it starts", id="backwards"),
        pytest.param(["--output", "a.html"], "add --html", id="output-of-no-page"),
        pytest.param(["--html", "--output", "a.html", "--n", "1001"], "draw fewer", id="too-many-for-a-page"),
        pytest.param(["--kind", "joke"], "'joke' is not one of", id="unknown-kind"),
    ],
)
def test_sample_that_cannot_be_drawn(samples: Path, arguments: list[str], message: str) -> None:
    result = run("sample", "--processed", samples, *arguments)
    assert (result.exit_code, message in result.stderr) == (2, True)


def test_sample_is_printed(samples: Path) -> None:
    result = run("sample", "--processed", samples, "--n", "3", "--seed", "2")
    assert result.exit_code == 0
    assert "3 of 402 quotes of" in result.stdout
    for number, quote in enumerate(sampled("--processed", samples, "--n", "3", "--seed", "2"), 1):
        assert f"[{number}]" in result.stdout
        assert quote["raw_path"] in result.stdout


def lines_of(*lines: dict[str, Any]) -> str:
    """Return a corrections file."""
    columns = ["article_id", "start", "end", *JUDGED, "decided_by"]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({"decided_by": "mk", **line} for line in lines)
    return stream.getvalue()


def test_score_is_the_same_before_and_after_the_file_was_honoured(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]
) -> None:
    for number in range(1, 5):
        waited = f"The people of the town had waited for it for {number} years in the wind and the rain."
        raw.write(f"{number}.txt", f"“The pier number {number} will open,” said Ola Brandt.\n\n{waited}\n")
    out = tmp_path / "out"
    run_locally(raw.root, out)
    found = [
        {c: q[c] for c in ("article_id", "start", "end", "text", "kind", "speaker", "cue")} for q in rows(out, "quotes")
    ]
    assert [q["speaker"] for q in found] == ["Ola Brandt"] * 4
    judged = [found[0], found[1] | {"speaker": "Mia Berg"}, found[2] | {"speaker": "-", "text": "pier"}]
    file = tmp_path / "judged.csv"
    file.write_text(lines_of(*judged, found[3] | {"start": 5}, found[3] | {"kind": "joke"}), encoding="utf-8")
    before = run("score", file, "--processed", out, "--json")
    assert before.exit_code == 0
    (tmp_path / "corrections.csv").write_bytes(file.read_bytes())
    run_locally(raw.root, out)
    assert [q["speaker"] for q in rows(out, "quotes")] == ["Ola Brandt", "Mia Berg", None, "Ola Brandt"]
    after = run("score", file, "--processed", out, "--json")
    assert after.stdout == before.stdout
    told = json.loads(after.stdout)
    by_column = {s["column"]: (s["judged"], s["right"]) for s in told["scores"]}
    assert told["lines"] == 3
    assert by_column["speaker"] == (3, 1)
    assert by_column["text"] == (3, 2)
    assert by_column["kind"] == by_column["cue"] == (3, 3)
    assert by_column["polarity"] == by_column[WHOLE_ROW] == (0, 0)
    assert [message.split(":")[0] for message in told["unfit"]] == ["line 5", "line 6"]


def test_score_is_printed(samples: Path, tmp_path: Path) -> None:
    quotes = [q for q in rows(samples, "quotes") if q["kind"] == "quotation"][:10]
    file = tmp_path / "judged.csv"
    keys = [{c: q[c] for c in ("article_id", "start", "end", "kind")} for q in quotes]
    file.write_text(lines_of(*keys, keys[0] | {"start": 0, "end": 1}), encoding="utf-8")
    printed = run("score", file, "--processed", samples).stdout
    assert "10 rows judged" in printed
    assert "kind                        10      10   1.000   0.722–1.000" in printed
    assert "cue                          0       0       -   -" in printed
    assert "hold for a random sample" in printed
    assert "Not counted: line 12: article" in printed


@pytest.mark.parametrize(
    ("content", "message"), [(None, "No such file"), ("a,b\n1,2\n", "no column article_id"), ("", "the file is empty")]
)
def test_file_that_cannot_be_scored(samples: Path, tmp_path: Path, content: str | None, message: str) -> None:
    file = tmp_path / "judged.csv"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    result = run("score", file, "--processed", samples)
    assert (result.exit_code, message in result.stderr) == (2, True)
