"""How sure a link is: what its signs are, that more support never makes it less sure, and that doubtful ones are not made."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_docs import OREN, annotate, parse

from kgbuild.annotate import certainty
from kgbuild.annotate.certainty import probability
from kgbuild.config import data_path

BOTH = "Arland NNP PROPN nsubj 1\nwarned VBD VERB ROOT 1\n\nMilton NNP PROPN nsubj 1\nis VBZ AUX ROOT 1\nArlandic JJ ADJ xcomp 1"
PERSON = "Petra NNP PROPN nsubj 2\nOren NNP PROPN flat 0\nspoke VBD VERB ROOT 2\n\nOren NNP PROPN nsubj 1\nleft VBD VERB ROOT 1"


def test_entity_and_mentions_carry_how_sure_their_link_is() -> None:
    doc = annotate(parse(PERSON, ((0, 2, "PERSON"), (3, 4, "PERSON"))))
    (oren,) = (e for e in doc._.entities if e.qid == OREN.qid)
    signs = {"bias": 1.0, "name": 1.0, "margin": 2.0, "person": 1.0}
    assert oren.confidence == round(probability(signs), 2)
    assert next(m.confidence for m in doc._.mentions if m.entities == (oren.id,)) == oren.confidence


def test_a_link_likelier_wrong_than_right_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    weights, _ = certainty._model()
    monkeypatch.setattr(certainty, "_model", lambda: (weights, 0.999))
    doc = annotate(parse(PERSON, ((0, 2, "PERSON"), (3, 4, "PERSON"))))
    (oren,) = (e for e in doc._.entities if e.kind == "Person")
    assert (oren.qid, oren.name, oren.affiliation) == (None, "Petra Oren", ())
    assert all(m.entities == (oren.id,) for m in doc._.mentions)


@given(
    st.floats(-2, 2),
    st.floats(-2, 2),
    st.sampled_from(["name", "alias", "acronym", "other"]),
    st.booleans(),
    st.booleans(),
)
def test_rivals_and_everyday_words_never_make_it_surer(
    low: float, high: float, kind: str, common: bool, short: bool
) -> None:
    low, high = sorted((low, high))
    signs = {"bias": 1.0, kind: 1.0, "common": float(common), "short": float(short), "others": 0.0}
    less, more = probability(signs | {"margin": low}), probability(signs | {"margin": high})
    assert 0 < less <= more < 1
    assert probability(signs | {"margin": low, "others": 1.0}) >= less
    assert probability(signs | {"margin": low, "common": 1.0}) <= less


def test_every_weight_has_its_sign() -> None:
    read = json.loads(data_path("linking.json").read_text(encoding="utf-8"))
    made = certainty._of_surface(_Nothing(), "Petra Oren", OREN)  # type: ignore[arg-type]  # a base that knows nothing
    assert set(read["weights"]) == set(made) | {"name", "alias", "acronym", "others"}
    assert 0 < read["threshold"] < 1


class _Nothing:
    def candidates(self, surface: str) -> tuple[object, ...]:
        return ()
