"""Time expressions and what days they mean."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_docs import document_of
from spacy.lang.en import English

from kgbuild.annotate import calendar as cal
from kgbuild.annotate.times import find_times
from kgbuild.records import Dateline

NLP = English()


def times(
    text: str, published: str | None = "2022-03-24", dateline: Dateline | None = None, future: bool = False
) -> list[tuple[str, str | None, str | None, str]]:
    doc = NLP.make_doc(text)
    doc._.document = document_of(text, published, dateline)
    for token in doc:  # one flat clause: every word hangs on its verb
        token.pos_ = "VERB" if token.i == 0 else "NOUN"
        token.tag_ = "VBD" if token.i == 0 else "NN"
    doc[0].tag_ = "VB" if future else "VBD"
    deps = ["ROOT"] + ["aux" if t.text == "will" else "obl" for t in doc[1:]]
    for token, dep in zip(doc, deps, strict=True):
        token.head, token.dep_ = doc[0], dep
    return [(t.text, t.earliest, t.latest, t.kind) for t in find_times(doc)]


@pytest.mark.parametrize(
    ("text", "found", "earliest", "latest", "kind"),
    [
        # 24 March 2022 was a Thursday
        ("Fled on Tuesday .", "Tuesday", "2022-03-22", "2022-03-22", "point"),
        ("Fled on Thursday .", "Thursday", "2022-03-24", "2022-03-24", "point"),
        ("Fled last Thursday .", "last Thursday", "2022-03-17", "2022-03-17", "point"),
        ("Fled yesterday .", "yesterday", "2022-03-23", "2022-03-23", "point"),
        ("Flee tomorrow .", "tomorrow", "2022-03-25", "2022-03-25", "point"),
        ("Fled last week .", "last week", "2022-03-14", "2022-03-20", "point"),
        ("Meets next month .", "next month", "2022-04-01", "2022-04-30", "point"),
        ("Fled last year .", "last year", "2021-01-01", "2021-12-31", "point"),
        ("Fled two days ago .", "two days ago", "2022-03-22", "2022-03-22", "point"),
        ("Fled in March .", "March", "2022-03-01", "2022-03-31", "point"),
        ("Fled in November .", "November", "2021-11-01", "2021-11-30", "point"),
        ("Fled on February 28 .", "February 28", "2022-02-28", "2022-02-28", "point"),
        ("Fled on 28 February 2014 .", "28 February 2014", "2014-02-28", "2014-02-28", "point"),
        ("Fled on December 5 .", "December 5", "2021-12-05", "2021-12-05", "point"),
        ("Fled on Monday, Dec. 26 .", "Monday, Dec. 26", "2022-12-26", "2022-12-26", "point"),
        ("Fled on 31 April 2014 .", "31 April 2014", None, None, "point"),
        ("Warred since 2011 .", "since 2011", "2011-01-01", "2011-12-31", "since"),
        ("Stays until Friday .", "until Friday", "2022-03-18", "2022-03-18", "until"),
        ("Fled in the 1990s .", "the 1990s", "1990-01-01", "1999-12-31", "point"),
        ("Fled over the past three days .", "the past three days", "2022-03-21", "2022-03-24", "point"),
        ("Fled in early March 2014 .", "early March 2014", "2014-03-01", "2014-03-11", "point"),
        ("Fled at the weekend .", "the weekend", "2022-03-19", "2022-03-20", "point"),
        ("Fled March 3-5 .", "March 3-5", "2022-03-03", "2022-03-05", "point"),
        ("Stayed for four weeks .", "for four weeks", None, None, "duration"),
    ],
)
def test_resolved(text: str, found: str, earliest: str | None, latest: str | None, kind: str) -> None:
    assert times(text) == [(found, earliest, latest, kind)]


def test_future_tense_looks_ahead() -> None:
    assert times("Meet they will on Tuesday", future=True) == [("Tuesday", "2022-03-29", "2022-03-29", "point")]


def test_the_dateline_counts_before_the_date_of_publication() -> None:
    dateline = Dateline(0, 0, None, "2022-03-21")
    assert times("Fled yesterday", dateline=dateline)[0][1] == "2022-03-20"


def test_without_a_date_only_absolute_days_resolve() -> None:
    assert times("Fled yesterday , not on 3 May 2014", published=None) == [
        ("yesterday", None, None, "point"),
        ("3 May 2014", "2014-05-03", "2014-05-03", "point"),
    ]


def test_the_following_day_counts_from_the_day_before_it_in_the_text() -> None:
    found = times("Fled last Wednesday and the following day", published="2022-03-22")
    assert [f[1] for f in found] == ["2022-03-16", "2022-03-17"]


@pytest.mark.parametrize(
    "text", ["Counted 2011 votes", "Paid 300 dollars", "May said so", "Marched on the city", "a 45 km road", ""]
)
def test_no_time(text: str) -> None:
    assert [t for t in times(text or "x") if t[1]] == []


def test_times_do_not_overlap_and_stand_in_order() -> None:
    found = times("Fled on Monday , 5 May 2014 , in May 2014 , in 2014 and last week , three days ago")
    doc_text = "Fled on Monday , 5 May 2014 , in May 2014 , in 2014 and last week , three days ago"
    places = [doc_text.index(f[0]) for f in found]
    assert places == sorted(places)
    assert len(found) == 6


DAYS = st.dates(dt.date(1, 3, 1), dt.date(9990, 1, 1))


@given(DAYS, st.integers(0, 6), st.booleans(), st.booleans())
def test_weekday_is_that_weekday_within_a_week(day: dt.date, number: int, future: bool, strict: bool) -> None:
    found = cal.weekday(number, day, future, strict)
    assert found.weekday() == number
    gap = (found - day).days if future else (day - found).days
    assert (1 if strict else 0) <= gap <= 7


@given(DAYS, st.sampled_from(["day", "week", "weekend", "month", "quarter", "year", "decade"]), st.integers(-2, 2))
def test_neighbours_follow_each_other(day: dt.date, unit: str, offset: int) -> None:
    first, second = cal.neighbour(day, unit, offset), cal.neighbour(day, unit, offset + 1)
    if first and second:
        assert first[0] <= first[1]
        assert first[0] < second[0]


@given(DAYS, st.integers(-3000, 3000), st.sampled_from(["day", "week", "month", "year", "decade", "century"]))
def test_moving_a_day_keeps_to_the_calendar(day: dt.date, count: int, unit: str) -> None:
    moved = cal.add_units(day, count, unit)
    assert moved is None or (moved >= day if count >= 0 else moved <= day)
