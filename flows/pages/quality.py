"""The sections on the quality of the data, and on what could not be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.figures.overview import Overview
from flows.pages.blocks import Finding, Section, Table, number, share, words
from flows.progress import counted
from transforms.quotes import ENGLISH

_SOME = 10
"""Rows of a finding that are named; the rest is counted."""


def quality_section(overview: Overview) -> Section:
    """Return the section on what is as it should be, and what is not."""
    findings = (
        *_invariants(overview),
        _quiet(overview),
        _dates(overview),
        _near_duplicates(overview),
        _languages(overview),
        _stale(overview),
    )
    return Section("quality", "Data quality", findings=findings, tables=(_numbers(overview),))


def rejects_section(overview: Overview) -> Section:
    """Return the section on the files that could not be used."""
    files = overview.files
    rejected, known = files.statuses.get("rejected", 0), sum(files.statuses.values())
    if not rejected:
        return Section("rejects", "Rejected files", "No file was rejected.")
    lead = (
        f"{counted(rejected, 'file')} of {known:,} could not be used. A rejected file is tried again when it changes."
    )
    tables = rejects_tables(files.reasons, files.reason_count, files.rejected, rejected)
    return Section("rejects", "Rejected files", lead, tables=tables)


def rejects_tables(
    reasons: dict[str, int], reason_count: int, rejected: Sequence[tuple[str, str]], total: int
) -> tuple[Table, Table]:
    """Return rejected files by reason, and one by one.

    Args:
        reasons: Files by reason.
        reason_count: Reasons that there are.
        rejected: (raw_path, reason), some.
        total: Files that there are.
    """
    counts = [(words(reason), number(count)) for reason, count in reasons.items()]
    listed = [(path, words(reason)) for path, reason in rejected]
    note = "The table files has them all." if total > len(rejected) else ""
    return (
        Table("Rejected files by reason", ("Reason", "#Files"), counts, reason_count, is_narrow=True),
        Table("Rejected files", ("File", "Reason"), listed, total, note),
    )


def _invariants(overview: Overview) -> Iterator[Finding]:
    checked = overview.checked
    if checked is None:
        yield Finding("", "Invariants", "were not checked (--no-check); newsframes check does that.")
        return
    hold = checked.invariants - len(checked.violations)
    said = f"{hold} of {checked.invariants} hold, checked on all rows of version {overview.version}."
    yield Finding("bad" if checked.violations else "good", "Invariants:", said)
    for violation in checked.violations:
        said = f"does not hold: {violation.meaning}."
        yield Finding("bad", violation.invariant, said, _some(violation.rows, violation.count))


def _quiet(overview: Overview) -> Finding:
    quiet = overview.quiet
    if not quiet:
        return Finding("good", "Quiet outlets:", "none; no outlet that published regularly has stopped arriving.")
    rows = [f"{q.outlet}: nothing since {q.last_date}, {counted(q.days_silent, 'day')}; before, it paused "
            f"{q.usual_gap_days} at most" for q in quiet]  # fmt: skip
    said = f"{counted(len(quiet), 'outlet')} that published regularly stopped arriving."
    return Finding("warn", "Quiet outlets:", said, _some(rows, len(rows)))


def _dates(overview: Overview) -> Finding:
    undated = overview.holdings.undated
    return Finding("warn" if undated else "good", "Undated:", f"{_of_all(undated, overview)}.")


def _near_duplicates(overview: Overview) -> Finding:
    said = f"{_of_all(overview.holdings.near_duplicates, overview)}, like an earlier one (duplicate_of)."
    return Finding("", "Near-duplicates:", said)


def _languages(overview: Overview) -> Finding:
    languages = overview.holdings.languages
    listed = [f"{name or 'not known'} {count:,}" for name, count in languages.items()]
    said = f"{', '.join(_some(listed, len(listed))) or 'none'}."
    if languages.keys() - {ENGLISH}:
        said += " Quotes have speakers in English only."
    return Finding("", "Languages:", said)


def _stale(overview: Overview) -> Finding:
    said = f"{_of_all(overview.stale, overview)} made by older rules"
    if not overview.stale:
        return Finding("good", "Stale rows:", f"{said}.")
    return Finding("warn", "Stale rows:", f"{said}; newsframes backfill --only-stale makes them again.")


def _numbers(overview: Overview) -> Table:
    holdings = overview.holdings
    rows = [("articles in language", words(name), number(count)) for name, count in holdings.languages.items()]
    rows += [("dates given by", name or "nothing", number(count)) for name, count in holdings.date_origins.items()]
    rows += [("articles made by rules", str(rules), number(count)) for rules, count in holdings.rules.items()]
    rows += [("files", status, number(count)) for status, count in overview.files.statuses.items()]
    return Table("Articles and files in numbers", ("What", "Which", "#How many"), rows, is_open=False)


def _some(rows: Sequence[str], total: int) -> tuple[str, ...]:
    shown = tuple(rows[:_SOME])
    return (*shown, f"… and {total - len(shown):,} more") if total > len(shown) else shown


def _of_all(count: int, overview: Overview) -> str:
    return f"{counted(count, 'article')} ({share(count, overview.rows['articles'])})" if count else "no article"
