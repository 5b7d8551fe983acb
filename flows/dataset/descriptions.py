"""What describes a version to others: files beside its manifest, made from that alone.

They are no part of what the manifest vouches for: a version without them, made by older code, is whole.
"""

from __future__ import annotations

from pathlib import Path

from flows.dataset.durable import json_bytes, new_file
from flows.dataset.manifest import Manifest
from transforms.card import card
from transforms.data_package import Contents, data_package
from transforms.dictionary import data_dictionary
from transforms.schemas import TABLES

DESCRIPTIONS = ("README.md", "data_dictionary.md", "datapackage.json")
"""Their names, in a version's folder and, as links, in the processed root."""


def describe(manifest: Manifest) -> dict[str, bytes]:
    """Return the files that describe a version, by name; the same manifest makes the same bytes."""
    contents = _contents(manifest)
    return {
        "README.md": card(contents).encode(),
        "data_dictionary.md": data_dictionary().encode(),
        "datapackage.json": json_bytes(data_package(contents)),
    }


def write_descriptions(manifest: Manifest, folder: Path) -> None:
    """Write the files that describe a version into its folder."""
    for name, content in describe(manifest).items():
        with new_file(folder / name) as file:
            file.write(content)


def _contents(manifest: Manifest) -> Contents:
    names = [table.name for table in TABLES]
    rows, files = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    spans: set[tuple[str | None, str | None]] = set()
    for path, entry in manifest.files.items():
        name = path.partition("/")[0]
        if name in rows:
            rows[name] += entry.rows
            files[name] += 1
            spans.add((entry.first_date, entry.last_date))
    return Contents(
        version=manifest.version,
        schema_version=manifest.schema_version,
        rules_version=manifest.rules_version,
        partition_by=manifest.settings.partition_by,
        rows=rows,
        files=files,
        first_date=min((first for first, _ in spans if first), default=None),
        last_date=max((last for _, last in spans if last), default=None),
    )
