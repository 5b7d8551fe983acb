"""The damages that are done to a dataset, and what a repair is expected to make of each."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.planning.ledger import LEDGER_FILE
from transforms.schemas import PARTITIONED, TABLES

Damage = Callable[[Path], object]
"""Damages the dataset in a folder."""
JANUARY, FEBRUARY, MARCH = (f"year=2025/month={month}" for month in (1, 2, 3))
"""The last version took January over from the one before, and wrote March."""


OLD, NEW = "herald/2025/03/06/story-5.txt", "herald/2025/03/28/story-55.txt"
PLAIN = "herald/2025/03/09/story-8.txt"
COPIED, COPY = "herald/2025/03/25/story-52.txt", "syndication/2025/03/25/story-52.txt"
NEW_FILES = 16
"""Raw files of March that the last version read first, the copy among them."""


@dataclass(frozen=True)
class Case:
    """One damage.

    Attributes:
        kind: What it counts as.
        name: What exactly is done.
        damage: Does it.
        named: What `check` has to name: a path, a table or a word of its message.
        becomes: What a repair makes: the same bytes; the same after the next ingest; a dataset that is whole, without
            `lost`; or nothing, as it is refused.
        options: Of the repair.
        lost: How many articles are expected to be named as lost.
        raw: Does something to the raw root, and undoes it.
    """

    kind: str
    name: str
    damage: Damage
    named: str
    becomes: str = "same bytes"
    options: dict[str, Any] = field(default_factory=dict)
    lost: int = 0
    raw: Callable[[Path], AbstractContextManager[object]] = nullcontext


def in_current(path: str, damage: Damage) -> Damage:
    """Return a damage to one file of the current version."""
    return lambda root: damage((root / "current").resolve() / path)


def at(name: str, damage: Damage) -> Damage:
    """Return a damage to what has a name in the processed root."""
    return lambda root: damage(root / name)


def every(*damages: Damage) -> Damage:
    """Return several damages as one."""
    return lambda root: [damage(root) for damage in damages]


def cut(file: Path, size: int) -> None:
    """Shorten a file in place: whoever links it has it short."""
    with file.open("r+b") as handle:
        handle.truncate(size if size >= 0 else file.stat().st_size + size)


def flip(file: Path, seed: int) -> None:
    """Flip one bit of a file in place."""
    chooser = random.Random(seed)
    with file.open("r+b") as handle:
        place = chooser.randrange(file.stat().st_size)
        handle.seek(place)
        byte = handle.read(1)[0] ^ 1 << chooser.randrange(8)
        handle.seek(place)
        handle.write(bytes([byte]))


def replace(file: Path, content: Path | None = None) -> None:
    """Put another file in a file's place; without one, Parquet that has nothing to do with news."""
    bytes_ = content.read_bytes() if content else None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    if bytes_ is None:
        pq.write_table(pa.table({"mood": ["grim", "fair"]}), file)
    else:
        file.write_bytes(bytes_)


def to_folder(file: Path) -> None:
    """Put a folder in a file's place."""
    file.unlink()
    file.mkdir()


def file_damages(flips: int) -> Iterator[tuple[str, Damage]]:
    """Yield the damages that any one file may suffer."""
    yield "deleted", Path.unlink
    yield "emptied", partial(cut, size=0)
    for size in (4, 100, -2, -8):  # the last byte of a manifest is a line end
        yield f"truncated at {size}", partial(cut, size=size)
    for seed in range(flips):
        yield f"bit flip {seed}", partial(flip, seed=seed)
    yield "foreign Parquet", replace
    yield "folder", to_folder


