"""Topics: what makes a noun phrase one, what it is called, and where it is mentioned."""

from __future__ import annotations

from marked import by_hand

from kgbuild.claims.topics import is_generic, topic_key, topics

TALKS = """
Nuclear   nuclear  ADJ   JJ  2 amod
weapons   weapon   NOUN  NNS 3 nsubj
worry     worry    VERB  VBP 0 root
farmers   farmer   NOUN  NNS 3 obj
.         .        PUNCT .   3 punct
Dangerous dangerous ADJ  JJ  8 amod
nuclear   nuclear  ADJ   JJ  8 amod
weapons   weapon   NOUN  NNS 9 nsubj
remain    remain   VERB  VBP 0 root
.         .        PUNCT .   9 punct
"""


def test_a_phrase_of_two_words_that_recurs_is_a_topic() -> None:
    entities, mentions = topics(by_hand(TALKS))
    assert [(e.name, e.kind) for e in entities] == [("nuclear weapons", "Topic")]
    assert len(mentions) == 2


def test_judging_words_are_no_part_of_a_topic() -> None:
    doc = by_hand(TALKS)
    assert topic_key(doc[7]) == topic_key(doc[1]) == "nuclear weapon"


def test_one_bare_word_handled_once_is_no_topic_unless_somebody_takes_sides_about_it() -> None:
    doc = by_hand(TALKS)
    assert "farmers" not in {e.name for e in topics(doc, handled={3})[0]}
    assert "farmers" in {e.name for e in topics(doc, judged={3})[0]}


def test_generic_words_are_no_topics() -> None:
    doc = by_hand("the the DET DT 2 det\nthing thing NOUN NN 0 root")
    assert is_generic(doc[1])
    assert topics(doc) == ([], [])
