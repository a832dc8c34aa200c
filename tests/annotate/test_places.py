"""Which of its namesakes a place name means, and whether it speaks of a place or of an actor, on sentences parsed by hand."""

from __future__ import annotations

import pytest
from made_docs import annotate, parse, said
from spacy.tokens import Doc

from kgbuild.annotate.readings import in_contest, is_actor
from kgbuild.records import Entity


def place(doc: Doc, name: str) -> Entity:
    return next(e for e in doc._.entities if e.name == name)


def sleeping_in(rest: str, ents: tuple[tuple[int, int, str], ...]) -> Doc:
    return annotate(parse("He PRP PRON nsubj 1\nslept VBD VERB ROOT 1\nin IN ADP case 3\n" + rest, ents))


def test_the_container_behind_a_comma_decides() -> None:
    doc = sleeping_in(
        "Milton NNP PROPN obl 1\n, , PUNCT punct 3\nNorthshire NNP PROPN appos 3\n. . PUNCT punct 1",
        ((3, 4, "LOC"), (5, 6, "LOC")),
    )
    assert place(doc, "Milton").qid == "Q7"
    assert place(doc, "Northshire").qid == "Q9"


def test_a_small_town_needs_a_place_beside_it() -> None:
    alone = sleeping_in("Selby NNP PROPN obl 1", ((3, 4, "LOC"),))
    assert place(alone, "Selby").lat is None
    beside = sleeping_in(
        "Selby NNP PROPN obl 1\nin IN ADP case 5\nArland NNP PROPN nmod 3", ((3, 4, "LOC"), (5, 6, "LOC"))
    )
    assert (place(beside, "Selby").lat, place(beside, "Selby").long) == (1.5, 2.5)
    assert place(beside, "Selby").within == "place/arland-q1"


def test_the_kind_behind_a_name_is_no_part_of_it() -> None:
    doc = sleeping_in("Northshire NNP PROPN compound 4\ncounty NN NOUN obl 1", ((3, 5, "LOC"),))
    assert place(doc, "Northshire").qid == "Q9"


def test_another_transliteration_is_found_where_enough_sounds_alike() -> None:
    doc = sleeping_in("Kharkov NNP PROPN obl 1", ((3, 4, "LOC"),))
    assert place(doc, "Karkiv").qid == "Q11"
    assert not any(e.qid for e in sleeping_in("Koreko NNP PROPN obl 1", ((3, 4, "LOC"),))._.entities)


def test_a_month_is_no_town() -> None:
    doc = sleeping_in("March NNP PROPN obl 1\n4 CD NUM nummod 3", ((3, 4, "LOC"),))
    assert not any(text == "March" for text, _, _ in said(doc))


def test_a_street_lies_in_the_town_of_its_sentence() -> None:
    doc = sleeping_in(
        "Green NNP PROPN compound 4\nStreet NNP PROPN obl 1\nin IN ADP case 6\nArton NNP PROPN obl 1",
        ((3, 5, "LOC"), (6, 7, "LOC")),
    )
    assert place(doc, "Green Street").within == "place/arton-q3"


def test_a_place_within_a_longer_name_is_named_too() -> None:
    doc = annotate(
        parse(
            "The DT DET det 2\nNational NNP PROPN amod 2\nLibrary NNP PROPN nsubj 5\nof IN ADP case 4\nBorvia NNP PROPN nmod 2\n"
            "closed VBD VERB ROOT 5",
            ((1, 5, "ORG"),),
        )
    )
    assert ("Borvia", "name", ("Borvia/Place",)) in said(doc)
    assert any(t == "National Library of Borvia" for t, _, _ in said(doc))


def test_a_province_that_speaks_is_a_body_with_its_ground() -> None:
    doc = annotate(parse("Northshire NNP PROPN nsubj 1\ndenied VBD VERB ROOT 1\nit PRP PRON obj 1", ((0, 1, "LOC"),)))
    mention = next(m for m in doc._.mentions if m.form == "metonym")
    body = next(e for e in doc._.entities if e.id in mention.entities)
    assert (body.kind, body.name, body.qid) == ("Organization", "Northshire", None)
    assert body.territory == "place/northshire-q9"
    assert body.affiliation == ("actor/arland-q1",)


def test_a_province_one_lives_in_stays_a_place() -> None:
    doc = sleeping_in("Northshire NNP PROPN obl 1", ((3, 4, "LOC"),))
    assert [m.form for m in doc._.mentions if doc.text[m.span.begin : m.span.end] == "Northshire"] == ["name"]
    assert place(doc, "Northshire").kind == "Place"


