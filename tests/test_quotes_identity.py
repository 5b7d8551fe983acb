"""Who a speaker is within the article."""

import time

import pytest

from transforms.quotes.attribution import Attribution
from transforms.quotes.lexicon import read_list
from transforms.quotes.marks import Paragraph, find_spans
from transforms.quotes.speakers.identity import Speaker, resolve
from transforms.quotes.speakers.names import Name, read_name
from transforms.quotes.speakers.organisations import Organisations
from transforms.quotes.speakers.people import People


def speakers(*paragraphs: str) -> list[Speaker]:
    """Return who is resolved in turn: a quote in “…” is attributed to what stands in [brackets] after or before it.

    The brackets are taken out first; the n-th of them is the mention of the n-th quote.
    """
    text = "\n\n".join(paragraphs)
    mentions, plain = [], ""
    for at, piece in enumerate(text.replace("]", "[").split("[")):
        if at % 2:
            mentions.append((len(plain), len(plain) + len(piece)))
        plain += piece
    start, cut = 0, []
    for position, body in enumerate(plain.split("\n\n")):
        cut.append(Paragraph(position, "body", body, start))
        start += len(body) + 2
    spans = find_spans(cut)
    assert len(spans) == len(mentions)
    return resolve(plain, cut, spans, [Attribution("test", mention) for mention in mentions])


def names(*paragraphs: str) -> list[str | None]:
    return [speaker.name for speaker in speakers(*paragraphs)]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        pytest.param("Secretary of State Ola Brandt", Name(("Ola", "Brandt"), "Secretary of State"), id="office"),
        pytest.param("Sen. Ola Brandt", Name(("Ola", "Brandt"), "Sen."), id="abbreviated"),
        pytest.param("Danish President Ola Brandt", Name(("Ola", "Brandt"), "President"), id="nationality"),
        pytest.param("Texas Republican Ola Brandt", Name(("Ola", "Brandt")), id="party"),
        pytest.param("American Express", Name(("American", "Express")), id="nationality-inside-a-name"),
        pytest.param("Mrs Brandt", Name(("Brandt",), None, "she"), id="honorific"),
        pytest.param("Sir Kai Brandt", Name(("Kai", "Brandt"), None, "he"), id="knight"),
        pytest.param("But Ola Brandt", Name(("Ola", "Brandt")), id="sentence-start"),
        pytest.param("Ola Brandt’s", Name(("Ola", "Brandt")), id="possessive"),
        pytest.param("Bank of Ulm", Name(("Bank", "of", "Ulm")), id="of-inside-a-name"),
        pytest.param("Justice Department", Name(("Justice", "Department")), id="no-title-before-an-organisation"),
        pytest.param("Larry King", Name(("Larry", "King")), id="title-as-surname"),
        pytest.param("Det Insp Ola Brandt", Name(("Ola", "Brandt"), "Det Insp"), id="police-rank"),
        pytest.param("Bishop of Ulm", Name(("Bishop", "of", "Ulm")), id="no-title-before-of"),
        pytest.param("Dean Brandt", Name(("Dean", "Brandt")), id="no-title-that-is-a-first-name"),
        pytest.param("Ursula von der Brandt", Name(("Ursula", "von", "der", "Brandt")), id="particles"),
        pytest.param("President", None, id="only-a-title"),
        pytest.param("The", None, id="function-word"),
    ],
)
def test_read_name(printed: str, expected: Name | None) -> None:
    assert read_name(printed) == expected


