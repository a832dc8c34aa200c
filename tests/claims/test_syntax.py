"""Tree helpers on hand-made trees."""

from __future__ import annotations

import spacy
from marked import by_hand
from spacy.tokens import Doc

from kgbuild.claims import syntax

CONTROL = """
They      they    PRON  PRP 2 nsubj
forced    force   VERB  VBD 0 root
Kenya     Kenya   PROPN NNP 2 obj
to        to      PART  TO  5 mark
withdraw  withdraw VERB VB  2 xcomp
from      from    ADP   IN  7 case
Leoni     Leoni   PROPN NNP 5 obl
"""
RELATIVE = """
The       the     DET   DT  2 det
men       man     NOUN  NNS 0 root
who       who     PRON  WP  4 nsubj
fled      flee    VERB  VBD 2 acl:relcl
and       and     CCONJ CC  6 cc
women     woman   NOUN  NNS 2 conj
"""
CARRIED = """
It        it      PRON  PRP 2 nsubj
carried   carry   VERB  VBD 0 root
out       out     ADP   RP  2 compound:prt
Kenya     Kenya   PROPN NNP 6 nmod:poss
's        's      PART  POS 4 case
raids     raid    NOUN  NNS 2 obj
in        in      ADP   IN  8 case
Mali      Mali    PROPN NNP 6 nmod
"""
SHARED = """
Troops    troop   NOUN  NNS 3 nsubj
are       be      AUX   VBP 3 aux
advising  advise  VERB  VBG 0 root
and       and     CCONJ CC  5 cc
arming    arm     VERB  VBG 3 conj
rebels    rebel   NOUN  NNS 3 obj
"""
GERUND = """
Killing   kill    VERB  VBG 5 csubj
farmers   farmer  NOUN  NNS 1 obj
is        be      AUX   VBZ 5 cop
a         a       DET   DT  5 det
crime     crime   NOUN  NN  0 root
"""
STRAYED = """
Kenya     Kenya   PROPN NNP 7 nsubj
welcomes  welcome VERB  VBZ 7 ccomp
it        it      PRON  PRP 2 obj
,         ,       PUNCT ,   7 punct
the       the     DET   DT  6 det
agency    agency  NOUN  NN  7 nsubj
said      say     VERB  VBD 0 root
"""
PLAN = """
Kenya     Kenya   PROPN NNP 2 nsubj
{verb}      {verb}    VERB  VBD 0 root
a         a       DET   DT  4 det
plan      plan    NOUN  NN  2 obj
to        to      PART  TO  6 mark
leave     leave   VERB  VB  4 acl
"""


def words(tokens: object) -> list[str]:
    return [t.text for t in tokens]  # type: ignore[attr-defined]


def test_the_object_of_forcing_is_the_subject_of_what_is_forced() -> None:
    doc = by_hand(CONTROL)
    assert words(syntax.agents(doc[4])) == ["Kenya"]
    assert words(syntax.agents(doc[1])) == ["They"]
    assert [(c, t.text) for c, t in syntax.obliques(doc[4])] == [("from", "Leoni")]


def test_a_relative_pronoun_stands_for_its_noun() -> None:
    doc = by_hand(RELATIVE)
    assert "men" in words(syntax.subjects(doc[3]))
    assert words(syntax.conjuncts(doc[1])) == ["men", "women"]


def test_particles_owners_and_arguments() -> None:
    doc = by_hand(CARRIED)
    assert syntax.particle(doc[1]) == "out"
    assert words(syntax.possessors(doc[5])) == ["Kenya"]
    assert [(s, t.text) for s, t in syntax.nominal_arguments(doc[5])] == [("poss", "Kenya"), ("in", "Mali")]
    assert doc.text[slice(*syntax.verb_group(doc[1]))] == "carried out"
    held = syntax.governor(doc[5])
    assert held is not None
    assert (held[0], held[1].text) == ("obj", "carried")


def test_spans_cover_phrases_and_clauses() -> None:
    doc = by_hand(CARRIED)
    assert doc.text[slice(*syntax.phrase_span(doc[5]))] == "Kenya 's raids in Mali"
    assert doc.text[slice(*syntax.clause_span(doc[1]))] == doc.text.strip()
    assert syntax.base("nsubj:pass") == "nsubj"


def test_which_takes_up_no_people() -> None:
    words = "They turned away the migrants , which Arland condemned .".split()
    heads = [1, 1, 1, 4, 1, 8, 8, 8, 4, 1]
    deps = ["nsubj", "ROOT", "advmod", "det", "obj", "punct", "obj", "nsubj", "acl:relcl", "punct"]
    pos = ["PRON", "VERB", "ADV", "DET", "NOUN", "PUNCT", "PRON", "PROPN", "VERB", "PUNCT"]
    tags = ["PRP", "VBD", "RB", "DT", "NNS", ",", "WDT", "NNP", "VBD", "."]
    lemmas = ["they", "turn", "away", "the", "migrant", ",", "which", "Arland", "condemn", "."]
    doc = Doc(spacy.blank("en").vocab, words=words, heads=heads, deps=deps, pos=pos, tags=tags, lemmas=lemmas)
    assert syntax.antecedent(doc[6]) is None
    other = Doc(
        spacy.blank("en").vocab,
        words=words,
        heads=heads,
        deps=deps,
        pos=pos,
        tags=tags,
        lemmas=[*lemmas[:4], "plan", *lemmas[5:]],
    )
    found = syntax.antecedent(other[6])
    assert found is not None and found.i == 4


def test_verbs_joined_before_their_object_share_it() -> None:
    doc = by_hand(SHARED)
    assert words(syntax.objects(doc[4])) == ["rebels"]
    assert words(syntax.agents(doc[4])) == ["Troops"]


def test_a_gerund_keeps_its_object_where_the_verb_is_singular() -> None:
    doc = by_hand(GERUND)
    assert words(syntax.objects(doc[0])) == ["farmers"]


def test_a_subject_hung_on_the_verb_of_saying_returns_to_its_clause() -> None:
    doc = by_hand(STRAYED)
    assert words(syntax.subjects(doc[1])) == ["Kenya"]
    assert words(syntax.subjects(doc[6])) == ["agency"]


def test_whoever_judges_a_plan_need_not_carry_it_out() -> None:
    assert words(syntax.agents(by_hand(PLAN.format(verb="make"))[5])) == ["Kenya"]
    assert words(syntax.agents(by_hand(PLAN.format(verb="oppose"))[5])) == []
