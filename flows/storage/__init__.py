"""Where files lie: in folders, or in an object store such as S3."""

from flows.storage.object_path import ObjectPath, ObjectReader, ObjectStatus
from flows.storage.places import (
    Place,
    absolute_name,
    all_files,
    delete_if_empty,
    delete_objects,
    delete_tree,
    folders_in,
    place_of,
    real_name,
    scheme_of,
    write_through,
)

__all__ = [
    "ObjectPath",
    "ObjectReader",
    "ObjectStatus",
    "Place",
    "absolute_name",
    "all_files",
    "delete_if_empty",
    "delete_objects",
    "delete_tree",
    "folders_in",
    "place_of",
    "real_name",
    "scheme_of",
    "write_through",
]