@pytest.mark.parametrize(
    ("words", "surname", "firsts"),
    [
        pytest.param("Ola Brandt", "Brandt", ("Ola",), id="plain"),
        pytest.param("Ola “Bo” Brandt", "Brandt", ("Ola", "Bo"), id="nickname"),
        pytest.param("Kai Brandt Jr", "Brandt", ("Kai",), id="suffix"),
        pytest.param("Nabil al-Farsawi", "Farsawi", ("Nabil",), id="arabic-article"),
        pytest.param("Choi Sun-hee", "Choi", ("Sun-hee",), id="surname-first"),
        pytest.param("Kim Brandt", "Brandt", ("Kim",), id="a-first-name-like-a-surname"),
    ],
)
def test_parts_of_a_name(words: str, surname: str, firsts: tuple[str, ...]) -> None:
    name = Name(tuple(words.split()))
    assert (name.surname, name.firsts) == (surname, firsts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Mayor Ola Brandt rose. “It rained,” [Brandt] said.", "Ola Brandt", id="surname"),
        pytest.param("Ola Brandt rose. “It rained,” said [Mrs Brandt].", "Ola Brandt", id="honorific"),
        pytest.param("Ola Brandt rose. “It rained,” said [Ola].", "Ola Brandt", id="first-name"),
        pytest.param("Ola Brandt met Kai Brandt. “It rained,” [Brandt] said.", "Brandt", id="two-fit"),
        pytest.param("Ola Brandt met Kai Brandt. “It rained,” said [Ms Brandt].", "Ola Brandt", id="one-is-a-woman"),
        pytest.param(
            "Ola Brandt rose. Ola Brandt met Kai Brandt. “Rain,” [Brandt] said.", "Ola Brandt", id="one-is-the-subject"
        ),
        pytest.param("Ola Maria Brandt rose. “No,” [Ola Brandt] said.", "Ola Maria Brandt", id="fullest"),
        pytest.param("“No,” said [campaign manager Ola Brandt].", "Ola Brandt", id="description-and-name"),
        pytest.param("“No,” said [Dana Pell, 44, union treasurer].", "Dana Pell", id="apposition"),
        pytest.param("“No,” said [one of his aides, Dana Pell].", "Dana Pell", id="name-in-the-apposition"),
        pytest.param("“No,” said [Sen. Dana Pell of Ohio].", "Dana Pell", id="of-a-place"),
        pytest.param("“No,” said [a spokesman for Dana Pell].", "a spokesman for Dana Pell", id="but-a-spokesman"),
        pytest.param("“No,” [Pell’s] letter said. Dana Pell wrote it.", "Dana Pell", id="possessive"),
        pytest.param("“No,” said [the White House].", "White House", id="organisation"),
        pytest.param("“No,” said [His lawyer].", "his lawyer", id="somebody’s-somebody"),
        pytest.param("Dana Pell, [who] said “no”, left.", "Dana Pell", id="relative"),
        pytest.param("Dana Pell, the union treasurer, [who] said “no”, left.", "Dana Pell", id="relative-apposition"),
        pytest.param("He met officials in the city [who] said “no”.", "officials in the city", id="relative-attached"),
        pytest.param("A letter from Ulm, [which] said “no”, came.", "Ulm", id="relative-of-a-thing"),
        pytest.param("Ola Brandt rose. “No,” [we] said.", None, id="plural-pronoun"),
        pytest.param("Ola Brandt rose. “No,” [it] said.", None, id="thing"),
    ],
)
def test_name(text: str, expected: str | None) -> None:
    assert names(text) == [expected]


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        pytest.param(
            ("“No,” [a Danish official] said.", "“Yes,” [the official] said."),
            ["a Danish official", "a Danish official"],
            id="the-official",
        ),
        pytest.param(
            ("“No,” [a Danish official] said.", "“Oh,” [a Thai official] said.", "“Yes,” [the official] said."),
            ["a Danish official", "a Thai official", "the official"],
            id="which-official",
        ),
        pytest.param(
            ("Mayor Ola Brandt met Kai Lund.", "“Yes,” said [the mayor]."), ["Ola Brandt"], id="the-one-mayor"
        ),
        pytest.param(
            ("Mayor Ola Brandt met Kai Lund.", "“Yes,” said [the Ulm mayor]."), ["the Ulm mayor"], id="another-mayor"
        ),
        pytest.param(
            ("Ulm Mayor Ola Brandt met Mayor Kai Lund.", "“Yes,” said [the Ulm mayor]."),
            ["Ola Brandt"],
            id="mayor-of-ulm",
        ),
        pytest.param(
            ("Mayor Ola Brandt met former Mayor Kai Lund.", "“Yes,” said [the former mayor]."),
            ["Kai Lund"],
            id="the-former-mayor",
        ),
        pytest.param(
            ("Mayor Ola Brandt rose.", "Mayor Kai Lund sat down.", "“Yes,” said [the mayor]."),
            ["Kai Lund"],
            id="the-mayor-last-spoken-of",
        ),
        pytest.param(("“No,” said [Ola Brandt].", "“Yes,” [she] said."), ["Ola Brandt", "Ola Brandt"], id="pronoun"),
        pytest.param(("“No,” said [Mr Brandt].", "“Yes,” [she] said."), ["Brandt", None], id="other-gender"),
        pytest.param(("Ola Brandt met Kai Lund.", "“Yes,” [he] said."), ["Kai Lund"], id="agreement"),
        pytest.param(("Ann Lee met Ola Brandt.", "“Yes,” [she] said."), ["Ann Lee"], id="subject"),
        pytest.param(
            ("“No,” said [Ola Brandt] of Ann Lee.", "“Yes,” [she] said."), ["Ola Brandt", "Ola Brandt"], id="who-spoke"
        ),
        pytest.param(
            ("“No,” said [Ola Brandt].", "“Brandt is right,” [she] said."), ["Ola Brandt", None], id="not-herself"
        ),
        pytest.param(("Ola Brandt rose.", "“I saw Ann Lee,” [she] said."), ["Ola Brandt"], id="not-whom-she-speaks-of"),
        pytest.param(("“No,” [a man in Ulm] said.", "“Yes,” [he] said."), ["a man in Ulm"] * 2, id="unnamed-man"),
        pytest.param(("“No,” said [Acme Inc].", "“Yes,” [it] said."), ["Acme Inc", "Acme Inc"], id="it"),
        pytest.param(("“No,” said [the two senators].", "“Yes,” [they] said."), ["the two senators"] * 2, id="they"),
        pytest.param(("“No,” said [Ola Brandt].", "“Yes,” [they] said."), ["Ola Brandt", None], id="they-is-nobody"),
        pytest.param(
            ("Bill Lund and Ola Lund came.", "“No,” [Lund] said.", "“Yes,” [she] said."),
            ["Lund", "Ola Lund"],
            id="gender-tells-the-surname",
        ),
    ],
)
def test_names_in_turn(paragraphs: tuple[str, ...], expected: list[str | None]) -> None:
    assert names(*paragraphs) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("“No,” said [Mayor Ola Brandt].", ("Mayor", None), id="title"),
        pytest.param("“No,” said [former Mayor Ola Brandt].", ("former Mayor", None), id="former"),
        pytest.param("“No,” said [Ola Brandt].", (None, None), id="none"),
        pytest.param("“No,” said [Secretary of State Ola Brandt].", ("Secretary of State", None), id="of-state"),
        pytest.param("Ola Brandt, a professor at Ulm, rose. “No,” [she] said.", ("professor", "Ulm"), id="apposition"),
        pytest.param("Ola Brandt, a friend at Ulm, rose. “No,” [she] said.", (None, None), id="no-office"),
        pytest.param("“No,” said [Ola Brandt], a baker in Ohio.", ("baker", None), id="place"),
        pytest.param(
            "“No,” said [Dana Pell], the treasurer of the Dockers’ Union.", ("treasurer", "Dockers’ Union"), id="of"
        ),
        pytest.param(
            "The treasurer of the Dockers’ Union, Dana Pell, rose. “No,” [Pell] said.",
            ("treasurer", "Dockers’ Union"),
            id="apposition-before",
        ),
        pytest.param("“No,” said [Dana Pell, 44, union treasurer].", ("union treasurer", None), id="after-the-age"),
        pytest.param("“No,” said [Capital Economics analyst Ola Brandt].", ("analyst", "Capital Economics"), id="firm"),
        pytest.param("As Lund met Danish analyst Ola Brandt, “no,” said [she].", ("analyst", None), id="nobody’s-firm"),
        pytest.param(
            "“No,” said [Ola Brandt], director for Asian affairs at Ulm Bank.",
            ("director", "Ulm Bank"),
            id="at-the-firm",
        ),
        pytest.param("“No,” said [Health Minister Ola Brandt].", ("Health Minister", None), id="portfolio"),
        pytest.param("“No,” said [Ulm Mayor Ola Brandt].", ("Mayor", None), id="city"),
        pytest.param("Of [Ola Brandt], President Lund said “no”.", (None, None), id="somebody-else’s-title"),
        pytest.param("“No,” said [Danish analyst Ola Brandt].", ("analyst", None), id="nationality"),
        pytest.param("“No,” said [Ohio governor Ola Brandt].", ("governor", None), id="state"),
        pytest.param("“No,” said [Ulm Bank President Ola Brandt].", ("President", "Ulm Bank"), id="before-a-title"),
        pytest.param("“No,” said [the Tory leader Ola Brandt].", ("leader", None), id="party-adjective"),
        pytest.param("“No,” said [shadow chancellor Ola Brandt].", ("shadow chancellor", None), id="shadow"),
        pytest.param("“No,” said [Lund campaign spokeswoman Ola Brandt].", ("spokeswoman", "Lund campaign"), id="camp"),
        pytest.param("“No,” said [a spokesman for Acme Inc].", ("spokesman", "Acme Inc"), id="spokesman"),
        pytest.param("Kai Lund rose. “No,” said [a spokesman for Lund].", ("spokesman", None), id="a-person’s"),
        pytest.param("“No,” said [a spokesman] for the union.", ("spokesman", "union"), id="beyond-the-mention"),
        pytest.param("“No,” said [Acme Inc], a broker at Ulm Bank.", (None, None), id="organisations-have-none"),
    ],
)
def test_standing(text: str, expected: tuple[str | None, str | None]) -> None:
    assert [(speaker.role, speaker.organisation) for speaker in speakers(text)] == [expected]


