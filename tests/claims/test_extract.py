"""The whole room: record order, topics put on the Doc, and text that is no news at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked import VOCAB, by_hand, by_model, with_mentions
from spacy.tokens import Doc

from kgbuild.annotate import load
from kgbuild.claims import extract
from kgbuild.config import Config
from kgbuild.records import Claim, Entity, Event, Span, record_order

RAID = """
Kenya     Kenya  PROPN NNP 2 nsubj
raided    raid   VERB  VBD 0 root
Mali      Mali   PROPN NNP 2 obj
.         .      PUNCT .   2 punct
"""


def test_a_doc_without_the_language_step_is_refused() -> None:
    with pytest.raises(ValueError, match="annotate"):
        extract(Doc(VOCAB, words=["Hello"]))


def test_records_come_in_record_order_and_claims_name_their_event() -> None:
    doc = by_hand(RAID, [("State", "Kenya"), ("State", "Mali")])
    records = extract(doc)
    assert records == sorted(records, key=record_order)
    events = {r.id for r in records if isinstance(r, Event)}
    assert events
    assert {r.content for r in records if isinstance(r, Claim) and r.content} == events
    assert len({r.id for r in records}) == len(records)


@pytest.mark.model
def test_topics_are_put_on_the_doc() -> None:
    doc, _ = by_model(load(Config()), "<h:Person Ana Sousa> stressed the need for a lasting truce.")
    topics = {r.id for r in extract(doc) if isinstance(r, Entity)}
    assert topics
    assert topics <= {e.id for e in doc._.entities}


TAGS = st.sampled_from(["NOUN", "VERB", "PROPN", "ADP", "ADJ", "PRON", "PUNCT", "AUX"])
DEPS = st.sampled_from(
    ["nsubj", "obj", "obl", "nmod", "ccomp", "acl", "conj", "amod", "case", "xcomp", "appos", "advcl", "nsubj:pass"]
)
WORDS = st.sampled_from(
    [
        "Kenya",
        "attacked",
        "said",
        "fear",
        "that",
        "of",
        "sanctions",
        '"',
        "is",
        "ally",
        "pro-Kenya",
        "evil",
        "not",
        "by",
    ]
)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(WORDS, TAGS, DEPS, st.integers(0, 30)), min_size=1, max_size=14))
def test_any_tree_gives_records_whose_spans_lie_in_the_text(rows: list[tuple[str, str, str, int]]) -> None:
    heads = [0 if i == 0 else r[3] % i for i, r in enumerate(rows)]
    words = [r[0] for r in rows]
    doc = Doc(
        VOCAB, words=words, lemmas=[w.lower() for w in words], pos=[r[1] for r in rows], tags=["NN"] * len(rows), heads=heads,
        deps=["ROOT" if i == 0 else r[2] for i, r in enumerate(rows)],
    )  # fmt: skip
    mentions = [("State", Span(t.idx, t.idx + len(t))) for t in doc if t.text == "Kenya"]
    records = extract(with_mentions(doc, mentions))
    for record in records:
        span = getattr(record, "span", None)
        assert span is None or 0 <= span.begin < span.end <= len(doc.text)
    assert len({r.id for r in records}) == len(records)
