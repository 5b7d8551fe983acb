"""Rows of `QUOTES` with what people decided about them: each line alone, then what the rows of an article share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from transforms.correction_decisions import IDENTITY, Correction
from transforms.correction_rules import (
    Bounds,
    Refused,
    Row,
    correct_row,
    folded,
    leaves_utterance,
    occurrences,
    stated_identity,
    surname,
)
from transforms.quotes import typed


@dataclass(frozen=True, slots=True)
class Corrected:
    """What corrections made of some rows.

    Attributes:
        quotes: All rows, in the order given; rows of `QUOTES`.
        unapplied: A message for each line that could not be applied; it changes nothing.
    """

    quotes: pd.DataFrame
    unapplied: list[str]


_Changes = dict[str, tuple[Correction, Row]]
"""The corrected rows by quote_id, in the order of the text."""


def apply_corrections(
    quotes: pd.DataFrame, articles: pd.DataFrame, corrections: Mapping[str, Sequence[Correction]]
) -> Corrected:
    """Return the rows of some articles as people corrected them.

    A line is applied as a whole or not at all. Corrected rows say so in evidence; other rows change only in
    utterance_id, where the first span of their utterance has left it. Another speaker than before has the id, kind,
    role and organisation that the article's other rows give that speaker. One whom no other row has is identified by
    the first place where the name, or else the surname, is printed and identifies nobody else, and by the name itself
    where there is none: somebody known from elsewhere.

    Args:
        quotes: All rows of these articles, as extracted: not corrected before.
        articles: Their rows of `ARTICLES`; article_id and text are read.
        corrections: What was decided, by article_id; that of other articles is passed over.
    """
    before = typed(quotes).reset_index(drop=True)
    texts = dict(zip(articles["article_id"].tolist(), articles["text"].tolist(), strict=True))
    decided = {article_id: corrections[article_id] for article_id in sorted(corrections) if article_id in texts}
    rows = _rows_by_article(before[before["article_id"].isin(list(decided))])
    changed: dict[int, Row] = {}
    refusals: list[tuple[Correction, str]] = []
    for article_id, lines in decided.items():
        placed = rows.get(article_id, {})
        positions = {row["quote_id"]: position for position, row in placed.items()}
        corrected, refused = _correct_article(article_id, texts[article_id], list(placed.values()), lines)
        changed |= {positions[row["quote_id"]]: row for row in corrected}
        refusals += refused
    refusals.sort(key=lambda refusal: refusal[0].numbers)
    return Corrected(_replaced(before, changed), [f"{line.place}: {reason}" for line, reason in refusals])


def _rows_by_article(quotes: pd.DataFrame) -> dict[str, dict[int, Row]]:
    """Return the rows of each article by their position, nulls as None."""
    plain = quotes.astype(object).where(quotes.notna(), None)
    by_article: dict[str, dict[int, Row]] = {}
    for position, row in zip(plain.index.tolist(), plain.to_dict("records"), strict=True):
        by_article.setdefault(row["article_id"], {})[position] = {str(name): value for name, value in row.items()}
    return by_article


def _replaced(before: pd.DataFrame, changed: Mapping[int, Row]) -> pd.DataFrame:
    if not changed:
        return before
    positions = list(changed)
    rows = pd.DataFrame([changed[p] for p in positions], index=positions, dtype=object)
    return pd.concat([before.drop(index=positions), typed(rows)]).sort_index()


def _correct_article(
    article_id: str, text: str, rows: Sequence[Row], lines: Iterable[Correction]
) -> tuple[list[Row], list[tuple[Correction, str]]]:
    """Return the rows that changed, and the lines that cannot be applied, with the reasons."""
    rows = sorted(rows, key=_bounds)
    changes, refused = _correct_alone(article_id, text, rows, lines)
    utterances = _utterances(rows, changes)
    while failing := _failing(rows, changes, utterances):
        for quote_id in failing:
            line, row = changes.pop(quote_id)
            first = row["utterance_id"]
            refused.append((line, f"utterance_id {first} is not the first row of its utterance"))
        utterances = _utterances(rows, changes)
    _identify(article_id, text, rows, changes)
    after = [{**_after(row, changes), "utterance_id": utterances[row["quote_id"]]} for row in rows]
    return [new for new, row in zip(after, rows, strict=True) if new != row], refused


def _bounds(row: Row) -> Bounds:
    return row["start"], row["end"]


def _after(row: Row, changes: _Changes) -> Row:
    quote_id = row["quote_id"]
    return changes[quote_id][1] if quote_id in changes else row


def _correct_alone(
    article_id: str, text: str, rows: Sequence[Row], lines: Iterable[Correction]
) -> tuple[_Changes, list[tuple[Correction, str]]]:
    """Apply each line to its row alone."""
    by_span = {_bounds(row): row for row in rows}
    spans = {row["quote_id"]: _bounds(row) for row in rows}
    changes: _Changes = {}
    refused: list[tuple[Correction, str]] = []
    for line in sorted(lines, key=lambda line: (line.start, line.end)):
        row = by_span.get((line.start, line.end))
        if row is None:
            refused.append((line, f"article {article_id} has no quote at {line.start}-{line.end}"))
            continue
        try:
            changes[row["quote_id"]] = line, correct_row(row, line, text, spans)
        except Refused as refusal:
            refused.append((line, str(refusal)))
    return changes, refused


def _utterances(rows: Sequence[Row], changes: _Changes) -> dict[str, str]:
    """Return the first row of each row's utterance, by quote_id.

    Where the first row has left, the first of those that remain takes its place.
    """
    before = {row["quote_id"]: row for row in rows}
    firsts = {quote_id: row["utterance_id"] for quote_id, row in before.items()}
    leaving = {
        quote_id
        for quote_id, (line, row) in changes.items()
        if leaves_utterance(before[quote_id], line.values) or row["utterance_id"] != firsts[quote_id]
    }
    heirs: dict[str, str] = {}
    utterances = {}
    for quote_id, first in firsts.items():
        if quote_id in leaving:
            utterances[quote_id] = changes[quote_id][1]["utterance_id"]
        else:
            utterances[quote_id] = heirs.setdefault(first, quote_id) if first in leaving else first
    return utterances


def _failing(rows: Sequence[Row], changes: _Changes, utterances: Mapping[str, str]) -> list[str]:
    """Return the rows that a line ties to a row which is not the first of its utterance.

    If some of those that they are tied to fail as well, only those: the others may then hold.
    """
    moved = [row["quote_id"] for row in rows if _after(row, changes)["utterance_id"] != row["utterance_id"]]
    failing = [q for q in moved if utterances[utterances[q]] != utterances[q]]
    return [q for q in failing if utterances[q] not in failing] or failing


def _identify(article_id: str, text: str, rows: Sequence[Row], changes: _Changes) -> None:
    """Fill what is known of the speakers that a human set, one id a speaker."""
    renamed = [changes[row["quote_id"]] for row in rows if _after(row, changes)["speaker"] != row["speaker"]]
    named = [(stated_identity(line), row) for line, row in renamed if row["speaker"] is not None]
    after = [_after(row, changes) for row in rows]
    known: dict[str, dict[str, Any]] = {}
    for new, row in zip(after, rows, strict=True):
        if new["speaker"] is not None and new["speaker"] == row["speaker"]:
            known.setdefault(folded(new["speaker"]), {column: new[column] for column in IDENTITY})
    for stated, row in named:
        known[folded(row["speaker"])] = stated | known.get(folded(row["speaker"]), {})
    taken = {row["speaker_id"] for row in after}
    for stated, row in named:
        speaker = known[folded(row["speaker"])]
        if "speaker_id" not in speaker:
            speaker["speaker_id"] = _new_id(article_id, text, row["speaker"], taken)
            taken.add(speaker["speaker_id"])
        row.update({column: speaker.get(column) for column in IDENTITY} | stated)


def _new_id(article_id: str, text: str, name: str, taken: set[str | None]) -> str:
    """Return the id of a speaker whom no row has."""
    printed = occurrences(text, name) or occurrences(text, surname(name))
    free = (identifier for start, _ in printed if (identifier := f"{article_id}:{start}") not in taken)
    return next(free, f"{article_id}:{name}")
