"""Events: every rule's own examples and counterexamples, and roles on hand-made trees."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from marked import by_hand, by_model, either, ids
from spacy.language import Language

from kgbuild.annotate import load
from kgbuild.claims.events import find_events
from kgbuild.claims.lexicon import compile_lexicon, inflections
from kgbuild.config import Config
from kgbuild.errors import RuleError
from kgbuild.layers import TimeExpression
from kgbuild.records import Span
from kgbuild.rules import load_rules
from kgbuild.vocab import EVENT_TYPES

RULES = load_rules("events")["rules"]


def cases(key: str) -> Iterator[tuple[str, str]]:
    for name, rule in RULES.items():
        for text in rule[key]:
            yield name, text


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load(Config())


@pytest.mark.model
@pytest.mark.parametrize(("rule", "text"), list(cases("examples")))
def test_examples(nlp: Language, rule: str, text: str) -> None:
    doc, marked = by_model(nlp, text)
    found, _ = find_events(doc)
    kinds = {RULES[rule]["type"], *RULES[rule].get("verb_type", {}).values()}
    assert marked.trigger is not None
    begin, end = marked.trigger
    at = [
        e.record
        for e in found
        if e.record.trigger.begin < end and begin < e.record.trigger.end and e.record.type in kinds
    ]
    assert at, f"no {RULES[rule]['type']} in {marked.text!r}: {[(e.record.lemma, e.record.type) for e in found]}"
    event = at[0]
    assert set(event.agents) == ids(marked, "a")
    assert ids(marked, "r") <= {*event.recipients, *event.themes}
    assert not {*event.recipients, *event.themes} & ids(marked, "ax")
    assert all(
        {*event.places, *event.themes, *event.recipients} & either(marked, "p") for _ in sorted(ids(marked, "p"))
    )


@pytest.mark.model
@pytest.mark.parametrize(("rule", "text"), list(cases("counterexamples")))
def test_counterexamples(nlp: Language, rule: str, text: str) -> None:
    doc, marked = by_model(nlp, text)
    words = {w for part in ("verbs", "nouns") for w in RULES[rule].get(part, "").replace(" +", " ").split(", ")}
    wrong = [e.record for e in find_events(doc)[0] if e.record.type == RULES[rule]["type"] and e.record.lemma in words]
    assert not wrong, f"{marked.text!r}: {[(e.lemma, e.type) for e in wrong]}"


RAID = """
Kenya     Kenya  PROPN NNP 2 nsubj
raided    raid   VERB  VBD 0 root
Leoni     Leoni  PROPN NNP 2 obj
and       and    CCONJ CC  5 cc
shelled   shell  VERB  VBD 2 conj
Mali      Mali   PROPN NNP 5 obj
"""
PASSIVE = """
Leoni     Leoni  PROPN NNP 3 nsubj:pass
was       be     AUX   VBD 3 aux:pass
bombed    bomb   VERB  VBN 0 root
by        by     ADP   IN  5 case
Kenya     Kenya  PROPN NNP 3 obl:agent
"""
NAMED = """
Strike    Strike PROPN NNP 2 compound
Force     Force  PROPN NNP 3 nsubj
left      leave  VERB  VBD 0 root
Leoni     Leoni  PROPN NNP 3 obj
"""


def test_a_subject_is_shared_by_coordinated_verbs() -> None:
    doc = by_hand(RAID, [("State", "Kenya"), ("City", "Leoni"), ("State", "Mali")])
    first, second = (e.record for e in find_events(doc)[0])
    assert first.type == second.type == "Assault"
    assert [a.partition("-")[0] for a in (*first.agents, *second.agents)] == ["actor/kenya"] * 2
    assert [r.partition("-")[0] for r in second.recipients] == ["actor/mali"]


def test_the_agent_of_a_passive_stands_behind_by() -> None:
    doc = by_hand(PASSIVE, [("State", "Kenya"), ("City", "Leoni")])
    (event,) = (e.record for e in find_events(doc)[0])
    assert [a.partition("-")[0] for a in event.agents] == ["actor/kenya"]
    assert [t.partition("-")[0] for t in event.themes] == ["place/leoni"]
    assert doc.text[slice(*event.trigger)] == "bombed"


def test_no_event_inside_a_name() -> None:
    doc = by_hand(NAMED, [("Organization", "Strike Force"), ("City", "Leoni")])
    assert "Assault" not in {e.record.type for e in find_events(doc)[0]}


def test_masked_words_name_no_events() -> None:
    doc = by_hand(PASSIVE, [("State", "Kenya"), ("City", "Leoni")])
    for token in doc:
        token._.masked = True
    assert find_events(doc)[0] == ()


def test_every_rule_has_a_type_of_the_vocabulary() -> None:
    assert {rule["type"] for rule in RULES.values()} <= set(EVENT_TYPES)


def test_inflections_double_consonants_and_drop_e() -> None:
    assert {"stopped", "stopping"} <= set(inflections("stop"))
    assert {"invaded", "invading", "invades"} <= set(inflections("invade"))
    assert "carried" in inflections("carry")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"type": "Nonsense"}, "no such type of event"),
        ({"mode": "nonsense"}, "no such mode of event"),
        ({"frame": "nowhere"}, "no such frame"),
        ({"surprise": 1}, "unknown key 'surprise'"),
        ({"examples": []}, "has no examples"),
    ],
)
def test_a_faulty_rule_is_named(change: dict[str, object], words: str) -> None:
    rule = {"type": "Assault", "frame": "act", "verbs": "raid", "examples": ["x"], "counterexamples": ["y"], **change}
    with pytest.raises(RuleError, match=words):
        compile_lexicon({"frames": {"act": {"verb": {"agent": "subject"}}}, "rules": {"raid": rule}})


OTHERS_DAY = """
Kenya     Kenya    PROPN NNP 2 nsubj
raided    raid     VERB  VBD 0 root
Leoni     Leoni    PROPN NNP 2 obj
,         ,        PUNCT ,   2 punct
Mali      Mali     PROPN NNP 6 nsubj
announced announce VERB  VBD 2 parataxis
on        on       ADP   IN  8 case
Friday    Friday   PROPN NNP 2 obl
"""


def test_a_day_after_another_verb_with_its_subject_is_not_this_event_s() -> None:
    doc = by_hand(OTHERS_DAY, [("State", "Kenya"), ("City", "Leoni"), ("State", "Mali")])
    begin = doc.text.index("Friday")
    doc._.times = (TimeExpression(Span(begin, begin + 6), "Friday", "2024-05-03", "2024-05-03", "point"),)
    raid = next(e.record for e in find_events(doc)[0] if e.record.type == "Assault")
    assert (raid.earliest, raid.time_text) == (None, None)
    doc = by_hand(
        OTHERS_DAY.replace("announced announce VERB  VBD", "announced announce ADJ   JJ "),
        [("State", "Kenya"), ("City", "Leoni")],
    )
    doc._.times = (TimeExpression(Span(begin, begin + 6), "Friday", "2024-05-03", "2024-05-03", "point"),)
    assert next(e.record for e in find_events(doc)[0] if e.record.type == "Assault").earliest == "2024-05-03"


@pytest.mark.model
def test_a_verb_and_its_object_that_tell_one_thing_give_one_event(nlp: Language) -> None:
    doc, _ = by_model(nlp, "<a:State Freedonia> maintains a stockpile of missiles.")
    assert [e.record.lemma for e in find_events(doc)[0] if e.record.type == "Own"] == ["maintain"]