@pytest.mark.parametrize(
    ("mention", "expected"),
    [
        pytest.param("Ola Brandt", "person", id="name"),
        pytest.param("Mr Brandt", "person", id="honorific"),
        pytest.param("a homeless man", "anonymous", id="unnamed"),
        pytest.param("an official", "anonymous", id="official"),
        pytest.param("sources", "anonymous", id="sources"),
        pytest.param("his lawyer", "anonymous", id="lawyer"),
        pytest.param("one of the guests", "anonymous", id="one-of-many"),
        pytest.param("a report", "document", id="report"),
        pytest.param("the lawsuit", "document", id="lawsuit"),
        pytest.param("Polls", "document", id="polls"),
        pytest.param("police", "organisation", id="police"),
        pytest.param("the White House", "organisation", id="white-house"),
        pytest.param("Capital Economics", "organisation", id="firm"),
        pytest.param("Ulm University", "organisation", id="university"),
        pytest.param("Acme Inc", "organisation", id="company"),
        pytest.param("the NAACP", "organisation", id="initials"),
        pytest.param("the campaign", "organisation", id="campaign"),
        pytest.param("critics", "collective", id="critics"),
        pytest.param("the two senators", "collective", id="two"),
        pytest.param("some voters", "collective", id="some"),
        pytest.param("some of the guests", "collective", id="some-of-many"),
        pytest.param("Republicans", "collective", id="members"),
        pytest.param("Ola Brandt and Kai Lund", "collective", id="both"),
    ],
)
def test_kind(mention: str, expected: str) -> None:
    assert [speaker.kind for speaker in speakers(f"“No,” said [{mention}].")] == [expected]


