"""Types of flow parameters: what a person enters in Prefect's UI, or a deployment names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

Location = Annotated[str | Path, BeforeValidator(str), WithJsonSchema({"type": "string", "format": "path"})]
"""A path, or the URL of an object store, such as s3://bucket/raw: as text, for a path has no place for its //."""
