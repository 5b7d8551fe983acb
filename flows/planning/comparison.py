"""What a file is now against what the ledger tells of it: whether, and why, it is read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.planning.ledger import Known, Ledger
from flows.planning.plan import Reason, digest_metadata
from flows.raw.limits import was_too_large
from flows.raw.opening import can_be_read, sha256_of
from flows.raw.tree import RawFile, RawTree
from flows.storage import Place
from transforms import RULES_VERSION
from transforms.correction_decisions import Corrections
from transforms.metadata import PATH_TEMPLATES, Metadata, SideFile


@dataclass(frozen=True)
class Inputs:
    """What a plan is made from.

    Attributes:
        tree: The raw tree.
        ledger: The ledger.
        side_file: The side file, or None.
        corrections: The corrections file, or None.
        forgotten: Articles to keep out.
        is_rehashing: Trust neither size nor time of a known file, but its hash.
        settle_seconds: Leave files alone that were modified less than this long ago.
        prune: Whether the rows of removed files go.
        path_templates: How paths tell outlet and date.
    """

    tree: RawTree
    ledger: Ledger
    side_file: SideFile | None = None
    corrections: Corrections | None = None
    forgotten: frozenset[str] = frozenset()
    is_rehashing: bool = False
    settle_seconds: float = 0
    prune: bool = False
    path_templates: Sequence[str] = PATH_TEMPLATES


class Comparison:
    """Files against the ledger, for one plan.

    Attributes:
        touched: Files of which size or time are others, and the bytes are not.
    """

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._sha256s: dict[Place, str] = {}
        self.touched: list[RawFile] = []

    def metadata(self, raw_path: str) -> tuple[Metadata | None, str | None]:
        """Return what the side file says of a raw file, and the digest of what is applied to it."""
        side_file = self._inputs.side_file
        metadata = side_file.lookup(raw_path) if side_file else None
        return metadata, digest_metadata(metadata, self._inputs.path_templates)

    def sha256_of(self, file: RawFile) -> str:
        """Return the hash of a file on disk; an archive is read once a plan."""
        if not file.is_container:
            return sha256_of(file.path)
        if file.path not in self._sha256s:
            self._sha256s[file.path] = sha256_of(file.path)
        return self._sha256s[file.path]

    def is_changed(self, file: RawFile, known: Known) -> bool:
        """Return whether a known file's bytes differ: its hash decides where size or time do not settle it."""
        if file.problem:
            return known.reason != file.problem
        is_same = (known.size, known.modified) == (file.size, file.modified)
        if known.raw_sha256 is None:  # it could not be read the last time
            return not is_same or (file.is_container and can_be_read(file.path))
        if is_same and not self._inputs.is_rehashing:
            return False
        try:
            is_changed = self.sha256_of(file) != known.raw_sha256
        except OSError:
            return True  # reading it again will say what is wrong
        if not is_changed and not is_same:
            self.touched.append(file)
        return is_changed

    def why_again(self, known: Known, file: RawFile | None) -> Reason | None:
        """Return why a known file is read again although its bytes are as before.

        Args:
            known: What is known of it.
            file: The file; None for a member of an archive.
        """
        if known.status == "rejected" and self._is_worth_another_try(known, file):
            return Reason.REJECTED
        if known.status in ("container", "removed") or (file and file.is_container):
            return None
        _, digest = self.metadata(known.raw_path)
        return None if digest == known.metadata_sha256 else Reason.METADATA

    def _is_worth_another_try(self, known: Known, file: RawFile | None) -> bool:
        """Return whether a rejected file, whose bytes are as before, may be accepted now."""
        if known.rules_version < RULES_VERSION:
            return True
        if known.is_forgotten:
            return known.previous_article_id not in self._inputs.forgotten
        if known.is_fault:
            return True
        if was_too_large(known.reason):
            return known.reason != self._inputs.tree.limit.reason
        if file is None or file.problem or known.raw_sha256:
            return False
        return can_be_read(file.path)  # it could not be read the last time
