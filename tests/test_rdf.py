"""Terms and canonical Turtle."""

from __future__ import annotations

import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgbuild import query, rdf
from kgbuild.rdf import PREFIXES, Iri, Literal, canonical_decimal, compact, statements


@pytest.mark.parametrize("module", [rdf, query])
def test_examples(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]  # a module


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_decimal_keeps_its_value_and_has_one_form(value: float) -> None:
    text = canonical_decimal(value)
    assert Decimal(text) == Decimal(repr(value))
    assert "E" not in text and text != "-0" and not ("." in text and text.endswith("0"))
    assert canonical_decimal(float(text)) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        canonical_decimal(value)


@pytest.mark.parametrize("iri", ["http://x/a b", "http://x/<a>", "no iri", 'http://x/"', "http://x/\n"])
def test_a_malformed_iri_is_refused(iri: str) -> None:
    with pytest.raises(ValueError, match="not an IRI"):
        compact(iri, PREFIXES)


def test_a_local_name_that_needs_escapes_is_written_in_full() -> None:
    assert compact("https://schema.org/a.", PREFIXES) == "<https://schema.org/a.>"
    assert compact("https://schema.org/a%20b", PREFIXES) == "<https://schema.org/a%20b>"


def test_records_follow_the_text() -> None:
    p = Iri(PREFIXES["kg"] + "form")
    names = ["a#claim_100_110", "a#claim_20_30", "a", "a#event_20_25", "a#claim_20_30-x"]
    text = statements([(Iri(f"http://x/{n}"), p, Literal("1")) for n in names], {})
    order = [line.split("> ")[0].removeprefix("<http://x/") for line in text.splitlines() if line]
    assert order == ["a", "a#event_20_25", "a#claim_20_30", "a#claim_20_30-x", "a#claim_100_110"]
