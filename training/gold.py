"""Gold attributions (brat standoff, as PolNeAR's) laid over our own reading of the same texts."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from transforms.articles import RawArticle, read_articles
from transforms.paragraphs import split_paragraphs
from transforms.quotes import columns, paragraphs_of
from transforms.quotes.marks import Span as QuotedSpan
from transforms.quotes.marks import find_spans
from transforms.quotes.model.lines import Article

Span = tuple[int, int]

_WORD = re.compile(r"\w+")
_CUE_VERB = re.compile(r"said|says?|told|added|wrote|asked|noted|explained|tweeted|according to", re.I)
_HEAD_ENDS = re.compile(r",|\(|\s[-–—]|\s(?:of|for|with|in|at|from|on|to|by|who|that|which|whose|told|said)\s", re.I)
_SUFFIXES = frozenset({"s", "jr", "sr"})
_STRAY_WORDS = 5
"""A mention may have so many words outside the annotated speaker."""


class Words:
    """The words of a text by number."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [match.span() for match in _WORD.finditer(text)]
        self.words = [text[start:end].lower() for start, end in self.spans]
        self._at = [-1] * (len(text) + 1)
        for number, (start, end) in enumerate(self.spans):
            self._at[start:end] = [number] * (end - start)

    def within(self, spans: Sequence[Span]) -> set[int]:
        """Return the numbers of the words that spans touch."""
        return {number for start, end in spans for number in set(self._at[start:end]) if number >= 0}

    def heads(self, spans: Sequence[Span]) -> set[int]:
        """Return the head word of each piece of a speaker: the last before its first comma, preposition or relative."""
        heads: set[int] = set()
        for start, end in spans:
            cut = _HEAD_ENDS.search(self.text, start + 1, end)
            stop = cut.start() if cut and _WORD.search(self.text, start, cut.start()) else end
            words = sorted(self.within([(start, stop)]))
            while len(words) > 1 and self.words[words[-1]] in _SUFFIXES:
                words.pop()
            heads.update(words[-1:])
        return heads


@dataclass(frozen=True)
class Attribution:
    """One annotated attribution, as numbers of gold words."""

    content: set[int]
    speaker: set[int]
    heads: set[int]
    cue: set[int]

    def is_by(self, mention: set[int]) -> bool:
        """Whether a mention names its speaker: it holds a head, lies half inside and has few words outside."""
        inside, outside = len(mention & self.speaker), len(mention - self.speaker)
        return bool(mention & self.heads) and outside <= _STRAY_WORDS and inside >= outside


@dataclass
class GoldArticle:
    """An article of ours with what annotators said of it.

    Attributes:
        article: Our reading of it.
        attributions: The annotated ones.
        ours: Words of our text.
        to_gold: Number of the gold word that each of our words is.
        counts: How often each word stands in the gold text.
        cue_counts: How often it is part of an annotated cue.
    """

    article: Article
    attributions: list[Attribution]
    ours: Words
    to_gold: dict[int, int]
    counts: Counter[str] = field(default_factory=Counter)
    cue_counts: Counter[str] = field(default_factory=Counter)

    def gold_words(self, start: int, end: int) -> set[int]:
        """Return the gold words that a stretch of our text covers; a word that the gold lacks is a negative number."""
        return {self.to_gold.get(word, -1 - word) for word in self.ours.within([(start, end)])}

    def covering(self, span: QuotedSpan) -> list[Attribution] | None:
        """Return the attributions that hold most of a span's words.

        None if there is nothing to compare: the gold text lacks the words, or the span is inside another one.
        """
        body = {word for word in self.gold_words(span.start, span.end) if word >= 0}
        if not body or span.parent >= 0:
            return None
        return [a for a in self.attributions if 2 * len(a.content & body) > len(body)]


def read_gold(folder: Path) -> list[GoldArticle]:
    """Return the articles of a folder that holds `text/NAME.txt` and `attributions/NAME.ann`, by name."""
    paths = [p for p in sorted((folder / "text").glob("*.txt")) if (folder / "attributions" / f"{p.stem}.ann").exists()]
    raws = [RawArticle(raw_path=path.name, content=path.read_bytes()) for path in paths]
    articles, _ = read_articles(raws)
    articles = articles.drop_duplicates("article_id", ignore_index=True)
    by_article = paragraphs_of(split_paragraphs(articles))
    out = []
    for article_id, raw_path, text in columns(articles, "article_id", "raw_path", "text"):
        mine = by_article.get(article_id, [])
        out.append(_lay_over(Article(text, mine, find_spans(mine)), folder, Path(raw_path).stem))
    return out


def _lay_over(article: Article, folder: Path, name: str) -> GoldArticle:
    text = (folder / "text" / f"{name}.txt").read_bytes().decode("utf-8")
    gold, ours = Words(text), Words(article.text)
    out = GoldArticle(article, [], ours, _align(gold.words, ours.words), Counter(gold.words))
    cue_words: set[int] = set()
    for roles in _relations((folder / "attributions" / f"{name}.ann").read_text(encoding="utf-8"), text):
        speaker = roles.get("Source", [])
        cue = gold.within(roles.get("Cue", []))
        out.attributions.append(
            Attribution(gold.within(roles.get("Content", [])), gold.within(speaker), gold.heads(speaker), cue)
        )
        cue_words |= cue
    out.cue_counts.update(gold.words[word] for word in cue_words)
    return out


def _align(gold: list[str], ours: list[str]) -> dict[int, int]:
    if gold == ours:
        return {number: number for number in range(len(ours))}
    blocks = SequenceMatcher(None, ours, gold, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


def _relations(annotations: str, text: str) -> Iterator[dict[str, list[Span]]]:
    """Yield the spans of each attribution by role; roles that annotators swapped are put right."""
    spans: dict[str, list[Span]] = {}
    for line in annotations.splitlines():
        name, _, rest = line.partition("\t")
        body = rest.split("\t")[0]
        if not body:  # an annotated text that itself has line breaks
            continue
        if line.startswith("T"):
            offsets = body.split(" ", 1)[1].split(";")
            spans[name] = [(int(start), int(end)) for start, end in (o.split() for o in offsets)]
        elif line.startswith("E"):
            roles: dict[str, list[Span]] = {}
            for argument in body.split():
                role, _, reference = argument.partition(":")
                roles.setdefault(role.rstrip("0123456789"), []).extend(spans.get(reference, []))
            speaker = " ".join(text[start:end] for start, end in roles.get("Source", []))
            if _CUE_VERB.fullmatch(speaker) and roles.get("Cue"):
                roles["Source"], roles["Cue"] = roles["Cue"], roles["Source"]
            yield roles
