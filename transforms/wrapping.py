"""Lines to paragraphs: hard-wrapped copy is joined, copy with one paragraph a line is left so.

A wrapper breaks a line because the next word does not fit. So a break is `forced` if the first word of the next line
would have made the line longer than the longest one; where it would have fitted, somebody ended the line on purpose.
"""

import re
from itertools import pairwise

# Wire copy and e-mail wrap at 60 to 80 columns; beyond 100 a line is a paragraph, below 45 a list, table or poem.
_NARROWEST, _WIDEST = 45, 100
# A sentence's end, also before closing marks and brackets.
_ENDS_SENTENCE = re.compile(r"[.!?:;…]['\"’”»)\]]{0,3}\Z")
_ENDS_IN_HYPHEN = re.compile(r"[^\W\d_]-\Z")
_STARTS_WITH_LETTER = re.compile(r"[^\W\d_]")
_BULLET = re.compile(r"(?:[-*•–—·]|\d{1,3}[.)]) ")
_SPACES = re.compile(" {2,}")


# The marks of every earlier answer, before each line of a mail that was forwarded as a whole.
_QUOTED = re.compile(r"(?m)^ {0,3}>[> ]*")
_LINE_OF_COPY = re.compile(r"(?m)^ *[^\s]")
_FEWEST_QUOTED, _QUOTED_SHARE = 3, 0.9


def is_quoted(text: str) -> bool:
    """Whether nearly all lines of a text begin with ">", as mail quotes another."""
    if text.count("\n>") < _FEWEST_QUOTED - 1:
        return False
    quoted = len(_QUOTED.findall(text))
    return quoted >= _FEWEST_QUOTED and quoted >= _QUOTED_SHARE * len(_LINE_OF_COPY.findall(text))


def unquote(text: str) -> str:
    """Return the text of quoted mail without its marks; any other text as it is."""
    return _QUOTED.sub("", text) if is_quoted(text) else text


def unwrap(text: str) -> list[str]:
    """Return the paragraphs of a text, none of them empty and each of them one trimmed line.

    Nothing but white space is lost: a hyphen at a line's end stays.

    Args:
        text: Text with line feeds as line ends and blanks as its only other white space; indents still there.
    """
    lines = [line.strip(" ") for line in text.split("\n")]
    if not any(line and following for line, following in pairwise(lines)):
        return [_single_spaced(line) for line in lines if line]
    blocks = _blocks(text)
    column = max((_column(block) for block in blocks if len(block) > 2 and _is_wrapped(block)), default=0)
    return [paragraph for block in blocks for paragraph in _paragraphs(block, column)]


def _blocks(text: str) -> list[list[str]]:
    """Return runs of lines that are not blank, each without trailing blanks."""
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if stripped := line.rstrip(" "):
            blocks[-1].append(stripped)
        elif blocks[-1]:
            blocks.append([])
    return blocks if blocks[-1] else blocks[:-1]


def _trim(line: str) -> str:
    return _single_spaced(line.strip(" "))


def _single_spaced(line: str) -> str:
    return _SPACES.sub(" ", line) if "  " in line else line


def _column(block: list[str]) -> int:
    """Return the width of the longest line; addresses and other unbreakable lines say nothing."""
    return max((len(line) for line in block if " " in line.strip(" ")), default=0)


def _is_forced(line: str, following: str, column: int) -> bool:
    word = following.lstrip(" ").split(" ", 1)[0]
    return len(line) + 1 + len(word) > column


def _continues(line: str, following: str) -> bool:
    """Whether the sentence of one line goes on in the next: no end here, no capital, digit or bullet there."""
    if _ENDS_SENTENCE.search(line) or _BULLET.match(following.lstrip(" ")):
        return False
    first = next((c for c in following[:40] if c.isalnum()), "")
    return bool(first) and not first.isupper() and not first.isdigit()


def _is_wrapped(block: list[str]) -> bool:
    """Whether many breaks of a block are forced, and enough of them stand inside a sentence.

    A break before an indent is a paragraph's end, and says nothing; in a list the indents are the items' own.
    """
    column = _column(block)
    if not _NARROWEST <= column <= _WIDEST:
        return False
    widest_indent = max(map(_indent, block)) if _BULLET.match(block[0].lstrip(" ")) else min(map(_indent, block))
    breaks = [(line, following) for line, following in pairwise(block) if _indent(following) <= widest_indent]
    forced = [(line, following) for line, following in breaks if _is_forced(line, following, column)]
    running = sum(_continues(line, following) for line, following in forced)
    open_ended = sum(not _ENDS_SENTENCE.search(line) for line, _ in forced)
    return len(forced) >= 0.4 * len(breaks) and open_ended >= 0.5 * len(forced) and running >= 0.3 * len(forced) > 0


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _paragraphs(block: list[str], column: int) -> list[str]:
    if len(block) == 1:
        return [_trim(block[0])]
    widest = _column(block)
    if column and widest <= column:
        return _joined(block, column)
    if len(block) > 2 and _is_wrapped(block):
        return _joined(block, widest)
    if len(block) == 2 and _is_pair(block, widest):
        return _joined(block, widest)
    return [_trim(line) for line in block]


def _is_pair(block: list[str], widest: int) -> bool:
    """Whether two lines alone are one wrapped sentence."""
    first, second = block
    return _NARROWEST <= widest <= _WIDEST and _is_forced(first, second, widest) and _continues(first, second)


def _joined(block: list[str], column: int) -> list[str]:
    """Join a wrapped block, starting anew at indents, list items and after lines that were ended on purpose."""
    margin = min(map(_indent, block))
    items = {0} if _BULLET.match(block[0].lstrip(" ")) else set()
    items |= {i for i, lines in enumerate(pairwise(block), start=1) if _is_item(*lines, column)}
    parts: list[list[str]] = [[block[0]]]
    for i, (line, following) in enumerate(pairwise(block), start=1):
        # Below a list item an indent is its continuation.
        is_indented = _indent(following) > margin and not items
        if i in items or is_indented or not (_is_forced(line, following, column) or _continues(line, following)):
            parts.append([])
        parts[-1].append(following)
    return [_join_lines(lines) for lines in parts]


def _is_item(line: str, following: str, column: int) -> bool:
    """Whether a list item begins, and no sentence goes on with a dash or a number."""
    is_broken = not _ENDS_SENTENCE.search(line) and _is_forced(line, following, column)
    return bool(_BULLET.match(following.lstrip(" "))) and not is_broken


def _join_lines(lines: list[str]) -> str:
    joined = [lines[0].strip(" ")]
    for line in (line.strip(" ") for line in lines[1:]):
        is_hyphenated = _ENDS_IN_HYPHEN.search(joined[-1]) and _STARTS_WITH_LETTER.match(line)
        joined.append(line if is_hyphenated else f" {line}")
    return _trim("".join(joined))
