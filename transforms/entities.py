"""Character references of HTML in copy that was taken from a page: `&quot;`, `&#39;`, `&nbsp;`."""

import html
import re
from html.entities import html5

# An ampersand alone, or an example of one, is copy; a text that was escaped as a whole has more.
_FEWEST = 3
# Of ASCII only marks: no letter or digit can become part of another reference, and "<" would make a tag.
_MARKS = frozenset("\"'&")
_NAMES = frozenset(name[:-1] for name, c in html5.items() if name.endswith(";") and (c in _MARKS or c[0] >= "\xa0"))
# Copy that was escaped twice says "&amp;quot;".
_REFERENCE = re.compile(r"&(?:amp;|#0{0,5}38;|#[xX]0{0,4}26;)*(?:(\w{2,31}|#\d{2,7}|#[xX][\da-fA-F]{2,6});)?", re.ASCII)


def decode_entities(text: str, fewest: int = _FEWEST) -> str:
    """Return the text with its character references as characters, if it has at least `fewest` of them.

    `&lt;` and `&gt;` stay: what they would make is no tag of this text. Takes linear time.
    """
    return _REFERENCE.sub(_decoded, text) if is_escaped(text, fewest) else text


def is_escaped(text: str, fewest: int = _FEWEST) -> bool:
    """Whether a text has so many character references that it was escaped as a whole."""
    if text.count("&") < fewest:
        return False
    return sum(_decoded(match) != match[0] for match in _REFERENCE.finditer(text)) >= fewest


def _decoded(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&"
    if name[0] != "#" and name not in _NAMES:
        return match[0]
    character = html.unescape(f"&{name};")
    return character if character in _MARKS or "\xa0" <= character[:1] < "\ud800" or character > "\uffff" else match[0]
