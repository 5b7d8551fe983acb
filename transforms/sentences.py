"""How many sentences a paragraph has, those inside quotations and brackets among them."""

import re

import sentencex

# sentencex has rules for these; any other text is cut by the rules for English, which know most abbreviations.
_SENTENCE_LANGUAGES = frozenset({
    "am", "ar", "as", "bg", "bn", "ca", "da", "de", "el", "en", "es", "fi", "fr", "gu", "hi", "hy", "it", "ja", "kk",
    "kn", "ml", "mr", "my", "nl", "or", "pa", "pl", "pt", "ru", "sk", "ta", "te",
})  # fmt: skip


def sentence_language(language: object) -> str:
    """Return the language by whose rules sentences are told apart."""
    return language if isinstance(language, str) and language in _SENTENCE_LANGUAGES else "en"


_PRINTED = re.compile(r"[^\W_]")
# The cutter takes a quotation as a whole, so its marks are left out; apostrophes alone need not be.
_QUOTES = ("“", "”", '"', "(", "[", "«", "»", "„", "‘", "`", " '", "''")
_ANY_MARK = re.compile("[“”\"«»„‘’'`()\\[\\]]")
_SAYS = (
    "said|says|asked|asks|told|tells|wrote|writes|added|replied|answered|shouted|cried|yelled|tweeted|demanded"
    "|continued|wondered|exclaimed|joked"
)
# The sentence goes on after the words quoted, "Why?" she asked, "No!" Mayor Roe said, or has a stop of its own.
_NO_END = re.compile(
    r"[.?!…](?:[”’\"'»)\]]+(?=\.| \(?[a-zß-öø-ÿ])"
    rf"|(?<=[?!])[”’\"'»]+(?= (?:[A-Z][\w.’'-]{{0,30}} ){{1,4}}(?:{_SAYS})\b))"
)
# A title behind a hyphen, "then-Sen. Roe", is not known to the cutter.
_HYPHENATED = re.compile(r"(-(?:Sen|Gov|Rep|Gen|Atty|Lt|Sgt))\. ")
# A time of day ends no sentence before its day or zone.
_TIME_OF_DAY = re.compile(
    r"\b([ap])\.m\. (?=(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[ECMP][SD]?T\b|GMT\b|local time"
    r"|(?:Jan|Feb|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec)[a-z]{0,6}\.? \d)"
)


_AT_ONCE = 20_000
"""The cutter takes quadratic time over a paragraph; nobody prints one of so many characters. A cut counts as an end."""


def count_sentences(paragraph: str, language: str = "en") -> int:
    """Return the number of sentences that hold a letter or digit, also inside quotation marks and brackets."""
    if any(map(paragraph.__contains__, _QUOTES)):
        paragraph = _ANY_MARK.sub("", _NO_END.sub("", paragraph))
    if ". " in paragraph and "-" in paragraph:
        paragraph = _HYPHENATED.sub(r"\1 ", paragraph)
    if ".m. " in paragraph:
        paragraph = _TIME_OF_DAY.sub(r"\1m ", paragraph)
    sentences = sentencex.segment(language, paragraph[:_AT_ONCE])
    for at in range(_AT_ONCE, len(paragraph), _AT_ONCE):
        sentences += sentencex.segment(language, paragraph[at : at + _AT_ONCE])
    return len(list(filter(_PRINTED.search, sentences)))
