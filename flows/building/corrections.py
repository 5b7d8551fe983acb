"""The corrections file, applied to the rows of a file where they are merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from flows.building.file_rows import FileRows, only, without
from flows.dataset import Version
from flows.planning.side_inputs import lines_without_article
from transforms.correction_decisions import Correction, Corrections, first_line
from transforms.corrections import apply_corrections
from transforms.counts import recount
from transforms.cuts import parse_path, path_of
from transforms.schemas import ARTICLES, PARAGRAPHS, QUOTES, UNCORRECTED, Table

_READ = (ARTICLES, PARAGRAPHS, QUOTES, UNCORRECTED)


@dataclass(frozen=True)
class CorrectedRows:
    """The rows of the articles whose corrections are applied, or taken back, in one file.

    Attributes:
        article_ids: These articles.
        tables: All their rows, by table name; a table that is not there keeps what it has.
        unapplied: Lines that fit no quote, with the reason.
    """

    article_ids: frozenset[str] = frozenset()
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    unapplied: tuple[str, ...] = ()

    def put_into(self, rows: pa.Table, table: Table) -> pa.Table:
        """Return a table's rows with those of these articles in place of theirs."""
        if table.name not in self.tables:
            return rows
        return pa.concat_tables([without(rows, self.article_ids), self.tables[table.name]])


def correct_rows(rows: FileRows) -> CorrectedRows:
    """Return the rows that a file's corrections make; none if it has none.

    Corrections are always applied to what the rules found, which the table of uncorrected quotes keeps.
    """
    if not rows.corrections:
        return CorrectedRows()
    ids = rows.corrections.keys()
    next_rows = {t.name: only(rows.next_rows(t), ids) for t in _READ}
    kept = next_rows[UNCORRECTED.name]
    once_corrected = frozenset(kept["article_id"].to_pylist())
    found = pa.concat_tables([without(next_rows[QUOTES.name], once_corrected), kept])
    articles, paragraphs = (next_rows[t.name].to_pandas() for t in (ARTICLES, PARAGRAPHS))
    corrected = apply_corrections(found.to_pandas(), articles, rows.corrections)
    articles, paragraphs = recount(articles, paragraphs, corrected.quotes)
    tables = {
        ARTICLES.name: ARTICLES.conform(articles),
        PARAGRAPHS.name: PARAGRAPHS.conform(paragraphs),
        QUOTES.name: QUOTES.conform(corrected.quotes),
        UNCORRECTED.name: only(found, [i for i, lines in rows.corrections.items() if lines]),
    }
    return CorrectedRows(frozenset(ids), tables, tuple(corrected.unapplied))


def unapplied_lines(version: Version, corrections: Corrections) -> Iterator[str]:
    """Yield every line of a corrections file that changes nothing in a version, with the reason, in their order."""
    homes = version.find_files(corrections.lines.keys())
    messages = [*corrections.problems, *lines_without_article(corrections, homes)]
    by_file: dict[str, dict[str, tuple[Correction, ...]]] = {}
    for article_id, path in homes.items():
        by_file.setdefault(path, {})[article_id] = tuple(corrections.lines[article_id])
    for path, lines in sorted(by_file.items()):
        partition, start = parse_path(path)
        paths = {table.name: path_of(table, partition, start) for table in _READ}
        present = {name: version.place(p) for name, p in paths.items() if p in version.manifest.files}
        messages += correct_rows(FileRows(partition, (present,), corrections=lines)).unapplied
    yield from sorted(messages, key=first_line)
