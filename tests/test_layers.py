from __future__ import annotations

import spacy
from hypothesis import given
from hypothesis import strategies as st

from kgbuild.layers import is_masked, slice_of
from kgbuild.records import Span

NLP = spacy.blank("en")


@given(st.text(alphabet="ab .\n", max_size=40), st.integers(0, 40), st.integers(1, 10))
def test_a_slice_is_the_tokens_a_span_touches(text: str, begin: int, length: int) -> None:
    doc = NLP.make_doc(text)
    span = Span(begin, begin + length)
    touched = [t.i for t in doc if t.idx < span.end and t.idx + len(t) > span.begin]
    found = slice_of(doc, span)
    assert ([] if found is None else [t.i for t in found]) == touched


def test_a_mask_is_the_same_by_attribute_and_by_function() -> None:
    doc, other = NLP.make_doc("a b c"), NLP.make_doc("a b c")
    assert not any(is_masked(t) for t in doc)
    doc[1]._.masked = True
    assert [is_masked(t) for t in doc] == [t._.masked for t in doc] == [False, True, False]
    assert not any(is_masked(t) for t in other)
    doc[1]._.masked = False
    assert not is_masked(doc[1])