def table_cases(flips: int) -> Iterator[Case]:
    """Yield every damage to a file of every table."""
    for table in PARTITIONED:
        for month in (JANUARY, MARCH):
            path = f"{table.name}/{month}/part-0.parquet"
            for name, damage in file_damages(flips):
                kind = f"{table.name}: {name.partition(' ')[0]}"
                yield Case(kind, f"{name} {path}", in_current(path, damage), path)
            other = Path(table.name, FEBRUARY, "part-0.parquet")
            swap = lambda root, path=path, other=other: replace(root / "current" / path, root / "current" / other)  # noqa: E731
            yield Case(f"{table.name}: another partition's", f"{other} as {path}", swap, path)
    for name, damage in file_damages(flips):
        kind = f"ledger: {name.partition(' ')[0]}"
        yield Case(kind, f"{name} {LEDGER_FILE}", in_current(LEDGER_FILE, damage), LEDGER_FILE, "same after ingest")


def foreign_cases() -> Iterator[Case]:
    """Yield files that are not of the dataset."""
    for path in (
        "quotes/copy.parquet",
        f"articles/{MARCH}/part-1.parquet",
        "paragraphs/year=1999/month=1/part-0.parquet",
        "files/part-1.parquet",
        "quotes/notes.txt",
        "moods/part-0.parquet",
    ):
        yield Case("foreign file", path, in_current(path, replace), path)


def _copied(link: Path) -> None:
    """Put a copy in the place of a link, as `cp -rL` does."""
    content = link.resolve()
    link.unlink()
    shutil.copytree(content, link)


def _relink(link: Path, target: str) -> None:
    link.unlink()
    link.symlink_to(target)


def _only_current(link: Path) -> None:
    _copied(link)
    shutil.rmtree(link.parent / "versions")


def link_cases() -> Iterator[Case]:
    """Yield every damage to links, and to the folders that they lead to."""
    damages: dict[str, Damage] = {
        "removed": Path.unlink,
        "leads nowhere": partial(_relink, target="versions/000099"),
        "a file": replace,
        "a copied folder": _copied,
        "a copied folder, and no versions": _only_current,
    }
    for name, damage in damages.items():
        yield Case("current", name, at("current", damage), "current")
    for name in (t.name for t in TABLES):
        yield Case("table link", f"{name} removed", at(name, Path.unlink), name)
        yield Case("table link", f"{name} leads nowhere", at(name, partial(_relink, target="x")), name)
        target = f"versions/000003/{name}"
        yield Case("table link", f"{name} leads to a version", at(name, partial(_relink, target=target)), name)
        yield Case("table link", f"{name} a copied folder", at(name, _copied), name)
    gone = at("versions/000003", shutil.rmtree)
    yield Case("version gone", "the current one", gone, "current", "same after ingest")


def manifest_cases(flips: int) -> Iterator[Case]:
    """Yield every damage to the manifest, and to the others besides."""
    named = "no readable manifest"
    for name, damage in file_damages(flips):
        kind = f"manifest: {name.partition(' ')[0]}"
        yield Case(kind, f"{name} manifest.json", in_current("manifest.json", damage), named)
    other = lambda root: replace(root / "versions/000003/manifest.json", root / "versions/000002/manifest.json")  # noqa: E731
    yield Case("manifest: another version's", "that of version 2", other, named)
    all_gone = lambda root: [file.unlink() for file in root.glob("versions/*/manifest.json")]  # noqa: E731
    yield Case("manifest: all of them", "no raw root is named", all_gone, named, "refused")
    yield Case("manifest: all of them", "the raw root is named", all_gone, named, options={"raw": None})


