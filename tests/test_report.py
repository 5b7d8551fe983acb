"""`newsframes report`: its figures against the tables themselves, and datasets and runs of every sort."""

import ast
import datetime
import json
import os
import pty
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from conftest import RawFolder, current, rows, story
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.figures.cited import NAMED_SHOWN
from flows.figures.history import RUNS_SHOWN, past_runs, read_run
from flows.figures.holdings import OUTLETS_SHOWN, REJECTS_SHOWN
from flows.figures.overview import Overview, read_overview
from flows.figures.timeline import Day, Timeline, make_timeline, name_of
from flows.planning.options import OptionsError
from flows.reports import check
from flows.runs import Run
from transforms import RULES_VERSION
from transforms.invariants import INVARIANTS

ROOT = Path(__file__).parent.parent
TODAY = datetime.date(2026, 1, 1)


class Marks(HTMLParser):
    """What is active in a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.told: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes.update(name for name, _ in attrs)
        self.told += [value or "" for name, value in attrs if name == "aria-label"]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append(data.strip())

    @property
    def words(self) -> str:
        return " ".join(self.text[self.text.index("Skip to the content") :]).replace("\N{NO-BREAK SPACE}", " ")


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


def page_of(*arguments: object) -> str:
    pytest.importorskip("altair", reason="no altair: pip install -e '.[dev]'")
    result = invoke(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


@pytest.fixture(scope="module")
def overview(samples: Path) -> Overview:
    return read_overview(samples, TODAY)


@pytest.fixture(scope="module")
def articles(samples: Path) -> pd.DataFrame:
    return pd.DataFrame(rows(samples, "articles"))


@pytest.fixture(scope="module")
def quotes(samples: Path) -> pd.DataFrame:
    return pd.DataFrame(rows(samples, "quotes"))


def test_totals_are_those_of_the_tables(overview: Overview, articles: pd.DataFrame, quotes: pd.DataFrame) -> None:
    holdings, said = overview.holdings, quotes[quotes.kind == "quotation"]
    assert overview.rows["articles"] == len(articles) == 24
    assert overview.rows["quotes"] == len(quotes)
    assert (holdings.words, holdings.quotations) == (articles.word_count.sum(), len(said))
    assert (holdings.undated, holdings.near_duplicates) == (2, 1)  # the ferry's copy is a duplicate, no article
    assert (holdings.first_date, holdings.last_date) == (datetime.date(2025, 2, 28), datetime.date(2025, 6, 26))
    assert holdings.languages == {"en": 23, "es": 1}
    assert holdings.rules == {RULES_VERSION: 24}
    assert Counter(articles.date_origin.fillna("none")) == {k or "none": n for k, n in holdings.date_origins.items()}
    assert overview.stale == 0


def test_outlets_are_those_of_the_tables(overview: Overview, articles: pd.DataFrame, quotes: pd.DataFrame) -> None:
    assert {o.outlet: o.articles for o in overview.holdings.outlets} == {
        "northfield-courier": 8, "the-dispatch": 5, "harbour-gazette": 5, "Harbour Gazette": 1, "el-faro-de-almena": 1,
        None: 4,
    }  # fmt: skip
    assert overview.holdings.outlet_count == 5
    said = quotes[quotes.kind == "quotation"].merge(articles[["article_id", "outlet"]], on="article_id")
    for outlet in overview.holdings.outlets:
        own = said[said.outlet.isna() if outlet.outlet is None else said.outlet == outlet.outlet]
        assert (outlet.quotations, outlet.attributed) == (len(own), own.speaker.notna().sum())
    assert sum(o.undated for o in overview.holdings.outlets) == 2


def test_periods_hold_every_dated_article(overview: Overview, articles: pd.DataFrame) -> None:
    dated = articles[articles.published_date.notna()]
    timeline = overview.holdings.timeline
    assert timeline.unit == "week"
    mondays = Counter(d - datetime.timedelta(days=d.weekday()) for d in dated.published_date)
    assert {p.start: p.articles for p in timeline.periods if p.articles} == mondays
    assert sum(p.quotations for p in timeline.periods) == dated.quote_count.sum()


def test_quotations_are_those_of_the_tables(overview: Overview, quotes: pd.DataFrame) -> None:
    found, said = overview.quotations, quotes[quotes.kind == "quotation"]
    named = said[said.speaker.notna()]
    confidence = named.confidence.round(3)
    assert found.kinds == Counter(quotes.kind)
    assert {name: s.quotations for name, s in found.types.items()} == Counter(said.quote_type)
    assert {name: s.attributed for name, s in found.types.items()} == Counter(named.quote_type)
    assert found.attributed == sum(found.confidence) == len(named)
    assert {k or "": n for k, n in found.speaker_kinds.items()} == Counter(named.speaker_kind.fillna(""))
    bands = Counter(min(int(round(c * 1000) // 100), 9) for c in confidence)
    assert found.confidence == tuple(bands[band] for band in range(10))
    assert found.above == {t: int((confidence >= t).sum()) for t in found.above}
    assert found.expected_right == pytest.approx(confidence.sum(), abs=0.06)
    assert sum(found.unattributed.values()) == len(said) - len(named)
    assert found.unattributed["language not supported"] == 11


def test_speakers_are_those_of_the_tables(overview: Overview, articles: pd.DataFrame, quotes: pd.DataFrame) -> None:
    said = quotes[(quotes.kind == "quotation") & quotes.speaker.notna()].merge(
        articles[["article_id", "outlet"]], on="article_id"
    )
    shown = [*overview.cited.named, *overview.cited.unnamed]
    assert overview.cited.named_count == len(overview.cited.named) < NAMED_SHOWN
    for speaker in shown:
        kind = said.speaker_kind.fillna("") == (speaker.speaker_kind or "")
        own = said[kind & (said.speaker.str.lower() == speaker.speaker.lower())]
        assert speaker.quote_count == len(own)
        assert (speaker.article_count, speaker.outlet_count) == (own.article_id.nunique(), own.outlet.nunique())
        assert speaker.mean_confidence == pytest.approx(own.confidence.mean(), abs=0.001)
        assert {r.lower() for r in speaker.roles} <= set(own.speaker_role.dropna().str.lower())
    assert overview.cited.named_quotations == sum(s.quote_count for s in overview.cited.named)
    assert [s.quote_count for s in overview.cited.named] == sorted(s.quote_count for s in overview.cited.named)[::-1]


def test_most_quoted_speaker_counted_by_hand(overview: Overview) -> None:
    first = overview.cited.named[0]
    assert (first.speaker, first.roles, first.quote_count) == ("Constance Abara", ("chairwoman",), 17)
    assert (first.article_count, first.outlet_count) == (2, 1)


NAMES = [
    pytest.param("“The pier is shut,” said Ola Brandt.", "Ola Brandt", True, id="name"),
    pytest.param("“The pier is shut,” a spokesman said.", "a spokesman", False, id="anonymous"),
    pytest.param("“The pier is shut,” residents said.", "residents", False, id="collective"),
    pytest.param("The report said that the pier was shut.", "the report", False, id="document"),
]


@pytest.mark.parametrize(("text", "speaker", "is_named"), NAMES)
def test_who_has_a_name(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run], text: str, speaker: str, is_named: bool
) -> None:
    raw.write("a.txt", f"{text} It was raining over the harbor all day long, and nobody went out to the boats.\n")
    run_locally(raw.root, tmp_path / "p")
    cited = read_overview(tmp_path / "p", TODAY, has_check=False).cited
    assert [s.speaker.lower() for s in (cited.named if is_named else cited.unnamed)] == [speaker.lower()]
    assert not (cited.unnamed if is_named else cited.named)


def test_files_are_those_of_the_ledger(overview: Overview) -> None:
    assert overview.files.statuses == {"ingested": 24, "container": 3, "rejected": 2, "duplicate": 1}
    assert overview.files.rejected == (
        ("inbox/empty.txt", "empty file"),
        ("inbox/scanned-page.txt", "not text but a PNG image"),
    )
    assert overview.files.reasons == {"empty file": 1, "not text but a PNG image": 1}


def test_every_invariant_of_check_is_counted(overview: Overview) -> None:
    calls = [n for n in ast.walk(ast.parse(Path(check.__file__).read_text())) if isinstance(n, ast.Call)]
    names = {
        c.args[0].value
        for c in calls
        if getattr(c.func, "id", "") == "violation" and isinstance(c.args[0], ast.Constant)
    }
    assert names - {"raw files"} == set(check.BESIDE_ROWS)  # raw files are looked at when they are named
    assert overview.checked is not None
    assert overview.checked.invariants == len(INVARIANTS) + len(check.BESIDE_ROWS)
    assert overview.checked.violations == ()


def days(*counts: tuple[str, int]) -> list[Day]:
    return [Day(datetime.date.fromisoformat(date), count, 2 * count) for date, count in counts]


TIMELINES = [
    pytest.param(days(("2025-03-01", 1)), "day", 1, 0, id="one-day"),
    pytest.param(days(("2025-01-01", 1), ("2025-04-10", 1)), "day", 100, 0, id="100-days"),
    pytest.param(days(("2025-01-01", 1), ("2025-04-11", 1)), "week", 15, 0, id="101-days"),
    pytest.param(days(("2024-12-30", 1), ("2025-01-06", 1), ("2025-06-01", 2)), "week", 22, 0, id="over-new-year"),
    pytest.param(days(("2020-01-01", 1), ("2025-01-01", 1)), "month", 61, 0, id="months"),
    pytest.param(days(("1990-05-01", 1), ("2025-01-01", 1)), "year", 36, 0, id="years"),
    pytest.param(days(("1800-05-01", 1), ("2025-01-01", 1)), "decade", 23, 0, id="decades"),
    pytest.param(days(("0001-01-01", 1), ("9999-12-31", 1)), "century", 100, 0, id="all-time"),
    pytest.param(days(("1970-01-01", 1), ("2025-01-01", 300), ("2025-01-20", 300)), "day", 20, 1, id="stray-before"),
    pytest.param(days(("2025-01-01", 300), ("2025-01-20", 300), ("2099-01-01", 2)), "day", 20, 2, id="strays-after"),
    pytest.param(days(("2000-01-01", 9), ("2025-01-01", 300), ("2025-01-20", 300)), "year", 26, 0, id="too-many-to-be"),
    pytest.param(days(("2024-12-01", 1), ("2025-01-01", 300), ("2025-01-20", 300)), "day", 51, 0, id="not-far-enough"),
]


@pytest.mark.parametrize(("given", "unit", "periods", "strays"), TIMELINES)
def test_periods(given: list[Day], unit: str, periods: int, strays: int) -> None:
    timeline = make_timeline(given)
    assert (timeline.unit, len(timeline.periods), timeline.strays) == (unit, periods, strays)
    assert sum(p.articles for p in timeline.periods) + strays == sum(d.articles for d in given)
    starts = [p.start for p in timeline.periods]
    assert starts == sorted(set(starts))
    assert len({name_of(start, timeline.unit) for start in starts}) == len(starts)


def test_no_day_has_no_periods() -> None:
    assert make_timeline([]) == Timeline()


def empty(raw: RawFolder) -> None:
    raw.write("empty.txt", "")


def one_without_quotes(raw: RawFolder) -> None:
    raw.write("note.txt", "It was raining over the harbor, and nobody went out to the boats that day.\n")


def undated_alone(raw: RawFolder) -> None:
    for number in range(3):
        raw.write(f"gazette/story-{number}.txt", story(number))


def thirty_outlets(raw: RawFolder) -> None:
    for number in range(30):
        raw.write(f"outlet-{number}/2025/03/{number % 28 + 1:02d}/story.txt", story(number))


def one_outlet(raw: RawFolder) -> None:
    for number in range(5):
        raw.write(f"gazette/2025/03/0{number + 1}/story.txt", story(number))


CASES = [
    pytest.param(empty, ["There are no articles.", "There are no quotes.", "1 file rejected"], id="no-article"),
    pytest.param(
        one_without_quotes, ["1 article", "No article has a date.", "No quotation has a speaker."], id="no-quotes"
    ),
    pytest.param(undated_alone, ["3 articles", "No article has a date.", "3 articles (100 %)"], id="undated"),
    pytest.param(thirty_outlets, ["30 outlets", "The 12 outlets with most articles", "outlet-29"], id="30-outlets"),
    pytest.param(one_outlet, ["1 outlet", "2025-03-01 to 2025-03-05", "5 quotations"], id="one-outlet"),
]


@pytest.mark.parametrize(("write", "said"), CASES)
def test_any_dataset_has_a_page(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run], write: Callable[[RawFolder], None], said: list[str]
) -> None:
    write(raw)
    run_locally(raw.root, tmp_path / "p")
    page = Marks(page_of("--processed", tmp_path / "p"))
    assert not [words for words in said if words not in page.words]
    assert "65 of 65 hold" in page.words
    assert "nan" not in page.words.lower().split()
    assert "None" not in page.words


HOSTILE = [
    "<script>alert(1)</script>",
    "</title></style><style>*{display:none}</style>",
    '" onmouseover="alert(4)" autofocus onfocus="alert(5)',
    "'];alert(6);['{{ 7 * 7 }}",
    "\u202eesrever\u2066",
]


def test_hostile_names_stay_inactive(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    for number, name in enumerate(HOSTILE):
        front = json.dumps(name, ensure_ascii=False)
        raw.write(f"{number}.txt", f"---\noutlet: {front}\ndate: 2025-03-01\n---\n{story(number)}")
        raw.write(f"{name.replace('/', '_')}.txt", "")
    run_locally(raw.root, tmp_path / "p")
    for arguments in ([], ["--run", "last"]):
        page = page_of("--processed", tmp_path / "p", *arguments)
        marks = Marks(page)
        assert (marks.tags["script"], marks.tags["style"], marks.tags["title"]) == (1, 1, 1)
        assert not {name for name in marks.attributes if name.startswith("on") or name in ("style", "src", "autofocus")}
        assert "\u202e" not in page
        assert "\\u202eesrever" in marks.words
        assert "<script>alert(1)<_script>.txt" in marks.words
    shown = " ".join(Marks(page_of("--processed", tmp_path / "p")).told)
    assert "<script>alert(1)</script>: 1 article " in shown


def test_page_is_the_same_again_and_needs_no_network(samples: Path) -> None:
    page = page_of("--processed", samples, "--no-check")
    assert page == page_of("--processed", samples, "--no-check")
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xlink", "")
    assert "were not checked" in Marks(page).words
    assert len(page.encode()) < 200_000


def test_page_stays_small_whatever_there_is(overview: Overview) -> None:
    pytest.importorskip("altair", reason="no altair: pip install -e '.[dev]'")
    from flows.pages.dataset_report import render_dataset_report

    book = "all the news that fits " * 5_000
    outlets = tuple(replace(overview.holdings.outlets[0], outlet=f"{n} {book}") for n in range(OUTLETS_SHOWN))
    periods = make_timeline(days(*((f"{year}-01-01", year) for year in range(1930, 2026)))).periods
    speakers = tuple(replace(overview.cited.named[0], speaker=f"{n} {'Ola ' * 60}") for n in range(NAMED_SHOWN))
    rejected = tuple((f"{n}/{'a-long-folder/' * 20}", book) for n in range(REJECTS_SHOWN))
    timeline = Timeline("year", periods)
    large = replace(
        overview,
        holdings=replace(overview.holdings, outlets=outlets, timeline=timeline),
        cited=replace(overview.cited, named=speakers),
        files=replace(overview.files, statuses={"rejected": 9_999_999}, rejected=rejected),
        runs=overview.runs * RUNS_SHOWN,
    )
    assert len(render_dataset_report(large).encode()) < 1_000_000


def test_every_mark_has_its_words(samples: Path) -> None:
    told = Marks(page_of("--processed", samples, "--no-check")).told
    assert {"northfield-courier: 8 articles", "Constance Abara: 17 quotations in 2 articles"} <= set(told)
    assert "week of 2025-04-28: 3 articles" in told


def test_json_has_the_same_figures(samples: Path, overview: Overview, tmp_path: Path) -> None:
    found = json.loads(invoke("--processed", samples, "--json").stdout)
    assert found == json.loads(json.dumps(asdict(overview), default=str))
    assert invoke("--processed", samples, "--json", "--output", tmp_path / "figures.json").exit_code == 0
    assert json.loads((tmp_path / "figures.json").read_text(encoding="utf-8")) == found


def test_stale_rows_and_broken_invariants_are_told(
    samples: Path, overview: Overview, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = check.Violation("quotes key", "quote_id identifies one row", [f"<b>{n}" for n in range(15)], 33)
    monkeypatch.setattr("flows.figures.overview.check_dataset", lambda *_: [broken])
    monkeypatch.setattr("flows.figures.overview.RULES_VERSION", RULES_VERSION + 1)
    words = Marks(page_of("--processed", samples)).words
    assert "64 of 65 hold" in words
    assert "<b>9 … and 23 more" in words
    assert "24 articles (100 %) made by older rules; newsframes backfill --only-stale" in words


def test_quiet_outlets_are_told(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    for day in range(1, 29):
        for outlet in ["gazette", *["herald"] * (day < 15)]:
            raw.write(f"{outlet}/2025/03/{day:02d}/story.txt", story(day * 2 + (outlet == "herald")))
    run_locally(raw.root, tmp_path / "p")
    words = Marks(page_of("--processed", tmp_path / "p", "--no-check")).words
    assert "herald: nothing since 2025-03-14, 14 days; before, it paused 1 at most" in words


def several_runs(raw: RawFolder, processed: Path, run_locally: Callable[..., Run]) -> list[Run]:
    runs = []
    for number in range(3):
        raw.write(f"gazette/2025/0{number + 1}/01/story.txt", story(number))
        runs.append(run_locally(raw.root, processed))
    raw.write("gazette/empty.txt", "")
    return [*runs, run_locally(raw.root, processed)]


def test_run_is_compared_with_those_before(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    runs = several_runs(raw, tmp_path / "p", run_locally)
    found = read_run(tmp_path / "p", "last")
    assert found.run == runs[-1]
    assert found.run.rejected == [["gazette/empty.txt", "empty file"]]
    assert [run.run_id for run in found.before] == [run.run_id for run in runs[-2::-1]]
    assert found.usual_seconds["transform"] == sorted(run.seconds["transform"] for run in runs[:3])[1]
    assert read_run(tmp_path / "p", runs[0].run_id[:-3]).before == ()
    words = Marks(page_of("--processed", tmp_path / "p", "--run", runs[1].run_id)).words
    assert "year=2025/month=2" in words
    assert "the median of the 1 run of ingest before it" in words
    figures = json.loads(invoke("--processed", tmp_path / "p", "--run", "last", "--json").stdout)
    assert figures["run"] == runs[-1].to_json()


def test_runs_that_failed_have_a_page_without_a_dataset(
    raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run("ingest")
    (tmp_path / "p").mkdir()
    with pytest.raises(OSError, match="full"), run.recorded(tmp_path / "p" / "runs"):
        raise OSError("the disk is <full>")
    (tmp_path / "p" / "runs" / "20990101T000000000000-aaaaaa.json").write_text('{"seconds": 3}')
    assert [r.run_id for r in past_runs(tmp_path / "p")] == [run.run_id]
    words = Marks(page_of("--processed", tmp_path / "p", "--run", run.run_id)).words
    assert "Failed: OSError: the disk is <full>" in words
    assert "there is nothing to compare it with" in words
    unreadable = invoke("--processed", tmp_path / "p", "--run", "last")
    assert (unreadable.exit_code, "cannot be read" in unreadable.stderr) == (2, True)
    assert invoke("--processed", tmp_path / "p").exit_code == 2
    raw.write("gazette/story.txt", story(1))
    run_locally(raw.root, tmp_path / "p")
    assert "the disk is <full>" in Marks(page_of("--processed", tmp_path / "p")).words
    for record in (tmp_path / "p" / "runs").iterdir():
        record.unlink()
    assert "No run has a record." in Marks(page_of("--processed", tmp_path / "p")).words


UNKNOWN = {"20": "may be 4 runs", "19990101": "no run 19990101", "../../etc/passwd": "no run ../../etc", "": "no run"}


def test_unknown_runs_are_told(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    several_runs(raw, tmp_path / "p", run_locally)
    for named, said in UNKNOWN.items():
        result = invoke("--processed", tmp_path / "p", "--run", named)
        assert (result.exit_code, said in result.stderr) == (2, True), named
    with pytest.raises(OptionsError, match="there are no runs yet"):
        read_run(tmp_path / "elsewhere", "last")


def test_damaged_dataset_is_one_line(raw: RawFolder, tmp_path: Path, run_locally: Callable[..., Run]) -> None:
    several_runs(raw, tmp_path / "p", run_locally)
    version = current(tmp_path / "p")
    file = version.folder / version.manifest.paths("quotes")[0]
    whole = file.read_bytes()
    file.chmod(0o644)
    for damaged, arguments in (
        (whole[:-9], ["--no-check"]),
        (whole[:-9] + b"x" * 9, []),
        (b"x" * len(whole), ["--no-check"]),
    ):
        file.write_bytes(damaged)
        result = invoke("--processed", tmp_path / "p", *arguments)
        assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
        assert "damaged" in result.stderr or "cannot be read" in result.stderr
        assert "newsframes check" in result.stderr


def test_page_is_not_for_a_terminal(samples: Path) -> None:
    command = [sys.executable, "-m", "flows.cli", "report", "--processed", str(samples)]
    ours, theirs = pty.openpty()
    refused = subprocess.run(command, cwd=ROOT, stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)
    os.close(theirs)
    os.close(ours)
    assert (refused.returncode, "--output page.html" in refused.stderr) == (2, True)


def test_output_is_the_page(samples: Path, tmp_path: Path) -> None:
    page = page_of("--processed", samples, "--no-check")
    result = invoke("--processed", samples, "--no-check", "--output", tmp_path / "report.html")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").rstrip() == page.rstrip()
    nowhere = invoke("--processed", samples, "--no-check", "--output", tmp_path / "none" / "report.html")
    assert (nowhere.exit_code, "report.html" in nowhere.stderr) == (1, True)


@pytest.mark.parametrize("library", ["altair", "vl_convert"])
def test_missing_library_is_told(samples: Path, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    result = invoke("--processed", samples, "--no-check")
    assert result.exit_code == 2
    assert "pip install 'newsframes[report]'" in result.stderr
    assert invoke("--processed", samples, "--no-check", "--json").exit_code == 0


def test_commands_import_no_library_for_pages() -> None:
    code = "import flows.cli, sys; print([m for m in ('altair', 'duckdb', 'jinja2', 'pandas') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
