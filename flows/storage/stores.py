"""Connections to object stores: one a process and bucket, with the credentials that everybody's tools use."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem
    from obstore.store import ObjectStore, RetryConfig

Scheme = Literal["s3", "gs", "az"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
"""Of the stores that can put an object only if it is absent, which a commit needs."""
_RETRIES: RetryConfig = {"max_retries": 8, "retry_timeout": datetime.timedelta(seconds=60)}
"""What a store cannot do at once is tried again, but no run waits for one that is gone."""
_TOLD = 300
"""So much of a store's message is told."""


class StoreError(OSError):
    """An object store does not do what it is asked; the message says which, and what it answers."""


class MissingStoreLibrary(RuntimeError):
    """The library for object stores is not installed."""


def scheme(url: str) -> Scheme:
    """Return the scheme of a store's URL.

    Raises:
        ValueError: It is not one of `SCHEMES`.
    """
    named = url.partition("://")[0].lower()
    for known in SCHEMES:
        if known == named:
            return known
    raise ValueError(f"{url}: no such kind of store; there are {', '.join(SCHEMES)}")


@cache
def store_of(bucket: str) -> ObjectStore:
    """Return the store of a bucket's URL, such as s3://news.

    Credentials, region and endpoint come from where the provider's own tools look for them (for S3: environment,
    profile, the role of the machine); nothing else takes them, and they are in no message and no pickle.

    Raises:
        MissingStoreLibrary: obstore is not there.
    """
    try:
        from obstore.store import from_url
    except ImportError as error:
        raise MissingStoreLibrary(f"{bucket} needs pip install 'newsframes[cloud]'") from error
    return from_url(bucket, retry_config=_RETRIES, **_options(bucket))


@cache
def file_system(scheme: Scheme) -> AbstractFileSystem:
    """Return the file system of all buckets of a scheme, for libraries that open files themselves."""
    from obstore.fsspec import FsspecStore

    return FsspecStore(scheme, retry_config=_RETRIES, **_options(f"{scheme}://"))


def _options(bucket: str) -> dict[str, Any]:
    """Return what a store cannot find by itself."""
    return _s3_options() if bucket.startswith("s3://") else {}


def _s3_options() -> dict[str, Any]:
    """Return region, endpoint and credentials as boto3 finds them; without it, the environment alone counts."""
    try:
        import boto3
        from obstore.auth.boto3 import Boto3CredentialProvider
    except ImportError:
        return _with_endpoint({}, os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"))
    session = boto3.Session()
    region = session.region_name or "us-east-1"
    options: dict[str, Any] = {"config": {"region": region}}
    if session.get_credentials() is not None:
        options["credential_provider"] = Boto3CredentialProvider(session)
    endpoint = session.client("s3", region_name=region).meta.endpoint_url
    return _with_endpoint(options, None if endpoint.endswith(".amazonaws.com") else endpoint)


def _with_endpoint(options: dict[str, Any], endpoint: str | None) -> dict[str, Any]:
    """Return options with an endpoint that is not the provider's own; http is for stores in the same rack."""
    if endpoint is None:
        return options
    config = {**options.get("config", {}), "endpoint": endpoint}
    return {**options, "config": config, "client_options": {"allow_http": endpoint.startswith("http://")}}


@contextmanager
def plain_errors(place: object) -> Iterator[None]:
    """Turn a store's errors into those that a file system has.

    Raises:
        FileNotFoundError: There is no such object, or bucket.
        PermissionError: The credentials do not allow it.
        StoreError: Anything else.
    """
    from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

    try:
        yield
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{place} is not there") from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise PermissionError(f"{place}: access denied") from error
    except BaseError as error:
        told = " ".join(str(error).split("\n\n")[0].split())[:_TOLD]
        raise StoreError(f"{place}: {told}") from error
