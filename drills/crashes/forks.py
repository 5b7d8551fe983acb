"""Children of this process, which has imported all that a run needs: a run in one takes a fraction of a second."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

CALLS = (
    "openat", "write", "fsync", "syncfs", "rename", "link", "symlink", "unlink", "unlinkat", "mkdir", "rmdir",
    "ftruncate", "utimensat", "pwrite64", "writev", "fdatasync", "renameat", "renameat2", "linkat", "symlinkat",
    "mkdirat",
)  # fmt: skip
"""Every system call by which a run writes to a disk that has hard links, and the one that opens files and folders."""

FAILED, UNEXPECTED = 3, 4
"""Exit codes of a child whose function raised an OSError or one of our own errors; and any other."""


def warm_up() -> None:
    """Import what children need, and read what the text rules read once. No thread may be started by it."""
    import flows.building.merging
    import flows.building.transformation
    import flows.reports.check  # noqa: F401
    from transforms.articles import RawArticle
    from transforms.tables import build_tables

    build_tables([RawArticle("a.txt", "“It rained,” said Ola Brandt.".encode())])


def call(function: Callable[[], T]) -> T:
    """Return what a function returns in a child.

    Raises:
        RuntimeError: The child did not end well; the message has its traceback.
    """
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        with os.fdopen(write, "wb") as pipe:
            try:
                pipe.write(pickle.dumps((True, function())))
            except BaseException:
                pipe.write(pickle.dumps((False, traceback.format_exc())))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    result: tuple[bool, Any] = pickle.loads(told) if told else (False, "the child died")
    if not result[0]:
        raise RuntimeError(result[1])
    value: T = result[1]
    return value


def run_traced(function: Callable[[], object], log: Path, *options: str, errors: Path | None = None) -> int:
    """Run a function in a child under strace and return its wait status, as `os.waitstatus_to_exitcode` gives it.

    Args:
        function: What the child does; it ends with `FAILED` or `UNEXPECTED` if that raises.
        log: Where the calls of `CALLS` go, one a line, with the paths of file descriptors.
        options: More of strace's.
        errors: Where the traceback of what is unexpected goes.
    """
    pid = os.fork()
    if pid == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(_exit_code(function, errors))
    os.waitpid(pid, os.WUNTRACED)
    command = ["strace", "-f", "-qq", "-y", "-e", f"trace={','.join(CALLS)}", "-o", str(log), "-p", str(pid), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
            if tracer.poll() is not None:
                os.kill(pid, signal.SIGKILL)
                raise RuntimeError(f"strace: {tracer.stderr.read() if tracer.stderr else ''}")
            time.sleep(0.002)
        os.kill(pid, signal.SIGCONT)
        _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _exit_code(function: Callable[[], object], errors: Path | None) -> int:
    try:
        function()
    except BaseException as error:
        if isinstance(error, OSError) or type(error).__module__.startswith("flows."):
            return FAILED
        if errors:
            errors.write_text(traceback.format_exc(), "utf-8")
        return UNEXPECTED
    return 0
