"""The usual way: spaCy's whole pipeline over the texts of a folder. Where spaCy is, newsframes need not be."""

from __future__ import annotations

import sys
from pathlib import Path

import spacy
import spacy.about

from benchmarks.contestants.answering import Values, answer


def main(model: str, raw: str) -> None:
    """Wait to be asked for `facts`, `warm up` or `pipe`."""
    nlp = spacy.load(model)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(Path(raw).rglob("*.txt"))]

    def pipe() -> Values:
        return {"articles": len(texts), "tokens": sum(len(document) for document in nlp.pipe(texts))}

    def facts() -> Values:
        versions = f"spaCy {spacy.about.__version__}, {nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}"
        return {"versions": versions, "pipeline": nlp.pipe_names}

    def warm_up() -> Values:
        return {"tokens": sum(len(document) for document in nlp.pipe(texts[:20]))}

    answer({"pipe": pipe, "facts": facts, "warm up": warm_up})


if __name__ == "__main__":
    main(*sys.argv[1:])
