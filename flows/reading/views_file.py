"""A DuckDB database of views over a dataset, for people who use only SQL: no rows, but what each column means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from flows.dataset import Version
from flows.dataset.durable import beside
from flows.planning.options import OptionsError
from flows.reading.arrow import periods_of
from flows.reading.tables import columns_of, period_column, reach
from flows.storage import ObjectPath, Place, absolute_name
from transforms.schemas import TABLES, Table
from transforms.views import VIEWS, period_meaning

_READABLE_SINCE = "v1.2.0"
"""DuckDB's release whose format the file has, so that not only the latest opens it."""
_ABOUT = "about_newsframes"
"""A view that tells where the rows are; a file that has it is ours to replace."""


def write_views(version: Version, path: Path, is_pinned: bool) -> list[str]:
    """Write a DuckDB database with the tables of a dataset as views, and those of `transforms.views`.

    Args:
        version: Its version.
        path: The file; one that was written here before is replaced, in one step.
        is_pinned: Whether it shows that version for good, and not whichever is current. It does in an object store,
            where nothing but a manifest tells which objects are current.

    Returns:
        The names of the views.

    Raises:
        OptionsError: Something else is there.
    """
    _refuse_foreign(path)
    made = beside(path)
    try:
        with duckdb.connect() as connection:
            reach(connection, version)
            connection.execute(f"ATTACH {_text(str(made))} AS made (STORAGE_VERSION '{_READABLE_SINCE}')")
            connection.execute("USE made")
            for statement in _statements(version, is_pinned):
                connection.execute(statement)
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
    return [table.name for table in TABLES] + [view.name for view in VIEWS]


def _refuse_foreign(path: Path) -> None:
    if path.exists() and not _is_ours(path):
        raise OptionsError(f"{path} is there, and no file of views from here: name another one with --output")


def _is_ours(path: Path) -> bool:
    try:
        with duckdb.connect(path, read_only=True) as connection:
            found = connection.execute("SELECT table_name, table_type FROM information_schema.tables").fetchall()
    except duckdb.Error:
        return False
    return (_ABOUT, "VIEW") in found and all(kind == "VIEW" for _, kind in found)


def _statements(version: Version, is_pinned: bool) -> Iterator[str]:
    is_pinned = is_pinned or isinstance(version.home, ObjectPath)
    periods = periods_of(version)
    partition = {period: period_meaning(period) for period in periods}
    for table in TABLES:
        columns = [f'"{name}"' for name in table.schema.names]
        columns += map(period_column, columns_of(table, periods)[len(columns) :])
        files = _files(version, table, is_pinned)
        yield (
            f"CREATE VIEW {table.name} AS SELECT {', '.join(columns)} "
            f"FROM read_parquet({files}, filename = true, hive_partitioning = false)"
        )
        described = {name: table.description(name) for name in table.schema.names}
        yield from _comments(table.name, table.meaning, described | (partition if table.is_partitioned else {}))
    for view in VIEWS:
        yield f"CREATE VIEW {view.name} AS {view.query(periods)}"
        yield from _comments(view.name, view.meaning, dict(view.columns) | (partition if view.has_periods else {}))
    shown = f"version {version.number}" if is_pinned else "whichever version is current"
    about = {"processed": absolute_name(version.root), "shown": shown}
    yield f"CREATE VIEW {_ABOUT} AS SELECT " + ", ".join(f"{_text(value)} AS {name}" for name, value in about.items())
    meanings = {"processed": "The processed root.", "shown": "Which version of it the views show."}
    yield from _comments(_ABOUT, "Where the rows of the other views are.", meanings)


def _comments(view: str, meaning: str, columns: dict[str, str]) -> Iterator[str]:
    yield f"COMMENT ON VIEW {view} IS {_text(meaning)}"
    for name, description in columns.items():
        yield f'COMMENT ON COLUMN {view}."{name}" IS {_text(description)}'


def _files(version: Version, table: Table, is_pinned: bool) -> str:
    """Return the files of a table as an argument of read_parquet."""
    if isinstance(version.home, ObjectPath):
        places: list[Place] = [version.place(path) for path in version.manifest.paths(table.name)]
        return f"[{', '.join(_text(str(place)) for place in places)}]"
    folder = version.folder if is_pinned else version.root / "current"
    escaped = re.sub(r"[*?\[]", lambda mark: f"[{mark[0]}]", absolute_name(folder))
    return _text(f"{escaped}/{table.name}/**/*.parquet")


def _text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"
