"""Learning statements: a field that tells rows apart, and weights that find what they were taught."""

import numpy as np
import pytest
from gold import write_gold

from training.fields import fit_field
from training.gold import GoldArticle, read_gold
from training.learn import left_out_levels
from training.statements import learn_statements
from transforms.quotes.model.analysis import read
from transforms.quotes.statements.decoding import CONTENT, LABELS, OTHER, SPEAKER, Scores, decode
from transforms.quotes.statements.find import find_statements
from transforms.quotes.statements.weights import StatementWeights

NAMES = ["Ola Brandt", "Ines Falk", "Per Lund", "Mia Torv", "Jon Aske", "Liv Nord", "Tor Vik", "Ada Holm", "Rolf Dahl"]
THINGS = ["pier", "crane", "lock", "bridge", "mill"]


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> list[GoldArticle]:
    folder = tmp_path_factory.mktemp("statements")
    for number in range(40):
        first, second, thing = NAMES[number % 9], NAMES[(number + 1) % 9], THINGS[number % 5]
        claims = f"that the old {thing} was shut", f"The {thing}’s owners had left"
        text = f"{first} said {claims[0]}. It rained.\n\n{claims[1]}, {second} added. Nobody came to the {thing} again."
        told = [
            {"Content": claims[0], "Cue": "said", "Source": first},
            {"Content": claims[1], "Cue": "added", "Source": second},
        ]
        write_gold(folder, f"{number:02d}", text, told)
    return read_gold(folder)


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def weights(gold: list[GoldArticle], told: list[str]) -> StatementWeights:
    return learn_statements(gold, told.append)


def test_what_is_taught_is_found(gold: list[GoldArticle], weights: StatementWeights, told: list[str]) -> None:
    reading = read([one.article for one in gold], left_out_levels(gold, np.arange(len(gold))))
    found = find_statements(reading, weights)
    words = [" ".join(reading.tokens.words[a : b + 1]) for s in found for a, b in s.pieces]
    assert words[:2] == ["that the old pier was shut", "The pier ’s owners had left"]
    assert len(words) == 80
    assert {reading.tokens.words[reading.phrases.last[s.cue]] for s in found} == {"said", "added"}
    assert told[-1].startswith("fold 4: 1.0000 of statements right")


def test_the_same_gold_makes_the_same_file(gold: list[GoldArticle], weights: StatementWeights) -> None:
    assert learn_statements(gold, lambda _: None).to_bytes() == weights.to_bytes()


def test_a_field_learns_labels_and_their_order() -> None:
    patterns = ([OTHER, SPEAKER, CONTENT, CONTENT], [CONTENT, OTHER, SPEAKER], [SPEAKER, CONTENT])
    windows = [pattern for pattern in patterns for _ in range(8)]
    lengths = np.array([len(window) for window in windows])
    labels = np.concatenate(windows)
    place = np.concatenate([np.arange(length) for length in lengths])
    kind = np.repeat([len(window) for window in windows], lengths)
    of_labels = np.stack([kind, np.full(len(labels), 99)], axis=1).astype(np.int32)
    of_steps = (100 + 10 * kind + place)[:, None].astype(np.int32)
    field = fit_field(of_labels, of_steps, labels, lengths, np.ones(len(windows)), penalty=0.01)
    scores = Scores(field.labels[of_labels].sum(axis=1), field.steps[of_steps].sum(axis=1))
    decoded = decode(scores, lengths)
    assert field.labels.shape[1] == LABELS
    assert decoded.labels[lengths[0] : 2 * lengths[0]].tolist() == list(patterns[0])
    assert (decoded.surprise > 0).all()
    right = decoded.labels == labels
    assert right.mean() > 0.9, "what stands first has no step to tell it"
