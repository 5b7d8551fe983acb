"""An S3 server of the tests' own: a real HTTP endpoint on this machine, and buckets in it."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from flows.storage import ObjectPath
from flows.storage.stores import file_system, store_of

SECRET = "the-secret-that-nobody-logs"
_numbers = itertools.count(1)


@contextmanager
def s3_server() -> Iterator[str]:
    """Run a server until the end of the block; this process, and those that it starts, use it."""
    server = pytest.importorskip("moto.server", reason="moto is not installed").ThreadedMotoServer(
        "127.0.0.1", 0, False
    )
    server.start()
    _serve_one_at_a_time(server._server)
    host, port = server.get_host_and_port()
    before = dict(os.environ)
    os.environ.update(
        AWS_ENDPOINT_URL=f"http://{host}:{port}",
        AWS_ACCESS_KEY_ID="tests",
        AWS_SECRET_ACCESS_KEY=SECRET,
        AWS_DEFAULT_REGION="eu-central-1",
        AWS_EC2_METADATA_DISABLED="true",
        NO_PROXY="127.0.0.1,localhost",
    )
    _forget_connections()
    try:
        yield os.environ["AWS_ENDPOINT_URL"]
    finally:
        os.environ.clear()
        os.environ.update(before)
        _forget_connections()
        server.stop()


def _serve_one_at_a_time(server: Any) -> None:
    """Let a server answer one request after the other: moto looks what is there, and puts an object, in two steps."""
    app, lock = server.app, threading.Lock()

    def serve(*request: Any) -> Any:
        with lock:
            return app(*request)

    server.app = serve


def _forget_connections() -> None:
    store_of.cache_clear()
    file_system.cache_clear()


def new_bucket() -> ObjectPath:
    """Return a new, empty bucket."""
    import boto3

    name = f"news-{next(_numbers)}"
    boto3.client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": os.environ["AWS_DEFAULT_REGION"]}
    )
    return ObjectPath(f"s3://{name}")
