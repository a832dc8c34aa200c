"""Who is what of whom, on sentences parsed by hand with an invented base."""

from __future__ import annotations

import pytest
from made_docs import FakeBase, parse
from spacy.tokens import Doc

from kgbuild.annotate.affiliation import add_affiliations
from kgbuild.annotate.assemble import assemble
from kgbuild.annotate.coreference import resolve
from kgbuild.annotate.draft import Draft
from kgbuild.annotate.linking import link
from kgbuild.annotate.names import find_names
from kgbuild.annotate.nominals import add_nominals
from kgbuild.annotate.readings import read
from kgbuild.annotate.times import find_times
from kgbuild.knowledge import Titles


def facts(doc: Doc, known: bool = False) -> list[tuple[str, str, str | None, str, str]]:
    """(kind, member, role, body, words) of every affiliation."""
    titles, base = Titles.load(), FakeBase()
    draft = doc._.draft = Draft(base)  # type: ignore[arg-type]  # duck-typed stand-in
    link(doc, draft, find_names(doc, base, titles), titles)  # type: ignore[arg-type]
    read(doc, draft)
    doc._.times = find_times(doc)
    resolve(doc, draft, titles, add_nominals(doc, draft, titles))
    add_affiliations(doc, draft, titles)
    assemble(doc)
    names = {e.id: e.name for e in doc._.entities}
    return [
        (a.kind, names[a.member], a.role, names[a.body], doc.text[a.span.begin : a.span.end])
        for a in doc._.affiliations
        if a.known == known
    ]


TITLE = """Hexagon NNP PROPN compound 1
spokesman NN NOUN compound 2
Jon NNP PROPN nsubj 4
Ek NNP PROPN flat 2
spoke VBD VERB ROOT 4
. . PUNCT punct 4"""

OF_PHRASE = """Foreign NNP PROPN compound 2
Minister NNP PROPN compound 2
Ann NNP PROPN nsubj 6
Lee NNP PROPN flat 2
of IN ADP case 5
Borvia NNP PROPN nmod 2
spoke VBD VERB ROOT 6
. . PUNCT punct 6"""

APPOSITION = """Jon NNP PROPN nsubj 11
Ek_ NNP PROPN flat 0
, , PUNCT punct 5
a DT DET det 5
former JJ ADJ amod 5
colonel NN NOUN appos 0
in IN ADP case 9
the DT DET det 9
Arland NNP PROPN compound 9
Guard_ NNP PROPN nmod 5
, , PUNCT punct 5
spoke VBD VERB ROOT 11
. . PUNCT punct 11"""

STATEMENT = """Ann NNP PROPN nsubj 4
Lee NNP PROPN flat 0
is VBZ AUX cop 4
the DT DET det 4
head NN NOUN ROOT 4
of IN ADP case 7
the DT DET det 7
League NNP PROPN nmod 4
of IN ADP case 9
Seas NNP PROPN nmod 7
since IN ADP case 11
2019 CD NUM obl 4
. . PUNCT punct 4"""


def test_a_title_between_a_body_and_a_name() -> None:
    doc = parse(TITLE, ((0, 1, "ORG"), (2, 4, "PERSON")))
    assert facts(doc) == [
        ("Spokesperson", "Jon Ek", "spokesman", "Arland Ministry of Defence", "Hexagon spokesman Jon Ek")
    ]


def test_an_of_phrase_behind_a_name_with_a_title() -> None:
    doc = parse(OF_PHRASE, ((2, 4, "PERSON"), (5, 6, "LOC")))
    assert facts(doc) == [("Office", "Ann Lee", "foreign minister", "Borvia", "Foreign Minister Ann Lee of Borvia")]


def test_an_apposition_and_a_role_that_is_over() -> None:
    doc = parse(APPOSITION, ((0, 2, "PERSON"), (8, 10, "ORG")))
    found = facts(doc)
    assert [(k, m, r) for k, m, r, _, _ in found] == [("Member", "Jon Ek", "former colonel")]
    assert found[0][4].startswith("Jon Ek, a former colonel in the Arland Guard")
    (record,) = [a for a in doc._.affiliations if not a.known and a.role == "former colonel"]
    assert (record.earliest, record.latest) == (None, "2022-03-24"), "over by the day of the article"


def test_a_statement_with_its_time() -> None:
    doc = parse(STATEMENT, ((0, 2, "PERSON"), (7, 10, "ORG")))
    ((kind, member, role, body, _),) = facts(doc)
    assert (kind, member, role, body) == ("Head", "Ann Lee", "head", "League of Seas")
    assert doc._.affiliations[0].earliest == "2019-01-01"


@pytest.mark.parametrize(
    "change",
    [("is VBZ AUX cop 4\nthe DT DET det 4", "is VBZ AUX cop 4\nnot RB PART advmod 4"), ("is VBZ AUX cop 4\nthe DT DET det 4", "may MD AUX aux 4\nbe VB AUX cop 4"),
     (". . PUNCT punct 4", "? . PUNCT punct 4")],
)  # fmt: skip
def test_what_is_denied_supposed_or_asked_is_no_affiliation(change: tuple[str, str]) -> None:
    doc = parse(STATEMENT.replace(*change), ((0, 2, "PERSON"), (7, 10, "ORG")))
    assert facts(doc) == []


def test_groups_and_places() -> None:
    doc = parse("""Arlandic JJ ADJ amod 1
troops NNS NOUN nsubj 2
left VBD VERB ROOT 2
Milport_ NNP PROPN obj 2
, , PUNCT punct 5
Borvia NNP PROPN appos 3
. . PUNCT punct 2""", ((3, 4, "LOC"), (5, 6, "LOC")))  # fmt: skip
    found = facts(doc)
    assert ("Unit", "Arlandic troops", "troops", "Arland", "Arlandic troops") in found
    assert ("Location", "Milport", None, "Borvia", "Milport, Borvia") in found
    place = next(e for e in doc._.entities if e.name == "Milport")
    assert place.within == next(e.id for e in doc._.entities if e.name == "Borvia" and e.kind == "Place")


def test_what_the_base_knows_carries_the_days_of_the_term() -> None:
    doc = parse(
        "Petra NNP PROPN nsubj 2\nOren NNP PROPN flat 0\nspoke VBD VERB ROOT 2\n. . PUNCT punct 2", ((0, 2, "PERSON"),)
    )
    assert facts(doc, known=True) == [("Office", "Petra Oren", "president", "Arland", "Petra Oren")]
    (record,) = doc._.affiliations
    assert (record.earliest, record.latest, record.extractor.split("/")[1][:14]) == (
        "2020-01-01",
        None,
        "knowledge-base",
    )
    early = parse(
        "Petra NNP PROPN nsubj 2\nOren NNP PROPN flat 0\nspoke VBD VERB ROOT 2\n. . PUNCT punct 2",
        ((0, 2, "PERSON"),),
        "2015-01-01",
    )
    assert facts(early, known=True) == [], "not yet in office"


def test_a_states_forces_are_one_in_all_articles_and_its_officials_are_not() -> None:
    def ids(noun: str) -> set[str]:
        rows = "Arlandic JJ ADJ amod 1\n{} NNS NOUN nsubj 2\n{} VBD VERB ROOT 2\n. . PUNCT punct 2"
        docs = [parse(rows.format(noun, verb)) for verb in ("left", "spoke")]
        assert all(facts(doc) for doc in docs)
        return {e.id for doc in docs for e in doc._.entities if e.kind == "Group"}

    assert len(ids("troops")) == 1
    assert len(ids("officials")) == 2
