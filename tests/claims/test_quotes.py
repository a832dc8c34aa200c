"""Quotations: marks, nesting, apostrophes, running quotations, borrowed words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgbuild.claims.quotes import Quote, quotes


def found(text: str) -> list[str]:
    return [text[q.span.begin : q.span.end] for q in quotes(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"We will go," she said.', ['"We will go,"']),
        ("“We will go,” she said. “Now.”", ["“We will go,”", "“Now.”"]),
        ("''We will go,'' she said.", ["''We will go,''"]),
        ("«We will go», she said.", ["«We will go»"]),
        ("‘We’re leaving,’ she said, the workers’ own words.", ["‘We’re leaving,’"]),
        ("'It's the miners' strike,' he said.", ["'It's the miners' strike,'"]),
        ("The miners' strike of the '80s didn't end.", []),
        ('It was 6" wide.', []),
        ('"""It is late,"" he said.', ['"""It is late,""']),
        ("“Close it,“ he said.", ["“Close it,“"]),
    ],
)
def test_marks(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_single_marks_nest_in_double_ones() -> None:
    text = "\"He called it 'a great day' for us,\" she said."
    assert [(q.level, text[q.span.begin : q.span.end]) for q in quotes(text)] == [
        (0, "\"He called it 'a great day' for us,\""),
        (1, "'a great day'"),
    ]


def test_a_quotation_runs_over_paragraphs_that_open_again() -> None:
    text = "“One begins here.\n\n“Two goes on.\n\n“Three ends,” he said.\n\n“Four is new.”"
    assert [(q.open, q.continues) for q in quotes(text)] == [(True, False), (True, True), (False, True), (False, False)]


def test_an_unclosed_quotation_ends_with_its_paragraph() -> None:
    text = '"It never closes.\nThe next paragraph is plain.'
    (quote,) = quotes(text)
    assert text[quote.span.begin : quote.span.end] == '"It never closes.'
    assert quote.open


@pytest.mark.parametrize(
    ("text", "fragment", "scare"),
    [
        ('The plan was "reckless."', True, True),
        ('He said the plan was "bad for all of the villages in the north".', True, False),
        ('He said: "No."', False, False),
        ('"Never," he said.', False, False),
        ('The so-called "big plan" failed.', True, True),
    ],
)
def test_borrowed_words_are_no_speech(text: str, fragment: bool, scare: bool) -> None:
    (quote,) = quotes(text)
    assert (quote.fragment, quote.scare) == (fragment, scare)


@given(st.text(alphabet="ab '\"“”‘’«».,\n", max_size=120))
def test_quotations_lie_in_the_text_and_inside_one_paragraph(text: str) -> None:
    for quote in quotes(text):
        assert isinstance(quote, Quote)
        assert 0 <= quote.span.begin <= quote.inner.begin <= quote.inner.end <= quote.span.end <= len(text)
        assert "\n" not in text[quote.span.begin : quote.span.end]
