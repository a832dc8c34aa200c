"""Find time expressions by a small grammar and resolve them against the day of the article."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc, Token

from kgbuild.annotate import calendar as cal
from kgbuild.annotate.calendar import Days
from kgbuild.annotate.draft import Draft
from kgbuild.layers import TimeExpression, is_masked, text_of
from kgbuild.records import Document, Span

__all__ = ["find_times", "reference_day"]

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {
    w: i
    for i, w in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
        " nineteen twenty".split(),
        1,
    )
} | {"a": 1, "an": 1, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "a hundred": 100}

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)"
_SHORT_WEEKDAY = r"(?:(?:Mon|Tues|Tue|Wed|Thurs|Thur|Thu|Fri|Sat|Sun)\b\.?)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9]\d\d|20\d\d)"
_ENDS = r"(?![\w%])(?!\.\d)"
_COUNT = (
    r"(?:\d{1,4}|(?i:"
    + "|".join(sorted(_NUMBERS, key=len, reverse=True))
    + r"|several|(?:a )?few|couple of|a couple of|many|some))"
)
_UNIT = r"(?P<unit>(?i:hour|day|week|month|year|decade|centur))(?i:s|y|ies)?"
_HEDGE = r"(?:(?i:at least|at most|more than|less than|fewer than|about|around|nearly|almost|over|some|roughly|up to|the|another) )*"
_PART = r"(?: (?i:morning|afternoon|evening|night))?"


@dataclass(frozen=True, slots=True)
class _Scene:
    """Where an expression stands: the reference day, the day last spoken of, and whether its clause speaks of the future."""

    reference: dt.date | None
    last: Days | None
    future: bool
    present: bool


Resolver = Callable[["re.Match[str]", _Scene], Days | None]


def _number(text: str | None) -> int | None:
    if not text:
        return None
    text = " ".join(text.lower().split())
    return int(text) if text.isdigit() else _NUMBERS.get(text)


def _month_number(text: str) -> int:
    return next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(text.lower().rstrip(".")[:3]))


def _weekday_number(text: str) -> int:
    return next(i for i, name in enumerate(_DAYS) if name.startswith(text.lower().rstrip(".")[:3]))


def _day_number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _closest_year(month: int, number: int, scene: _Scene) -> dt.date | None:
    """A day without its year: the latest one up to the reference day (a little beyond is allowed), or the coming one."""
    if scene.reference is None:
        return None
    near = [cal.day_of_month(number, month, scene.reference.year + i) for i in (-1, 0, 1)]
    days = [d for d in near if d is not None]
    if scene.future:
        days = [d for d in days if d >= scene.reference]
        return days[0] if days else None
    slack = dt.timedelta(days=120) if scene.present else dt.timedelta(days=14)
    days = [d for d in days if d <= scene.reference + slack]
    return days[-1] if days else None


def _absolute(m: re.Match[str], scene: _Scene) -> Days | None:
    month, number = _month_number(m["month"]), _day_number(m["day"])
    if not m["year"] and m["weekday"] and scene.reference is not None:
        # the weekday tells the year
        near = [cal.day_of_month(number, month, scene.reference.year + i) for i in (0, -1, 1)]
        fitting = [d for d in near if d is not None and d.weekday() == _weekday_number(m["weekday"])]
        if fitting:
            return cal.day(min(fitting, key=lambda d: abs((d - scene.reference).days) if scene.reference else 0))
    found = cal.day_of_month(number, month, int(m["year"])) if m["year"] else _closest_year(month, number, scene)
    return cal.day(found) if found else None


def _day_range(m: re.Match[str], scene: _Scene) -> Days | None:
    month = _month_number(m["month"])
    first, last = _day_number(m["day"]), _day_number(m["day2"])
    if m["year"]:
        ends = (cal.day_of_month(first, month, int(m["year"])), cal.day_of_month(last, month, int(m["year"])))
    else:
        ends = (_closest_year(month, first, scene), _closest_year(month, last, scene))
    return (ends[0], ends[1]) if ends[0] and ends[1] and ends[0] <= ends[1] else None


def _iso(m: re.Match[str], scene: _Scene) -> Days | None:
    found = cal.day_of_month(int(m["d"]), int(m["m"]), int(m["y"]))
    return cal.day(found) if found else None


def _month_of_year(m: re.Match[str], scene: _Scene) -> Days | None:
    if m["year"]:
        return _part_of(m["part"], cal.month(_month_number(m["month"]), int(m["year"])))
    if scene.reference is None:
        return None
    offset = (m["rel"] or "").lower()
    if offset in {"last", "next"}:
        moved = cal.named_month(_month_number(m["month"]), scene.reference, offset == "next")
        return _part_of(m["part"], moved)
    return _part_of(m["part"], cal.named_month(_month_number(m["month"]), scene.reference, scene.future))


def _part_of(part: str | None, days: Days | None) -> Days | None:
    """The early, middle or late third of a stretch; all of it without such a word."""
    if not part or days is None:
        return days
    third = (days[1] - days[0]).days // 3
    word = part.lower().rstrip("- ")
    if word in {"early", "beginning of", "start of"}:
        return days[0], days[0] + dt.timedelta(days=third)
    if word in {"late", "end of"}:
        return days[1] - dt.timedelta(days=third), days[1]
    return days[0] + dt.timedelta(days=third), days[1] - dt.timedelta(days=third)


def _weekday(m: re.Match[str], scene: _Scene) -> Days | None:
    if scene.reference is None:
        return None
    word = (m["rel"] or "").lower()
    number = _weekday_number(m["weekday"])
    future = word in {"next", "coming"} or (word not in {"last", "past", "previous"} and scene.future)
    return cal.day(cal.weekday(number, scene.reference, future, strict=bool(word) and word != "this"))


def _deictic(m: re.Match[str], scene: _Scene) -> Days | None:
    if scene.reference is None:
        return None
    word = m["word"].lower()
    offset = -1 if word.startswith(("yesterday", "last")) else 1 if word.startswith("tomorrow") else 0
    if word.startswith("the day"):
        offset = -2 if "before" in word else 2
    moved = cal.add_units(scene.reference, offset, "day")
    return cal.day(moved) if moved else None


_OFFSETS = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "coming": 1}


def _neighbour(m: re.Match[str], scene: _Scene) -> Days | None:
    if scene.reference is None:
        return None
    if m["rel"].lower() == "past" and m["unit"].lower() != "weekend":
        moved = cal.add_units(
            scene.reference,
            -3 if m["unit"].lower() == "quarter" else -1,
            "month" if m["unit"].lower() == "quarter" else m["unit"].lower(),
        )
        return (moved, scene.reference) if moved else None
    return _part_of(m["part"], cal.neighbour(scene.reference, m["unit"].lower(), _OFFSETS[m["rel"].lower()]))


def _weekend(m: re.Match[str], scene: _Scene) -> Days | None:
    if scene.reference is None:
        return None
    return cal.neighbour(scene.reference, "weekend", 0 if scene.future or scene.reference.weekday() >= 5 else -1)


def _ago(m: re.Match[str], scene: _Scene) -> Days | None:
    unit, count = _unit(m), _number(m["count"])
    if scene.reference is None or count is None:
        return None
    if unit == "hour":
        return (scene.reference - dt.timedelta(days=1 + count // 24), scene.reference)
    moved = cal.add_units(scene.reference, -count, unit)
    if moved is None:
        return None
    if unit in {"year", "decade", "century"}:
        return cal.year(moved.year)
    if unit == "month":
        return cal.month(moved.month, moved.year)
    slack = dt.timedelta(days=3 if unit == "week" and count > 1 else 0)
    return moved - slack, moved + slack


def _stretch(m: re.Match[str], scene: _Scene) -> Days | None:
    """ "over the past three days", "in the coming two weeks": from there to the reference day, or from it on."""
    unit, count = _unit(m), _number(m["count"]) if m["count"] else 1
    if scene.reference is None or count is None:
        return None
    sign = 1 if m["rel"].lower() in {"next", "coming", "following"} else -1
    moved = scene.reference if unit == "hour" else cal.add_units(scene.reference, sign * count, unit)
    if unit == "hour":
        moved = scene.reference + sign * dt.timedelta(days=max(1, count // 24))
    if moved is None:
        return None
    return (moved, scene.reference) if sign < 0 else (scene.reference, moved)


def _duration(m: re.Match[str], scene: _Scene) -> Days | None:
    """ "for at least a week" of something that still holds: from so long ago to the reference day."""
    unit, count = _unit(m), _number(m["count"])
    if scene.reference is None or count is None or not scene.present or unit == "hour":
        return None
    moved = cal.add_units(scene.reference, -count, unit)
    return (moved, scene.reference) if moved else None


def _year(m: re.Match[str], scene: _Scene) -> Days | None:
    return _part_of(m["part"], cal.year(int(m["year"])))


def _years(m: re.Match[str], scene: _Scene) -> Days | None:
    first, last = cal.year(int(m["year"])), cal.year(int(m["year2"]))
    return (first[0], last[1]) if first and last and first[0] <= last[0] else None


def _decade(m: re.Match[str], scene: _Scene) -> Days | None:
    return _part_of(m["part"], cal.decade(int(m["year"])))


def _relative_day(m: re.Match[str], scene: _Scene) -> Days | None:
    """ "the following day": seen from the day last spoken of."""
    if scene.last is None or scene.last[0] != scene.last[1]:
        return None
    word = m["rel"].lower()
    offset = {"following": 1, "next": 1, "same": 0, "that": 0, "previous": -1}.get(word, 0)
    moved = cal.add_units(scene.last[0], offset, "day")
    return cal.day(moved) if moved else None


def _unresolved(m: re.Match[str], scene: _Scene) -> Days | None:
    return None


def _unit(m: re.Match[str]) -> str:
    unit = m["unit"].lower()
    return "century" if unit == "centur" else unit


_GRAMMAR: tuple[tuple[re.Pattern[str], Resolver, str], ...] = tuple(
    (re.compile(r"(?<![\w-])" + pattern.replace("[ -]", "(?: |-)").replace(" ", r"[ \u00a0]") + _ENDS), resolver, kind)
    for pattern, resolver, kind in (
        (r"(?P<y>1[5-9]\d\d|20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)", _iso, "point"),
        (
            rf"(?P<month>{_MONTH}) (?P<day>{_DAY}) ?(?:-|–|to|and|until) ?(?P<day2>{_DAY})(?:,? (?P<year>{_YEAR}))?",
            _day_range,
            "point",
        ),
        (
            rf"(?P<day>{_DAY}) ?(?:-|–|to|and|until) ?(?P<day2>{_DAY}) (?P<month>{_MONTH})(?:,? (?P<year>{_YEAR}))?",
            _day_range,
            "point",
        ),
        (
            rf"(?:(?P<weekday>{_WEEKDAY}|{_SHORT_WEEKDAY}),? )?(?P<month>{_MONTH}) (?P<day>{_DAY})(?:,? (?P<year>{_YEAR}))?",
            _absolute,
            "point",
        ),
        (
            rf"(?:(?P<weekday>{_WEEKDAY}|{_SHORT_WEEKDAY}),? )?(?:the )?(?P<day>{_DAY})(?: of)? (?P<month>{_MONTH})(?:,? (?P<year>{_YEAR}))?",
            _absolute,
            "point",
        ),
        (
            rf"(?:(?P<part>(?i:early|mid|late|end of|beginning of|start of))[ -])?(?:(?P<rel>(?i:last|next|this)) )?(?P<month>{_MONTH})"
            rf"(?:,? (?:of )?(?P<year>{_YEAR}))?",
            _month_of_year,
            "point",
        ),
        (
            rf"(?:(?i:(?:the )?(?P<rel>last|next|this|past|previous|coming)) )?(?P<weekday>{_WEEKDAY}){_PART}",
            _weekday,
            "point",
        ),
        (
            r"(?P<word>(?i:the day before yesterday|the day after tomorrow|yesterday|today|tonight|tomorrow"
            r"|this (?:morning|afternoon|evening)|last night))" + _PART,
            _deictic,
            "point",
        ),
        (
            r"(?:(?P<part>(?i:early|mid|late|end of|beginning of|start of))[ -])?(?:(?i:the) )?(?i:(?P<rel>last|past|previous|this|current|next"
            r"|coming) (?P<unit>week|weekend|month|quarter|year|decade))",
            _neighbour,
            "point",
        ),
        (r"(?i:the weekend)", _weekend, "point"),
        (rf"{_HEDGE}(?P<count>{_COUNT}) {_UNIT} (?i:ago)", _ago, "point"),
        (
            r"(?i:the|that) (?i:(?P<rel>following|next|same|previous)) (?i:day|morning|evening|night)",
            _relative_day,
            "point",
        ),
        (r"(?i:(?P<rel>that)) (?i:day|morning|evening|night)", _relative_day, "point"),
        (
            rf"(?i:the|these|those|its|their|his|her) (?P<rel>(?i:past|last|next|coming|following|previous)) (?:(?P<count>{_COUNT}) )?{_UNIT}",
            _stretch,
            "point",
        ),
        (rf"(?i:for) {_HEDGE}(?P<count>{_COUNT}) {_UNIT}", _duration, "duration"),
        (
            rf"{_HEDGE}(?P<count>{_COUNT})?(?:(?<=[a-z0-9]) )?(?i:hours|days|weeks|months|years) (?i:after|before|into|later|earlier)",
            _unresolved,
            "point",
        ),
        (r"(?i:(?:in |over )?(?:the )?(?:recent|coming) (?:hours|days|weeks|months|years))", _unresolved, "point"),
        (rf"(?i:from|between) (?P<year>{_YEAR}) (?i:to|and|until|through) (?P<year2>{_YEAR})", _years, "point"),
        (rf"(?P<year>{_YEAR}) ?(?:-|–) ?(?P<year2>{_YEAR})", _years, "point"),
        (r"(?:(?P<part>(?i:early|mid|late))[ -])?(?:the )?(?P<year>(?:1[5-9]|20)\d0)s", _decade, "point"),
        (
            rf"(?:(?<=in )|(?<=In )|(?<=since )|(?<=Since )|(?<=by )|(?<=By )|(?<=until )|(?<=of )|(?<=from )|(?<=during )|(?<=before )|(?<=after )"
            rf"|(?<=since )|(?<=the )|(?<=to )|(?<=mid-)|(?<=late )|(?<=early )|(?<=\())(?:(?P<part>(?i:early|mid|late))[ -])?(?P<year>{_YEAR})",
            _year,
            "point",
        ),
    )
)

_BOUND = re.compile(r"\b(since|until|till|by|from|before|after)[ \u00a0]+(?:the[ \u00a0]+)?$", re.IGNORECASE)
_KIND_OF = {"since": "since", "until": "until", "till": "until", "by": "until"}
_TRIGGER = re.compile(
    r"\d|day|week|month|year|hour|decade|centur|night|morning|evening|yesterday|tomorrow|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec",
    re.IGNORECASE,
)


def reference_day(document: Document | None) -> dt.date | None:
    """The day relative expressions count from: the dateline's, else that of publication; None when neither is known."""
    if document is None:
        return None
    dateline = document.dateline
    return (cal.parse_day(dateline.date) if dateline else None) or cal.parse_day(document.published)


