from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgbuild.records import (
    Claim,
    Dateline,
    Document,
    Entity,
    Event,
    Mention,
    Paragraph,
    Record,
    Span,
    Stance,
    from_json,
    to_json,
)

texts = st.text(max_size=20)
spans = st.builds(lambda b, n: Span(b, b + n), st.integers(0, 10_000), st.integers(1, 500))
maybe = st.none() | texts
many = st.lists(texts, max_size=3).map(tuple)

records: st.SearchStrategy[Record] = st.one_of(
    st.builds(Document, texts, texts, texts, texts, maybe, maybe, maybe, maybe, texts,
              st.none() | st.builds(Dateline, st.just(0), st.just(3), maybe, maybe, maybe),
              st.lists(st.builds(Paragraph, st.just(0), st.just(9), texts), max_size=2).map(tuple)),
    st.builds(Entity, texts, texts, texts, maybe, many, many, maybe, maybe, st.none() | st.floats(-90, 90)),
    st.builds(Mention, texts, texts, spans, texts, many),
    st.builds(Event, texts, texts, spans, spans, spans, texts, texts, quantity=st.none() | st.floats(0, 1e6)),
    st.builds(Claim, texts, texts, spans, texts, texts, st.lists(spans, max_size=3).map(tuple), texts, texts,
              negated=st.booleans(), cue=st.none() | spans),
    st.builds(Stance, texts, texts, spans, texts, texts, texts, st.floats(-1, 1), texts, texts, texts),
)  # fmt: skip


@given(records)
def test_json_round_trip(record: Record) -> None:
    line = to_json(record)
    assert "\n" not in line
    assert from_json(line) == record


@pytest.mark.parametrize(
    "line",
    ["", "[]", "{}", '{"record": "Nothing"}', '{"record": "Entity"}', '{"record": "Entity", "id": 1, "name": "x", "kind": "y"}',
     '{"record": "Mention", "id": "a", "document": "b", "span": [1], "form": "name", "entities": []}',
     '{"record": "Entity", "id": "a", "name": "x", "kind": "y", "colour": "red"}',
     '{"record": "Mention", "id": "a", "document": "b", "span": [true, 2], "form": "name", "entities": []}'],
)  # fmt: skip
def test_what_is_not_a_record_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        from_json(line)
