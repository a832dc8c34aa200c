"""Names that recur, aliases, descriptions and voices, on sentences parsed by hand."""

from __future__ import annotations

import pytest
from made_docs import said
from test_coreference import I_SLEPT, meant, sentence, text

COMPACT = sentence(
    "They PRP PRON nsubj 2",
    "never RB ADV advmod 2",
    "signed VBD VERB ROOT 2",
    "the DT DET det 5",
    "Grain NNP PROPN compound 5",
    "Compact NNP PROPN obj 2",
    "today RB ADV advmod 2",
    ". . PUNCT punct 2",
)


def names(surface: str, *sentences: str) -> list[tuple[str, ...]]:
    return meant(text("\n\n".join(sentences), names={}), surface, "name")


def test_capitals_that_recur_inside_sentences_are_a_name() -> None:
    assert names("Grain Compact", COMPACT, COMPACT) == [("Grain Compact/Topic",)] * 2
    assert not names("Grain Compact", COMPACT)


def test_words_also_written_small_name_nothing() -> None:
    small = sentence(
        "The DT DET det 2",
        "grain NN NOUN compound 2",
        "compact NN NOUN nsubj 3",
        "failed VBD VERB ROOT 3",
        ". . PUNCT punct 3",
    )
    assert not names("Grain Compact", COMPACT, COMPACT, small)


def test_parts_of_a_text_and_days_name_nothing() -> None:
    figure = COMPACT.replace("Grain", "Main").replace("Compact", "Figure")
    assert not names("Main Figure", figure, figure)
    day = COMPACT.replace("Grain", "Quiet").replace("Compact", "Monday")
    assert not names("Quiet Monday", day, day)


def test_capitals_of_a_sentences_start_do_not_count() -> None:
    opening = sentence("Compact NNP PROPN nsubj 1", "failed VBD VERB ROOT 1", ". . PUNCT punct 1")
    assert not names("Compact", opening, opening)


# -------------------------------------------------------------------------------------------------------- aliases


@pytest.mark.parametrize(("word", "joined"), [("known", True), ("seen", False)])
def test_an_alias_is_who_is_known_by_it(word: str, joined: bool) -> None:
    rows = sentence(
        "Milena NNP PROPN nsubj 7",
        "Dravic NNP PROPN flat 0",
        ", , PUNCT punct 3",
        f"{word} VBN VERB acl 0",
        "as IN ADP case 5",
        "Zorka NNP PROPN obl 3",
        ", , PUNCT punct 3",
        "slept VBD VERB ROOT 7",
        ". . PUNCT punct 7",
    )
    doc = text(rows, names={"Milena Dravic": "PERSON", "Zorka": "PERSON"})
    assert (meant(doc, "Zorka", "name") == [("Milena Dravic/Person",)]) is joined


def test_a_storm_keeps_its_name_without_its_kind() -> None:
    full = sentence(
        "Cyclone NNP PROPN compound 1", "Zorka NNP PROPN nsubj 2", "grew VBD VERB ROOT 2", ". . PUNCT punct 2"
    )
    bare = sentence("Zorka NNP PROPN nsubj 1", "turned VBD VERB ROOT 1", ". . PUNCT punct 1")
    doc = text(full + "\n\n" + bare, names={"Cyclone Zorka": "MISC", "Zorka": "LOC"})
    assert meant(doc, "Zorka", "name") == [("Cyclone Zorka/Topic",)]


# --------------------------------------------------------------------------------------------------- descriptions

PAINTER = sentence(
    "The DT DET det 1",
    "painter NN NOUN nsubj 4",
    "Milena NNP PROPN appos 1",
    "Dravic NNP PROPN flat 2",
    "slept VBD VERB ROOT 4",
    ". . PUNCT punct 4",
)
THE_PAINTER = sentence("The DT DET det 1", "painter NN NOUN nsubj 2", "woke VBD VERB ROOT 2", ". . PUNCT punct 2")
MILENA = {"Milena Dravic": "PERSON", "Ivo Marin": "PERSON"}


def test_a_noun_before_a_name_is_taken_up_later() -> None:
    doc = text(PAINTER + "\n\n" + THE_PAINTER, names=MILENA)
    assert meant(doc, "The painter", "nominal") == [("Milena Dravic/Person",)] * 2


def test_of_two_described_alike_the_last_one_is_meant() -> None:
    other = PAINTER.replace("Milena", "Ivo").replace("Dravic", "Marin")
    doc = text(PAINTER + "\n\n" + other + "\n\n" + THE_PAINTER, names=MILENA)
    assert meant(doc, "The painter", "nominal")[-1] == ("Ivo Marin/Person",)