def test_a_speaker_is_one_in_all_rows() -> None:
    found = speakers(
        "Ola Brandt rose.",
        "“No,” [Brandt] said.",
        "“Yes,” said [Kai Lund].",
        "“Oh,” said [Mayor Brandt].",
        "“Ah,” [she] said.",
    )
    assert found[0] == found[2] == found[3] == Speaker("Ola Brandt", 0, "Mayor", "person")
    assert found[1].first not in (None, 0)
    assert speakers("A wet week.") == []


def test_whoever_is_called_by_kinship_is_one_in_all_rows() -> None:
    found = speakers(
        "Kai Lund and his wife, Ola, came.",
        "“No,” [Mrs Lund] said.",
        "“Yes,” [she] said.",
        "“Oh,” said [his wife].",
        "“Ah,” said [Mr Lund].",
    )
    assert [speaker.name for speaker in found] == ["Ola", "Ola", "Ola", "Kai Lund"]
    assert found[0].first == found[1].first == found[2].first != found[3].first


def test_a_body_is_one_in_all_rows() -> None:
    found = speakers("The Ulm Dockers Union (UDU) met.", "“No,” [the UDU] said.", "“Yes,” [the union] said.")
    assert [speaker.name for speaker in found] == ["Ulm Dockers Union"] * 2
    assert found[0].first == found[1].first


