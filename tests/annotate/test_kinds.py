"""What kind of thing a name is: by its words, as a weapon, as an amount; on hand-made Docs, without a model."""

from __future__ import annotations

import pytest
from made_docs import Draft, FakeBase, annotate, parse
from spacy.lang.en import English
from spacy.tokens import Doc

from kgbuild.annotate.amounts import find_amounts
from kgbuild.annotate.kinds import kind_of_words, label_names
from kgbuild.annotate.linking import link
from kgbuild.annotate.names import find_names
from kgbuild.annotate.readings import read
from kgbuild.annotate.weapons import find_weapons
from kgbuild.knowledge import Titles

NLP = English()


@pytest.mark.parametrize(
    ("name", "label", "kind"),
    [
        ("Calder International Airport", "LOC", "FAC"),
        ("Fort Ellery", "LOC", "FAC"),
        ("Al-Noor Hospital", "ORG", "FAC"),
        ("Linden Museum", "ORG", "ORG"),
        ("Linden Museum", "LOC", "FAC"),
        ("Orlen River", "LOC", "LOC"),
        ("Mount Ansel", "LOC", "LOC"),
        ("Vesk province", "LOC", "GPE"),
        ("Northern Province", "LOC", "LOC"),
        ("Battle of Orlen", "MISC", "EVENT"),
        ("World War II", "MISC", "EVENT"),
        ("Hurricane Odette", "PERSON", "EVENT"),
        ("Orlen Security Conference", "MISC", "EVENT"),
        ("National Conference", "ORG", "ORG"),
        ("Ministry of War", "ORG", "ORG"),
        ("War Office", "ORG", "ORG"),
        ("Treaty of Orlen", "MISC", "LAW"),
        ("Petra Oren", "PERSON", ""),
        ("Orlen", "LOC", ""),
    ],
)
def test_the_head_noun_tells_the_kind(name: str, label: str, kind: str) -> None:
    doc = NLP.make_doc(f"x {name}")
    assert kind_of_words(doc, 1, len(doc), label) == kind


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It cost $1.2 billion.", [("$1.2 billion", "MONEY")]),
        ("It cost US$530,000, or €3m all told.", [("US$530,000", "MONEY"), ("€3m", "MONEY")]),
        ("About 50 million dollars went there.", [("50 million dollars", "MONEY")]),
        ("They sent millions of dollars.", [("millions of dollars", "MONEY")]),
        ("They gave two Jordanian dinars.", [("two Jordanian dinars", "MONEY")]),
        ("It rose by 15 to 20 percent, then 2.4%.", [("15 to 20 percent", "PERCENT"), ("2.4%", "PERCENT")]),
        ("The line is 40 km or 300 square miles away.", [("40 km", "QUANTITY"), ("300 square miles", "QUANTITY")]),
        ("He came at 10.30 p.m. GMT.", [("10.30 p.m. GMT", "TIME")]),
        ("Thirty-one people came in 2016.", []),
        ("The F-16 cost nothing.", []),
    ],
)
def test_amounts_have_exact_offsets(text: str, found: list[tuple[str, str]]) -> None:
    doc = NLP(text)
    assert [(doc[a:b].text, label) for a, b, label in find_amounts(doc)] == found


WEAPONS = """
The DT DET det 2
Kalibr NNP PROPN compound 3
cruise NN NOUN compound 3
missiles NNS NOUN nsubj 4
hit VBD VERB ROOT 4
two CD NUM nummod 6
tanks NNS NOUN obj 4
"""


def test_weapons_take_their_own_modifiers() -> None:
    doc = parse(WEAPONS)
    assert [doc[a:b].text for a, b in find_weapons(doc)] == ["Kalibr cruise missiles", "tanks"]


def test_a_weapon_noun_that_modifies_names_no_weapon() -> None:
    doc = parse("Bomb NN NOUN compound 1\nattacks NNS NOUN nsubj 2\nkill VBP VERB ROOT 2")
    assert find_weapons(doc) == []


