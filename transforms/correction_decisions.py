"""What people decided about rows of `QUOTES`: all lines about a row count together, the later one where they differ.

Nothing here needs pandas: every run reads the corrections file.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from transforms.schemas import QUOTE_KINDS, QUOTES

KEY = ("article_id", "start", "end")
DECIDED_BY = "decided_by"
DERIVED = frozenset({"quote_id", "text", "paragraph_index", "quotation_key", "evidence"})
"""Columns that follow from the text: a file may have them for its reader, and what stands in them is not read."""
SETTABLE = tuple(name for name in QUOTES.schema.names if name not in DERIVED.union(KEY))
"""The columns that a line may set, in the order of `QUOTES`; all others follow from the text."""
MENTION = ("speaker_mention", "speaker_start", "speaker_end")
CUE = ("cue", "cue_start", "cue_end")
IDENTITY = ("speaker_id", "speaker_kind", "speaker_role", "speaker_organisation")
"""What is known of a speaker besides the name; none of it stays when another speaker is set."""
SPEAKER = (*MENTION, "reported_by", "speaker", *IDENTITY, "confidence")
SPOKEN = ("quote_type", *SPEAKER, *CUE, "cue_lemma", "polarity", "addressee")
"""What only a quotation has."""
_KINDS_OF_NONE = frozenset(QUOTE_KINDS[2:])
NULL = "-"
"""What a line says to make a column null."""

Value = str | int | float | None
"""What a column is set to; None for null."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What was decided about one row, all its lines together.

    Attributes:
        start: Offset of the row's first character.
        end: Offset after the row's last character.
        values: What is set, by column, in the order of `SETTABLE`; never empty.
        decided_by: Who decided; of several lines, those whose values still stand, separated by semicolons.
        numbers: The lines that still stand, from 1; for messages.
    """

    start: int
    end: int
    values: Mapping[str, Value]
    decided_by: str
    numbers: tuple[int, ...]

    @property
    def place(self) -> str:
        """Where it is written: "line 12", "lines 3, 12"."""
        return f"line{'s' * (len(self.numbers) > 1)} {', '.join(map(str, self.numbers))}"


@dataclass(frozen=True, slots=True)
class Corrections:
    """All corrections of a file; `len` is the number of rows that they are about.

    Attributes:
        lines: Those of an article, by article_id, sorted by start, then end.
        notes: A message for each value that a later line overrules, in the order of these lines.
        problems: A message for each line that cannot be used, and is not, in the order of the lines.
    """

    lines: Mapping[str, tuple[Correction, ...]]
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.lines.values()))

    def digest(self, article_id: str) -> str | None:
        """Return the SHA-256, in hex, of what was decided about an article's rows, and by whom; None if nothing was.

        Where the lines stand in the file is not part of it.
        """
        corrections = self.lines.get(article_id)
        if not corrections:
            return None
        decided = [[c.start, c.end, dict(c.values), c.decided_by] for c in corrections]
        canonical = json.dumps(decided, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def is_quotation(kind: str) -> bool:
    """Whether a span of this kind has been said by somebody."""
    return kind not in _KINDS_OF_NONE


def contradiction(kind: str, values: Mapping[str, Value]) -> str:
    """Return which of some values a row of this kind cannot have, "a scare quote has no speaker"; empty if none."""
    said = [column for column in SETTABLE if column in SPOKEN and values.get(column) is not None]
    return "" if is_quotation(kind) or not said else f"{_named(kind)} has no {', '.join(said)}"


def _named(kind: str) -> str:
    return {"scare": "a scare quote", "other": "a span of kind other"}.get(kind, f"a {kind}")


def first_line(message: str) -> int:
    """Return the number of the first line that a message is about.

    Args:
        message: It begins with "line 3:", "lines 3, 12:" or "lines 3 and 12:".
    """
    return int(message.split(maxsplit=2)[1].rstrip(",:"))


class Line(NamedTuple):
    """One line of the file, from 1: what it sets, and who decided."""

    number: int
    values: dict[str, Value]
    decided_by: str


RowKey = tuple[str, int, int]
Messages = list[tuple[int, str]]
"""Each with the number of the line by which they are sorted."""


def gather(decided: Mapping[RowKey, Sequence[Line]], problems: Messages) -> Corrections:
    """Return what all lines decide together.

    Args:
        decided: The lines about each row, in the order of the file.
        problems: Messages about lines that are not among them, by their numbers.
    """
    by_article: dict[str, list[Correction]] = {}
    notes: Messages = []
    for key, lines in sorted(decided.items()):
        silencing = _silencing(lines)
        usable = _usable(lines, silencing, problems)
        by_article.setdefault(key[0], []).append(_merged(key, usable, silencing, notes))
    return Corrections(
        {article_id: tuple(corrections) for article_id, corrections in by_article.items()},
        notes=tuple(note for _, note in sorted(notes, key=itemgetter(0))),
        problems=tuple(problem for _, problem in sorted(problems, key=itemgetter(0))),
    )


def _silencing(lines: Sequence[Line]) -> Line | None:
    """Return the line whose kind counts, if it says that the row is no quotation."""
    line = next((line for line in reversed(lines) if "kind" in line.values), None)
    return None if line is None or is_quotation(str(line.values["kind"])) else line


def _usable(lines: Sequence[Line], silencing: Line | None, problems: Messages) -> list[Line]:
    """Return all lines but those that say who said what an earlier one says nobody did."""
    usable = []
    for line in lines:
        is_later = silencing is not None and line.number > silencing.number
        if silencing and is_later and (said := contradiction(str(silencing.values["kind"]), line.values)):
            where = f"line {silencing.number} says that it is one"
            problems.append((line.number, f"line {line.number}: {said}, and {where}: set its kind too"))
        else:
            usable.append(line)
    return usable


def _merged(key: RowKey, lines: Sequence[Line], silencing: Line | None, notes: Messages) -> Correction:
    """Return what the lines about one row decide together; the later one counts, a column at a time."""
    row = f"{key[0]} {key[1]}-{key[2]}"
    latest: dict[str, Line] = {}
    for line in lines:
        for column, value in line.values.items():
            earlier = latest.get(column)
            if earlier and earlier.values[column] != value:
                was, now = (NULL if v is None else v for v in (earlier.values[column], value))
                where = f"lines {earlier.number} and {line.number}: {column} of {row}"
                notes.append((line.number, f"{where} is {was}, then {now}: the later one counts"))
            latest[column] = line
    if silencing:
        _drop_spoken(row, latest, silencing, notes)
    standing = sorted({line.number for line in latest.values()})
    deciders = dict.fromkeys(line.decided_by for line in lines if line.number in standing)
    values = {column: latest[column].values[column] for column in SETTABLE if column in latest}
    return Correction(key[1], key[2], values, "; ".join(deciders), tuple(standing))


def _drop_spoken(row: str, latest: dict[str, Line], silencing: Line, notes: Messages) -> None:
    """Drop what earlier lines set that only a quotation has; a null agrees with the later line and stays."""
    dropped: dict[int, list[str]] = {}
    for column in (c for c in SETTABLE if c in latest and c in (*SPOKEN, "utterance_id")):
        line = latest[column]
        if line.number < silencing.number and line.values[column] is not None:
            dropped.setdefault(line.number, []).append(column)
            del latest[column]
    for number, columns in sorted(dropped.items()):
        what = f"{', '.join(columns)} of {row} {'are' if columns[1:] else 'is'} dropped"
        why = f"{_named(str(silencing.values['kind']))} has none"
        notes.append((silencing.number, f"lines {number} and {silencing.number}: {what}: {why}"))
