"""Names, links, readings, groups and coreference on sentences parsed by hand."""

from __future__ import annotations

import pytest
from made_docs import annotate, parse, said


def forms(rows: str, *ents: tuple[int, int, str], **options: str | None) -> dict[str, tuple[str, tuple[str, ...]]]:
    doc = annotate(parse(rows, ents, **options))
    return {text: (form, entities) for text, form, entities in said(doc)}


def test_title_splits_a_tagged_span_and_gives_the_affiliation() -> None:
    doc = annotate(
        parse(
            """
Bastion NNP PROPN compound 1
spokesman NN NOUN compound 3
Hugo NNP PROPN compound 3
Lind NNP PROPN nsubj 4
resigned VBD VERB ROOT 4
. . PUNCT punct 4
""",
            ((0, 4, "PERSON"),),
        )
    )
    assert said(doc) == [("Bastion", "metonym", ("Arland/State",)), ("Hugo Lind", "name", ("Hugo Lind/Person",))]
    lind = next(e for e in doc._.entities if e.kind == "Person")
    assert lind.affiliation == ("actor/arland-q1",)
    assert lind.qid is None


ARTICLE = """
We PRP PRON nsubj 1
fight VBP VERB ROOT 1
al_ NNP PROPN obj 1
-_ HYPH PUNCT punct 2
Tiba NNP PROPN flat 2
and CC CCONJ cc 6
Abu NNP PROPN conj 2
Lind NNP PROPN flat 6
al_ NNP PROPN flat 6
-_ HYPH PUNCT punct 8
Kazmi NNP PROPN flat 6
. . PUNCT punct 1
"""


@pytest.mark.parametrize(
    "ents",
    [
        ((2, 3, "ORG"), (4, 5, "ORG"), (6, 9, "PERSON"), (10, 11, "NORP")),
        ((4, 5, "ORG"), (6, 11, "PERSON")),
        ((2, 3, "PERSON"), (4, 5, "ORG"), (6, 9, "PERSON")),
        ((2, 5, "ORG"), (6, 11, "PERSON")),
        ((2, 5, "ORG"), (6, 8, "PERSON"), (8, 11, "PERSON")),
    ],
    ids=["apart", "article left out", "end left out", "whole", "first names apart"],
)
def test_an_article_and_the_name_a_hyphen_joins_it_to_are_one_name(ents: tuple[tuple[int, int, str], ...]) -> None:
    assert [text for text, *_ in said(annotate(parse(ARTICLE, ents)))] == ["al-Tiba", "Abu Lind al-Kazmi"]


def test_palace_of_an_institution_is_the_institution_of_its_state() -> None:
    doc = annotate(
        parse(
            """
The DT DET det 1
Hexagon NNP PROPN nsubj 2
agreed VBD VERB ROOT 2
. . PUNCT punct 2
"""
        )
    )
    assert said(doc) == [("Hexagon", "metonym", ("Arland Ministry of Defence/Organization",))]
    ministry = next(e for e in doc._.entities if e.kind == "Organization")
    assert ministry.qid == "Q6"
    assert ministry.affiliation == ("actor/arland-q1",)


@pytest.mark.parametrize(
    ("rows", "name", "form", "entity"),
    [
        ("Arton NNP PROPN nsubj 1\ndenied VBD VERB ROOT 1\nit PRP PRON obj 1", "Arton", "metonym", "Arland/State"),
        (
            "He PRP PRON nsubj 1\nslept VBD VERB ROOT 1\nin IN ADP case 3\nArton NNP PROPN obl 1",
            "Arton",
            "name",
            "Arton/City",
        ),
        ("They PRP PRON nsubj 1\naccused VBD VERB ROOT 1\nArton NNP PROPN obj 1", "Arton", "metonym", "Arland/State"),
        ("They PRP PRON nsubj 1\nleft VBD VERB ROOT 1\nArton NNP PROPN obj 1", "Arton", "name", "Arton/City"),
        (
            "Arton_ NNP PROPN nmod:poss 2\n's POS PART case 0\nmayor NN NOUN nsubj 3\nslept VBD VERB ROOT 3",
            "Arton",
            "name",
            "Arton/City",
        ),
        (
            "Arton_ NNP PROPN nmod:poss 2\n's POS PART case 0\ndemands NNS NOUN nsubj 3\nrose VBD VERB ROOT 3",
            "Arton",
            "metonym",
            "Arland/State",
        ),
        ("Borvia NNP PROPN nsubj 1\ndenied VBD VERB ROOT 1\nit PRP PRON obj 1", "Borvia", "name", "Borvia/State"),
        (
            "He PRP PRON nsubj 1\nslept VBD VERB ROOT 1\nin IN ADP case 3\nBorvia NNP PROPN obl 1",
            "Borvia",
            "name",
            "Borvia/Place",
        ),
        ("War NN NOUN ROOT 0\nwith IN ADP case 2\nBorvia NNP PROPN nmod 0", "Borvia", "name", "Borvia/State"),
        (
            "He PRP PRON nsubj 1\nsent VBD VERB ROOT 1\naid NN NOUN obj 1\nto IN ADP case 4\nBorvia NNP PROPN obl 1",
            "Borvia",
            "name",
            "Borvia/State",
        ),
    ],
)
def test_actor_or_place(rows: str, name: str, form: str, entity: str) -> None:
    found = forms(rows)
    assert found[name] == (form, (entity,))


