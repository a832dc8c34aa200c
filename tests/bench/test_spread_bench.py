"""The bench that holds a graph in partitions against the same in one piece, on a few real articles resampled."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import spread
from bench.resample import article_records, resampled
from kgbuild import pipeline
from kgbuild.cluster.partitions import pack_found


def test_real_records_are_the_same_in_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = list(resampled(article_records(pipeline.read_records(Path(__file__).parents[2] / "output")), 12))
    monkeypatch.setattr(spread, "TOGETHER", 5)
    assert spread._compare(articles)[0]
    # and it tells when they are not: an article that is in no partition
    monkeypatch.setattr(spread, "pack_found", lambda found: pack_found(list(found)[1:]))
    assert not spread._compare(articles)[0]