def test_those_not_known_share_no_offset() -> None:
    assert {speaker.first for speaker in speakers("“No,” [we] said.")} == {None}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("A " * 50_000, id="capitals"),
        pytest.param("Ola Brandt " * 25_000, id="one-name"),
        pytest.param("Ola Brandt, the analyst, " * 10_000, id="appositions"),
        pytest.param("(" * 50_000 + ")" * 50_000, id="brackets"),
        pytest.param("Of The " * 20_000, id="joined"),
        pytest.param(" ".join(f"Ola Brandt{n}x" for n in range(10_000)), id="many-names"),
        pytest.param("word " * 40_000, id="no-end"),
        pytest.param("." * 100_000, id="stops"),
        pytest.param("Mr A " * 40_000, id="titles"),
        pytest.param("His wife, " * 20_000, id="kin"),
        pytest.param("Its chairman, who he said, " * 8_000, id="owners"),
        pytest.param("A and B (AB) " * 15_000, id="initials"),
        pytest.param("The Union " * 20_000, id="bodies"),
        pytest.param("a man she " * 20_000, id="pronouns"),
    ],
)
def test_hostile_texts_take_linear_time(text: str) -> None:
    before = time.process_time()
    found = speakers(
        f"{text} “No,” said [Mayor Ola Brandt]. “Yes,” [she] said.",
        f"{text} “Oh,” said [the analyst]. “Ah,” [he] said, [who] “x”.",
    )
    assert time.process_time() - before < 5
    assert len(found) == 5


@pytest.mark.parametrize(
    "turn",
    [
        pytest.param("“No,” said [Ola Brandt{0}]. “Yes,” [she] said.", id="names"),
        pytest.param("“No,” said [Analyst Ola{0} Brandt]. “Yes,” [he] said.", id="one-surname"),
        pytest.param("“No,” said [an official{0} of Ulm]. “Yes,” said [the official].", id="officials"),
        pytest.param("“No,” said [Mayor Ola Brandt{0}]. “Yes,” said [the mayor].", id="mayors"),
        pytest.param("“No,” said [the {0} guests]. “Yes,” [they] said.", id="groups"),
        pytest.param("Kai A{0} and his wife, Ola, sat. “No,” said [Mrs A{0}]. “Yes,” [she] said.", id="couples"),
        pytest.param("The U{0} Union met. “No,” said [the union]. “Yes,” said [its chairman].", id="unions"),
    ],
)
def test_many_speakers_take_linear_time(turn: str) -> None:
    before = time.process_time()
    assert len(speakers("\n\n".join(turn.format(n) for n in range(2_000)))) == 4_000
    assert time.process_time() - before < 5


@pytest.mark.parametrize(
    ("name", "separator"),
    [
        pytest.param("first_names.tsv", None, id="first-names"),
        pytest.param("places.tsv", ",", id="places"),
        pytest.param("genders.tsv", None, id="genders"),
    ],
)
def test_an_entry_is_in_one_class(name: str, separator: str | None) -> None:
    entries = [entry for entries in read_list(name, separator).values() for entry in entries]
    assert len(set(entries)) == len(entries)


@pytest.mark.parametrize(
    ("name", "separator"),
    [
        ("nouns.tsv", ","),
        ("organisations.tsv", None),
        ("titles.tsv", ","),
        ("pronouns.tsv", None),
        ("beside.tsv", None),
        ("kin.tsv", None),
    ],
)
def test_an_entry_is_in_a_class_once(name: str, separator: str | None) -> None:
    for entries in read_list(name, separator).values():
        assert len(set(entries)) == len(entries)


def test_of_two_names_as_long_the_same_one_is_chosen_in_every_process() -> None:
    text = "The Ulm Club said so. The Ulm Bank said so."
    found = Organisations(text, People(text, [Paragraph(0, "body", text, 0)]))
    assert found.longest("Ulm") == "Ulm Bank"
