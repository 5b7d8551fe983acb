"""Places: paths on a disk or in an object store, and what is done alike to both."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TypeAlias

from flows.storage.object_path import ObjectPath
from flows.storage.stores import Scheme, plain_errors, scheme, store_of

Place: TypeAlias = Path | ObjectPath


def place_of(named: str | os.PathLike[str] | ObjectPath) -> Place:
    """Return the place that a path or a URL names.

    Raises:
        ValueError: It is a URL of a kind that is not known.
    """
    if isinstance(named, ObjectPath):
        return named
    text = os.fspath(named)
    before, separator, _ = text.partition("://")
    if not separator or "/" in before:
        return Path(named)
    scheme(text)
    return ObjectPath.parse(text)


def scheme_of(place: Place) -> Scheme | None:
    """Return the scheme of an object's URL; None for a path on a disk."""
    return scheme(place.bucket) if isinstance(place, ObjectPath) else None


def absolute_name(place: Place) -> str:
    """Return a place's name in full; links in it stay as the user named them."""
    return str(place) if isinstance(place, ObjectPath) else os.path.abspath(place)  # noqa: PTH100


def real_name(place: Place) -> str:
    """Return what a place is called, whatever way was taken to name it."""
    return str(place) if isinstance(place, ObjectPath) else os.path.realpath(place)


def folders_in(place: Place) -> list[Place]:
    """Return what lies directly below a place, sorted; nothing if it is not there."""
    if isinstance(place, ObjectPath) or place.is_dir():
        return sorted(place.iterdir())
    return []


def all_files(place: Place) -> Iterator[Place]:
    """Yield all files below a place; none if it is not there."""
    if isinstance(place, ObjectPath):
        yield from (path for path, _ in place.list_below())
    else:
        yield from (path for path in place.rglob("*") if path.is_symlink() or not path.is_dir())


@contextmanager
def write_through(place: Place) -> Iterator[IO[bytes]]:
    """Open a scratch file for writing that may be large; nobody counts on it after a crash."""
    if isinstance(place, ObjectPath):
        with tempfile.TemporaryFile() as file:
            yield file
            file.seek(0)
            place.upload(file)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            yield file


def delete_tree(place: Place) -> None:
    """Delete all that lies below a place, and the place; nothing happens if it is not there."""
    if isinstance(place, ObjectPath):
        delete_objects([path for path, _ in place.list_below()])
    else:
        shutil.rmtree(place, ignore_errors=True)


def delete_if_empty(place: Place) -> None:
    """Delete a folder if nothing is in it; in an object store there is none then."""
    if isinstance(place, Path):
        with suppress(OSError):
            place.rmdir()


def delete_objects(paths: list[ObjectPath]) -> None:
    """Delete objects, many in one request."""
    keys: dict[str, list[str]] = {}
    for path in paths:
        keys.setdefault(path.bucket, []).append(path.key)
    for bucket, found in keys.items():
        with plain_errors(bucket):
            store_of(bucket).delete(found)