def test_state_and_territory_are_two_entities_that_know_each_other() -> None:
    doc = annotate(parse("Arland NNP PROPN nsubj 1\nattacked VBD VERB ROOT 1\nBorvia NNP PROPN obj 1"))
    entities = {e.id: e for e in doc._.entities}
    assert entities["actor/arland-q1"].territory == "place/arland-q1"
    assert entities["place/arland-q1"].kind == "Place"
    assert entities["place/arland-q1"].lat == 1.0


def test_demonym_is_the_state_before_a_noun_and_people_alone() -> None:
    doc = annotate(
        parse(
            """
Arlandic JJ ADJ amod 1
troops NNS NOUN nsubj 2
killed VBD VERB ROOT 2
Arlanders NNPS PROPN obj 2
. . PUNCT punct 2
"""
        )
    )
    assert said(doc) == [
        ("Arlandic troops", "nominal", ("Arlandic troops/Group",)),
        ("Arlandic", "adjective", ("Arland/State",)),
        ("Arlanders", "nominal", ("Arlanders/Group",)),
    ]
    groups = [e for e in doc._.entities if e.kind == "Group"]
    assert [g.affiliation for g in groups] == [("actor/arland-q1",), ("actor/arland-q1",)]


def test_troops_and_forces_of_one_state_are_one_group_and_those_of_another_are_not() -> None:
    doc = annotate(
        parse(
            """
Arlandic JJ ADJ amod 1
troops NNS NOUN nsubj 2
fled VBD VERB ROOT 2
. . PUNCT punct 2

Arlandic JJ ADJ amod 1
forces NNS NOUN nsubj 4
and CC CCONJ cc 3
soldiers NNS NOUN conj 1
met VBD VERB ROOT 4
Borvian JJ ADJ amod 6
forces NNS NOUN obj 4
. . PUNCT punct 4
"""
        )
    )
    groups = {text: m for text, form, m in said(doc) if form == "nominal"}
    assert groups["Arlandic troops"] == groups["Arlandic forces"]
    assert groups["Borvian forces"] != groups["Arlandic forces"]


def test_counted_people_are_a_group_and_bare_ones_are_not() -> None:
    found = forms(
        """
They PRP PRON nsubj 1
killed VBD VERB ROOT 1
15 CD NUM nummod 3
villagers NNS NOUN obj 1
near IN ADP case 5
reporters NNS NOUN obl 1
. . PUNCT punct 1
"""
    )
    assert found["15 villagers"] == ("nominal", ("15 villagers/Group",))
    assert "reporters" not in found


def test_surname_is_the_person_named_in_full() -> None:
    doc = annotate(
        parse(
            """
Oren NNP PROPN nsubj 1
fled VBD VERB ROOT 1
. . PUNCT punct 1

President NNP PROPN nmod:desc 1
Petra NNP PROPN nsubj 3
Oren NNP PROPN flat 1
denied VBD VERB ROOT 3
it PRP PRON obj 3
. . PUNCT punct 3
""",
            ((0, 1, "PERSON"), (4, 6, "PERSON")),
        )
    )
    assert {e for _, _, es in said(doc) for e in es} == {"Petra Oren/Person"}
    oren = next(e for e in doc._.entities if e.kind == "Person")
    assert oren.qid == "Q5"
    assert oren.affiliation == ("actor/arland-q1",)  # in office on the day


