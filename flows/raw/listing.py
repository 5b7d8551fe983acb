"""A listing: the files below a raw root as columns, some hundred and fifty bytes a file."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import pyarrow as pa

from flows.raw.archives import is_container
from flows.raw.columns import number_column, text_column
from flows.raw.tree import RawFile, slashes
from flows.storage import Place

_ROWS = 1 << 16
"""Paths in a chunk; while one is filled they are Python strings."""


class Listing(Mapping[str, RawFile]):
    """Raw files by raw_path, in its order.

    A `RawFile` is made when it is asked for: of a million files that are as they were, nobody asks for one.

    Attributes:
        archives: Paths of the archives and record files.
        sizes: In bytes.
        times: Of modification, in microseconds since 1970.
        problems: Why some files cannot be read, by raw_path.
    """

    def __init__(self, root: Place, files: Iterable[RawFile | tuple[str, int, int]]) -> None:
        """List files.

        Args:
            root: Where they lie.
            files: In the order of their raw_paths. Of one that lies at its raw_path, and that nothing is wrong with,
                that, its size and its time are enough.
        """
        self._root = root
        self._files: dict[str, RawFile] = {}
        self.archives: list[str] = []
        self.problems: dict[str, str] = {}
        sizes, times = array("q"), array("q")
        rows = (self._note(file, sizes, times) for file in files)
        chunks = iter(lambda: list(islice(rows, _ROWS)), [])
        self._chunks = [text_column(chunk) for chunk in chunks]
        self._firsts = [chunk[0].as_py() for chunk in self._chunks]
        self.sizes, self.times = (number_column(values) for values in (sizes, times))

    @classmethod
    def of(cls, files: Mapping[str, RawFile]) -> Listing:
        """Return files as a listing."""
        return files if isinstance(files, cls) else cls(Path(), (files[path] for path in sorted(files)))

    def _note(self, file: RawFile | tuple[str, int, int], sizes: array[int], times: array[int]) -> str:
        """Note all of a file but its raw_path, and return that."""
        if isinstance(file, RawFile):
            raw_path, size, modified = file.raw_path, file.size, file.modified
            self._files[raw_path] = file
            if file.problem:
                self.problems[raw_path] = file.problem
        else:
            raw_path, size, modified = file
        if is_container(raw_path):
            self.archives.append(raw_path)
        sizes.append(size)
        times.append(modified)
        return raw_path

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self) -> Iterator[str]:
        for chunk in self._chunks:
            yield from chunk.to_pylist()

    def __contains__(self, raw_path: object) -> bool:
        return isinstance(raw_path, str) and self._at(raw_path) is not None

    def __getitem__(self, raw_path: str) -> RawFile:
        position = self._at(raw_path)
        if position is None:
            raise KeyError(raw_path)
        return self.file(position)

    def file(self, position: int) -> RawFile:
        """Return the file at a position."""
        raw_path = self._path(position)
        size, modified = self.sizes[position].as_py(), self.times[position].as_py()
        return self._files.get(raw_path) or RawFile(raw_path, self._root, size, modified)

    def between(self, first: str, last: str) -> tuple[int, int]:
        """Return the positions of the files from one raw_path to another: that of the first, that after the last."""
        return self._before(first), self._before(f"{last}\0")

    def paths(self, start: int, end: int) -> pa.StringArray:
        """Return the raw_paths at some positions."""
        parts = [
            chunk.slice(max(start - first, 0), min(end - first, len(chunk)) - max(start - first, 0))
            for number, chunk in enumerate(self._chunks)
            if (first := number * _ROWS) < end and start < first + len(chunk)
        ]
        return pa.concat_arrays([text_column(()), *parts])

    def archives_between(self, start: int, end: int) -> pa.StringArray:
        """Return the archives at some positions."""
        bounds = [bisect_left(self.archives, self._path(n)) if n < len(self) else None for n in (start, end)]
        return text_column(self.archives[slice(*bounds)])

    def archive_above(self, raw_path: str) -> str | None:
        """Return the archive that a raw_path is a member of; None if there is none."""
        above = (raw_path[:end] for end in slashes(raw_path)) if self.archives else ()
        return next((path for path in above if self._is_archive(path)), None)

    def _is_archive(self, raw_path: str) -> bool:
        position = bisect_left(self.archives, raw_path)
        return self.archives[position : position + 1] == [raw_path]

    def _at(self, raw_path: str) -> int | None:
        position = self._before(raw_path)
        is_there = position < len(self) and self._path(position) == raw_path
        return position if is_there else None

    def _before(self, raw_path: str) -> int:
        """Return how many files come before a raw_path."""
        number = max(bisect_right(self._firsts, raw_path) - 1, 0)
        if not self._chunks:
            return 0
        chunk = self._chunks[number]
        return number * _ROWS + bisect_left(range(len(chunk)), raw_path, key=lambda row: str(chunk[row].as_py()))

    def _path(self, position: int) -> str:
        return str(self._chunks[position // _ROWS][position % _ROWS].as_py())
