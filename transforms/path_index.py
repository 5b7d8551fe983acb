"""Which of the paths that a side file gives means a raw file, as people and systems write paths."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from transforms.paths import TEXT_ENDINGS

_SLASHES = re.compile(r"[\\/]+")
# `C:/`, `/`, `./`, any number of them.
_FROM_ROOT = re.compile(r"(?:[A-Za-z]:(?=/))?(?:\.?/)*")


def _shorter(path: str) -> str | None:
    """Return a path without its ending; None if it has none."""
    stem, _, ending = path.rpartition(".")
    return stem if stem and not stem.endswith("/") and ending.casefold() in TEXT_ENDINGS else None


def _without_endings(path: str) -> str:
    while shorter := _shorter(path):
        path = shorter
    return path


def _folded_name(path: str) -> str:
    return _without_endings(path.rpartition("/")[2]).casefold()


def _cleaned(path: str) -> str:
    """Return a path with / between its parts, whatever system or escape wrote it, and its accents composed."""
    path = _SLASHES.sub("/", path) if "\\" in path or "//" in path else path
    return path if path.isascii() else unicodedata.normalize("NFC", path)


def as_key(path: str) -> str:
    r"""Return a path in the form of keys: `.\Gazette\story0.txt`, `/Gazette/story0.txt` are Gazette/story0.txt."""
    path = _cleaned(path)
    return path if path[:1].isalnum() and path[1:2] != ":" else _FROM_ROOT.sub("", path, count=1)


class PathIndex:
    """Keys, found by raw paths in the time that a path's depth takes, however many they are."""

    def __init__(self, keys: Iterable[str]) -> None:
        """Index keys as `as_key` gives them."""
        self._keys = keys

    def find(self, raw_path: str) -> Sequence[str]:
        """Return the keys that fit a raw path best; several if they fit equally well.

        The whole path is looked for first, then ever shorter ends of it down to the file name, and the same without
        endings such as `.txt.gz`. Then a longer key that ends in all of the path; then without the endings of keys;
        as a last resort without case.
        """
        path = _cleaned(raw_path)
        if keys := self._exact.find_end(path):
            return keys
        if _folded_name(path) not in self._names:
            return ()
        return next((keys for keys in self._candidates(path) if keys), ())

    def _candidates(self, path: str) -> Iterator[Sequence[str]]:
        forms = [path]
        while shorter := _shorter(forms[-1]):
            forms.append(shorter)
        yield from map(self._exact.find_end, forms)
        yield from map(self._exact.find_longer, forms)
        bare = forms[-1]
        yield self._bare.find(bare)
        yield self._folded.find(path.casefold())
        yield self._folded_bare.find(bare.casefold())

    @cached_property
    def _names(self) -> set[str]:
        # Whatever fits has this of its file name in common: most files without a row need no more than one look.
        return set(map(_folded_name, self._keys))

    @cached_property
    def _exact(self) -> "_Index":
        return _Index(self._keys, lambda key: key)

    @cached_property
    def _bare(self) -> "_Index":
        return _Index(self._keys, _without_endings)

    @cached_property
    def _folded(self) -> "_Index":
        return _Index(self._keys, str.casefold)

    @cached_property
    def _folded_bare(self) -> "_Index":
        return _Index(self._keys, lambda key: _without_endings(key).casefold())


class _Index:
    """Keys by one form of them: an end of a path is one step away, a longer key some twenty."""

    def __init__(self, keys: Iterable[str], form: Callable[[str], str]) -> None:
        self._keys: dict[str, list[str]] = {}
        for key in keys:
            self._keys.setdefault(form(key), []).append(key)
        self._depth = max((form.count("/") for form in self._keys), default=0)

    def find(self, path: str) -> Sequence[str]:
        """Return the keys that are the longest end of a path, else those that end in all of it."""
        return self.find_end(path) or self.find_longer(path)

    def find_end(self, path: str) -> Sequence[str]:
        """Return the keys that are the longest end of a path."""
        end = path
        if path.count("/") > self._depth:
            end = path.split("/", path.count("/") - self._depth)[-1]
        while True:
            if keys := self._keys.get(end):
                return keys
            _, slash, end = end.partition("/")
            if not slash:
                return ()

    def find_longer(self, path: str) -> Sequence[str]:
        """Return the keys that end in all of a path."""
        # A key that differs in a folder is another file's: there is a story1.txt of every outlet.
        backwards, forms = path[::-1], self._backwards
        first = bisect_left(forms, f"{backwards}/")
        last = bisect_left(forms, f"{backwards}0", first)  # 0 is next to / in Unicode
        return [key for form in forms[first:last] for key in self._keys[form[::-1]]]

    @cached_property
    def _backwards(self) -> list[str]:
        return sorted(form[::-1] for form in self._keys if "/" in form)
