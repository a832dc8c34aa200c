"""Arithmetic on days: what a weekday, a month or a count of weeks means seen from a reference day."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import TypeAlias

__all__ = [
    "Days",
    "add_units",
    "day",
    "day_of_month",
    "decade",
    "month",
    "named_month",
    "neighbour",
    "parse_day",
    "week",
    "weekday",
    "weekend",
    "year",
]

Days: TypeAlias = tuple[dt.date, dt.date]
"""First and last day, both included."""


def parse_day(text: str | None) -> dt.date | None:
    """The day of an ISO date; None when it is not one."""
    try:
        return dt.date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def day(value: dt.date) -> Days:
    """One day."""
    return value, value


def year(number: int) -> Days | None:
    """A whole year; None outside the calendar."""
    return (dt.date(number, 1, 1), dt.date(number, 12, 31)) if 1 <= number <= 9998 else None


def decade(number: int) -> Days | None:
    """Ten years from the given one."""
    first, last = year(number), year(number + 9)
    return (first[0], last[1]) if first and last else None


def month(number: int, of_year: int) -> Days | None:
    """A whole month; None outside the calendar."""
    if not (1 <= number <= 12 and 1 <= of_year <= 9998):
        return None
    return dt.date(of_year, number, 1), dt.date(of_year, number, calendar.monthrange(of_year, number)[1])


def day_of_month(number: int, of_month: int, of_year: int) -> dt.date | None:
    """A day; None when there is none such (31 April)."""
    try:
        return dt.date(of_year, of_month, number)
    except ValueError:
        return None


def named_month(number: int, reference: dt.date, future: bool) -> Days | None:
    """The month of that name a text of the reference day speaks of: the latest begun one, or the coming one."""
    if future:
        return month(number, reference.year + (number < reference.month))
    return month(number, reference.year - (number > reference.month))


def weekday(number: int, reference: dt.date, future: bool, strict: bool = False) -> dt.date:
    """The nearest such weekday (Monday 0), before the reference day or after it; on it unless `strict`."""
    if future:
        gap = (number - reference.weekday()) % 7
        return reference + dt.timedelta(days=gap or (7 if strict else 0))
    gap = (reference.weekday() - number) % 7
    return reference - dt.timedelta(days=gap or (7 if strict else 0))


def week(reference: dt.date, offset: int) -> Days:
    """Monday to Sunday of the reference day's week, or of another one so many weeks away."""
    monday = reference - dt.timedelta(days=reference.weekday()) + dt.timedelta(weeks=offset)
    return monday, monday + dt.timedelta(days=6)


def weekend(reference: dt.date, offset: int) -> Days:
    """Saturday and Sunday of a week counted from the reference day's."""
    _monday, sunday = week(reference, offset)
    return sunday - dt.timedelta(days=1), sunday


def add_units(reference: dt.date, count: int, unit: str) -> dt.date | None:
    """The reference day moved by days, weeks, months, years or decades; None outside the calendar."""
    try:
        if unit == "day":
            return reference + dt.timedelta(days=count)
        if unit == "week":
            return reference + dt.timedelta(weeks=count)
        months = count * {"month": 1, "year": 12, "decade": 120, "century": 1200}[unit]
        total = reference.year * 12 + reference.month - 1 + months
        last = calendar.monthrange(total // 12, total % 12 + 1)[1]
        return dt.date(total // 12, total % 12 + 1, min(reference.day, last))
    except (OverflowError, ValueError, IndexError):
        return None


def neighbour(reference: dt.date, unit: str, offset: int) -> Days | None:
    """Last (-1), this (0) or next (1) week, weekend, month, quarter, year or decade."""
    if unit == "day":
        moved = add_units(reference, offset, "day")
        return day(moved) if moved else None
    if unit == "week":
        return week(reference, offset)
    if unit == "weekend":
        return weekend(reference, offset)
    if unit == "quarter":
        total = reference.year * 4 + (reference.month - 1) // 3 + offset
        first, last = month(total % 4 * 3 + 1, total // 4), month(total % 4 * 3 + 3, total // 4)
        return (first[0], last[1]) if first and last else None
    if unit == "month":
        total = reference.year * 12 + reference.month - 1 + offset
        return month(total % 12 + 1, total // 12)
    if unit == "decade":
        return decade(reference.year // 10 * 10 + 10 * offset)
    return year(reference.year + offset)
