"""How right the columns of a dataset's quotes are, by a corrections file that says what is true of some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.planning.lookup import current_version
from flows.planning.options import OptionsError
from flows.planning.side_inputs import read_text
from flows.reports.article_rows import Row, read_rows
from flows.storage import Place
from transforms.correction_decisions import Correction, Corrections, first_line
from transforms.correction_files import parse_corrections, read_words
from transforms.schemas import QUOTES, UNCORRECTED
from transforms.scoring import BOUNDS, Score, judge, score


@dataclass(frozen=True)
class Scores:
    """What a file says of how right the rules are.

    Attributes:
        lines: The rows that it judges and that are there.
        scores: Of each column, and of the whole row.
        unfit: A message for each line that cannot be used, or fits no quote.
    """

    lines: int
    scores: list[Score]
    unfit: list[str]


def score_file(processed: Place, file: Place) -> Scores:
    """Return how right the quotes of the current version are, as the rules found them, by a corrections file.

    Whether the dataset honours that file makes no difference.

    Raises:
        OptionsError: There is no dataset, or no such file, or it is no corrections file.
    """
    version = current_version(processed)
    try:
        text = read_text(file)
        corrections, words = parse_corrections(text), read_words(text)
    except (OSError, ValueError) as error:
        raise OptionsError(f"corrections file {file}: {error}") from error
    rows = read_rows(version, corrections.lines.keys(), (QUOTES, UNCORRECTED))
    found = {key: row for table in (QUOTES, UNCORRECTED) for key, row in _by_key(rows[table.name])}
    unfit = list(corrections.problems)
    verdicts = []
    for key, line in _lines(corrections):
        if key in found:
            judged = dict(line.values) | ({BOUNDS: words[key]} if key in words else {})
            verdicts.append(judge(judged, found[key]))
        else:
            unfit.append(f"{line.place}: article {key[0]} has no quote at {line.start}-{line.end}")
    return Scores(len(verdicts), score(verdicts), sorted(unfit, key=first_line))


def _lines(corrections: Corrections) -> Iterator[tuple[tuple[str, int, int], Correction]]:
    for article_id, lines in corrections.lines.items():
        for line in lines:
            yield (article_id, line.start, line.end), line


def _by_key(rows: Mapping[str, list[Row]]) -> Iterator[tuple[tuple[str, int, int], Row]]:
    for article_id, own in rows.items():
        for row in own:
            yield (article_id, row["start"], row["end"]), row
