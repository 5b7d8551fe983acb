"""Texts like news, with what hostile or careless hands leave in them: for tests of what must hold of any text."""

from hypothesis import strategies as st

NAMES = ("Ola Brandt", "Brandt", "Mr. Moen", "Dr. Ida Moen", "Moen", "the mayor", "a spokeswoman", "Harby Steel", "İda")
WORDS = (
    "the", "council", "pier", "will", "close", "not", "money", "rain", "it", "was", "she", "he", "they", "who", "that",
    "but", "U.S.", "don’t", "it's", "well-known", "$3.5m", "café", "2025", "Twitter", "ﬁve", "Straße",
)  # fmt: skip
CUES = (
    "said",
    "told reporters",
    "according to",
    "asked whether",
    "denied that",
    "would say",
    "wrote",
    "declined to comment",
)
MARKS = (*"“”‘’«»„\"'`", "''", "``")
PAUSES = (",", ".", "?", "!", ":", ";", " —", "…", "...", ",”", ".”", ',"')
# Nothing here has a letter or digit.
HOSTILE = (
    "\0", "\x1b", "\x85", "\xa0", "\xad", "\u0301", "\u0323\u0301", "\u200b", "\u200d", "\u202e", "\u2028", "\ufeff",
    "\ufffd", "\U000e0001", "()", "[[", "<>", "{", "\\", "\t", "\r", "'''", "“““", "”‘", "- ", "> ", "| ", "= ", "#",
)  # fmt: skip
MOJIBAKE = ("â€œ", "â€\x9d", "Ã©", "Â£", "&quot;", "&amp;quot;", "&#8220;", "&nbsp;", "क्‍ष", "1\u20e3")
FRONT = (
    "By Ola Brandt", "By", "HARBY, March 3 (AP) — ", "March 3, 2025", "Photo: Ida Moen", "Read more:", "---",
    "title: Pier", "Title: Pier", "Date: 2025-03-03", "* * *", "1. ",
)  # fmt: skip

_tokens = st.sampled_from([*WORDS, *WORDS, *NAMES, *CUES, *MARKS, *MARKS, *PAUSES])
_odd = st.sampled_from([*HOSTILE, *MOJIBAKE, *FRONT]) | st.characters(codec="utf-8")
_joint = st.sampled_from([" ", " ", " ", "", "\n", "  "])
SENTENCES = st.sampled_from([
    "“It rained,” said Ola Brandt.", "“We knew,” she added, “and paid.”", "Moen said the pier would close.",
    "He said so.", "“The first day.", "“The second day,” Brandt said.", "According to the council, it was “unsafe”.",
    "It was late.", "Ola Brandt, a spokesman for Harby Steel, declined to comment.",
    "The “wet” office told Moen that it was ‘done’.",
])  # fmt: skip


def _text(tokens: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pieces = st.lists(st.tuples(tokens, _joint).map("".join), max_size=15).map("".join)
    return st.lists(SENTENCES | pieces, max_size=4).flatmap(
        lambda paragraphs: st.sampled_from(["\n\n", "\n", "\r\n\r\n", " "]).map(lambda end: end.join(paragraphs))
    )


PLAIN = _text(_tokens | st.sampled_from(HOSTILE))
"""Text of which repair and references change nothing: no mojibake and no escapes are in it."""
COPY = _text(_tokens | _odd)
"""Text of any kind."""
