"""Runs, and the report on one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from flows.figures.history import RunReport, total
from flows.pages.blocks import NONE, Figure, Finding, Section, State, Table, Tile, number, plural, share, words
from flows.pages.charts import NARROW, WIDE, Part, draw_parts, kinds_of
from flows.pages.quality import rejects_tables
from flows.pages.rendering import render_page
from flows.progress import counted
from flows.runs import REJECTS_NOTED, Run

_BARS = 15
PARTITIONS_SHOWN = 500
_ROWS_OF = "rows of "
_STATES: dict[str, State] = {"committed": "good", "nothing to do": "good", "held": "warn", "failed": "bad"}


def runs_section(runs: Sequence[Run]) -> Section:
    """Return the section on the last runs of a dataset.

    Args:
        runs: Newest first.
    """
    if not runs:
        return Section("runs", "Runs", "No run has a record.")
    figures = tuple(_stages([run for run in runs if total(run)][:_BARS], "Seconds by stage, the newest run first"))
    return Section("runs", "Runs", figures=figures, tables=(_runs_table(runs, "Last runs"),))


def render_run_report(report: RunReport) -> str:
    """Return the page on a run: the same for the same report.

    Raises:
        OptionsError: The library for charts is not installed.
    """
    run = report.run
    sections = [_work(report), _seconds(report), _partitions(run), _rejects(run)]
    return render_page(
        "report",
        eyebrow="newsframes report · run",
        title=run.run_id,
        lead=f"{run.flow} into {report.processed}, started {time_of(run.started_at)}.",
        tiles=tuple(_tiles(report)),
        sections=tuple(sections),
        foot=f"The record of the run is runs/{run.run_id}.json in {report.processed}.",
    )


def time_of(iso: str | None) -> str:
    """Return a time as it is printed: to the second, in UTC."""
    return f"{iso[:19].replace('T', ' ')} UTC" if iso else NONE


def _tiles(report: RunReport) -> Iterator[Tile]:
    run, read, seconds = report.run, report.run.counts.get("read", 0), report.total_seconds
    rejected, partitions = run.counts.get("rejected", 0), len(run.partitions)
    yield Tile(words(run.outcome), "outcome", f"version {run.version}" if run.version else "", _state(run))
    yield Tile(number(read), f"{plural(read, 'file')} read")
    yield Tile(number(seconds, 1), "seconds", _against(report))
    yield Tile(number(read / seconds if read and seconds else None, 1), "files a second")
    yield Tile(number(rejected), f"{plural(rejected, 'file')} rejected", state="warn" if rejected else "good")
    yield Tile(number(partitions), f"{plural(partitions, 'partition')} written or removed")


def _state(run: Run) -> State:
    return _STATES.get(words(run.outcome), "")


def _against(report: RunReport) -> str:
    usual = report.usual_total_seconds
    return f"usual: {number(usual, 1)}" if usual is not None else ""


def _work(report: RunReport) -> Section:
    run = report.run
    findings = (Finding(_state(run), f"{words(run.outcome).capitalize()}:", words(run.reason)),) if run.reason else ()
    files = [(name, number(n)) for name, n in run.counts.items() if n and not name.startswith(_ROWS_OF)]
    rows = [(name.removeprefix(_ROWS_OF), number(n)) for name, n in run.counts.items() if name.startswith(_ROWS_OF)]
    tables = (
        Table("Files by what became of them", ("What", "#Files"), files, is_narrow=True),
        Table(f"Rows of version {run.version}", ("Table", "#Rows"), rows, is_narrow=True),
    )
    lead = "It found nothing to do." if run.outcome == "nothing to do" else ""
    return Section("work", "What it did", lead, findings=findings, tables=tuple(t for t in tables if t.rows))


def _seconds(report: RunReport) -> Section:
    run, before, usual = report.run, report.before, report.usual_seconds
    stages = sorted(run.seconds.keys() | usual.keys(), key=lambda stage: (-run.seconds.get(stage, 0), stage))
    rows = [
        (stage, number(run.seconds.get(stage, 0), 2), share(run.seconds.get(stage, 0), report.total_seconds),
         number(usual.get(stage), 2))
        for stage in stages
    ]  # fmt: skip
    lead = (
        f"Usual is the median of the {counted(len(before), 'run')} of {run.flow} before it that committed a version."
        if before
        else f"No {run.flow} before it committed a version: there is nothing to compare it with."
    )
    figures = tuple(_stages([run, *before][:_BARS], "Seconds by stage: this run, then those before it"))
    tables = (
        Table("Seconds by stage", ("Stage", "#Seconds", "#Share", "#Usual"), rows, is_narrow=True),
        _runs_table([run, *before], "This run and those before it"),
    )
    return Section("seconds", "How long it took", lead, figures, tables=tuple(t for t in tables if t.rows))


def _stages(runs: Sequence[Run], title: str) -> Iterator[Figure]:
    seconds: Counter[str] = Counter()
    for run in runs:
        seconds.update(run.seconds)
    parts = [
        Part(place, _name(run), stage, took := run.seconds.get(stage, 0), f"{_name(run)}, {stage}: {took:,.2f} s")
        for place, run in enumerate(runs)
        for stage, _ in seconds.most_common()
    ]
    if any(part.value for part in parts):
        kinds = kinds_of(parts)
        colours = [f"c{place % 10}" for place in range(len(kinds))]
        drawn = tuple(draw_parts(title, parts, colours, width) for width in (NARROW, WIDE))
        yield Figure(title, drawn, tuple(zip(colours, kinds, strict=True)), is_wide=True)


def _name(run: Run) -> str:
    return run.started_at[:16].replace("T", " ")


def _runs_table(runs: Sequence[Run], title: str) -> Table:
    columns = (
        "Started (UTC)",
        "Flow",
        "Outcome",
        "#Version",
        "#Read",
        "#Ingested",
        "#Rejected",
        "#Seconds",
        "#Files a second",
        "Why",
    )
    return Table(title, columns, [_run_row(run) for run in runs])


def _run_row(run: Run) -> tuple[str, ...]:
    seconds, read = total(run), run.counts.get("read", 0)
    return (
        run.started_at[:19].replace("T", "\N{NO-BREAK SPACE}"),
        run.flow,
        str(run.outcome),
        number(run.version),
        number(read),
        number(run.counts.get("ingested", 0)),
        number(run.counts.get("rejected", 0)),
        number(seconds, 1),
        number(read / seconds if read and seconds else None, 1),
        words(run.reason),
    )


def _partitions(run: Run) -> Section:
    rows = [(folder,) for folder in run.partitions[:PARTITIONS_SHOWN]]
    if not rows:
        return Section("partitions", "Partitions", "It wrote none.")
    table = Table("Partitions written or removed", ("Partition",), rows, len(run.partitions))
    return Section("partitions", "Partitions", tables=(table,))


def _rejects(run: Run) -> Section:
    rejected = [(path, reason) for path, reason in run.rejected]
    if not rejected:
        return Section("rejects", "Rejected files", "It rejected no file.")
    counts = Counter(reason for _, reason in rejected)
    reasons = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    total = max(run.counts.get("rejected", 0), len(rejected))
    lead = f"The record of a run names {REJECTS_NOTED:,} of them at most." if total > len(rejected) else ""
    tables = rejects_tables(reasons, len(reasons), rejected, total)
    return Section("rejects", "Rejected files", lead, tables=tables)
