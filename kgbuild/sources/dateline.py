"""The dateline before an article's first sentence: where it was filed, on which day and by which agency."""

from __future__ import annotations

import re

from kgbuild.records import Dateline
from kgbuild.sources.dates import MONTH, find_date, find_dates, month_number, resolve_day
from kgbuild.sources.leftovers import is_agency
from kgbuild.sources.words import words

__all__ = ["find_dateline"]

_UPPER = r"[A-ZÀ-ÖØ-Þ]"
# WASHINGTON, D.C., McLEAN, AIN AL-ARAB
_CAPS = rf"(?:{_UPPER}|Mc(?={_UPPER})|Mac(?={_UPPER}))(?:{_UPPER}|['’.-](?={_UPPER}))*\.?"
_TITLE = rf"{_UPPER}[\w'’-]*\.?"  # Washington, D.C
_PARTICLE = r"(?:al|el|de|del|la|le|of|upon|sur|am|and)"
_PLACE_CAPS = rf"{_CAPS}(?:[ /-](?:{_CAPS}|al-{_CAPS}|{_PARTICLE})){{0,4}}"
_PLACE_TITLE = rf"{_TITLE}(?:[ /](?:{_TITLE}|{_PARTICLE})){{0,3}}"
_REGION = rf"(?:{_TITLE}|{_CAPS})(?:[ -](?:{_TITLE}|{_CAPS}|{_PARTICLE})){{0,3}}"
_DATE = (
    rf"(?:(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+)?"
    rf"(?:(?P<month>{MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"|(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month2>{MONTH})\.?)"
    rf"(?:,?\s+(?P<year>\d{{4}}))?"
)
_SEPARATOR = r"\s*(?:[—–―]|--+|:|(?<=[\s)])-(?=\s))\s*"
_STRUCTURE = (
    r"(?P<regions>(?:,\s*(?!(?i:{month})\b){region}){{0,2}})(?:,?\s+(?i:{date}))?"
    r"(?:,?\s*\((?P<agency>[^()]{{2,60}})\))?(?P<sep>{sep}|(?<=\))\s+(?={upper}))"
)
_TAIL = _STRUCTURE.format(month=MONTH, region=_REGION, date=_DATE, sep=_SEPARATOR, upper=rf"[\"“‘']?{_UPPER}")
_FORM_CAPS = re.compile(rf"\s*[\"“]?(?P<place>{_PLACE_CAPS}){_TAIL}")
_FORM_TITLE = re.compile(rf"\s*(?P<place>{_PLACE_TITLE}){_TAIL}")
_FORM_DATE = re.compile(rf"\s*(?P<place>)(?i:{_DATE}),?\s*\((?P<agency>[^()]{{2,60}})\)(?:{_SEPARATOR}|\s+)")
_FORM_AGENCY = re.compile(rf"\s*\((?P<agency>[A-Z][A-Za-z/. -]{{1,30}})\)(?P<sep>{_SEPARATOR})")
_LABELS = words(
    """
    EXCLUSIVE UPDATE UPDATED BREAKING WATCH OPINION ANALYSIS LIVE VIDEO REPORT POLL EDITORIAL CORRECTION NOTE
    FACTBOX EXPLAINER INTERVIEW QUESTION ANSWER MODERATOR PRESIDENT SECRETARY SENATOR SEN REP MR MRS MS DR GEN
    LT COL Q A READ FACT TITLE ABSTRACT SUMMARY NEWS STATEMENT TRANSCRIPT REVIEW PHOTOS AMBASSADOR MINISTER
    GOVERNOR GOV SPOKESMAN SPOKESPERSON REPORTER HOST OPERATOR
    """
)
"""Words that open a paragraph in capitals but name a kind of piece or a speaker, not a place."""
_HEAD = 160