READINGS = [
    ("Arland NNP PROPN nsubj 1\nyielded VBD VERB ROOT 1\nto IN ADP case 3\nBorvia NNP PROPN obl 1", 3, True),
    ("the DT DET det 1\nroad NN NOUN ROOT 1\nbetween IN ADP case 3\nArland NNP PROPN nmod 1", 3, False),
    ("a DT DET det 1\nquarrel NN NOUN ROOT 1\nbetween IN ADP case 3\nArland NNP PROPN nmod 1", 3, True),
    ("They PRP PRON nsubj 1\nleft VBD VERB ROOT 1\nfor IN ADP case 3\nArland NNP PROPN obl 1", 3, False),
    ("Arland NNP PROPN nsubj 3\nis VBZ AUX cop 3\na DT DET det 3\ncountry NN NOUN ROOT 3", 0, False),
    ("Arland NNP PROPN nsubj 3\nis VBZ AUX cop 3\na DT DET det 3\nliar NN NOUN ROOT 3", 0, True),
    ("Arland NNP PROPN nmod:poss 2\n's POS PART case 0\ncoastline NN NOUN ROOT 2", 0, False),
    ("Arland NNP PROPN nmod:poss 2\n's POS PART case 0\nrefusal NN NOUN ROOT 2", 0, True),
    ("the DT DET det 1\noccupation NN NOUN ROOT 1\nof IN ADP case 3\nArland NNP PROPN nmod 1", 3, False),
    ("the DT DET det 1\nwill NN NOUN ROOT 1\nof IN ADP case 3\nArland NNP PROPN nmod 1", 3, True),
    ("the DT DET det 1\nborder NN NOUN ROOT 1\nwith IN ADP case 3\nArland NNP PROPN nmod 1", 3, False),
    (
        "It PRP PRON nsubj 1\nfaced VBD VERB ROOT 1\ncriticism NN NOUN obj 1\nfrom IN ADP case 4\nArland NNP PROPN obl 1",
        4,
        True,
    ),
    (
        "It PRP PRON nsubj 1\nfaced VBD VERB ROOT 1\nrockets NNS NOUN obj 1\nfrom IN ADP case 4\nArland NNP PROPN obl 1",
        4,
        False,
    ),
    (
        "It PRP PRON nsubj 1\ncame VBD VERB ROOT 1\nunder IN ADP case 3\npressure NN NOUN obl 1\nfrom IN ADP case 5\nArland NNP PROPN obl 1",
        5,
        True,
    ),
    (
        "It PRP PRON nsubj 1\ncame VBD VERB ROOT 1\nunder IN ADP case 3\nattack NN NOUN obl 1\nfrom IN ADP case 5\nArland NNP PROPN obl 1",
        5,
        False,
    ),
    ("the DT DET det 2\nArland NNP PROPN compound 2\nstrike NN NOUN ROOT 2", 1, False),
    ("the DT DET det 2\nU.A. NNP PROPN compound 2\nstrike NN NOUN ROOT 2", 1, True),
    ("the DT DET det 2\nUA NNP PROPN compound 2\nraid NN NOUN ROOT 2", 1, True),
    ("the DT DET det 2\nU.A. NNP PROPN compound 2\ncoast NN NOUN ROOT 2", 1, False),
]


@pytest.mark.parametrize(("rows", "i", "actor"), READINGS)
def test_a_state_acts_or_lies_by_its_sentence(rows: str, i: int, actor: bool) -> None:
    token = parse(rows)[i]
    assert is_actor(token, False) is actor


CONTESTS = [
    ("He PRP PRON nsubj 1\nplays VBZ VERB ROOT 1\nfor IN ADP case 3\nMilton NNP PROPN obl 1", 3, True),
    ("He PRP PRON nsubj 1\nlives VBZ VERB ROOT 1\nfor IN ADP case 3\nMilton NNP PROPN obl 1", 3, False),
    ("the DT DET det 1\nwin NN NOUN ROOT 1\nover IN ADP case 3\nMilton NNP PROPN nmod 1", 3, True),
    ("the DT DET det 1\nsky NN NOUN ROOT 1\nover IN ADP case 3\nMilton NNP PROPN nmod 1", 3, False),
    ("the DT DET det 2\nMilton NNP PROPN compound 2\nsquad NN NOUN ROOT 2", 1, True),
    ("the DT DET det 2\nMilton NNP PROPN compound 2\nroad NN NOUN ROOT 2", 1, False),
]


@pytest.mark.parametrize(("rows", "i", "side"), CONTESTS)
def test_sides_of_a_contest(rows: str, i: int, side: bool) -> None:
    assert in_contest(parse(rows)[i]) is side