@pytest.mark.parametrize(
    ("name", "is_weapon"), [("F-16s", True), ("S-400", True), ("AK-47", True), ("G-20", False), ("M-4", False)]
)
def test_designations_by_form(name: str, is_weapon: bool) -> None:
    doc = Doc(NLP.vocab, ["They", "saw", name, "."], [True, True, False, False], pos=["PRON", "VERB", "PROPN", "PUNCT"])
    doc[0].is_sent_start = True
    for token in doc[1:]:
        token.is_sent_start = False
    assert [doc[a:b].text for a, b in find_weapons(doc)] == ([name] if is_weapon else [])


def _labelled(doc: Doc) -> list[tuple[str, str]]:
    base, titles = FakeBase(), Titles.load()
    draft = doc._.draft = Draft(base)  # type: ignore[arg-type]  # duck-typed stand-in
    link(doc, draft, find_names(doc, base, titles), titles)  # type: ignore[arg-type]
    read(doc, draft)
    label_names(doc, draft)
    return [(e.text, e.label_) for e in doc.ents]


def test_labels_of_a_sentence() -> None:
    rows = """
Arlandic JJ ADJ amod 1
troops NNS NOUN nsubj 2
left VBD VERB ROOT 2
Arton NNP PROPN compound 4
airport NN NOUN obj 2
with IN ADP case 7
12 CD NUM nummod 7
Borvians NNPS PROPN obl 2
"""
    doc = parse(rows, ((3, 4, "LOC"),))
    assert _labelled(doc) == [("Arlandic", "NORP"), ("Arton airport", "FAC"), ("12", "CARDINAL")]


def test_a_capital_that_stands_for_its_state_is_still_a_place_by_name() -> None:
    doc = parse("Arton NNP PROPN nsubj 1\ndenied VBD VERB ROOT 1\nit PRP PRON obj 1", ((0, 1, "LOC"),))
    assert _labelled(doc) == [("Arton", "GPE")]


@pytest.mark.parametrize(
    ("rows", "ents", "kind"),
    [
        (
            "Hurricane NNP PROPN compound 1\nPetra NNP PROPN nsubj 2\nstruck VBD VERB ROOT 2",
            ((1, 2, "PERSON"),),
            "Topic",
        ),
        ("Vesk NNP PROPN compound 1\nprison NN NOUN nsubj 2\nburned VBD VERB ROOT 2", ((0, 1, "PERSON"),), "Place"),
        ("Kalibr NNP PROPN nsubj 1\nstruck VBD VERB ROOT 1", ((0, 1, "ORG"),), "Topic"),
    ],
)
def test_storms_prisons_and_weapons_are_no_actors(rows: str, ents: tuple[tuple[int, int, str], ...], kind: str) -> None:
    assert {e.kind for e in annotate(parse(rows, ents))._.entities} == {kind}


@pytest.mark.parametrize(
    "rows",
    [
        "He PRP PRON nsubj 1\ncame VBD VERB ROOT 1\nin IN ADP case 3\nMarch NNP PROPN obl 1",
        "Drug NN NOUN compound 1\nHBQ NNP PROPN nsubj 2\nhelps VBZ VERB ROOT 2",
        "They PRP PRON nsubj 1\nheard VBD VERB ROOT 1\nSen. NNP PROPN obj 1",
    ],
)
def test_capitals_alone_make_no_name(rows: str) -> None:
    assert [m for m in annotate(parse(rows))._.mentions if m.form == "name"] == []


def test_an_acronym_in_brackets_is_what_stands_before_it() -> None:
    rows = """
League NNP PROPN nsubj 6
of IN ADP case 2
Seas NNPS PROPN nmod 0
( -LRB- PUNCT punct 4
LOS NNP PROPN appos 0
) -RRB- PUNCT punct 4
met VBD VERB ROOT 6
"""
    found = [m for m in annotate(parse(rows, ((0, 3, "ORG"),)))._.mentions if m.form == "name"]
    assert len(found) == 2 and found[0].entities == found[1].entities
