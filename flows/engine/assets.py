"""Events that tell Prefect which tables a run made from what.

An open-source server stores them like any other event, for a week: its event feed shows them and automations may wait
for them. It draws no assets, those are Prefect Cloud's. Tasks of Prefect's `materialize` emit the same events, and
would be three more rows in every run.
"""

from __future__ import annotations

import re

from flows.dataset import Version
from flows.runs import Run
from flows.storage import Place, place_of, real_name, scheme_of
from transforms.schemas import ARTICLES, PARAGRAPHS, QUOTES

PARTITIONS_TOLD = 100

# What Prefect lets no asset key have (prefect.types.names.RESTRICTED_ASSET_CHARACTERS), and the mark of our escapes.
_NOT_IN_KEYS = re.compile(r"""[\s#?&%"'<>\[\]{}|\\^`=\x00-\x1f\x7f]""")


def asset_key(folder: str | Place) -> str:
    """Return the key of a folder as an asset: its URI, but with `=20` for a blank, as Prefect bars `%`."""
    place = place_of(folder)
    uri = ("" if scheme_of(place) else "file://") + real_name(place)
    return _NOT_IN_KEYS.sub(lambda found: f"={ord(found[0]):02X}", uri)


def tell_of_tables(run: Run, version: Version, processed: Place) -> None:
    """Emit that the raw root was read and each table made from it. Prefect sends events in the background.

    Args:
        run: The run.
        version: The version that it committed.
        processed: The processed root.
    """
    from prefect.events import emit_event

    raw = asset_key(version.manifest.settings.raw)
    emit_event("prefect.asset.referenced", {"prefect.resource.id": raw})
    for table in (ARTICLES, PARAGRAPHS, QUOTES):
        emit_event(
            "prefect.asset.materialization.succeeded",
            {
                "prefect.resource.id": f"{asset_key(processed)}/{table.name}",
                "prefect.resource.name": table.name,
                "prefect.asset.description": table.meaning,
            },
            related=[{"prefect.resource.id": raw, "prefect.resource.role": "asset"}],
            payload={
                "rows": version.manifest.rows(table.name),
                "version": version.number,
                "run_id": run.run_id,
                "partitions": run.partitions[:PARTITIONS_TOLD],
                "partition_count": len(run.partitions),
            },
        )
