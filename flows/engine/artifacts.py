"""Artifacts: what a flow run leaves to look at in Prefect's UI.

No later run needs them, and they may fail no run: the dataset is committed before. Prefect is imported only when they
are left, so that their texts can be had, and tested, without it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import unicodedata
from collections import Counter
from pathlib import PurePosixPath

from flows.dataset import Version
from flows.engine.assets import tell_of_tables
from flows.engine.markdown import block, code, literal, table
from flows.progress import counted, visible
from flows.runs import Run
from flows.storage import Place, real_name
from transforms.schemas import TABLES

PARTITIONS_SHOWN = 60
REASONS_SHOWN = 10
REJECTS_SHOWN = 500
"""Rows of the table of rejects: Prefect's first UI draws all of them at once."""

_ROWS_OF = "rows of "
_NOT_IN_KEYS = re.compile(r"[^a-z0-9]+")
_FOLDERS_IN_KEY, _SLUG_LENGTH = 2, 40


def leave_artifacts(run: Run, version: Version | None, processed: Place) -> None:
    """Leave what a run did in Prefect's UI. Call it inside the flow run, after the commit; what fails is logged.

    A run that committed also leaves the table of its rejects, an empty one if it has none: the UI shows the latest
    under a key, and that must not be an earlier run's. A run with nothing to do read nothing and leaves no table.

    Args:
        run: The run.
        version: The current version; None before the first commit.
        processed: The processed root.
    """
    from prefect import get_run_logger
    from prefect.artifacts import create_markdown_artifact, create_table_artifact

    try:
        key = artifact_key(run.flow, processed)
        create_markdown_artifact(describe_run(run, version, processed), key=key, description=describe_version(version))
        if run.version and version:
            key = artifact_key(f"{run.flow}-rejects", processed)
            create_table_artifact(reject_rows(run), key=key, description=describe_rejects(run, processed))
            tell_of_tables(run, version, processed)
    except Exception as error:  # whatever it is, what was committed is no failure
        get_run_logger().warning("Not all is shown in the UI: %s", visible(f"{type(error).__name__}: {error}"))


def artifact_key(name: str, processed: Place) -> str:
    """Return the key under which Prefect keeps the successive artifacts of one kind for one dataset.

    Datasets that share a server must not share a key, and a dataset keeps its key whatever it is called (a relative
    path, a link). So it is made of the real path: its last folders, to be recognised by, and a hash of the whole.

    Args:
        name: The kind: lower-case letters, digits and dashes.
        processed: The processed root.
    """
    real = PurePosixPath(real_name(processed))
    folders = unicodedata.normalize("NFKD", "-".join(real.parts[1:][-_FOLDERS_IN_KEY:])).casefold()
    slug = _NOT_IN_KEYS.sub("-", folders.encode("ascii", "ignore").decode())[-_SLUG_LENGTH:].strip("-")
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:6]
    return "-".join(part for part in ("newsframes", name, slug, digest) if part)


def describe_version(version: Version | None) -> str:
    """Return a version in a line: what the list of all artifacts shows of a summary."""
    if version is None:
        return "No version yet"
    return f"Version {version.number}: " + ", ".join(f"{count:,} {name}" for name, count in _rows(version))


def describe_run(run: Run, version: Version | None, processed: Place) -> str:
    """Return a run in Markdown: outcome, counts, partitions, time, and how to look further."""
    files = [(name, count) for name, count in run.counts.items() if count and not name.startswith(_ROWS_OF)]
    sections = [
        f"## {run.flow}: {_headline(run, version)}",
        _describe_origin(run, version, processed),
        table(("Files", "Number"), files),
        _list_reasons(run),
        table(("Table", "Rows"), _rows(version)),
        _list_partitions(run),
        _describe_time(run),
        _look_further(processed, version),
    ]
    return "\n\n".join(section for section in sections if section)


def describe_rejects(run: Run, processed: Place) -> str:
    """Return in Markdown what the table of a run's rejects is, and how many it leaves out."""
    total = max(len(run.rejected), run.counts.get("rejected", 0))
    which = f"The first {REJECTS_SHOWN:,} of {total:,} files" if total > REJECTS_SHOWN else counted(total, "file")
    return (
        f"{which} rejected by run {run.run_id} (version {run.version}). Each is tried again when it or the rules "
        f"change.\n\nAll that are rejected by now: {code(f'newsframes status --processed {_shell(processed)}')}"
    )


def reject_rows(run: Run) -> list[dict[str, str]]:
    """Return the rows of the table of a run's rejects; Prefect's first UI draws the Markdown in a cell."""
    return [{"raw_path": literal(path), "reason": literal(reason)} for path, reason in run.rejected[:REJECTS_SHOWN]]


def _rows(version: Version | None) -> list[tuple[str, int]]:
    return [(t.name, version.manifest.rows(t.name)) for t in TABLES] if version else []


def _headline(run: Run, version: Version | None) -> str:
    if version is None:
        return f"{run.outcome}, no version yet"
    return f"{run.outcome}, version {version.number}"


def _describe_origin(run: Run, version: Version | None, processed: Place) -> str:
    made = f", made from {literal(version.manifest.settings.raw)}" if version else ""
    reason = f"\n\n{literal(run.reason)}" if run.reason else ""
    return f"Dataset {literal(real_name(processed))}{made}. Run {run.run_id}.{reason}"


def _list_reasons(run: Run) -> str:
    """Return how many files were rejected for what reason, the most frequent first; the table names them."""
    reasons = sorted(Counter(reason for _, reason in run.rejected).items(), key=lambda item: (-item[1], item[0]))
    lines = [f"- {counted(count, 'file')}: {literal(reason)}" for reason, count in reasons[:REASONS_SHOWN]]
    more = len(reasons) - REASONS_SHOWN
    return "\n".join(["Rejected:", "", *lines, *[f"- … and {more:,} more reasons"] * (more > 0)]) if lines else ""


def _list_partitions(run: Run) -> str:
    shown = [literal(folder) for folder in run.partitions[:PARTITIONS_SHOWN]]
    more = len(run.partitions) - PARTITIONS_SHOWN
    return f"Partitions written: {', '.join(shown)}" + f", … and {more:,} more" * (more > 0) if shown else ""


def _describe_time(run: Run) -> str:
    stages = ", ".join(f"{stage} {seconds:,.1f}" for stage, seconds in run.seconds.items())
    return f"Time: {sum(run.seconds.values()):,.1f} s ({stages})." if stages else ""


def _look_further(processed: Place, version: Version | None) -> str:
    commands = [f"newsframes status --processed {_shell(processed)}"]
    if version:
        commands.append(f"newsframes check --processed {_shell(processed)}")
    opened = block([f"newsframes.open({real_name(processed)!r}).quotes()"])
    in_python = f"\n\nOr in Python:\n\n{opened}" if version else ""
    return f"Look further:\n\n{block(commands)}{in_python}"


def _shell(path: Place) -> str:
    return shlex.quote(visible(real_name(path)))
