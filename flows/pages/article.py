"""An article as a page: its quotes in the colours of their speakers, and of each what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flows.pages.rendering import render_page
from flows.progress import counted
from flows.reports.article_rows import Row
from flows.reports.show import ShownArticle, ShownQuote
from flows.reports.speakers import Speaker, speakers_of
from transforms.overlays import pieces
from transforms.quotes.explanation import Explanation

QUOTATION = "quotation"
_COLOURS = 10
_CLOSING_MARKS = frozenset("”’»“\"'")
_CANDIDATES, _REASONS = 6, 8


class Layer(NamedTuple):
    """A span that the page marks.

    Attributes:
        role: What it is of its quote: q, the quote; m, its speaker's mention; u, its cue; t, its statement.
        number: Of the quote.
        start: Offset of its first character.
        end: Offset after its last.
    """

    role: str
    number: int
    start: int
    end: int


_ROLES = {
    "t": ("statement_start", "statement_end"),
    "q": ("start", "end"),
    "m": ("speaker_start", "speaker_end"),
    "u": ("cue_start", "cue_end"),
}


def article_page(shown: ShownArticle) -> str:
    """Return the page of an article."""
    speakers = speakers_of(shown.quotes)
    looks = {q.number: look_of(q.row, speakers) for q in shown.quotes}
    alike = _utterances(shown.quotes)
    return render_page(
        "article",
        article=shown.article,
        heading=next((p["paragraph_index"] for p in shown.paragraphs if p["kind"] == "title"), None),
        facts=article_facts(shown.article),
        paragraphs=marked_paragraphs(shown, speakers),
        legend=[_entry(speaker) for speaker in speakers.values()],
        others=_others(shown.quotes),
        quotes=[_card(q, looks[q.number], alike[q.row["utterance_id"]], shown) for q in shown.quotes],
        note=shown.note,
    )


def look_of(row: Row, speakers: Mapping[str, Speaker]) -> str:
    """Return the classes of a quote: the colour of its speaker, and how its words are reported."""
    speaker = speakers.get(row["speaker_id"])
    colour = colour_of(speaker) if speaker else "nobody"
    kind = row["quote_type"] or "unspoken"
    return f"{colour} {kind}"


def colour_of(speaker: Speaker) -> str:
    """Return the classes of a speaker's colour; where all are taken, they are taken again with another line."""
    again, colour = divmod(speaker.number, _COLOURS)
    return f"c{colour}{' again' * bool(again)}"


def marked_paragraphs(shown: ShownArticle, speakers: Mapping[str, Speaker]) -> list[Row]:
    """Return the paragraphs, each with its pieces of text and what marks them."""
    layers = [layer for quote in shown.quotes for layer in _layers(quote)]
    quotes = {quote.number: quote for quote in shown.quotes}
    return [
        {"kind": p["kind"], "index": p["paragraph_index"], "pieces": _pieces(p, layers, quotes, speakers)}
        for p in shown.paragraphs
    ]


def _layers(quote: ShownQuote) -> list[Layer]:
    bounds = {role: (quote.row[start], quote.row[end]) for role, (start, end) in _ROLES.items()}
    if bounds["t"] == bounds["q"]:
        del bounds["t"]
    return [Layer(role, quote.number, *span) for role, span in bounds.items() if span[0] is not None]


def _pieces(
    paragraph: Row, layers: Sequence[Layer], quotes: Mapping[int, ShownQuote], speakers: Mapping[str, Speaker]
) -> list[Row]:
    start, end = paragraph["start"], paragraph["end"]
    text = paragraph["text"]
    inside = [layer for layer in layers if layer.start < end and start < layer.end]
    ends = {layer.number: layer.end for layer in inside if layer.role == "q" and start < layer.end <= end}
    numbered = {number: at + (text[at - start : at - start + 1] in _CLOSING_MARKS) for number, at in ends.items()}
    found = []
    for piece in pieces(start, end, [(layer.start, layer.end) for layer in inside], numbered.values()):
        holding = [inside[at] for at in piece.spans]
        numbers = {role: [layer.number for layer in holding if layer.role == role] for role in _ROLES}
        said = [quotes[n] for n in numbers["q"]]
        found.append({
            "text": text[piece.start - start : piece.end - start],
            "look": look_of(said[-1].row, speakers) if said else "",
            "roles": {role: " ".join(map(str, own)) for role, own in numbers.items() if own},
            "speakers": " ".join(str(speakers[i].number) for q in said if (i := q.row["speaker_id"])),
            "ends": [
                {"number": n, "look": look_of(quotes[n].row, speakers), "name": quotes[n].row["speaker"]}
                for n, at in reversed(numbered.items()) if at == piece.end
            ],
        })  # fmt: skip
    return found