def find_times(doc: Doc) -> tuple[TimeExpression, ...]:
    """All time expressions of a Doc, ordered by begin, none overlapping another.

    Masked tokens (dateline, date lines) are left out. Days are resolved against `reference_day`; an expression that needs it stays
    unresolved when there is none.
    """
    reference = reference_day(doc._.document)
    draft = doc._.draft
    named = (
        {i for f in draft.found if f.form == "name" for i in range(f.start, f.end)}
        if isinstance(draft, Draft)
        else set()
    )
    starts = [t.idx for t in doc]
    found: list[TimeExpression] = []
    last: Days | None = None
    text = text_of(doc)
    for match, resolver, kind in _matches(text):
        # (Doc.char_span walks the whole Doc at each call)
        first = max(0, bisect_right(starts, match.start()) - 1)
        tokens = doc[first : max(first + 1, bisect_left(starts, match.end()))]
        if any(is_masked(t) or t.i in named for t in tokens):
            continue
        if _is_name(match, tokens[0]):
            continue
        future, present = _tense(tokens.root)
        days = resolver(match, _Scene(reference, last, future, present))
        if days is not None and kind == "point" and days[0] == days[1]:
            last = days
        begin, end = tokens.start_char, tokens.end_char
        bound = _BOUND.search(text, max(0, begin - 12), begin)
        word = bound.group(1).lower() if bound else ""
        if bound and word in _KIND_OF and kind == "point":
            kind, begin = _KIND_OF[word], bound.start(1)
        found.append(
            TimeExpression(
                Span(begin, end),
                text[begin:end],
                days[0].isoformat() if days else None,
                days[1].isoformat() if days else None,
                kind,
            )
        )
    return tuple(found)