def test_doubtful_city_stays_unlinked() -> None:
    doc = annotate(parse("He PRP PRON nsubj 1\nslept VBD VERB ROOT 1\nin IN ADP case 3\nMilton NNP PROPN obl 1"))
    milton = next(e for e in doc._.entities if e.name == "Milton")
    assert milton.qid is None


def test_country_in_the_article_decides_between_two_cities() -> None:
    doc = annotate(
        parse(
            """
Borvian JJ ADJ amod 1
troops NNS NOUN nsubj 2
slept VBD VERB ROOT 2
in IN ADP case 4
Milton NNP PROPN obl 2
. . PUNCT punct 2
"""
        )
    )
    assert next(e for e in doc._.entities if e.name == "Milton").qid == "Q8"


PAIR = """
Petra NNP PROPN nsubj 2
Oren NNP PROPN flat 0
met VBD VERB ROOT 2
Hugo NNP PROPN obj 2
Lind NNP PROPN flat 3
. . PUNCT punct 2

"""


def test_she_is_the_woman() -> None:
    found = forms(PAIR + "She PRP PRON nsubj 1\nslept VBD VERB ROOT 1", (0, 2, "PERSON"), (3, 5, "PERSON"))
    assert found["She"] == ("pronoun", ("Petra Oren/Person",))


def test_they_are_those_who_met() -> None:
    found = forms(PAIR + "They PRP PRON nsubj 1\nslept VBD VERB ROOT 1", (0, 2, "PERSON"), (3, 5, "PERSON"))
    assert found["They"][0] == "pronoun"
    assert set(found["They"][1]) == {"Petra Oren/Person", "Hugo Lind/Person"}


def test_object_of_a_verb_is_not_its_subject() -> None:
    found = forms(
        "Hugo NNP PROPN nsubj 2\nLind NNP PROPN flat 0\nhit VBD VERB ROOT 2\nhim PRP PRON obj 2", (0, 2, "PERSON")
    )
    assert "him" not in found


def test_it_abstains_before_a_common_noun() -> None:
    found = forms(
        """
Arland NNP PROPN nsubj 1
announced VBD VERB ROOT 1
. . PUNCT punct 1

The DT DET det 1
plan NN NOUN nsubj 2
failed VBD VERB ROOT 2
because IN SCONJ mark 5
it PRP PRON nsubj 5
collapsed VBD VERB advcl 2
. . PUNCT punct 2
"""
    )
    assert "it" not in found


def test_its_is_the_subject_of_the_clause() -> None:
    found = forms(
        """
Arland NNP PROPN nsubj 1
withdrew VBD VERB ROOT 1
its PRP$ PRON nmod:poss 3
troops NNS NOUN obj 1
. . PUNCT punct 1
"""
    )
    assert found["its"] == ("pronoun", ("Arland/State",))
    assert found["its troops"][0] == "nominal"


def test_clear_it_means_nothing() -> None:
    found = forms(
        """
Arland NNP PROPN nsubj 1
fled VBD VERB ROOT 1
. . PUNCT punct 1

It PRP PRON nsubj 2
is VBZ AUX cop 2
clear JJ ADJ ROOT 2
that IN SCONJ mark 5
Borvia NNP PROPN nsubj 5
won VBD VERB csubj 2
"""
    )
    assert "It" not in found


def test_the_president_is_who_holds_the_office() -> None:
    found = forms(
        """
Petra NNP PROPN nsubj 2
Oren NNP PROPN flat 0
left VBD VERB ROOT 2
. . PUNCT punct 2

The DT DET det 1
president NN NOUN nsubj 2
slept VBD VERB ROOT 2
""",
        (0, 2, "PERSON"),
    )
    assert found["The president"] == ("nominal", ("Petra Oren/Person",))


def test_same_text_gives_the_same_records() -> None:
    one = annotate(parse(PAIR, ((0, 2, "PERSON"), (3, 5, "PERSON"))))
    two = annotate(parse(PAIR, ((0, 2, "PERSON"), (3, 5, "PERSON"))))
    assert (one._.entities, one._.mentions) == (two._.entities, two._.mentions)
