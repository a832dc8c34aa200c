"""The tables of `kgbuild ref`."""

from __future__ import annotations

from kgbuild import vocab
from kgbuild.query import named_questions
from kgbuild.reference import tables


def test_tables_are_complete_and_rectangular() -> None:
    found = tables(["text"], ["turtle", "csv"])
    for columns, rows in found.values():
        assert rows and all(len(row) == len(columns) for row in rows)
    assert [row[0] for row in found["event-types"][1]] == list(vocab.EVENT_TYPES)
    assert all(row[3] and row[4] for row in found["event-types"][1])
    assert len(found["questions"][1]) == len(named_questions())
    assert ("turtle", "kgbuild export output/ --format turtle") in found["writers"][1]
    assert {row[0] for row in found["terms"][1]} == set(vocab.TERMS)