def two_at_once() -> Iterator[Case]:
    """Yield damages that come together."""
    paths = {t.name: f"{t.name}/{MARCH}/part-0.parquet" for t in PARTITIONED}
    gone = {path: in_current(path, Path.unlink) for path in (*paths.values(), LEDGER_FILE, "manifest.json")}
    articles, quotes = paths["articles"], paths["quotes"]
    both = partial(Case, "two at once")
    yield both("articles and quotes", every(gone[articles], gone[quotes]), articles)
    yield both("a whole partition", every(*(gone[path] for path in paths.values())), articles)
    yield both("quotes and current", every(gone[quotes], at("current", Path.unlink)), "current")
    yield both("manifest and quotes", every(gone[quotes], gone["manifest.json"]), "no readable manifest")
    yield both("manifest and articles", every(gone[articles], gone["manifest.json"]), "no readable manifest")
    yield both("quotes and ledger", every(gone[quotes], gone[LEDGER_FILE]), quotes, "same after ingest")
    yield both("articles and ledger", every(gone[articles], gone[LEDGER_FILE]), articles, "same after ingest")
    manifest_too = every(gone[LEDGER_FILE], gone["manifest.json"])
    yield both("manifest and ledger", manifest_too, "no readable manifest", "same after ingest")
    everything = lambda root: [file.unlink() for file in (root / "current").resolve().rglob("*.parquet")]  # noqa: E731
    yield both("every file of the current version", everything, articles, "same after ingest")
    everywhere = lambda root: [file.unlink() for file in (root / "versions").rglob("*.parquet")]  # noqa: E731
    yield both("every file of every version", everywhere, articles, "same after ingest")


@contextmanager
def away(raw: Path, paths: Sequence[str] = ()) -> Iterator[None]:
    """Move raw files out of the way; without any, the whole raw root."""
    with ExitStack() as stack:
        for place in [raw / path for path in paths] or [raw]:
            hidden = place.with_name(f".{place.name}.away")
            place.rename(hidden)
            stack.callback(hidden.rename, place)
        yield


@contextmanager
def changed(raw: Path, path: str) -> Iterator[None]:
    """Change a raw file."""
    file = raw / path
    before, times = file.read_bytes(), file.stat()
    file.write_bytes(before.replace(b"It was raining", b"It was snowing"))
    yield
    file.write_bytes(before)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def raw_cases() -> Iterator[Case]:
    """Yield damages to the table articles whose raw files are gone or changed, and to others without any raw file."""
    articles = f"articles/{MARCH}/part-0.parquet"
    gone = in_current(articles, Path.unlink)
    both = partial(Case, "raw gone or changed", damage=gone, named=articles)
    yield both(name="gone, in an older version", raw=partial(away, paths=(OLD,)))
    yield both(name="gone, in no other version", raw=partial(away, paths=(NEW,)), becomes="whole", lost=1)
    yield both(name="gone, with a copy", raw=partial(away, paths=(COPIED,)), becomes="whole")
    yield both(name="gone with its copy", raw=partial(away, paths=(COPIED, COPY)), becomes="whole", lost=2)
    yield both(name="changed", raw=partial(changed, path=PLAIN), becomes="whole")
    yield both(name="raw root gone", raw=away, becomes="refused")
    yield both(name="raw root gone, forced", raw=away, becomes="whole", lost=NEW_FILES, options={"force": True})
    for name in ("paragraphs", "quotes", "fingerprints", "uncorrected"):
        path = f"{name}/{MARCH}/part-0.parquet"
        yield Case("no raw root", f"{name} lost", in_current(path, Path.unlink), path, raw=away)
    yield Case("no raw root", "manifest lost", in_current("manifest.json", Path.unlink), "no readable", raw=away)
    ledger = in_current(LEDGER_FILE, Path.unlink)
    yield Case("no raw root", "ledger lost", ledger, LEDGER_FILE, "same after ingest", raw=away)


def separate(root: Path) -> None:
    """Give every version files of its own, as a copy without hard links does."""
    for file in (root / "versions").rglob("*.parquet"):
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content)


def copied_cases() -> Iterator[Case]:
    """Yield damages to files that another version has whole."""
    for name in (t.name for t in PARTITIONED):
        path = f"{name}/{JANUARY}/part-0.parquet"
        damage = every(separate, in_current(path, partial(flip, seed=1)))
        yield Case("whole in another version", path, damage, path, raw=away)


def all_cases(flips: int) -> Iterator[Case]:
    """Yield every case."""
    yield from table_cases(flips)
    yield from foreign_cases()
    yield from link_cases()
    yield from manifest_cases(flips)
    yield from two_at_once()
    yield from raw_cases()
    yield from copied_cases()
