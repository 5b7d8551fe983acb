"""Repair: what is damaged of the current version is made anew, from other versions, texts and raw files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from flows.building.publish import in_this_process, publish, sweep
from flows.dataset import Dataset, Version, hold_lock
from flows.dataset.aside import delete_copies
from flows.dataset.forgotten import read_forgotten
from flows.dataset.links import mend_links
from flows.dataset.parquet import read_parquet
from flows.planning.comparison import Inputs
from flows.planning.ledger import LEDGER_FILE, Ledger, read_ledger
from flows.planning.options import NoDataset, Options, OptionsError, choose_settings
from flows.planning.plan import Needs
from flows.planning.planner import plan_repair
from flows.planning.prepare import Prepared, not_raw, refuse_own_folders
from flows.planning.side_inputs import read_corrections, read_side_file
from flows.repairing.ledger import amend_ledger, other_ledger, restore_ledger
from flows.repairing.losses import describe_undone, note_outcome, refuse_losses
from flows.repairing.raw_files import RawFiles
from flows.repairing.report import Repaired
from flows.repairing.salvage import write_salvage
from flows.repairing.sources import Sources, find_sources
from flows.repairing.survey import Survey, survey_version
from flows.runs import Run
from flows.storage import ObjectPath, place_of
from transforms.correction_decisions import Corrections
from transforms.partitions import PartitionBy, folder_of
from transforms.schemas import ARTICLES, FILES, UNCORRECTED

__all__ = ["Repaired", "repair"]


def repair(
    options: Options, force: bool = False, wait_seconds: float = 0, say: Callable[[str], None] = lambda _: None
) -> Repaired:
    """Mend the links, and commit a version in which everything of the current one is whole again.

    A file that another version has whole is linked from there. The other tables of a partition whose table articles is
    whole are made anew from its texts; else its raw files are read again, and nothing else is.

    Args:
        options: Which dataset, and what it is made from, should that be told differently now.
        force: Go on without the articles that only raw files could give, though the raw root may not be mounted.
        wait_seconds: How long to wait for another writer.
        say: Told what the user should know.

    Raises:
        OptionsError: There is no dataset; nothing tells any more what it was made from; or see `force`.
        DatasetDamaged: A newer newsframes made it, or the note of the last rollback cannot be read.
        DatasetBusy: Another run holds the dataset for longer than `wait_seconds`.
    """
    if isinstance(options.processed, ObjectPath):
        raise OptionsError(
            f"{options.processed} is in an object store, where a repair has nothing to link from: `newsframes check` "
            "names what is damaged, `newsframes rollback` goes back to a version that is whole"
        )
    dataset = Dataset(options.processed)
    if not dataset.versions.is_dir() and not (dataset.root / "current").is_dir():
        raise NoDataset(dataset.root)
    run = Run("repair")
    with hold_lock(dataset.root, run.run_id, wait_seconds, say), run.recorded(dataset.runs):
        links = mend_links(dataset, run.run_id)
        copies = delete_copies(dataset.root, read_forgotten(dataset.root))
        links += [f"{path}, which held a forgotten article, is deleted" for path in copies]
        version = dataset.current() if dataset.all_versions() else None
        if version is None:
            raise OptionsError(_without_version(dataset))
        dataset.discard_uncommitted()
        found = _Repair(dataset, version, options, run, say).mend(force)
        sweep(dataset, Options(keep_versions=len(dataset.all_versions())))
    return replace(found, links=links)


def _without_version(dataset: Dataset) -> str:
    blocked = dataset.blocked_links()
    first = f"move {', '.join(blocked)} elsewhere, and " if blocked else ""
    return f"no version is left in {dataset.root}: {first}`newsframes ingest --raw FOLDER` makes one anew"


class _Repair:
    def __init__(
        self, dataset: Dataset, version: Version, options: Options, run: Run, say: Callable[[str], None]
    ) -> None:
        self._dataset, self._run, self._say = dataset, run, say
        self._survey = survey_version(dataset, version)
        self._options = _complete(options, self._survey)
        self._settings, self._other_settings = choose_settings(self._options, self._survey.settings)
        refuse_own_folders(place_of(self._settings.raw), dataset.root)
        self._raw_files = RawFiles(self._settings, not_raw(self._settings, dataset.root))
        self._forgotten = frozenset(read_forgotten(dataset.root))

    def mend(self, force: bool) -> Repaired:
        survey = self._survey
        rows, notes = self._ledger()
        ledger = Ledger({LEDGER_FILE: rows})
        sources = find_sources(survey, ledger, self._forgotten, self._raw_files)
        if not (survey.damaged or survey.foreign or sources.is_needed):
            return Repaired(None)
        if not force:
            refuse_losses(sources, ledger, self._raw_files)
        for note in self._other_settings:
            self._say(note)
        has_moved = survey.settings is not None and survey.settings.raw != self._settings.raw
        rows, unsure = amend_ledger(rows, sources, has_moved)
        version = self._publish(rows, unsure, sources)
        note_outcome(sources, ledger, read_ledger(version), self._run.run_id)
        return self._told(version, sources, [*notes, *describe_undone(sources, survey)])

    def _ledger(self) -> tuple[pa.Table, list[str]]:
        """Return the ledger, and what the user should know of it."""
        survey = self._survey
        if survey.is_ledger_whole:
            return pa.concat_tables(Ledger(survey.ledger).tables(FILES.schema.names)), []
        other, donor = other_ledger(survey)
        told = f"that of version {donor.number} and " if donor else ""
        notes = [
            f"the ledger is made anew from {told}the table articles; the next ingest reads the files that it lacks"
        ]
        if self._forgotten:
            notes.append(
                "the ledger may no longer tell which files were kept out as revisions of forgotten articles: what the "
                "next ingest reads of them comes into the tables, and has to be forgotten again"
            )
        return restore_ledger(survey, other, donor, self._raw_files, self._run.run_id), notes

    def _publish(self, rows: pa.Table, unsure: Collection[str], sources: Sources) -> Version:
        survey, ledger, settings = self._survey, Ledger({LEDGER_FILE: rows}), self._settings
        is_correcting = sources.is_needed or not survey.is_ledger_whole
        corrections = read_corrections(settings) if is_correcting else None
        side_file = read_side_file(settings.metadata) if sources.read else None
        inputs = Inputs(
            self._raw_files.tree,
            ledger,
            side_file,
            corrections,
            self._forgotten,
            path_templates=settings.path_templates,
        )
        homes = sources.homes(settings.partition_by)
        needs = Needs(
            read=[found.file for found in sources.read.values()],
            damaged=survey.broken_partitions.union(homes),
            lost=sources.lost,
            carried=sources.carried,
            corrected=self._corrected(sources, ledger, corrections),
            unsure=unsure,
        )
        plan = plan_repair(inputs, needs)
        version = write_salvage(self._dataset, survey, rows, homes, settings, self._run.run_id)
        prepared = Prepared(
            self._dataset, version, settings, self._options, read_ledger(version), corrections, self._forgotten, plan
        )
        with in_this_process() as each:
            publish(prepared, self._run, each, self._say)
        made = self._dataset.current()
        assert made is not None
        return made

    def _corrected(self, sources: Sources, ledger: Ledger, corrections: Corrections | None) -> list[str]:
        """Return the files whose article has rows as the rules found them, or of whose corrections nothing is known."""
        is_unknown = not self._survey.is_ledger_whole
        lines = corrections.lines.keys() if corrections else set()
        wanted = pa.array(sorted(lines | set(self._once_corrected() if is_unknown else ())), pa.string())
        found = []
        for rows in ledger.tables() if is_unknown else [ledger.files(sources.from_texts)]:
            is_meant = pc.or_(pc.is_in(rows["article_id"], wanted), pc.is_valid(rows["corrections_sha256"]))
            is_meant = pc.and_(is_meant, pc.equal(rows["status"], "ingested"))
            found += rows["raw_path"].filter(is_meant).to_pylist()
        return found

    def _once_corrected(self) -> Iterator[str]:
        for file in self._survey.whole_files(UNCORRECTED):
            yield from read_parquet(file, ["article_id"])["article_id"].to_pylist()

    def _told(self, version: Version, sources: Sources, notes: list[str]) -> Repaired:
        survey = self._survey
        return Repaired(
            version=version.number,
            damaged=survey.damaged,
            foreign=list(survey.foreign),
            restored=survey.restored,
            rebuilt={f: _articles_in(version, f) for f in map(folder_of, sorted(survey.broken_partitions))},
            texts=len(sources.from_texts) - len(sources.older),
            read=self._run.counts["read"],
            changed=sorted(sources.changed - sources.from_texts - sources.lost.keys() - set(sources.carried)),
            older=sources.older,
            carried=sorted(sources.carried),
            lost=sources.lost,
            notes=notes,
        )


def _articles_in(version: Version, folder: str) -> int:
    return sum(version.manifest.files[p].rows for p in version.manifest.paths(f"{ARTICLES.name}/{folder}"))


def _complete(options: Options, survey: Survey) -> Options:
    """Return the options, with the partitioning, which the files tell, if no manifest tells of settings any more.

    Raises:
        OptionsError: Nor do the options tell the raw root.
    """
    if survey.settings:
        return options
    if options.raw is None:
        raise OptionsError(
            "no manifest is left that tells what the current version was made from: name it with --raw (and "
            "--metadata, --corrections, --include, --path-template and --max-article-mb, if it had them)"
        )
    depths: dict[int, PartitionBy] = {1: "year", 2: "month", 3: "day"}
    return replace(options, partition_by=next((depths[len(partition)] for partition in survey.partitions), None))
