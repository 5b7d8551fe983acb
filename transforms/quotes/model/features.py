"""Features: templates of small facts that count together, hashed to positions of a weight table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from transforms.quotes.model.lines import Ints
from transforms.quotes.model.tokens import Hashes

BITS = 20
"""A weight table has 2 to the power of so many positions."""
_MIXING = np.uint64(0xD6E8FEB86659FD93)


class Template(NamedTuple):
    """A kind of feature: facts that count together.

    Attributes:
        name: What it looks at, in words that a person can read.
        facts: Names of the facts, as made by the modules named facts.
    """

    name: str
    facts: tuple[str, ...]


def templates(table: str) -> tuple[Template, ...]:
    """Return the templates of a table: a line each, of facts alone or after a name and a colon."""
    lines = (line.rpartition(":") for line in table.strip().splitlines())
    return tuple(Template(name.strip() or facts, tuple(facts.split())) for name, _, facts in lines)


SPEAKER_TEMPLATES = templates("""
where it stands: place
its paragraph and how many phrases are between: lag nouns
its kind and where it stands: place kind
the words between: side fine
the words between and its kind: side fine kind
the kinds between: side coarse
the kinds between and the quotation's end: side coarse mark
the shortened path between: side skeleton
the shortened path between and its kind: side skeleton kind
its verb: place verb
its verb and what stands between them: verb verb_path
its verb, the path to it and where it stands: verb_cue verb_path side lag
its verb and the path from it to the quotation: verb_path verb_cue verb_span
its verb and the shortened path from it to the quotation: verb_nouns verb verb_span_skeleton
its verb's distance: verb_nouns verb_cue verb_distance side lag
its verb's distance and kind: verb_nouns verb verb_distance
its verb's distance and the mark: verb_nouns verb_cue verb_distance side mark
the cue before it: cue_before cue_path side lag
the cue before it and the path from it to the quotation: cue_path cue_distance side mark
the cue before it is the one after the quotation: cue_is_after cue_path kind
the cue before it is the one before the quotation: cue_is_left cue_path kind
its verb is the cue after the quotation: verb_is_after verb_nouns lag side
its verb is the cue before the quotation: verb_is_left verb_nouns lag side
its verb, and where it is said: verb_is_after verb_is_left verb_path kind
the head word: head
the head word and where it stands: head place
the head's ending: ending kind
the head's ending and where it stands: ending place
the first word: first kind
the word before: before side lag
the word after: after side lag
the words around: before after
two words before: before before2
two words after: after after2
two words after and the side: after after2 place
the sentence: sentence_lag is_first side lag
the sentence and its kind: sentence_lag is_first kind lag nouns
first of the sentence, and its verb: is_first verb_cue verb_nouns sentence_lag
how often it is named: mentions
how often it is named and where it stands: mentions lag kind
how often it speaks: sayer
how often it speaks and where it stands: sayer place
how often it speaks, and its kind: sayer kind lag
how often it speaks, and how often it is named: sayer mentions
the quotation's surroundings: place around
the word before the quotation: place span_before
the word after the quotation: place span_after
the words around the quotation: lag side nouns span_before span_after
two words before the quotation: side nouns span_before span_before2 lag
two words after the quotation: side nouns span_after span_after2 lag
the quotation's start and end: place mark opening
the quotation's length: place length
the quotation's length and verb: length verb_cue verb_nouns side lag
the line's quotations: lag speaks_in_line is_first kind
the quotation's line: line_shape place
the quotation's line and its verb: line_shape lag verb_cue verb_nouns is_first
the quotation's line, and how often it speaks: line_shape lag sayer nouns
a quotation that goes on: continued line_shape place
the lines between: lag line_shape other_shape is_first kind
the lines between and the verb: lag line_shape other_shape verb_cue verb_nouns
who spoke last: speaks_last line_shape lag
who spoke last, and its kind: speaks_last lag kind sentence_lag
the paragraph's kind: line_kind lag kind
the cue whose subject it is: own_level own_rank lag
the cue whose subject it is, and its word: own own_rank lag
the cue whose subject it is, and the kind: own_level own_rank lag kind
the cue whose subject it is, and the length: own_rank lag length
the cue whose subject it is, and the mark: own_rank lag mark opening
how it stands to the word that is known to report: told kind
and that word: told told_verb
and the words between: told side fine
and its verb: told verb verb_nouns
and the cue before it: told cue_before cue_path
and the cue whose subject it is: told own own_rank
""")


KIND_TEMPLATES = templates("""
anything: one
its length: length
its words' number and first letter: word_count opening
its first letter and end: opening mark
its end and what follows: mark closed length
its capitals: capitals word_count
its capitals and the word before: capitals span_before
its capitals, first letter and end: capitals opening mark word_count
its words: words
its first word: edge0
its second word: edge1
its third word: edge2
its last word: edge4
its last words: edge3 edge4
its first words: edge0 edge1
the word before: span_before
the word before and its length: span_before length
two words before: span_before span_before2
the word after: span_after
two words after: span_after span_after2
the words around: span_before span_after
the word before and the first letter: span_before opening mark
what is around: around
what is around, and its length: around length opening
its paragraph: line_kind length
its line: line_shape
its line and its length: line_shape length
inside another: nested length
repeated: repeated length
repeated, with capitals: repeated capitals
it goes on: continuation
how sure its speaker is: sureness
how strongly its speaker is tied to it: strength
how strongly its speaker is tied to it, and its length: strength length
how strongly its speaker is tied to it, and how surely: strength sureness opening
how strongly its speaker is tied to it, and its capitals: strength capitals word_count
how strongly its speaker is tied to it, and the surroundings: strength around
how sure its speaker is, and its length: sureness length
how sure its speaker is, and the surroundings: sureness around
the speaker's place: place
the speaker's kind: kind lag
the speaker's verb: verb verb_nouns
the speaker's verb and distance: verb_cue verb_nouns verb_distance
the speaker's verb and its length: verb_cue verb_nouns length lag
the cue before the speaker: cue_before cue_path
the speaker's cue beside it: verb_is_after verb_is_left cue_is_after cue_is_left lag length
how often the speaker speaks: sayer lag
the cue before it: cue_left cue_left_distance
the cue after it: cue_right cue_right_distance
the cues' distance and its length: cue_left_distance cue_right_distance length
the cues' distance and its first letter: cue_left_distance cue_right_distance opening mark
its kind of mark: quote_mark length
its kind of mark and capitals: quote_mark capitals word_count
the speaker's verb beside it: verb_is_beside verb_cue length
two words before and its length: span_before2 length
two words after and its length: span_after2 length
repeated words: capitals repeated words
the words between it and the speaker: fine
the shortened path and the speaker's kind: skeleton kind
its words and the word before: words span_before
its first word and the word before: edge0 span_before
the speaker's kind and the word before: kind span_before
speakers between: rivals length
its paragraph and capitals: line_kind capitals
the speaker's place in the sentence: nouns is_first verb_cue
the speaker's head: head
its second and third word: edge1 edge2
the speaker's verb and length: verb length
the path from the speaker's verb: verb_span verb_cue
the cue whose subject the speaker is: own own_rank
the cue whose subject the speaker is, and length: own_level own_rank length
the cue whose subject the speaker is, and the mark: own_rank lag mark opening
the cue whose subject the speaker is, and the word before: own_rank span_before
""")


def hashed(templates: Sequence[Template], facts: Mapping[str, Hashes]) -> Iterator[Ints]:
    """Yield the positions in the weight table of each template's features, one a row of the facts."""
    for number, template in enumerate(templates):
        first, *others = template.facts
        value = facts[first] ^ np.uint64((number + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
        value *= _MIXING
        for name in others:
            value ^= value >> np.uint64(31)
            value ^= facts[name]
            value *= _MIXING
        value >>= np.uint64(64 - BITS)
        yield value.view(np.int64)
