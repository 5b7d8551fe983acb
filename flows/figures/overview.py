"""Overview: what a dataset holds, who speaks in it, how good its data are, and what its runs did."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from flows.dataset import DatasetDamaged, Version
from flows.figures.cited import Cited, count_cited
from flows.figures.history import past_runs
from flows.figures.holdings import Files, Holdings, count_files, count_holdings
from flows.figures.quotations import Quotations, count_quotations
from flows.planning.lookup import current_version
from flows.reading.connections import connected
from flows.reports.check import BESIDE_ROWS, UNREADABLE, Violation, check_dataset
from flows.reports.freshness import QuietOutlet, quiet_outlets
from flows.runs import Run
from flows.storage import ObjectPath, Place
from transforms import RULES_VERSION
from transforms.invariants import INVARIANTS
from transforms.schemas import ARTICLES, FILES, QUOTES, TABLES


@dataclass(frozen=True)
class Checked:
    """What `newsframes check` says.

    Attributes:
        invariants: How many it looked at.
        violations: Those that do not hold.
    """

    invariants: int
    violations: tuple[Violation, ...]


@dataclass(frozen=True)
class Overview:
    """What there is to show of a dataset.

    Attributes:
        processed: The processed root.
        version: Number of its current version.
        committed_at: When that was committed, ISO, UTC.
        raw: The raw root that it was made from.
        rows: Of each table.
        holdings: Articles by outlet, time, language and rules.
        quotations: Quotes by kind, type, speaker and confidence.
        cited: Who is quoted.
        files: What became of the raw files.
        stale: Articles that older rules made.
        quiet: Outlets that used to publish regularly and stopped.
        checked: What a check of the version says; None if there was none.
        runs: The last runs, newest first.
    """

    processed: str
    version: int
    committed_at: str
    raw: str
    rows: dict[str, int]
    holdings: Holdings
    quotations: Quotations
    cited: Cited
    files: Files
    stale: int
    quiet: tuple[QuietOutlet, ...]
    checked: Checked | None
    runs: tuple[Run, ...]


def read_overview(processed: Place, today: datetime.date, has_check: bool = True) -> Overview:
    """Return an overview of the current version of a dataset; writes nothing.

    Args:
        processed: The processed root.
        today: Later dates say nothing about which outlets stopped.
        has_check: Look at every invariant, which reads all that there is.

    Raises:
        OptionsError: There is no dataset.
        DatasetDamaged: A file is missing or not as it was committed.
    """
    version = current_version(processed)
    version.refuse_short(version.manifest.files)
    checked = _check(processed, version) if has_check else None
    with connected(version, (ARTICLES, QUOTES, FILES)) as connection:
        holdings = count_holdings(connection)
        quotations = count_quotations(connection)
        cited = count_cited(connection)
        files = count_files(connection)
    return Overview(
        processed=str(processed),
        version=version.number,
        committed_at=datetime.datetime.fromtimestamp(version.committed_at, datetime.UTC).isoformat(timespec="seconds"),
        raw=version.manifest.settings.raw,
        rows={table.name: version.manifest.rows(table.name) for table in TABLES},
        holdings=holdings,
        quotations=quotations,
        cited=cited,
        files=files,
        stale=sum(count for rules, count in holdings.rules.items() if rules < RULES_VERSION),
        quiet=tuple(quiet_outlets(version, today)),
        checked=checked,
        runs=tuple(past_runs(processed)),
    )


def _check(processed: Place, version: Version) -> Checked:
    violations = tuple(check_dataset(processed, version))
    unreadable = [v for v in violations if v.invariant in UNREADABLE]
    if unreadable:
        raise DatasetDamaged(
            f"version {version.number} is damaged, so there is nothing to report: {unreadable[0].meaning} does not "
            f"hold of {unreadable[0].rows[0]}; `newsframes check` tells more, `newsframes repair` mends it"
        )
    return Checked(len(INVARIANTS) + len(BESIDE_ROWS) - isinstance(processed, ObjectPath), violations)
