"""A sample of quotes as a page on which a person judges each column, and from which a corrections file comes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flows.pages.article import article_facts, marked_paragraphs
from flows.pages.rendering import render_page
from flows.progress import counted
from flows.reports.article_rows import Row
from flows.reports.sample import Sample, SampledQuote
from flows.reports.speakers import speakers_of
from transforms.correction_decisions import DECIDED_BY, KEY, NULL
from transforms.correction_files import VOCABULARIES
from transforms.exports.cells import AT_BREAK, AT_START
from transforms.schemas import QUOTES
from transforms.scoring import BOUNDS, JUDGED, PLACES

_BEFORE, _AFTER = 2, 1
"""So many paragraphs around a quote are there at once."""
_FAR = 6
"""So many paragraphs before it at most, if its speaker is named there."""
_MOST = 40
"""So many paragraphs before and after it are in the page: of a book, not all."""
_QUESTIONS = {
    BOUNDS: ("words", "these words, from the first to the last"),
    "kind": ("kind", "said by somebody, or why it is in marks"),
    "quote_type": ("type", "only quoted words, a fragment in reported speech, or no marks"),
    "speaker": ("speaker", "the fullest name that the article has"),
    "speaker_mention": ("mention", "the speaker as printed nearest to it"),
    "speaker_kind": ("speaker kind", "what the speaker is"),
    "speaker_role": ("role", "title or office, as printed"),
    "speaker_organisation": ("organisation", "affiliation, as printed"),
    "reported_by": ("reported by", "the outer speaker, if one tells what another one said"),
    "cue": ("cue", "the reporting words"),
    "polarity": ("polarity", "what the cue says of it"),
    "addressee": ("addressee", "whom they told"),
}


def audit_page(sample: Sample) -> str:
    """Return the page of a sample."""
    return render_page(
        "audit",
        sample=sample,
        population=counted(sample.population, "quote"),
        columns=_columns(),
        quotes=[_shown(number, sampled) for number, sampled in enumerate(sample.quotes, 1)],
        data={"sample": _data(sample)},
    )


def _columns() -> list[Row]:
    """Return what is asked of every quote."""
    return [
        {
            "name": name,
            "label": _QUESTIONS[name][0],
            "question": _QUESTIONS[name][1],
            "choices": VOCABULARIES.get(name, ()),
            "is_nullable": name != BOUNDS and QUOTES.schema.field(name).nullable,
        }
        for name in JUDGED
    ]


def _shown(number: int, sampled: SampledQuote) -> Row:
    shown, quote = sampled.article, sampled.quote
    first, last = _window(sampled)
    at = quote.row["paragraph_index"]
    near = [p for p in shown.paragraphs if abs(p["paragraph_index"] - at) <= _MOST]
    speakers = speakers_of(shown.quotes)
    marked = marked_paragraphs(replace(shown, quotes=[replace(quote, number=number)], paragraphs=near), speakers)
    starts = {p["paragraph_index"]: p["start"] for p in near}
    for paragraph in marked:
        paragraph["start"] = starts[paragraph["index"]]
    return {
        "number": number,
        "article": shown.article,
        "facts": article_facts(shown.article),
        "before": [p for p in marked if p["index"] < first],
        "near": [p for p in marked if first <= p["index"] <= last],
        "after": [p for p in marked if p["index"] > last],
        "row": quote.row,
        "speakers": list(dict.fromkeys(speaker.name for speaker in speakers.values())),
    }


def _window(sampled: SampledQuote) -> tuple[int, int]:
    """Return the first and the last paragraph that are there at once."""
    row = sampled.quote.row
    at = row["paragraph_index"]
    marked = [row[c] for c in ("speaker_start", "cue_start") if row[c] is not None]
    paragraphs = sampled.article.paragraphs
    holding = [p["paragraph_index"] for p in paragraphs if any(p["start"] <= m < p["end"] for m in marked)]
    first = min([at - _BEFORE, *(i for i in holding if i >= at - _FAR)])
    return first, max([at + _AFTER, *(i for i in holding if i <= at + _FAR)])


def _data(sample: Sample) -> dict[str, Any]:
    """Return what the script needs to know."""
    return {
        "storage": f"newsframes audit {sample.dataset} {sample.key}",
        "name": f"audit-{sample.key}.csv",
        "header": [*KEY, *_cells(), DECIDED_BY],
        "null": NULL,
        "formulas": {"at_start": AT_START, "at_break": AT_BREAK},
        "columns": _columns(),
        "places": PLACES,
        "texts": {s.article.article["article_id"]: s.article.article["text"] for s in sample.quotes},
        "quotes": [{c: s.quote.row[c] for c in ("quote_id", *KEY, *JUDGED)} for s in sample.quotes],
    }


def _cells() -> list[str]:
    """Return the columns of the file between key and decider: what is judged, and where mentions and cues stand."""
    return [cell for column in JUDGED for cell in (column, *PLACES.get(column, ()))]