@pytest.mark.parametrize(("negated", "told"), [(False, True), (True, False)])
def test_a_predicate_describes_its_subject(negated: bool, told: bool) -> None:
    adverb = "never RB ADV advmod 4" if negated else "now RB ADV advmod 4"
    port = sentence(
        "Arton NNP PROPN nsubj 4",
        "is VBZ AUX cop 4",
        adverb,
        "a DT DET det 4",
        "refuge NN NOUN ROOT 4",
        ". . PUNCT punct 4",
    )
    later = THE_PAINTER.replace("painter", "refuge")
    doc = text(port + "\n\n" + later, names={"Arton": "LOC"})
    assert (meant(doc, "The refuge", "nominal") == [("Arton/City",)]) is told


def test_what_somebody_becomes_is_a_mention_of_them() -> None:
    rows = sentence(
        "Milena NNP PROPN nsubj 2",
        "Dravic NNP PROPN flat 0",
        "become VBP VERB ROOT 2",
        "a DT DET det 4",
        "judge NN NOUN xcomp 2",
        ". . PUNCT punct 2",
    )
    assert meant(text(rows, names=MILENA), "a judge", "nominal") == [("Milena Dravic/Person",)]
    assert not meant(text(rows.replace("become", "judge"), names=MILENA), "a judge", "nominal")


def test_a_relative_named_once_is_known_from_then_on() -> None:
    first = sentence(
        "Ivo NNP PROPN nsubj 2",
        "Marin NNP PROPN flat 0",
        "met VBD VERB ROOT 2",
        "his PRP$ PRON nmod:poss 4",
        "wife NN NOUN obj 2",
        ", , PUNCT punct 6",
        "Milena NNP PROPN appos 4",
        "Dravic NNP PROPN flat 6",
        ". . PUNCT punct 2",
    )
    later = sentence(
        "Ivo NNP PROPN nsubj 2",
        "Marin NNP PROPN flat 0",
        "left VBD VERB ROOT 2",
        "his PRP$ PRON nmod:poss 4",
        "wife NN NOUN obj 2",
        ". . PUNCT punct 2",
    )
    doc = text(first + "\n\n" + later, names=MILENA)
    assert meant(doc, "his wife", "nominal") == [("Milena Dravic/Person",)] * 2


# --------------------------------------------------------------------------------------------------------- voices


def test_who_is_called_a_name_tells_the_story() -> None:
    called = sentence(
        "He PRP PRON nsubj 1",
        "call VBD VERB ROOT 1",
        "me PRP PRON obj 1",
        "Thistle NN NOUN obj 1",
        ". . PUNCT punct 1",
    )
    doc = text(called, I_SLEPT, names={})
    assert meant(doc, "I") == [("Thistle/Person",)]
    assert not meant(text(called.replace("me PRP PRON", "him PRP PRON"), I_SLEPT, names={}), "I")


def test_several_who_name_themselves_have_a_paragraph_each() -> None:
    i_am = sentence(
        "I PRP PRON nsubj 2",
        "am VBP AUX cop 2",
        "Milena NNP PROPN ROOT 2",
        "Dravic NNP PROPN flat 2",
        ". . PUNCT punct 2",
    )
    other = i_am.replace("Milena", "Ivo").replace("Dravic", "Marin")
    doc = text(i_am, other, I_SLEPT, names=MILENA)
    assert meant(doc, "I") == [("Milena Dravic/Person",), ("Ivo Marin/Person",)]


def test_who_is_called_up_speaks_next_and_a_byline_calls_nobody_up() -> None:
    up = sentence("Ms. NNP PROPN compound 1", "Dravic NNP PROPN ROOT 1", "? . PUNCT punct 1")
    assert meant(text(up, I_SLEPT, names={"Dravic": "PERSON"}), "I") == [("Dravic/Person",)]
    byline = sentence("Ms. NNP PROPN compound 1", "Dravic NNP PROPN ROOT 1")
    assert not meant(text(byline, I_SLEPT, names={"Dravic": "PERSON"}), "I")


@pytest.mark.parametrize(("word", "told"), [("fellow", True), ("some", False)])
def test_we_are_the_people_whom_a_speech_calls_its_own(word: str, told: bool) -> None:
    greeting = sentence(
        "My PRP$ PRON nmod:poss 2",
        f"{word} JJ ADJ amod 2",
        "Arlanders NNPS PROPN nsubj 4",
        "not RB PART advmod 4",
        "slept VBD VERB ROOT 4",
        ". . PUNCT punct 4",
    )
    we = sentence("We PRP PRON nsubj 1", "slept VBD VERB ROOT 1", ". . PUNCT punct 1")
    doc = text(greeting, we, names={})
    assert bool(meant(doc, "We")) is told
    assert all("Arlanders" in name for surface, kind, ids in said(doc) if surface == "We" for name in ids)
