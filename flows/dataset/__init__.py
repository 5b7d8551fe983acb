"""The dataset on disk: the only writer of data/processed."""

from flows.dataset.lock import DatasetBusy, hold_lock
from flows.dataset.manifest import DatasetDamaged, FileEntry, Manifest, Recipe, Settings
from flows.dataset.rollback import DatasetHeld
from flows.dataset.version import Version
from flows.dataset.versions import Dataset, UnknownVersion

__all__ = [
    "Dataset",
    "DatasetBusy",
    "DatasetDamaged",
    "DatasetHeld",
    "FileEntry",
    "Manifest",
    "Recipe",
    "Settings",
    "UnknownVersion",
    "Version",
    "hold_lock",
]
