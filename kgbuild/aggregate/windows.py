"""Windows of time (day, ISO week, month, year) and the days a record can be counted on."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Final, NamedTuple

from kgbuild.errors import UsageError

__all__ = ["WINDOWS", "Days", "bounds", "placed", "valid_day", "window_of"]

WINDOWS: Final = ("day", "week", "month", "year")


class Days(NamedTuple):
    """The first and the last ISO day something can be dated; ("", "") when nothing dates it."""

    earliest: str = ""
    latest: str = ""


def valid_day(text: str | None) -> str | None:
    """The ISO day, None when there is none or it is no day of the calendar."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else None
    except ValueError:
        return None


def placed(earliest: str | None, latest: str | None, published: str | None) -> Days:
    """The days a record can be counted on, from its own bounds and the day of its article.

    Without bounds it is the article's day. Bounds that hold the article's day ("this year", "since 2014") say that it still stood when
    the article told it: the article's day again. Other bounds stay as they are; one that is open on one side dates nothing.

    >>> placed("2022-01-01", "2022-12-31", "2022-03-24")
    Days(earliest='2022-03-24', latest='2022-03-24')
    >>> placed("2021-01-01", "2021-12-31", "2022-03-24").latest
    '2021-12-31'
    """
    low, high, day = valid_day(earliest), valid_day(latest), valid_day(published)
    if low and high and low > high:
        low = high = None
    if day and (low or day) <= day <= (high or day):
        return Days(day, day)
    return Days(low, high) if low and high else Days()


def window_of(days: Days, window: str) -> str:
    """The window that holds all of the days: "2022-03-24", "2022-W12", "2022-03" or "2022"; "" when none does.

    Raises UsageError for an unknown window.

    >>> window_of(Days("2022-03-21", "2022-03-24"), "week"), window_of(Days("2022-02-01", "2022-03-24"), "month")
    ('2022-W12', '')
    """
    if not days.earliest:
        if window not in WINDOWS:
            raise UsageError(_unknown(window))
        return ""
    first, last = _name(days.earliest, window), _name(days.latest, window)
    return first if first == last else ""


def bounds(name: str) -> Days:
    """First and last day of a window's name, whatever its kind.

    >>> bounds("2022-W12"), bounds("2024-02")
    (Days(earliest='2022-03-21', latest='2022-03-27'), Days(earliest='2024-02-01', latest='2024-02-29'))
    """
    if not name:
        return Days()
    if "W" in name:
        monday = date.fromisocalendar(int(name[:4]), int(name[6:]), 1)
        return Days(monday.isoformat(), (monday + timedelta(days=6)).isoformat())
    if len(name) == 4:
        return Days(f"{name}-01-01", f"{name}-12-31")
    if len(name) == 7:
        return Days(f"{name}-01", f"{name}-{monthrange(int(name[:4]), int(name[5:]))[1]:02d}")
    return Days(name, name)


def _name(day: str, window: str) -> str:
    if window == "day":
        return day
    if window == "month":
        return day[:7]
    if window == "year":
        return day[:4]
    if window == "week":
        year, week, _ = date.fromisoformat(day).isocalendar()
        return f"{year:04d}-W{week:02d}"
    raise UsageError(_unknown(window))


def _unknown(window: str) -> str:
    return f"unknown window {window!r}; known: {', '.join(WINDOWS)}"
