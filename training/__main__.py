"""Learn the weights of quotes from gold, or derive the list of word classes.

    python -m training weights ../shared/polnear/train    writes transforms/quotes/model/weights.npz
    python -m training tags en-lexicon.txt                writes transforms/quotes/lexicon/tags.tsv

Neither reads anything else, and the same input makes the same file.
"""

import argparse
from pathlib import Path

from training.gold import read_gold
from training.learn import learn
from training.tags import derive_tags
from transforms.quotes.model.weights import FILE

_QUOTES = Path(__file__).parent.parent / "transforms" / "quotes"


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["weights", "tags"])
    parser.add_argument("source", type=Path, help="a folder with text/ and attributions/, or a lexicon")
    arguments = parser.parse_args()
    if arguments.what == "tags":
        (_QUOTES / "lexicon" / "tags.tsv").write_text(derive_tags(arguments.source), encoding="utf-8")
    else:
        (_QUOTES / "model" / FILE).write_bytes(learn(read_gold(arguments.source), print).to_bytes())


if __name__ == "__main__":
    main()
