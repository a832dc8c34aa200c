"""Progress: counts, rate and time left, by words."""

from __future__ import annotations

import arland

from kgbuild.progress import Meter, Progress, duration


def test_rate_and_time_left_go_by_words() -> None:
    now = 100.0
    articles = [arland.document("word " * 99 + str(n), source=f"{n}.txt") for n in range(9)]
    long = arland.document("word " * 8_999 + "x", source="long.txt")
    meter = Meter([*articles, long], lambda: now)
    assert str(meter.start()) == "0 of 10 articles"
    assert meter.start().left is None
    for article in articles:
        now += 0.1
        step = meter.step(article)
    assert step == Progress("8.txt", 9, 10, 900, 9_900, step.seconds)
    assert round(step.rate) == 1_000
    assert step.left is not None and round(step.left, 6) == 9, "the last one is ten times the others together"
    assert str(step) == "9 of 10 articles, 1,000 words/s, 0:09 left"
    now += 9
    assert str(meter.step(long)) == "10 of 10 articles, 1,000 words/s"


def test_no_time_is_named_before_there_is_something_to_go_by() -> None:
    meter = Meter([arland.document(f"words {n}", source="") for n in range(5)], lambda: 0.0)
    assert meter.step(arland.document("words 0", source="")).left is None
    assert [duration(s) for s in (0, 59.6, 3600, 90_061)] == ["0:00", "1:00", "1:00:00", "25:01:01"]
    assert Progress("", 0, 0).left is None
