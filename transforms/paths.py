"""What the path of a raw file tells of its article, by templates."""

import re
from collections.abc import Sequence
from functools import lru_cache

from transforms.date_columns import parse_repeated_date
from transforms.fields import Metadata

PATH_TEMPLATES = (
    "{outlet}/{year}/{month}/{day}/{slug}",
    "{outlet}/{date}/{slug}",
    "{outlet}_{date}_{slug}",
    "{date}/{slug}",
    "{iso_date}-{slug}",
    "{iso_date}_{slug}",
    "{iso_date}",
)
"""How archives are laid out; the first template that fits the end of a path counts."""

TEXT_ENDINGS = frozenset({
    "txt", "text", "md", "htm", "html", "json", "jsonl", "ndjson", "xml", "eml", "gz", "bz2", "xz", "zst",
})  # fmt: skip
"""Endings of text files and their wrappings; anything else after a full stop is part of the name."""

_PLACEHOLDERS = {
    "outlet": r"(?P<outlet>[^/]+?)",
    "date": r"(?P<date>\d{4}-\d{2}-\d{2}|\d{8})",
    # At the beginning of a file name eight digits are as often a number in some series.
    "iso_date": r"(?P<iso_date>\d{4}-\d{2}-\d{2})",
    "year": r"(?P<year>\d{4})",
    "month": r"(?P<month>\d{1,2})",
    "day": r"(?P<day>\d{1,2})",
    "slug": r"[^/]+",
}
# Without a year in it no path tells a date, and none is matched in vain.
_YEAR = re.compile(r"\d{4}")
# A folder's name is an outlet's; an archive's is not.
_ARCHIVE = re.compile(r"\.(?:zip|tar|tgz|gz|bz2|xz|zst|7z|jsonl|ndjson)\Z", re.IGNORECASE)


def parse_path(raw_path: str, templates: Sequence[str] = PATH_TEMPLATES) -> Metadata:
    """Return the outlet and published date that a raw path tells.

    A template is matched against the end of the path, so whatever stands before it is allowed, and so are endings
    such as `.txt.gz` after it. Outlets stay as they are in the path.

    Args:
        raw_path: Path below the raw root, also of a member of an archive.
        templates: Names in braces (outlet, date, iso_date, year, month, day, slug) and the text between them. A date
            is `2016-03-11` or `20160311`, an iso_date only the former.

    Raises:
        ValueError: A template holds another name.
    """
    for template in templates if _YEAR.search(raw_path) else ():
        match = _path_pattern(template).search(raw_path)
        if not match:
            continue
        found = match.groupdict()
        outlet = found.get("outlet")
        if (date := parse_repeated_date(_printed_date(found))) and (outlet is None or _is_outlet(outlet)):
            return Metadata(outlet=outlet, published_date=date)
    return Metadata()


def _printed_date(found: dict[str, str]) -> str:
    whole = found.get("iso_date") or found.get("date")
    return whole or "-".join(found.get(part) or "" for part in ("year", "month", "day"))


def _is_outlet(name: str) -> bool:
    return any(c.isalpha() for c in name) and not _ARCHIVE.search(name)


@lru_cache(maxsize=64)
def _path_pattern(template: str) -> re.Pattern[str]:
    names = re.findall(r"\{(\w*)\}", template)
    if len(names) != len(set(names)) or len(names) != template.count("{") or len(names) != template.count("}"):
        raise ValueError(f"path template {template}: a name stands in a pair of braces, once")
    pattern = ""
    for literal, name in re.findall(r"([^{]*)(?:\{(\w*)\})?", template):
        if name and name not in _PLACEHOLDERS:
            raise ValueError(f"path template {template}: {{{name}}} is none of {', '.join(_PLACEHOLDERS)}")
        pattern += re.escape(literal) + (_PLACEHOLDERS[name] if name else "")
    return re.compile(rf"(?:^|/){pattern}(?i:\.(?:{'|'.join(sorted(TEXT_ENDINGS))}))*\Z")
