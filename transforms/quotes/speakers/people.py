"""The people of an article: the fullest form of each name, the pronoun it asks for and where it stands."""

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from transforms.quotes.marks import Paragraph
from transforms.quotes.speakers.forms import Words, bearers, fits, fullest, may_be, peerage
from transforms.quotes.speakers.introductions import is_introduced
from transforms.quotes.speakers.names import Name, first_name_gender, is_first_name, nature
from transforms.quotes.speakers.runs import Run, find_runs, is_labelled, is_thing, read_run

_NAME_WORDS = 5
_TWO = 2
_FORMS = 50
"""So many full names are kept of one surname."""
_READ = 3
"""So many places of a name are read for an introduction."""

_COUPLE = re.compile(r"(?:^|[a-z,.:;“”’\"\n] )([A-Z]\w+) and \Z")
_BESIDE = 30
_NAMESAKES = 8
_PREPOSITION = 8
_OF_THINGS = frozenset({"the", "of", "for", "at", "in", "from", "on"})
"""Words before names that are rarely a person's."""


class People:
    """Those named in an article, outside its headlines."""

    def __init__(self, text: str, paragraphs: Sequence[Paragraph]) -> None:
        """Learn from an article.

        Args:
            text: Its text.
            paragraphs: Its paragraphs.
        """
        self._text = text
        self._positions = find_runs(text, paragraphs)
        self._names: dict[str, Run] = {}
        self._runs: defaultdict[str, list[str]] = defaultdict(list)
        self._titled: dict[str, str | None] = {}
        self._forms: dict[str, dict[Words, int]] = {}
        self._by_part: dict[str, set[Words]] = {}
        self._certain: set[Words] = set()
        self._first: dict[Words, int] = {}
        self._pronouns: dict[str, str] = {}
        self._expanded: dict[Name, str | None] = {}
        self._of_surname: dict[str, dict[str, list[str]]] = {}
        self._of_words: dict[str, dict[Words, list[str]]] = {}
        self.couples: list[tuple[str, str]] = []
        self._given: set[str] = set()
        self._alone: set[str] = set()
        self._learn_forms(text, self._learn_names(text))

    def _learn_names(self, text: str) -> list[tuple[str, Run]]:
        """Learn of every name; return those of several words."""
        several, names, runs = [], self._names, self._runs
        for printed, places in self._positions.items():
            run = read_run(printed)
            if run is None:
                continue
            name, surname, _, is_titled, size, _, is_given = names[printed] = run
            runs[surname].append(printed)
            if size == 1:
                self._alone.add(surname)
            elif size <= _NAME_WORDS:
                several.append((printed, run))
            if is_titled:
                self._titled[surname] = name.gender or self._titled.get(surname)
            elif size == 1 and (is_given or _is_introduced(text, printed, places[0])):
                self._given.add(surname)
        return several

    def _learn_forms(self, text: str, several: list[tuple[str, Run]]) -> None:
        full = [(p, run) for p, run in several if self._is_full(text, p, run)]
        # Where nobody is known to be a person, whoever has a name of two words and is nothing else may be one.
        for printed, run in full or [(p, run) for p, run in several if self._is_possible(p, run)]:
            forms = self._forms.setdefault(run.surname, {})
            words, first = run.name.words, self._positions[printed][0]
            if words in forms or len(forms) < _FORMS:
                self._learn_form(forms, run.name, len(self._positions[printed]))
                self._first[words] = min(first, self._first.get(words, first))
                if text[first - 5 : first] == " and ":
                    self._learn_couple(text, forms, run.name, first)

    def _learn_form(self, forms: dict[Words, int], name: Name, count: int) -> None:
        forms[name.words] = forms.get(name.words, 0) + count
        for part in (*name.firsts, *name.words[:-1]):
            self._by_part.setdefault(part, set()).add(name.words)

    def _learn_couple(self, text: str, forms: dict[Words, int], name: Name, at: int) -> None:
        """Learn of Pat Lund where “Pat and Kai Lund” is printed."""
        couple = _COUPLE.search(text, max(0, at - _BESIDE), at)
        if couple and is_first_name(couple.group(1)) and is_first_name(name.words[0]):
            other = Name((couple.group(1), name.words[-1]))
            self._learn_form(forms, other, 1)
            self.couples.append((" ".join(other.words), " ".join(name.words)))

    def _is_possible(self, printed: str, run: Run) -> bool:
        """Whether nothing says that a name of several words is no person's."""
        if run.kind:
            return False
        at = self._positions[printed][0]
        before = self._text[max(0, at - _PREPOSITION) : at].rsplit(None, 1)
        return not (before and before[-1].lower() in _OF_THINGS)

    def _is_full(self, text: str, printed: str, run: Run) -> bool:
        """Whether a name of several words is a person's: by its title, first name, introduction, or surname alone."""
        kind, words = run.kind, run.name.words
        if run.is_titled or kind == "person":
            is_person = kind not in ("organisation", "place")
        elif kind:
            return False
        else:
            is_person = any(is_introduced(text, at, at + len(printed)) for at in self._positions[printed][:_READ])
        if is_person:
            self._certain.add(words)
        if not is_person and not kind and run.size > _TWO and words[-2] in self._alone:
            return self._is_possible(printed, run)
        return is_person or (not kind and (run.surname in self._alone or run.surname in self._titled))

    def expand(self, name: Name) -> str | None:
        """Return the fullest form of a person's name; None if it names no person of this article.

        Where two people fit equally, it is the name as it stands.
        """
        if name not in self._expanded:
            self._expanded[name] = self._expand(name)
        return self._expanded[name]

    def _expand(self, name: Name) -> str | None:
        forms = self._forms.get(name.surname, {})
        words = name.words
        if len(forms) == 1 and (words in forms or (len(words) == 1 and not name.gender)):
            return " ".join(next(iter(forms)))
        if len(words) > 1:
            if words not in forms and nature(words) != "person" and not name.role and not name.gender:
                return None
            if len(words) > 2 and words[1:] in forms:
                words = words[1:]
            return fullest([form for form in forms if fits(words, form)] or [words])
        chosen = bearers(forms, name.gender, self._first, self._positions.get(name.surname))
        if chosen:
            return fullest(chosen)
        if not forms and (known := self._by_one_part(name)):
            return known
        return words[0] if forms or words[0] in self._titled or name.role or words[0] in self._given else None

    def _by_one_part(self, name: Name) -> str | None:
        """Return who is called by a first name, a nickname or the first of two surnames; None if several are."""
        fitting = [form for form in self._by_part.get(name.words[0], ()) if may_be(form, name.gender)]
        return fullest(fitting) if len({Name(form).surname for form in fitting}) == 1 else None

    def bearing(self, surname: str) -> set[str]:
        """Return those who bear a surname, by full form."""
        found = (self.expand(Name(form)) for form in list(self._forms.get(surname, {}))[:_NAMESAKES])
        return {full for full in found if full and " " in full}

    def namesakes(self, full: str, pronoun: str) -> list[str]:
        """Return those of the same surname who are known to ask for a pronoun."""
        bearing = self.bearing(Name(tuple(full.split())).surname) - {full}
        return sorted(who for who in bearing if self.pronoun(who) == pronoun)

    def is_labelled(self, name: Name) -> bool:
        """Whether a name that may be no person's stands after the noun of a body: the wine company | Chalone."""
        if name.role or name.gender or nature(name.words) == "person":
            return False
        runs = self._printed(name.surname).get(name.words, ())
        return any(is_labelled(self._text, at) for run in runs for at in self._positions[run][:_READ])

    def _printed(self, surname: str) -> dict[Words, list[str]]:
        """Return the runs that end in a surname, by the words of the name in each."""
        if surname not in self._of_words:
            found = self._of_words[surname] = {}
            for run in self._runs.get(surname, ()):
                found.setdefault(self._names[run].name.words, []).append(run)
        return self._of_words[surname]

    def pronoun(self, full: str) -> str | None:
        """Return the pronoun that a person asks for, as far as the article and the first name say."""
        if full not in self._pronouns:
            name = Name(tuple(full.split()))
            known = first_name_gender(name.firsts[0])
            titled = self._titled.get(name.surname)
            forms = self._forms.get(name.surname, {})
            shared = len({Name(form).firsts[0] for form in forms}) > 1
            if titled and " " not in full:
                known = titled
            self._pronouns[full] = known or (None if shared else titled) or ""
        return self._pronouns[full] or None

    def is_certain(self, full: str) -> bool:
        """Whether somebody is known to be a person, by more than the form of the name."""
        words = tuple(full.split())
        if words in self._certain or self.pronoun(full) or full in self._titled:
            return True
        return len(words) == 1 and any(form in self._certain for form in self._forms.get(words[0], ()))

    def is_known(self, full: str) -> bool:
        """Whether there is any reason to take somebody for a person."""
        words = tuple(full.split())
        return words in self._forms.get(Name(words).surname, ()) or len(words) == 1

    @cached_property
    def occurrences(self) -> list[tuple[int, int, str]]:
        """Where people are named, in order: start and end of the run, the person's full form."""
        found, known = [], {*self._forms, *self._titled, *self._by_part, *self._given}
        for surname, runs in self._runs.items():
            for printed in runs:
                run = self._names[printed]
                full = self.expand(run.name) if surname in known else None
                if full is None and 1 < run.size <= _NAME_WORDS and self._is_possible(printed, run):
                    full = run.full
                if full:
                    found += [(at, at + len(printed), full) for at in self._positions[printed]]
        found.sort()
        return found

    def others(self) -> list[tuple[int, int, str]]:
        """Return where those are named who are no persons, in order: start and end of the run, the name."""
        found = []
        for printed, run in self._names.items():
            if run.is_titled or run.kind in ("person", "place", "member"):
                continue
            places = self._positions[printed]
            if run.kind or (self.expand(run.name) is None and is_thing(self._text, printed, places)):
                found += [(at, at + len(printed), run.full) for at in places]
        return sorted(found)

    def places(self, full: str, most: int) -> list[tuple[int, str]]:
        """Return the first places where a person is named by surname: offset and run.

        Args:
            full: The full form.
            most: So many places of each run.
        """
        surname = Name(tuple(full.split())).surname
        if surname not in self._of_surname:
            self._of_surname[surname] = self._by_person(surname)
        runs = self._of_surname[surname].get(full, ())
        return sorted([(at, run) for run in runs for at in self._positions[run][:most]])

    def _by_person(self, surname: str) -> dict[str, list[str]]:
        """Return the runs that end in a surname, by full form."""
        found: dict[str, list[str]] = {}
        for printed in self._runs.get(surname, ()):
            run = self._names[printed]
            found.setdefault(self.expand(run.name) or run.full, []).append(printed)
        return found

    def styled(self, full: str) -> str:
        """Return the title of a peer in full, where it is printed: Ashby of Crewkerne."""
        return peerage(self._text, full, self.places(full, 1)) if full in self._titled else full

    def everybody(self) -> list[str]:
        """Return the full forms of all people."""
        return sorted({full for forms in self._forms.values() for form in forms if (full := self.expand(Name(form)))})


def _is_introduced(text: str, printed: str, at: int) -> bool:
    """Whether a single name is a person's: his wife, | Lorelei."""
    return text[at - 2 : at] == ", " and printed.isalpha() and is_introduced(text, at, at + len(printed))
