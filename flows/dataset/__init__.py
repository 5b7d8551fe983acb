"""The dataset on disk or in an object store: the only writer of data/processed."""

from typing import TypeAlias

from flows.dataset.lock import DatasetBusy, hold_lock
from flows.dataset.manifest import DatasetDamaged, FileEntry, Manifest, Recipe, Settings
from flows.dataset.object_dataset import ObjectDataset, VersionTaken
from flows.dataset.rollback import DatasetHeld
from flows.dataset.version import Version
from flows.dataset.versions import Dataset, UnknownVersion
from flows.storage import ObjectPath, Place

AnyDataset: TypeAlias = Dataset | ObjectDataset


def dataset_in(root: Place) -> AnyDataset:
    """Return the dataset in a processed root."""
    return ObjectDataset(root) if isinstance(root, ObjectPath) else Dataset(root)


__all__ = [
    "AnyDataset",
    "Dataset",
    "DatasetBusy",
    "DatasetDamaged",
    "DatasetHeld",
    "FileEntry",
    "Manifest",
    "ObjectDataset",
    "Recipe",
    "Settings",
    "UnknownVersion",
    "Version",
    "VersionTaken",
    "dataset_in",
    "hold_lock",
]