def _matches(text: str) -> Iterator[tuple[re.Match[str], Resolver, str]]:
    """Matches in order of place; of two that overlap the one of the earlier rule wins."""
    if not _TRIGGER.search(text):
        return
    taken: dict[int, tuple[re.Match[str], Resolver, str]] = {}
    covered: set[int] = set()
    for pattern, resolver, kind in _GRAMMAR:
        for match in pattern.finditer(text):
            if match.end() > match.start() and covered.isdisjoint(range(match.start(), match.end())):
                covered.update(range(match.start(), match.end()))
                taken[match.start()] = (match, resolver, kind)
    for start in sorted(taken):
        yield taken[start]


def _is_name(match: re.Match[str], token: Token) -> bool:
    """Months and days that are something else: "May said", "April Ryan", "march on"."""
    groups = match.groupdict()
    if (
        not groups.get("month")
        or groups.get("year")
        or groups.get("day")
        or match.group().split()[0] != groups["month"]
    ):
        return False
    word = groups["month"]
    before = token.nbor(-1).lower_ if token.i else ""
    if before in {
        "in",
        "since",
        "until",
        "by",
        "of",
        "during",
        "last",
        "next",
        "this",
        "from",
        "between",
        "and",
        "to",
        "late",
        "early",
        "mid",
        "through",
    }:
        return token.tag_ == "MD"
    if word in {"May", "March", "April", "June", "August"} or word.endswith("."):
        return not (token.dep_.startswith(("obl", "nmod", "compound")) and word not in {"May", "April", "June"})
    return False


