"""Persons that an article names by office and state alone."""

from __future__ import annotations

import pytest
from made_docs import annotate, parse

SPOKE = "president NN NOUN nsubj 3\nspoke VBD VERB ROOT 3"


@pytest.mark.parametrize(
    ("published", "rows", "holder"),
    [
        ("2022-03-24", "The DT DET det 2\nArlandic JJ ADJ amod 2\n" + SPOKE, "Q5"),
        ("2019-03-24", "The DT DET det 2\nArlandic JJ ADJ amod 2\n" + SPOKE, None),  # before the term
        ("2022-03-24", "The DT DET det 2\nBorvian JJ ADJ amod 2\n" + SPOKE, None),  # of another state
        ("2022-03-24", "An DT DET det 2\nArlandic JJ ADJ amod 2\n" + SPOKE, None),  # any president
        (None, "The DT DET det 2\nArlandic JJ ADJ amod 2\n" + SPOKE, None),  # nobody knows when
    ],
)
def test_the_holder_on_the_day_of_the_article(published: str | None, rows: str, holder: str | None) -> None:
    doc = annotate(parse(rows, published=published))
    assert [e.qid for e in doc._.entities if e.kind == "Person"] == [holder]


def test_a_modifier_speaks_of_somebody_else() -> None:
    rows = "The DT DET det 3\nformer JJ ADJ amod 3\nArlandic JJ ADJ amod 3\npresident NN NOUN nsubj 4\nspoke VBD VERB ROOT 4"
    doc = annotate(parse(rows))
    assert "Q5" not in {e.qid for e in doc._.entities}


def test_the_named_holder_and_the_office_are_one_person() -> None:
    rows = (
        "The DT DET det 2\nArlandic JJ ADJ amod 2\n"
        + SPOKE
        + "\n\nPetra NNP PROPN nsubj 2\nOren NNP PROPN flat 0\nsmiled VBD VERB ROOT 2"
    )
    doc = annotate(parse(rows, ((4, 6, "PERSON"),)))
    assert [e.name for e in doc._.entities if e.kind == "Person"] == ["Petra Oren"]
