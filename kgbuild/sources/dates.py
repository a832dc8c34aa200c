"""Calendar dates as newspapers write them, read without guessing: an ambiguous form gives no date."""

from __future__ import annotations

import re
from datetime import date

__all__ = ["MONTH", "find_date", "find_dates", "is_date_line", "parse_date", "resolve_day"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
"""A month's name or usual abbreviation, to be matched without regard to case and followed by an optional full stop."""

_WEEKDAY = r"(?:Mon(?:day)?|Tues?(?:day)?|Wed(?:nesday)?|Thu(?:rs?)?(?:day)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)"
_ORDINAL = r"(?:st|nd|rd|th)?"
# 2022-03-24 or 2022/03/24; 24 March 2022 or 24-Mar-2022; March 24, 2022; 24/03/2022 or 24.03.2022
_FORMS = re.compile(
    rf"""
      (?<![\w/.-]) (?P<y1>\d{{4}}) [-/.] (?P<m1>\d{{1,2}}) [-/.] (?P<d1>\d{{1,2}}) (?! [\d/-] )
    | (?<![\w/.-]) (?P<d2>\d{{1,2}}){_ORDINAL} (?:\s+of)? [\s-]+ (?P<m2>{MONTH})\.? ,? [\s-]+ (?P<y2>\d{{4}}) (?!\d)
    | (?<!\w) (?P<m3>{MONTH})\.? \s+ (?P<d3>\d{{1,2}}){_ORDINAL} (?:\s*,\s*|\s+) (?P<y3>\d{{4}}) (?!\d)
    | (?<![\w/.-]) (?P<a>\d{{1,2}}) (?P<sep>[/.-]) (?P<b>\d{{1,2}}) (?P=sep) (?P<y4>\d{{4}}) (?![\d/-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LABEL = (
    r"(?:(?:first|last|originally)\s+)?(?:published|posted|updated|issued|created|modified|released?|date|dated"
    r"|publication\s+date|press\s+release|update|upd\.?)(?:\s+(?:date|time|on|at))?"
)
_TIME = r"\d{1,2}(?:[:.]\d{2}){1,2}(?:\.\d+)?\s*(?:[ap]\.?\s?m\.?)?|\d{1,2}\s*[ap]\.?m\.?|noon|midnight"
_ZONE = (
    r"\(?(?:GMT|UTC|BST|CES?T|EES?T|[ECMP][SD]?T|IST|MSK|JST|AST|HKT|SGT|AES?T|WIB|Z|local time)\)?"
    r"(?:\s*[+-]\s*\d{1,2}(?::?\d{2})?)?|[+-]\d{2}:?\d{2}"
)
_FILLER = re.compile(rf"(?<!\w)(?:{_LABEL}|{_TIME}|{_ZONE}|{_WEEKDAY}|at|on|and)(?!\w)\.?|T(?=\d)", re.IGNORECASE)


def find_dates(text: str) -> list[tuple[int, int, str]]:
    """Every complete, valid and unambiguous date in `text`: (begin, end, ISO day), in order.

    >>> find_dates("Posted Thursday, 24 March 2022")
    [(17, 30, '2022-03-24')]
    >>> find_dates("03/04/2022"), find_dates("24/03/2022")
    ([], [(0, 10, '2022-03-24')])
    """
    found = []
    for match in _FORMS.finditer(text):
        day = _day(match)
        if day is not None:
            found.append((match.start(), match.end(), day.isoformat()))
    return found


def find_date(text: str) -> str | None:
    """The first complete date in `text` as an ISO day, one labelled as published before others; None when there is
    none."""
    dates = find_dates(text)
    labelled = [
        d
        for b, _, d in dates
        if re.search(r"(?:published|posted|issued|released?)\W*(?:on\W*|at\W*)?(?:\w+,?\s*)?$", text[:b], re.I)
    ]
    return next(iter(labelled), dates[0][2] if dates else None)


def parse_date(value: object) -> str | None:
    """The ISO day of a metadata value ("2022-03-24T10:15:00Z", "Mar 23, 2022 10:15 GMT", 20220324), None when it has
    none."""
    text = str(value).strip()[:100] if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if compact := re.fullmatch(r"(\d{4})(\d{2})(\d{2})(?:T?\d{4,6}Z?)?", text):
        return _iso(*(int(g) for g in compact.groups()))
    if stamp := re.match(r"(\d{4}-\d{2}-\d{2})[T ]\d", text):
        text = stamp[1]
    return find_date(text)


def is_date_line(text: str) -> bool:
    """Whether a line holds a date and nothing but dates, labels ("Published:"), weekdays, times and time zones.

    >>> is_date_line("Published: Mar 23, 2022 10:15 GMT"), is_date_line("On March 23, 2022 it rained")
    (True, False)
    """
    if len(text) > 160:
        return False
    rest = _FORMS.sub(" ", text)
    left = re.findall(r"\w+", _FILLER.sub(" ", re.sub(r"\bT(?=\d)|(?<=\d)Z\b", " ", rest)))
    # "Valley Radio Published Monday, May 3, 2021 1:19 p.m.": a site's name may stand before the label
    return rest != text and (not left or (len(left) <= 3 and re.search(rf"(?<!\w){_LABEL}\W", text, re.I) is not None))


def resolve_day(month: str, day: int, published: str | None) -> str | None:
    """The ISO day of "Mar 23" in an article published that day or up to a year later; None without a publication date.

    A day that would lie more than a week after publication belongs to the year before (a December dateline read in
    January).
    """
    number = month_number(month)
    if published is None or number is None:
        return None
    year = int(published[:4])
    candidate = _iso(year, number, day)
    if candidate is not None and (date.fromisoformat(candidate) - date.fromisoformat(published)).days > 7:
        candidate = _iso(year - 1, number, day)
    return candidate


def month_number(name: str) -> int | None:
    """1 to 12 for a month's name or abbreviation in any case, None for anything else."""
    return _MONTHS.get(name.lower().rstrip("."))


def _day(match: re.Match[str]) -> date | None:
    g = match.groupdict()
    if g["y1"]:
        return _valid(int(g["y1"]), int(g["m1"]), int(g["d1"]))
    if g["y2"]:
        return _valid(int(g["y2"]), month_number(g["m2"]) or 0, int(g["d2"]))
    if g["y3"]:
        return _valid(int(g["y3"]), month_number(g["m3"]) or 0, int(g["d3"]))
    first, second, year = int(g["a"]), int(g["b"]), int(g["y4"])
    if g["sep"] == ".":  # only day-first countries write dots
        return _valid(year, second, first)
    day_first, month_first = _valid(year, second, first), _valid(year, first, second)
    if day_first and month_first and day_first != month_first:
        return None
    return day_first or month_first


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1600 <= year <= 2200 else None
    except ValueError:
        return None


def _iso(year: int, month: int, day: int) -> str | None:
    valid = _valid(year, month, day)
    return valid.isoformat() if valid else None
