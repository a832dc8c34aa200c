"""Stances: every rule's own examples and counterexamples, and the laws that hold for all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from marked import by_model, ids
from spacy.language import Language

from kgbuild.annotate import load
from kgbuild.claims import extract
from kgbuild.claims.cues import stance_rules
from kgbuild.config import Config
from kgbuild.records import Claim, Event, Stance
from kgbuild.rules import load_rules

RAW = load_rules("stance")
GROUPS = {**RAW["cues"], **RAW["relations"]}


def cases(key: str) -> Iterator[tuple[str, str]]:
    for name, rule in GROUPS.items():
        for text in rule[key]:
            yield name, text


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load(Config())


def held(nlp: Language, text: str) -> list[tuple[str, str, str, str]]:
    """(holder, target, polarity, kind) of a marked text: ids shortened to their first words."""
    doc, _ = by_model(nlp, text)
    short = [s for s in extract(doc) if isinstance(s, Stance)]
    return [(_name(s.holder), _name(s.target), s.polarity, s.kind) for s in short]


def _name(identifier: str) -> str:
    return identifier.partition("/")[2].rpartition("-x")[0]


@pytest.mark.model
@pytest.mark.parametrize(("rule", "text"), list(cases("examples")))
def test_examples(nlp: Language, rule: str, text: str) -> None:
    doc, marked = by_model(nlp, text)
    found = [s for s in extract(doc) if isinstance(s, Stance)]
    (holder,) = ids(marked, "h")
    target = ids(marked, "t")
    sign = {"For", "Against"} if rule == "side" else {"For"} if GROUPS[rule]["score"] > 0 else {"Against"}
    assert any(s.holder == holder and s.polarity in sign and (not target or s.target in target) for s in found), found


@pytest.mark.model
@pytest.mark.parametrize(("rule", "text"), list(cases("counterexamples")))
def test_counterexamples(nlp: Language, rule: str, text: str) -> None:
    doc, marked = by_model(nlp, text)
    marks = ids(marked, "x")
    wrong = [
        s
        for s in extract(doc)
        if isinstance(s, Stance) and s.holder in marks and s.target in marks and s.kind == GROUPS[rule]["kind"]
    ]
    assert not wrong


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a:State Kenya> bombed <r:State Mali> on Monday.", ("kenya", "mali", "Against", "Action")),
        ("<a:State Kenya> imposed sanctions on <r:State Mali>.", ("kenya", "mali", "Against", "Action")),
        ("<a:Person Ana Sousa> praised <r:Organization the Lions>.", ("ana-sousa", "lions", "For", "Evaluation")),
        ("<a:Person Ana Sousa> urged <r:State Mali> to stop the raids.", ("ana-sousa", "mali", "Against", "Demand")),
        ("<a:Person Ana Sousa> said <r:State Mali> had bombed <x:State Kenya>.", ("ana-sousa", "mali", "Against", "Statement")),
        ("<a:Person Ana Sousa> called <r:State Mali> \"reckless\".", ("ana-sousa", "mali", "Against", "Evaluation")),
        ("<a:Person Ana Sousa> accused <r:State Mali> of killing farmers.", ("ana-sousa", "mali", "Against", "Statement")),
    ],
)  # fmt: skip
def test_deeds_and_words(nlp: Language, text: str, expected: tuple[str, str, str, str]) -> None:
    assert expected in held(nlp, text)


@pytest.mark.model
@pytest.mark.parametrize(
    "text",
    [
        "<a:State Kenya> did not bomb <r:State Mali>.",
        "If <a:State Kenya> bombs <r:State Mali>, oil will be dear.",
        "<a:State Kenya> borders <r:State Mali>.",
        "<a:Person Ana Sousa> met <r:Person Rui Melo> in <p Leoni>.",
        "The plan won support for <a:State Kenya>.",
        "<a:Person Ana Sousa> said <r:State Mali> is under threat of famine.",
        "<a:Person Ana Sousa> said <r:State Mali> and <x:State Kenya> are enemies.",
    ],
)
def test_no_stance(nlp: Language, text: str) -> None:
    assert held(nlp, text) == []


@pytest.mark.model
def test_two_words_of_one_clause_give_one_stance(nlp: Language) -> None:
    found = held(
        nlp, "<a:State Kenyan> sanctions have crippled <r:State Mali>, and <x:State Kenyan> strikes hit the port."
    )
    assert len(found) == len(set(found))


@pytest.mark.model
def test_laws(nlp: Language) -> None:
    text = (
        "<a:Person Ana Sousa> said <b:State Mali> had shelled <c:State Kenya> and called the raid \"barbaric\". "
        "<d:State Kenya>'s ally <e:State Togo> condemned <f:State Mali>."
    )  # fmt: skip
    doc, _ = by_model(nlp, text)
    records = extract(doc)
    known = {r.id for r in records if isinstance(r, Event | Claim)}
    stances = [r for r in records if isinstance(r, Stance)]
    assert stances
    for s in stances:
        assert s.holder != s.target
        assert s.basis in known
        assert -1 <= s.score <= 1
        assert (s.score > 0) == (s.polarity == "For")
        assert s.cue is None or s.span.begin <= s.cue.begin < s.cue.end <= s.span.end
        assert 0 <= s.span.begin < s.span.end <= len(doc.text)
    again, _ = by_model(nlp, text)
    assert extract(again) == records


def test_rules_are_whole() -> None:
    rules = stance_rules()
    assert not rules.words.positive & rules.words.negative
    assert set(rules.relation_words.values()) <= set(rules.relations)
    assert rules.condemning <= rules.words.negative | {"senseless", "indiscriminate"}


@pytest.mark.model
def test_a_duty_to_press_somebody_is_no_stance_of_the_obliged(nlp: Language) -> None:
    text = "<a:State Kenya> has a responsibility to press <r:State Mali> to stop the raids."
    assert held(nlp, text) == []
    assert held(nlp, text.replace("has a responsibility to press", "pressed")), "the demand itself is one"
