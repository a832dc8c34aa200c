"""Resampled articles are as exact as the real ones they are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.resample import article_records, resampled
from kgbuild.check import check_records
from kgbuild.pipeline import read_records
from kgbuild.records import Document, Entity, Mention, Merge, Record
from kgbuild.resolve import resolve

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sources() -> list[list[Record]]:
    return article_records(read_records(ROOT / "output"))


def test_the_records_by_article_are_those_of_the_build(sources: list[list[Record]]) -> None:
    real = {r.id: r for r in read_records(ROOT / "output") if not isinstance(r, (Entity, Merge))}
    made = {r.id: r for records in sources for r in records if not isinstance(r, Entity)}
    assert made.keys() == real.keys()
    assert all(getattr(made[i], "span", None) == getattr(r, "span", None) for i, r in real.items())
    assert list(check_records(resolve([r for records in sources for r in records]))) == []


def test_copies_are_proven_distinct_and_the_same_for_one_seed(sources: list[list[Record]]) -> None:
    copies = list(resampled(sources, 12))
    assert copies == list(resampled(sources, 12)) != list(resampled(sources, 12, seed=1))
    documents = [c[0] for c in copies]
    assert all(isinstance(d, Document) for d in documents) and len({d.id for d in documents}) == 12
    records = resolve([r for c in copies for r in c])
    assert list(check_records(records)) == []
    # where a name was replaced, its mention has the new one
    named = {r.id: r for c in copies for r in c if isinstance(r, Entity)}
    texts = {d.id: d.text for d in documents if isinstance(d, Document)}
    mentions = [m for c in copies for m in c if isinstance(m, Mention) and m.form == "name"]
    shown = [texts[m.document][m.span.begin : m.span.end] for m in mentions]
    exact = sum(named[m.entities[0]].name == words for m, words in zip(mentions, shown, strict=True))
    assert exact > len(mentions) / 2