def find_dateline(
    text: str, begin: int, end: int, published: str | None, first: bool, speakers: bool
) -> Dateline | None:
    """The dateline that opens the paragraph [begin, end) of `text`, or None.

    `published` (ISO day) resolves "Mar 23". `first` says that this is the first paragraph of the body: only there the
    weak forms count, a place in capitals before a colon or one in small letters before a dash. `speakers` says that
    several paragraphs open with capitals and a colon, as in a transcript, where such words are speakers.

    >>> find_dateline("WASHINGTON, Mar 23 (Agencies): Russia said", 0, 42, "2022-03-24", True, False)
    Dateline(begin=0, end=31, place='Washington', date='2022-03-23', agency='Agencies')
    """
    head = text[begin : min(end, begin + _HEAD)]
    caps = _FORM_CAPS.match(head)
    if caps is not None and _credible(caps, head, capitals=True, first=first, speakers=speakers):
        return _dateline(caps, text, begin, end, published)
    title = _FORM_TITLE.match(head)
    if title is not None and _credible(title, head, capitals=False, first=first, speakers=speakers):
        return _dateline(title, text, begin, end, published)
    day_only = _FORM_DATE.match(head)
    if day_only is not None and day_only.end() < len(head):
        return _dateline(day_only, text, begin, end, published)
    bare = _FORM_AGENCY.match(head) if first else None
    if bare is None or bare.end() == len(head):
        return None
    inside = " ".join(bare["agency"].split())
    span = begin + bare.start("agency") - 1, begin + bare.end()
    if is_agency(inside) or re.fullmatch(r"[A-Z]{2,6}\d?", inside):
        return Dateline(*span, agency=inside)
    return Dateline(*span, place=_recase(inside))


def _credible(match: re.Match[str], head: str, capitals: bool, first: bool, speakers: bool) -> bool:
    place, rest = match["place"], head[match.end() :]
    parts = re.findall(r"\w+", place)
    if (
        not rest
        or (not match["regions"] and any(w.upper() in _LABELS for w in parts))
        or sum(len(w) for w in parts) < 3
    ):
        return False
    if match["month"] or match["month2"]:
        return True
    if match["agency"]:
        # "NATO (North Atlantic Treaty Organization) - ..." explains a name; an agency is short or in capitals
        return (
            len(match["agency"].split()) <= 3
            and bool(re.match(r"[\"“‘'(]?\w", rest))
            and (capitals or ":" not in match["sep"])
        )
    separator = match["sep"].strip()
    opens = bool(re.match(rf"[\"“‘'(]?(?:{_UPPER}|\d)", rest))
    if separator == ":":
        return first and capitals and opens and not speakers and len(parts) <= 3 and len(place) >= 4
    if capitals:
        return opens and bool(separator)
    # a name in small letters before a dash: only where no second dash closes a parenthesis
    return first and opens and bool(separator) and not re.search(r"\s[—–―-]\s|[—–―]|--", rest[:80])


def _dateline(match: re.Match[str], text: str, begin: int, end: int, published: str | None) -> Dateline:
    month = match["month"] or match["month2"]
    day = match["day"] or match["day2"]
    found: str | None = None
    if month:
        found = (
            find_date(f"{day} {month} {match['year']}") if match["year"] else resolve_day(month, int(day), published)
        )
        if found is None and not match["year"] and published is None:
            found = _year_nearby(text, end, month, int(day))
    agency = " ".join(match["agency"].split()) if match["agency"] else None
    place = _recase(re.split(r"/", match["place"])[0].strip())
    start = begin + len(match[0]) - len(match[0].lstrip())
    return Dateline(start, begin + match.end(), place=place or None, date=found, agency=agency)


def _year_nearby(text: str, end: int, month: str, day: int) -> str | None:
    """The day in the only year that full dates of the same month name up to a little after the first paragraph."""
    number = month_number(month)
    years = {iso[:4] for _, _, iso in find_dates(text[: end + 600]) if int(iso[5:7]) == number}
    return find_date(f"{day} {month} {years.pop()}") if len(years) == 1 else None


def _recase(place: str) -> str:
    """ "ST. LOUIS" as "St. Louis", "McLEAN" as "McLean"; a place in small letters or "D.C." is kept as it is."""
    if any(c.islower() for c in re.sub(r"\b(?:Mc|Mac)(?=[A-Z])", "", place)):
        return place
    recased = re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)*", lambda m: _capitalise(m[0]), place)
    return re.sub(r"(?<=[- ])(?:Au|De|Del|La|Le|Of|On|Sur|Upon|And)(?=[- ])", lambda m: m[0].lower(), recased)


def _capitalise(word: str) -> str:
    prefix = re.match(r"Ma?c(?=[A-Z])|[A-Z]['’]", word)  # McLean, N'Djamena
    head = prefix[0] if prefix else ""
    return head + word[len(head)].upper() + word[len(head) + 1 :].lower()
