"""The path of an object, or of all those below a prefix, with the names that `pathlib` has for its methods."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from flows.storage.stores import StoreError, plain_errors, store_of

if TYPE_CHECKING:
    from obstore import UpdateVersion

_BUFFER = 1 << 20
"""So much is read ahead where a file is read piece by piece."""


_ATTEMPTS = 20


class ObjectStatus(NamedTuple):
    """What a store tells of an object, with the names of `os.stat_result`."""

    st_size: int
    st_mtime: float

    @property
    def st_mtime_ns(self) -> int:
        """Time of its last change, in nanoseconds since 1970, exact to the microsecond."""
        return round(self.st_mtime * 1_000_000) * 1_000


@dataclass(frozen=True, order=True, slots=True)
class ObjectPath:
    """A path in an object store. There are no folders there: one is what the keys of objects begin with.

    Every object is there whole or not at all, and all methods raise OSError like those of `pathlib.Path`. It is two
    strings, and goes to other processes as such; each of them connects with its own credentials.

    Attributes:
        bucket: URL of the bucket, such as s3://news.
        key: Path in it, parts separated by /.
    """

    bucket: str
    key: str = ""

    @classmethod
    def parse(cls, url: str) -> ObjectPath:
        """Return the path of a URL."""
        scheme, _, rest = url.partition("://")
        bucket, _, key = rest.partition("/")
        return cls(f"{scheme.lower()}://{bucket}", "/".join(part for part in key.split("/") if part))

    def __str__(self) -> str:
        return f"{self.bucket}/{self.key}" if self.key else self.bucket

    def __truediv__(self, below: str | PurePosixPath) -> ObjectPath:
        below = str(below).strip("/")
        return ObjectPath(self.bucket, f"{self.key}/{below}".strip("/")) if below else self

    @property
    def name(self) -> str:
        """Last part of the key; of the bucket, if there is none."""
        return self.key.rpartition("/")[2] or self.bucket.rpartition("/")[2]

    @property
    def stem(self) -> str:
        """The name without its last ending."""
        return PurePosixPath(self.name).stem

    @property
    def suffix(self) -> str:
        """Last ending of the name."""
        return PurePosixPath(self.name).suffix

    @property
    def parent(self) -> ObjectPath:
        """Path above; the bucket's is itself."""
        return ObjectPath(self.bucket, self.key.rpartition("/")[0])

    def with_name(self, name: str) -> ObjectPath:
        """Return the path of another name beside it."""
        return self.parent / name

    def resolve(self) -> ObjectPath:
        """Return itself: there are no links."""
        return self

    absolute = resolve

    def is_relative_to(self, other: object) -> bool:
        """Return whether it is a path or lies below it."""
        if not isinstance(other, ObjectPath) or self.bucket != other.bucket:
            return False
        return not other.key or self.key == other.key or self.key.startswith(f"{other.key}/")

    def relative_to(self, other: ObjectPath) -> PurePosixPath:
        """Return the path below another one.

        Raises:
            ValueError: It does not lie below.
        """
        if not self.is_relative_to(other):
            raise ValueError(f"{self} is not below {other}")
        return PurePosixPath(self.key[len(other.key) :].lstrip("/"))

    def stat(self) -> ObjectStatus:
        """Return size and time of the object."""
        with plain_errors(self):
            meta = store_of(self.bucket).head(self.key)
        return ObjectStatus(meta["size"], meta["last_modified"].timestamp())

    def is_file(self) -> bool:
        """Return whether there is such an object."""
        try:
            self.stat()
        except FileNotFoundError:
            return False
        return True

    def is_dir(self) -> bool:
        """Return whether there is any object below."""
        return next(self.list_below(), None) is not None

    def exists(self) -> bool:
        """Return whether there is such an object, or any below."""
        return self.is_dir() or self.is_file()

    def is_symlink(self) -> bool:
        """Return that it is none."""
        return False

    def iterdir(self) -> Iterator[ObjectPath]:
        """Yield the objects and prefixes one level below, sorted."""
        with plain_errors(self):
            found = store_of(self.bucket).list_with_delimiter(f"{self.key}/" if self.key else None)
        keys = [*found["common_prefixes"], *(meta["path"] for meta in found["objects"])]
        yield from (ObjectPath(self.bucket, key) for key in sorted(keys))

    def list_below(self) -> Iterator[tuple[ObjectPath, ObjectStatus]]:
        """Yield all objects below, at any depth, in no order; a page is held at a time."""
        with plain_errors(self):
            for page in store_of(self.bucket).list(f"{self.key}/" if self.key else None):
                for meta in page:
                    status = ObjectStatus(meta["size"], meta["last_modified"].timestamp())
                    yield ObjectPath(self.bucket, meta["path"]), status

    def read_bytes(self) -> bytes:
        """Return the object's bytes."""
        with plain_errors(self):
            return bytes(store_of(self.bucket).get(self.key).bytes())

    def read_most(self, most: int) -> tuple[bytes | None, ObjectStatus]:
        """Return the object's bytes, all of one state, and its status; none of them if there are more than so many."""
        with plain_errors(self):
            found = store_of(self.bucket).get(self.key)
            status = ObjectStatus(found.meta["size"], found.meta["last_modified"].timestamp())
            return (bytes(found.bytes()) if status.st_size <= most else None), status

    def read_text(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return the object's bytes as text."""
        return self.read_bytes().decode(encoding, errors)

    def write_bytes(self, content: bytes) -> None:
        """Put an object, instead of one that is there."""
        with plain_errors(self):
            store_of(self.bucket).put(self.key, content)

    def upload(self, file: IO[bytes]) -> None:
        """Put an object of any size, part by part, instead of one that is there."""
        with plain_errors(self):
            store_of(self.bucket).put(self.key, file)

    def create(self, content: bytes) -> bool:
        """Put an object if there is none of that key; return whether it was put.

        Of several writers at the same time, exactly one is told that it was.
        """
        from obstore.exceptions import AlreadyExistsError

        with plain_errors(self):
            try:
                store_of(self.bucket).put(self.key, content, mode="create")
            except AlreadyExistsError:
                return False
        return True

    def exchange(self, change: Callable[[bytes | None], bytes]) -> None:
        """Put what a function makes of the object's bytes; of None, if there is none. No other writer's is lost.

        The function may be called several times: again, when somebody else put something else meanwhile.

        Raises:
            StoreError: Others were first each time.
        """
        from obstore.exceptions import PreconditionError

        for _ in range(_ATTEMPTS):
            with plain_errors(self):
                try:
                    found = store_of(self.bucket).get(self.key)
                except FileNotFoundError:
                    if self.create(change(None)):
                        return
                    continue
                version: UpdateVersion = {"e_tag": found.meta["e_tag"]}
                if found.meta["version"]:
                    version["version"] = found.meta["version"]
                try:
                    store_of(self.bucket).put(self.key, change(bytes(found.bytes())), mode=version)
                except PreconditionError:
                    continue
                return
        raise StoreError(f"{self}: others change it all the time")

    def open(self, mode: str = "rb", **_: Any) -> io.BufferedReader:
        """Open the object for reading; only what is asked for is fetched.

        Raises:
            ValueError: Another mode is asked for.
        """
        if mode != "rb":
            raise ValueError(f"{self} can be opened for reading alone")
        return io.BufferedReader(ObjectReader(self, self.stat()), _BUFFER)

    def unlink(self, missing_ok: bool = False) -> None:
        """Delete the object; a store does not tell whether there was one."""
        with plain_errors(self):
            store_of(self.bucket).delete(self.key)


class ObjectReader(io.RawIOBase):
    """An object's bytes, range by range.

    Attributes:
        status: Of the object when it was opened.
    """

    def __init__(self, path: ObjectPath, status: ObjectStatus) -> None:
        self.status = status
        self._path = path
        self._position = 0

    def readable(self) -> bool:
        """Return that it is."""
        return True

    def seekable(self) -> bool:
        """Return that it is."""
        return True

    def tell(self) -> int:
        """Return the offset of the next byte."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to an offset."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.status.st_size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes into a buffer; return how many."""
        length = min(len(buffer), self.status.st_size - self._position)
        if length <= 0:
            return 0
        with plain_errors(self._path):
            found = store_of(self._path.bucket).get_range(self._path.key, start=self._position, length=length)
        buffer[:length] = memoryview(found)
        self._position += length
        return length
