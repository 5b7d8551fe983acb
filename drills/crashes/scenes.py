"""What is disturbed: a commit, a rollback, a forgetting, each on a small dataset of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from drills.crashes.forks import call
from drills.datasets import bring, bring_sparingly, write_article
from drills.judging import Contents, broken_invariants, contents, leftovers, number, wrong_at_end, wrong_now
from flows.dataset import Dataset
from flows.dataset.forgotten import read_forgotten
from flows.dataset.rollback import what_holds
from flows.forget import forget
from flows.planning.ledger import read_ledger
from flows.rollback import resume, roll_back

_HOURS_AGO = 10_000


@dataclass(frozen=True)
class Scene:
    """One thing that a dataset's writer does, and what it must come to however it is disturbed.

    Attributes:
        name: What it is called.
        before: The processed root before; it may not be there.
        after: Number of the version that is current after it.
        raw: The raw root.
        act: Does it to a processed root.
        is_done: Tells whether a processed root shows that it was done, or is noted so that the next run finishes it.
        ends: What the dataset may hold after a plain run: one of these contents.
    """

    name: str
    before: Path
    after: int
    raw: Path
    act: Callable[[Path], object]
    is_done: Callable[[Path], bool]
    ends: dict[str, Contents] = field(default_factory=dict)

    def copy_to(self, processed: Path) -> Path:
        """Copy the dataset as it is before, hard links and times included; return where it is."""
        if self.before.exists():
            subprocess.run(["cp", "-a", self.before, processed], check=True)
        return processed

    def run_plainly(self, processed: Path) -> None:
        """Run what a schedule runs next; a dataset that is held is let go on first."""
        if processed.is_dir() and what_holds(processed):
            resume(processed)
        bring_sparingly(self.raw, processed)

    def judge(self, processed: Path) -> list[str]:
        """Return what is wrong with a disturbed dataset, now and after a plain run; and again after the act itself."""
        problems = list(self.wrong_now(processed))
        if problems:
            return problems
        is_done = self.is_done(processed)
        self.run_plainly(processed)
        problems += wrong_at_end(processed, [self.ends["after"]] if is_done else list(self.ends.values()))
        if contents(processed) != self.ends["after"]:
            self.act(processed)
            self.run_plainly(processed)
            problems += wrong_at_end(processed, [self.ends["after"]])
        return problems

    def wrong_now(self, processed: Path) -> Iterator[str]:
        """Yield what is wrong with a dataset as it was found."""
        return wrong_now(processed, number(self.before), self.after)


def make_scenes(root: Path) -> dict[str, Scene]:
    """Return the scenes by name, made below an empty folder."""
    base, raw = root / "base", root / "raw"
    call(partial(_make_base, raw, base))
    ingest = partial(bring_sparingly, raw)
    scenes = (
        Scene("first commit", root / "nothing", 1, raw, ingest, lambda p: number(p) == 1),
        Scene("next commit", base, 4, raw, ingest, lambda p: number(p) == 4),
        Scene("rollback", base, 2, raw, _roll_back, lambda p: number(p) == 2),
        Scene("forget", base, 4, raw, _forget_one, lambda p: bool(read_forgotten(p))),
    )
    for scene in scenes:
        for end, is_acted in (("before", False), ("after", True)):
            scene.ends[end] = call(partial(_undisturbed, scene, root, is_acted))
    return {scene.name: scene for scene in scenes}


def _make_base(raw: Path, processed: Path) -> None:
    """Make three versions, the first of them due to be swept, and change the raw files after the last."""
    for n in range(6):
        write_article(raw, n, month=n % 2 + 1)
    bring(raw, processed)
    for n in (6, 7):
        write_article(raw, n, month=2)
        bring(raw, processed)
    for version in Dataset(processed).all_versions()[:1]:
        left_at = version.left_at - _HOURS_AGO
        os.utime(version.folder, (left_at, left_at))
    write_article(raw, 8, month=2)
    write_article(raw, 6, month=2, words=50)  # changed
    write_article(raw, 7, month=2).unlink()  # gone


def _undisturbed(scene: Scene, root: Path, is_acted: bool) -> Contents:
    processed = scene.copy_to(root / "undisturbed")
    try:
        if is_acted:
            scene.act(processed)
            assert number(processed) == scene.after
        scene.run_plainly(processed)
        assert not leftovers(processed)
        assert not broken_invariants(processed)
        return contents(processed)
    finally:
        shutil.rmtree(processed)


def _roll_back(processed: Path) -> None:
    roll_back(processed, 2)


def _forget_one(processed: Path) -> None:
    """Forget the article of the first file; it stays forgotten in every later run."""
    known = read_ledger(Dataset(processed).current()).known()
    forget(processed, [next(i for _, k in sorted(known.items()) if (i := k.article_id))])
