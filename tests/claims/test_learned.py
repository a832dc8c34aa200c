"""Stances that the network reads: what they rest on, who tells them, and how they move the rules' confidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked import by_model
from spacy.language import Language

from kgbuild.annotate import load
from kgbuild.claims import extract
from kgbuild.claims.learned import ENTER, combined
from kgbuild.config import Config
from kgbuild.layers import Leaning
from kgbuild.records import Claim, Event, Stance


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load(Config())


def told(nlp: Language, text: str, holder: str, target: str, support: float, opposition: float) -> list[Stance]:
    """The stances of a marked text when the network leans so."""
    doc, marked = by_model(nlp, text)
    of = {m.span: m for m in doc._.mentions}
    by_letter = {letter: of[span] for letter, _, span in marked.mentions}
    doc._.leanings = (Leaning(by_letter[holder], by_letter[target], support, opposition),)
    records = extract(doc)
    known = {r.id for r in records if isinstance(r, Event | Claim)}
    stances = [r for r in records if isinstance(r, Stance)]
    assert all(s.basis in known for s in stances)
    return stances


@pytest.mark.model
def test_what_only_the_network_reads_rests_on_the_holder_s_act(nlp: Language) -> None:
    text = "<a:State Kenya> sent its envoy home and shut the door on <r:State Mali>."
    assert told(nlp, text, "a", "r", 0.0, 0.2) == told(nlp, text, "a", "r", 0.0, 0.0)
    for s in told(nlp, text, "a", "r", 0.05, 0.85):
        assert (s.polarity, s.score, s.confidence) == ("Against", -0.8, 0.85)


@pytest.mark.model
def test_a_speaker_s_stance_is_the_speaker_s(nlp: Language) -> None:
    text = "<a:Person Ana Sousa> said <r:State Mali> had no idea of what a harbour costs."
    (stance,) = told(nlp, text, "a", "r", 0.02, 0.9)
    assert stance.holder == stance.attributed_to
    assert stance.polarity == "Against"


@pytest.mark.model
def test_several_it_could_be_toward_give_none(nlp: Language) -> None:
    text = "<a:Person Ana Sousa> said <r:State Mali> had no idea of what <x:State Kenya> costs."
    assert told(nlp, text, "a", "r", 0.02, 0.9) == []


@pytest.mark.model
def test_nothing_to_rest_on_gives_no_stance(nlp: Language) -> None:
    assert told(nlp, "<a:State Kenya> borders <r:State Mali>.", "a", "r", 0.0, 0.99) == []


@pytest.mark.model
@pytest.mark.parametrize("text", [
    "<a:State Kenya> did not bomb <r:State Mali>.",
    "If <a:State Kenya> bombs <r:State Mali>, oil will be dear.",
])  # fmt: skip
def test_negated_and_hypothetical_acts_are_no_basis(nlp: Language, text: str) -> None:
    assert told(nlp, text, "a", "r", 0.0, 0.99) == []


@pytest.mark.model
def test_a_rule_that_the_network_shares_is_surer_than_one_it_does_not(nlp: Language) -> None:
    text = "<a:Person Ana Sousa> praised <r:Organization the Lions>."
    (alone,) = told(nlp, text, "a", "r", 0.1, 0.0)
    (shared,) = told(nlp, text, "a", "r", 0.9, 0.0)
    (against,) = told(nlp, text, "a", "r", 0.0, 0.45)
    assert shared.confidence > alone.confidence > against.confidence
    assert {s.polarity for s in (alone, shared, against)} == {"For"}


@given(st.floats(0.01, 0.99), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_combined_confidence_rises_with_both(rule: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert 0 <= combined(rule, low) <= combined(rule, high) <= 1
    assert combined(0.3, low) <= combined(0.8, low)
    assert 0.4 <= ENTER <= 0.9
