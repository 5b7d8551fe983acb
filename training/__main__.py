"""Learn the weights of quotes from gold, derive the list of word classes, or see how far confidence may be trusted.

    python -m training weights ../shared/polnear/train      writes transforms/quotes/model/weights.npz
    python -m training statements ../shared/polnear/train   writes transforms/quotes/statements/weights.npz
    python -m training tags en-lexicon.txt                  writes transforms/quotes/lexicon/tags.tsv
    python -m training reliability ../shared/polnear/dev    prints a Markdown table and writes nothing

Beside what is named, each reads the package's own word lists, and the last its weights. The same input makes the same
file. What this needs more than newsframes is the extra `train`.
"""

import argparse
from pathlib import Path

from training.gold import read_gold
from training.learn import learn
from training.reliability import reliability
from training.statements import learn_statements
from training.tags import derive_tags
from transforms.quotes.model.weights import FILE

_QUOTES = Path(__file__).parent.parent / "transforms" / "quotes"


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["weights", "statements", "tags", "reliability"])
    parser.add_argument("source", type=Path, help="a folder with text/ and attributions/, or a lexicon")
    arguments = parser.parse_args()
    if arguments.what == "tags":
        (_QUOTES / "lexicon" / "tags.tsv").write_text(derive_tags(arguments.source), encoding="utf-8")
    elif arguments.what == "reliability":
        print(reliability(read_gold(arguments.source)))
    elif arguments.what == "statements":
        (_QUOTES / "statements" / FILE).write_bytes(learn_statements(read_gold(arguments.source), print).to_bytes())
    else:
        (_QUOTES / "model" / FILE).write_bytes(learn(read_gold(arguments.source), print).to_bytes())


if __name__ == "__main__":
    main()
