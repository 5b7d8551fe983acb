"""Repair: what is damaged of the current version is made anew, from other versions, texts and raw files."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from flows.building.publish import in_this_process, publish, sweep
from flows.dataset import Dataset, DatasetDamaged, Version, hold_lock
from flows.dataset.forgotten import read_forgotten
from flows.dataset.links import mend_links
from flows.dataset.parquet import read_parquet
from flows.planning.ledger import Known, known_rows
from flows.planning.options import Options, OptionsError, choose_settings
from flows.planning.plan import Plan, Reason
from flows.planning.planner import Inputs, plan_backfill
from flows.planning.prepare import Prepared
from flows.planning.side_inputs import read_corrections, read_side_file
from flows.repairing.ledger import amend_ledger, other_ledger, restore_ledger
from flows.repairing.raw_files import RawFiles
from flows.repairing.salvage import by_partition, write_salvage
from flows.repairing.sources import Sources, find_sources
from flows.repairing.survey import Survey, survey_version
from flows.runs import Run
from transforms.correction_decisions import Corrections
from transforms.partitions import PartitionBy, folder_of
from transforms.schemas import ARTICLES, UNCORRECTED


@dataclass(frozen=True)
class Repaired:
    """What became of a damaged dataset; files are named by their path below a version, raw files by raw_path.

    Attributes:
        version: The version that is whole; None if nothing of the one before was damaged.
        links: What was done to links.
        damaged: What was damaged, and how.
        foreign: Files that are not of the dataset: the new version is without them.
        restored: Files that another version had whole, and its number.
        rebuilt: Partitions that were made anew, and how many articles each has now.
        texts: How many articles were made anew from their text in the table articles.
        read: How many raw files were read again.
        changed: Raw files that were read and are not as they were: the rows are those of today.
        older: Raw files that are gone, and the version whose text of their article was taken.
        carried: Raw files that are gone, and of which a copy was read.
        lost: Raw files that are gone and whose article is, too, with the reason.
        notes: What else the user should know.
    """

    version: int | None
    links: list[str] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    restored: dict[str, int] = field(default_factory=dict)
    rebuilt: dict[str, int] = field(default_factory=dict)
    texts: int = 0
    read: int = 0
    changed: list[str] = field(default_factory=list)
    older: dict[str, int] = field(default_factory=dict)
    carried: list[str] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def repair(
    options: Options, force: bool = False, wait_seconds: float = 0, say: Callable[[str], None] = lambda _: None
) -> Repaired:
    """Mend the links, and commit a version in which everything of the current one is whole again.

    A file that another version has whole is linked from there. The other tables of a partition whose table articles is
    whole are made anew from its texts; else its raw files are read again, and nothing else is.

    Args:
        options: Which dataset, and what it is made from, should that be told differently now.
        force: Go on without the articles that only a raw root could give which is not there.
        wait_seconds: How long to wait for another writer.
        say: Told what the user should know.

    Raises:
        OptionsError: There is no dataset; nothing tells any more what it was made from; or see `force`.
        DatasetDamaged: A newer newsframes made it, or the note of the last rollback cannot be read.
        DatasetBusy: Another run holds the dataset for longer than `wait_seconds`.
    """
    dataset = Dataset(options.processed)
    if not dataset.versions.is_dir() and not (dataset.root / "current").is_dir():
        raise OptionsError(f"no dataset in {dataset.root}")
    run = Run("repair")
    with hold_lock(dataset.root, run.run_id, wait_seconds, say), run.recorded(dataset.runs):
        links = mend_links(dataset, run.run_id)
        version = dataset.current()
        if version is None:
            raise OptionsError(f"no version is left in {dataset.root}: `newsframes ingest --raw FOLDER` makes one anew")
        dataset.discard_uncommitted()
        found = _Repair(dataset, version, options, run, say).mend(force)
        sweep(dataset, Options(keep_versions=len(dataset.all_versions())))
    return replace(found, links=links)


class _Repair:
    def __init__(
        self, dataset: Dataset, version: Version, options: Options, run: Run, say: Callable[[str], None]
    ) -> None:
        self._dataset, self._run, self._say = dataset, run, say
        self._survey = survey_version(dataset, version)
        self._options = _complete(options, self._survey)
        self._settings, notes = choose_settings(self._options, self._survey.settings)
        for note in notes:
            say(note)
        named = (self._settings.metadata, self._settings.corrections)
        self._raw_files = RawFiles(self._settings, [dataset.root, *(Path(p) for p in named if p)])
        self._forgotten = frozenset(read_forgotten(dataset.root))

    def mend(self, force: bool) -> Repaired:
        survey = self._survey
        ledger, notes = self._ledger()
        known = known_rows(ledger)
        sources = find_sources(self._dataset, survey, known, self._forgotten, self._raw_files)
        if not (survey.damaged or survey.foreign or sources.is_needed):
            return Repaired(None)
        if sources.lost and self._raw_files.problem and not force:
            raise OptionsError(
                f"{len(sources.lost)} articles can only be made from their raw files, and {self._raw_files.problem}: "
                "is its disk mounted? --raw names another folder; --force goes on without them"
            )
        self._publish(amend_ledger(ledger, sources), sources)
        return self._told(sources, notes)

    def _ledger(self) -> tuple[pa.Table, list[str]]:
        """Return the ledger, and what the user should know of it."""
        survey = self._survey
        if survey.ledger:
            return read_parquet(survey.ledger), []
        other, number = other_ledger(self._dataset, survey.version)
        told = f"that of version {number} and " if number else ""
        note = f"the ledger is made anew from {told}the table articles; the next ingest reads the files that it lacks"
        return restore_ledger(survey, other, self._raw_files, self._run.run_id), [note]

    def _publish(self, ledger: pa.Table, sources: Sources) -> None:
        survey, known = self._survey, known_rows(ledger)
        is_correcting = sources.is_needed or survey.ledger is None
        corrections = read_corrections(self._settings) if is_correcting else None
        inputs = Inputs(
            self._raw_files.tree,
            known,
            read_side_file(self._settings.metadata) if sources.read else None,
            corrections,
            self._forgotten,
            path_templates=self._settings.path_templates,
        )
        plan = plan_backfill(inputs, dict.fromkeys(sources.read, Reason.DAMAGED))
        plan.damaged = survey.broken.union(by_partition(sources.texts, self._settings.partition_by))
        plan.lost = sources.lost
        plan.unreachable += sources.carried
        plan.corrected = self._corrected(plan, sources, known, corrections)
        version = write_salvage(self._dataset, survey, ledger, sources.texts, self._settings, self._run.run_id)
        prepared = Prepared(
            self._dataset, version, self._settings, self._options, known, corrections, self._forgotten, plan
        )
        with in_this_process() as each:
            publish(prepared, self._run, each, self._say)
        if self._run.version is None:
            raise DatasetDamaged("none of the raw files could be read; nothing was changed")

    def _corrected(
        self, plan: Plan, sources: Sources, known: dict[str, Known], corrections: Corrections | None
    ) -> list[str]:
        """Return the files whose article has rows as the rules found them, or of whose corrections nothing is known."""
        is_unknown = self._survey.ledger is None
        paths = known.keys() if is_unknown else sources.from_texts
        before = set(self._once_corrected()) if is_unknown else set()
        lines = corrections.lines.keys() if corrections else set()
        made = {w.file.raw_path for w in plan.work} | sources.lost.keys() | set(sources.carried)
        return sorted(
            path
            for path in paths - made
            if (k := known[path]).status == "ingested"
            and (k.article_id in lines or k.article_id in before or k.corrections_sha256)
        )

    def _once_corrected(self) -> Collection[str]:
        files = (place for path, (place, _) in self._survey.whole.items() if path.startswith(f"{UNCORRECTED.name}/"))
        return [i for file in files for i in read_parquet(file, ["article_id"])["article_id"].to_pylist()]

    def _told(self, sources: Sources, notes: list[str]) -> Repaired:
        survey, version = self._survey, self._dataset.current()
        assert version is not None
        return Repaired(
            version=version.number,
            damaged=survey.damaged,
            foreign=list(survey.foreign),
            restored=survey.restored,
            rebuilt={f: _articles_in(version, f) for f in map(folder_of, sorted(survey.broken))},
            texts=len(sources.from_texts) - len(sources.older),
            read=self._run.counts["read"],
            changed=sorted(sources.changed),
            older=sources.older,
            carried=sorted(sources.carried),
            lost=sources.lost,
            notes=notes,
        )


def _articles_in(version: Version, folder: str) -> int:
    return sum(version.manifest.files[p].rows for p in version.manifest.paths(f"{ARTICLES.name}/{folder}"))


def _complete(options: Options, survey: Survey) -> Options:
    """Return the options with what a lost manifest can no longer tell.

    Raises:
        OptionsError: The raw root is not told either.
    """
    if survey.settings:
        return options
    if options.raw is None:
        raise OptionsError(
            "no manifest is left that tells what this dataset was made from: name it with --raw (and --metadata and "
            "--corrections, if it had them)"
        )
    depths: dict[int, PartitionBy] = {1: "year", 2: "month", 3: "day"}
    return replace(options, partition_by=next((depths[len(partition)] for partition in survey.broken), None))
