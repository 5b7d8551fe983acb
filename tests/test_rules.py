"""Whoever changes what the rules make must say so: RULES_VERSION goes up."""

import hashlib
import json
from pathlib import Path

import newsframes
from transforms import RULES_VERSION

RECORD = Path(__file__).parent / "data" / "rules.json"


def digest_of(processed: Path) -> str:
    """Return a digest of the rows that the sample articles make, whatever writes the files."""
    dataset = newsframes.open(processed)
    digest = hashlib.sha256()
    for table in ("articles", "paragraphs", "quotes"):
        for row in dataset.arrow(table).to_table().to_pylist():
            row.pop("rules_version", None)
            digest.update(json.dumps(row, sort_keys=True, default=str, ensure_ascii=False).encode())
    return digest.hexdigest()


def test_rules_version_goes_up_with_the_rules(samples: Path) -> None:
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    assert recorded == {"rules_version": RULES_VERSION, "digest": digest_of(samples)}, (
        "the sample articles make other rows than before: raise transforms.RULES_VERSION (once a release is enough) "
        f"and write the new digest, {digest_of(samples)}, into {RECORD}"
    )