def article_facts(article: Row) -> list[str]:
    """Return by whom, where and when an article was published, and how much it quotes."""
    by = f"by {article['byline']}" if article["byline"] else None
    date = article["published_date"]
    printed = f"{date.day} {date:%B %Y}" if date else "no date"
    told = (by, article["outlet"], printed, counted(article["quote_count"], QUOTATION))
    return [fact for fact in told if fact]


def _entry(speaker: Speaker) -> Row:
    return {
        "number": speaker.number,
        "colour": colour_of(speaker),
        "name": speaker.name,
        "told": list(speaker.told.values()),
        "quotes": speaker.quotes,
    }


def _others(quotes: Sequence[ShownQuote]) -> list[Row]:
    """Return how many quotes have no speaker, and why."""
    without = [q.row["kind"] == QUOTATION for q in quotes if not q.row["speaker_id"]]
    counts = {"no speaker found": without.count(True), "no quotation": without.count(False)}
    looks = {"no speaker found": "nobody", "no quotation": "nobody unspoken"}
    return [{"name": name, "count": count, "look": looks[name]} for name, count in counts.items() if count]


def _utterances(quotes: Sequence[ShownQuote]) -> dict[str, list[int]]:
    """Return the numbers of the quotes of each utterance."""
    found: dict[str, list[int]] = {}
    for quote in quotes:
        found.setdefault(quote.row["utterance_id"], []).append(quote.number)
    return found


def _card(quote: ShownQuote, look: str, alike: Sequence[int], shown: ShownArticle) -> Row:
    row = quote.row
    is_said = row["kind"] == QUOTATION or row["speaker"]
    return {
        "number": quote.number,
        "look": look,
        "speaker": row["speaker"] or ("no speaker found" if is_said else "no quotation"),
        "is_named": row["speaker"] is not None,
        "about": [row[c] for c in ("speaker_kind", "speaker_role", "speaker_organisation") if row[c]],
        "text": row["text"],
        "facts": _facts(row),
        "confidence": row["confidence"],
        "evidence": row["evidence"] or "none",
        "alike": [number for number in alike if number != quote.number],
        "inside": next((q.number for q in shown.quotes if q.row["quote_id"] == row["parent_id"]), None),
        "note": quote.note,
        "why": _why(shown.article["text"], quote.explanation) if quote.explanation else None,
    }


def _facts(row: Row) -> list[tuple[str, str]]:
    kind = " ".join(filter(None, (row["quote_type"], row["kind"].replace("_", " "))))
    cue = f"“{row['cue']}”" + (f" ({row['cue_lemma']})" if row["cue_lemma"] else "") if row["cue"] else None
    mention = f"“{row['speaker_mention']}”" if row["speaker_mention"] else None
    told = {
        "kind": kind,
        "mention": mention,
        "cue": cue,
        "polarity": row["polarity"],
        "told to": row["addressee"],
        "reported by": row["reported_by"],
    }
    return [(label, value) for label, value in told.items() if value]


def _why(text: str, found: Explanation) -> Row:
    """Return why a quote has its speaker, as far as a person wants to read it."""
    rest = found.candidates[_CANDIDATES:]
    others = {"count": counted(len(rest), "other"), "probability": sum(c.probability for c in rest)}
    return {
        "candidates": [
            {
                "words": " ".join(text[c.start : c.end].split()),
                "relation": c.relation,
                "paragraph": text.count("\n\n", 0, c.start),  # one blank line between any two
                "probability": c.probability,
                "is_chosen": c.is_chosen,
            }
            for c in found.candidates[:_CANDIDATES]
        ],
        "rest": others if rest else None,
        "speaker_reasons": found.speaker_reasons[:_REASONS],
        "quotation_reasons": found.quotation_reasons[:_REASONS],
        "quotation": found.quotation,
        "least_quotation": found.least_quotation,
        "belief": found.belief,
    }
