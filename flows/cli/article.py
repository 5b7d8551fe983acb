"""An article with its quotes, laid out for a person in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from flows.progress import counted, escaped
from flows.reports.show import ShownArticle, ShownQuote
from flows.reports.speakers import Speaker, speakers_of
from transforms.overlays import pieces
from transforms.quotes.explanation import Candidate, Explanation, Reason
from transforms.quotes.polarity import AFFIRMED

_WIDEST = 100
"""Longer lines are hard to read."""
_CANDIDATES, _SPEAKER_REASONS, _QUOTATION_REASONS = 3, 5, 3
_QUOTATION = "quotation"
_CLOSING_MARKS = frozenset("”’»“\"'")
_FEW = 50
"""Characters of a candidate or quote that are enough to tell it from others."""
_COLOURS = ("cyan", "magenta", "green", "blue", "red", "bright_cyan", "bright_magenta", "bright_green", "bright_blue",
            "bright_red")  # fmt: skip
"""Of speakers, in turn; yellow is that of numbers and notes."""
_NOBODY = "bold"
_NO_QUOTATION = "underline"


def print_article(shown: ShownArticle) -> None:
    """Print an article, its paragraphs with their quotes numbered, and what is known of each quote."""
    console = open_console()
    speakers = speakers_of(shown.quotes)
    _print_heading(console, shown)
    _print_legend(console, shown, speakers)
    print_paragraphs(console, shown, speakers)
    for quote in shown.quotes:
        print_quote(console, shown, quote, style_of(quote, speakers))
        console.print()
    if shown.note:
        _print_indented(console, Text(shown.note, style="yellow"), 0)
    elif shown.quotes and not shown.has_reasons:
        console.print(Text("Why? --quote N tells it of one quote, --why of all.", style="dim"))


def open_console() -> Console:
    """Return where to print: the terminal, and of its width what can be read well."""
    console = Console(file=sys.stdout, highlight=False, emoji=False, markup=False)
    console.width = min(console.width, _WIDEST)
    return console


def _print_heading(console: Console, shown: ShownArticle) -> None:
    article = shown.article
    date = f"{article['published_date']} (from {article['date_origin']})" if article["published_date"] else "no date"
    by = f"by {article['byline']}" if article["byline"] else None
    facts = [article["outlet"] or "no outlet", date, by, counted(article["quote_count"], _QUOTATION)]
    origin = [article["article_id"], article["raw_path"], f"rules {article['rules_version']}"]
    _print_indented(console, Text(escaped(article["title"] or "(no title)"), style="bold"), 0)
    _print_indented(console, _joined(facts), 0)
    _print_indented(console, _joined(origin, "dim"), 0)
    console.print()


def _print_legend(console: Console, shown: ShownArticle, speakers: Mapping[str, Speaker]) -> None:
    """Print which colour is whose, and which quotes."""
    for speaker in speakers.values():
        _print_entry(
            console, _style_of_speaker(speaker), _joined([speaker.name, *speaker.told.values()]), speaker.quotes
        )
    without = [q for q in shown.quotes if not q.row["speaker_id"]]
    silent = [q.number for q in without if q.row["kind"] != _QUOTATION]
    _print_entry(console, _NOBODY, Text("no speaker found"), [q.number for q in without if q.number not in silent])
    _print_entry(console, _NO_QUOTATION, Text("no quotation"), silent)
    console.print()


def _print_entry(console: Console, style: str, name: Text, numbers: Sequence[int]) -> None:
    if numbers:
        name.stylize(style)
        _print_indented(console, name.append(f" {_ranges(numbers)}", style="not bold not underline yellow"))


def _ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers in brackets, those that follow on each other as ranges: [1] [3–5]."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    return " ".join(f"[{run[0]}]" if len(run) == 1 else f"[{run[0]}–{run[-1]}]" for run in ranges)


def print_paragraphs(console: Console, shown: ShownArticle, speakers: Mapping[str, Speaker]) -> None:
    """Print the paragraphs with their quotes marked."""
    for paragraph in shown.paragraphs:
        text = _marked(paragraph, shown.quotes, speakers)
        if paragraph["kind"] != "body":
            text = Text.assemble(f"({paragraph['kind']}) ", text, style="dim")
        _print_indented(console, text, 5, f"{paragraph['paragraph_index']:>3}")
        console.print()


def _marked(paragraph: dict[str, Any], quotes: Iterable[ShownQuote], speakers: Mapping[str, Speaker]) -> Text:
    """Return a paragraph with its quotes in the colours of their speakers, and numbered at their ends."""
    start, words = paragraph["start"], paragraph["text"]
    inside = [q for q in quotes if start <= q.row["start"] < start + len(words)]
    bounds = [(q.row["start"] - start, q.row["end"] - start) for q in inside]
    numbered = [(_after_mark(words, q.row["end"] - start), q.number) for q in reversed(inside)]
    text = Text()
    for piece in pieces(0, len(words), bounds, [at for at, _ in numbered]):
        style = style_of(inside[piece.spans[-1]], speakers) if piece.spans else ""
        text.append(escaped(words[piece.start : piece.end]), style=style)
        for number in (number for at, number in numbered if at == piece.end):
            text.append(f"[{number}]", style="not dim bold yellow")
    return text


def _after_mark(words: str, end: int) -> int:
    """Return the offset after the mark that closes a quote, if one does."""
    return end + (words[end : end + 1] in _CLOSING_MARKS)


def style_of(quote: ShownQuote, speakers: Mapping[str, Speaker]) -> str:
    """Return how a quote looks; without colours, quotations are bold and other spans underlined."""
    speaker = speakers.get(quote.row["speaker_id"])
    if speaker:
        return f"not dim {_style_of_speaker(speaker)}"
    return f"not dim {_NOBODY if quote.row['kind'] == _QUOTATION else _NO_QUOTATION}"


def _style_of_speaker(speaker: Speaker) -> str:
    return f"bold {_COLOURS[speaker.number % len(_COLOURS)]}"


def print_quote(console: Console, shown: ShownArticle, quote: ShownQuote, style: str) -> None:
    """Print what is known of a quote."""
    row = quote.row
    speaker = row["speaker"] or ("nobody found" if row["kind"] == _QUOTATION else "")
    kind = " ".join(filter(None, [row["quote_type"], row["kind"]]))
    heading = Text(f"{kind}, {escaped(speaker)}" if speaker else kind, style="bold")
    _print_indented(console, heading, label=f"[{quote.number}]")
    _print_indented(console, Text(_short(row["text"], 3 * _FEW), style=style))
    for facts in (_speaker_facts(row), _evidence_facts(row), _ties(row, shown.numbers)):
        if facts:
            _print_indented(console, _joined(facts))
    if quote.note:
        _print_indented(console, Text(escaped(quote.note), style="yellow"))
    if quote.explanation:
        _print_explanation(console, shown, quote.explanation)


def _speaker_facts(row: dict[str, Any]) -> list[str]:
    facts = {"kind": "speaker_kind", "role": "speaker_role", "organisation": "speaker_organisation"}
    return [f"{label} {row[column]}" for label, column in facts.items() if row[column]]


def _evidence_facts(row: dict[str, Any]) -> list[str]:
    facts = [f"mention “{row['speaker_mention']}”"] if row["speaker_mention"] else []
    if row["cue"]:
        facts.append(f"cue “{row['cue']}” ({row['cue_lemma'] or 'no lemma'})")
    if row["polarity"] not in (None, AFFIRMED):
        facts.append(row["polarity"])
    if row["addressee"]:
        facts.append(f"told to “{row['addressee']}”")
    if row["reported_by"]:
        facts.append(f"reported by “{row['reported_by']}”")
    facts.append(f"evidence: {row['evidence'] or 'none'}")
    if row["confidence"] is not None:
        facts.append(f"confidence {row['confidence']:.2f}")
    return facts


def _ties(row: dict[str, Any], numbers: dict[str, int]) -> list[str]:
    """Return which other quotes a quote belongs to."""
    utterance, parent = row["utterance_id"], row["parent_id"]
    ties = [f"goes on from [{numbers.get(utterance, utterance)}]"] if utterance != row["quote_id"] else []
    return [*ties, f"inside [{numbers.get(parent, parent)}]"] if parent else ties


def _print_explanation(console: Console, shown: ShownArticle, why: Explanation) -> None:
    text = shown.article["text"]
    if why.candidates:
        _print_list(console, "who may have said it, and how probably", _candidate_lines(text, why.candidates))
    if why.speaker_reasons:
        first, second = (_short(text[c.start : c.end], _FEW) for c in why.candidates[:2])
        told = f"what spoke most for “{first}” (+) or “{second}” (-)"
        _print_list(console, told, _reason_lines(why.speaker_reasons[:_SPEAKER_REASONS]))
    if why.quotation is not None:
        told = (
            f"what spoke most for a quotation (+) or against (-): {why.quotation:.2f}, {why.least_quotation:.2f} needed"
        )
        _print_list(console, told, _reason_lines(why.quotation_reasons[:_QUOTATION_REASONS]))
    if why.belief is not None:
        _print_list(console, f"how probably this is reported: {why.belief:.2f}", ())


def _candidate_lines(text: str, candidates: Sequence[Candidate]) -> Iterator[tuple[str, str]]:
    for c in candidates[:_CANDIDATES]:
        paragraph = text.count("\n\n", 0, c.start)  # one blank line between any two
        mark = " ← the best" if c.is_chosen else ""
        words = _short(text[c.start : c.end], _FEW)
        yield f"{c.probability:.2f}", f"{words} ({c.relation}; paragraph {paragraph}){mark}"
    if len(candidates) > _CANDIDATES:
        rest = sum(c.probability for c in candidates[_CANDIDATES:])
        yield f"{rest:.2f}", counted(len(candidates) - _CANDIDATES, "other")


def _reason_lines(reasons: Sequence[Reason]) -> Iterator[tuple[str, str]]:
    return ((f"{reason.weight:+.2f}", reason.name) for reason in reasons)


def _print_list(console: Console, heading: str, lines: Iterable[tuple[str, str]]) -> None:
    _print_indented(console, Text(escaped(heading), style="bold"))
    for number, words in lines:
        _print_indented(console, Text(escaped(words)), 13, f"{number:>11}")


def _print_indented(console: Console, text: Text, by: int = 5, label: str = "") -> None:
    """Print wrapped text to the right of a label."""
    for line in text.wrap(console, console.width - by):
        line.rstrip()
        console.print(Text.assemble((label.ljust(by), "dim"), line), soft_wrap=True)
        label = ""


def _joined(facts: Iterable[str | None], style: str = "") -> Text:
    return Text(" · ".join(escaped(fact) for fact in facts if fact), style=style)


def _short(text: str, most: int) -> str:
    """Return text without line breaks, its middle left out if it is long."""
    line = escaped(" ".join(text.split()))
    if len(line) <= most:
        return line
    return f"{line[: most * 2 // 3].rsplit(' ', 1)[0]} … {line[-most // 4 :].split(' ', 1)[-1]}"
