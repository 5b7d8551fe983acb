"""What a killed run staged, taken up by the next one."""

from __future__ import annotations

from flows.building.fragments import FragmentFiles, find_fragments
from flows.planning.ledger import Known
from flows.planning.plan import Work
from flows.planning.prepare import Prepared
from transforms import RULES_VERSION


def resume(prepared: Prepared) -> tuple[list[FragmentFiles], list[Work]]:
    """Return what killed runs staged and this run would make again, and the files that are left to read."""
    left = {w.file.raw_path: w for w in prepared.plan.work}
    resumed = []
    for fragment in reversed(list(find_fragments(prepared.dataset.staging))):  # the last that has a file counts
        if fragment.recipe != prepared.settings.recipe or fragment.unreadable or prepared.options.rehash:
            continue
        carriers = set(fragment.carriers())
        taken = frozenset(
            path for path, known in fragment.known().items() if _is_as_wanted(known, left.get(path), path in carriers)
        )
        if taken:
            resumed.append(FragmentFiles(fragment, taken))
        for path in taken:
            del left[path]
    return resumed, list(left.values())


def _is_as_wanted(known: Known, work: Work | None, is_carrier: bool) -> bool:
    is_whole = is_carrier or (known.status == "rejected" and known.raw_sha256 and not known.is_fault)
    if not (work and is_whole):
        return False
    asked = (work.file.size, work.file.modified, RULES_VERSION, work.metadata_sha256)
    return asked == (known.size, known.modified, known.rules_version, known.metadata_sha256)
