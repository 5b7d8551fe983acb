"""Where the rows of a partition are cut into files: by its articles alone, so that a late one changes one file.

A stretch of more than `MOST_ARTICLES` articles is cut at the one whose id ends smallest, and both parts likewise. An
article's id is a hash, and its end says nothing of its place, so the cuts are those of a treap (Seidel and Aragon,
"Randomized search trees", 1996): the same whatever came first, and half as far apart as they may be, on average. An
article that comes or goes moves no cut but those of its own file and, seldom, the one beside it.
"""

from __future__ import annotations

import datetime
import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from transforms.partitions import Partition, folder_of, parse_folder
from transforms.schemas import Table

MOST_ARTICLES = 2**16
"""The rows of a file are of so many articles at most, and of half as many on average; one file holds what fits."""

FIRST = ""
"""Key at which the first file of every partition starts."""
_NAME = re.compile(r"part-(0|(?:\d{4}-\d\d-\d\d-)?[0-9a-f]{32})\.parquet")
_END = 8  # digits of an article_id that decide on cuts


def key_of(date: datetime.date | None, article_id: str) -> str:
    """Return an article's place in the order of its partition: its date and id."""
    return f"{date.isoformat()}-{article_id}" if date else article_id


def keys_of(articles: pa.Table) -> pa.Array:
    """Return `key_of` of each row.

    Args:
        articles: Columns published_date and article_id, of one partition: all have a date, or none has.
    """
    dates, ids = (articles[name].combine_chunks() for name in ("published_date", "article_id"))
    return ids if dates.null_count else pc.binary_join_element_wise(dates.cast(pa.string()), ids, "-")


def id_of(key: str) -> str:
    """Return the article_id in a key."""
    return key.rpartition("-")[2]


def date_of(key: str) -> datetime.date | None:
    """Return the date in a key, if it has one."""
    date = key.rpartition("-")[0]
    return datetime.date.fromisoformat(date) if date else None


def file_of(start: str) -> str:
    """Return the name of the file that starts at a key: in the order of keys, and no other's name when one comes."""
    return f"part-{start or 0}.parquet"


def parse_file(name: str) -> str:
    """Return the key at which a file starts that `file_of` named.

    Raises:
        ValueError: It is no such name.
    """
    found = _NAME.fullmatch(name)
    if not found:
        raise ValueError(f"{name} is no name of a file of a partition")
    return FIRST if found[1] == "0" else found[1]


def find_cuts(keys: pa.Array, counts: npt.NDArray[np.int64] | None = None, most: int = MOST_ARTICLES) -> list[int]:
    """Return the positions at which files start, the first one's among them.

    Of a file that stays as it is, one key is enough, that at which it starts: its other articles end larger than those
    at which it and the next one start, so that no cut can be at them.

    Args:
        keys: Rising.
        counts: How many articles each key stands for; one, if None.
        most: How many articles a file has at most.
    """
    ends = pc.utf8_slice_codeunits(keys, -_END).to_numpy(zero_copy_only=False).astype(f"S{_END}").view(">u8")
    before = np.concatenate([[0], np.cumsum(np.ones(len(keys), np.int64) if counts is None else counts)])
    cuts, left = [0], [(0, len(keys))]
    while left:
        start, end = left.pop()
        if before[end] - before[start] > most and end - start > 1:
            cut = start + 1 + int(np.argmin(ends[start + 1 : end]))
            cuts.append(cut)
            left += [(start, cut), (cut, end)]
    return sorted(cuts)


def path_of(table: Table, partition: Partition, start: str = FIRST) -> str:
    """Return a file's path below a version: the files of all tables that start at a key hold the same articles."""
    return f"{table.name}/{folder_of(partition)}/{file_of(start)}"


def parse_path(path: str) -> tuple[Partition, str]:
    """Return the partition of a file that `path_of` named, and the key at which it starts.

    Raises:
        ValueError: It is no such path.
    """
    folder, _, name = path.partition("/")[2].rpartition("/")
    partition = parse_folder(folder)
    if folder_of(partition) != folder:
        raise ValueError(f"{path} is in no folder of a partition")
    return partition, parse_file(name)
