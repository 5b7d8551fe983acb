"""Opening raw files: nothing under a raw name is waited for, and nothing but a file is read."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from io import BufferedReader

from flows.storage import ObjectPath, ObjectReader, ObjectStatus, Place

_KINDS = {
    stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}  # fmt: skip
# A pipe without a writer would be waited for; a terminal must not become ours.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_REASONS = {
    errno.ELOOP: "a link that leads in a circle",
    errno.ENOENT: "cannot be read: it is no longer there",
}


class NotAFile(OSError):
    """Something else than a file, such as a pipe, lies there; the message is a reason a person understands."""


def open_file(path: Place) -> BufferedReader:
    """Open a raw file; what is none, as it may have become since it was found, is not waited for.

    Raises:
        NotAFile: It is a pipe, a device, a socket or a folder.
        OSError: It cannot be read.
    """
    if isinstance(path, ObjectPath):
        return path.open()
    handle = os.open(path, _FLAGS)
    if problem := what_else(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotAFile(problem)
    return os.fdopen(handle, "rb")


def status_of(file: BufferedReader) -> os.stat_result | ObjectStatus:
    """Return size and time of an open file or object."""
    return file.raw.status if isinstance(file.raw, ObjectReader) else os.fstat(file.fileno())


def can_be_read(path: Place) -> bool:
    """Return whether a raw file can be opened."""
    try:
        open_file(path).close()
    except OSError:
        return False
    return True


def what_else(mode: int) -> str | None:
    """Return what something of a mode is if it is no file."""
    return None if stat.S_ISREG(mode) else f"{_KINDS.get(stat.S_IFMT(mode), 'something else')}, not a file"


def reason_of(error: OSError) -> str:
    """Return why a file cannot be read."""
    if isinstance(error, NotAFile):
        return str(error)
    return _REASONS.get(error.errno or 0, f"cannot be read: {error.strerror or error}")


def sha256_of(path: Place) -> str:
    """Return the SHA-256 of a file's bytes, in hex.

    Raises:
        OSError: It cannot be read.
    """
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