_PLANS = frozenset(
    {
        "plan",
        "expect",
        "schedule",
        "intend",
        "aim",
        "set",
        "due",
        "hope",
        "prepare",
        "vow",
        "promise",
        "pledge",
        "slate",
    }
)


def _tense(token: Token) -> tuple[bool, bool]:
    """(future, present) of the clause a token stands in."""
    verb: Token | None = token
    for _ in range(12):
        if verb is None or verb.pos_ in {"VERB", "AUX"}:
            break
        verb = verb.head if verb.head != verb else None
    if verb is None:
        return False, False
    auxiliaries = [c for c in verb.children if c.dep_.startswith("aux") or c.dep_ == "cop"]
    words = {a.lower_ for a in auxiliaries}
    if words & {"will", "shall", "'ll", "wo"}:
        return True, False
    if any(c.dep_ == "mark" and c.lower_ == "to" for c in verb.children) and verb.head.lemma_.lower() in _PLANS:
        return True, False
    finite = [a.tag_ for a in auxiliaries] or [verb.tag_]
    if any(tag in {"VBZ", "VBP"} for tag in finite):
        perfect = bool(words & {"has", "have", "'ve"})
        return (not perfect and verb.tag_ in {"VBZ", "VBP", "VBG"} and verb.lemma_ not in {"say", "be"}), True
    return False, False


@Language.component("kgbuild_times", assigns=["doc._.times"], requires=["token.dep", "token.tag"])
def times(doc: Doc) -> Doc:
    """Fill `doc._.times`."""
    doc._.times = find_times(doc)
    return doc
