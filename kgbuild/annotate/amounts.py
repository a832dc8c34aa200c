"""Find times of the clock, sums of money, percentages, quantities with their unit and counts, by form, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Doc

from kgbuild.layers import slice_of, text_of
from kgbuild.records import Span

__all__ = ["find_amounts", "find_counts"]

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNITS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORD = rf"(?:(?:{'|'.join(_TENS.split())})(?:[- ](?:{'|'.join(_UNITS.split()[:9])}))?|{'|'.join(sorted(_UNITS.split(), key=len, reverse=True))})"
_BIG = r"(?:hundred|thousand|million|billion|trillion)"
_SHORT = r"(?:bn|tn|mn|m|k|b|trn)\b"
_ROUND = r"(?:tens|dozens|hundreds|thousands|millions|billions|trillions)(?: of (?:hundreds|thousands|millions|billions|trillions))*"
_WORDED = (
    rf"(?:{_WORD}|half a|a(?= (?:{_BIG}|dozen)\b)|several(?= (?:{_BIG})\b))(?:[ -](?:{_BIG}|dozen)(?: and {_WORD})?)*"
)
_NUMBER = rf"(?:(?:{_DIGITS})(?:[ -]?{_BIG}\b| ?{_SHORT})*|{_WORDED}|{_ROUND})"
_RANGE = rf"{_NUMBER}(?:(?: ?[-–—] ?| to | or )(?:{_NUMBER}))?"
_SYMBOL = r"(?:US|USD|AU|A|C|CA|CAD|NZ|HK|S|R|NT)?[$£€¥₹₽₺₴₪₩₦]"
_SYMBOLED = rf"(?:{_DIGITS})(?:[ -]?{_BIG}\b| ?{_SHORT})?"
_CURRENCY = (
    r"(?:(?:US|U\.S\.|American|Canadian|Australian|Hong Kong|Jordanian|Iraqi|Kuwaiti|Swiss|Turkish|Syrian|Lebanese|Egyptian|Israeli"
    r"|Russian|Indian|Pakistani|Chinese|Japanese|British|Danish|Norwegian|Swedish|Mexican) )?"
    r"(?:dollars?|euros?|pounds?(?: sterling)?(?! of)|sterling|cents?|pence|roubles?|rubles?|yen|yuan|renminbi|rupees?|rials?|riyals?|dinars?|dirhams?"
    r"|francs?|liras?|lire|shekels?|hryvnias?|zlotys?|zloty|kron(?:a|or|er)|pesos?|reals?|reais|rand|won|baht|ringgit|naira|shillings?"
    r"|USD|EUR|GBP|CHF)"
)
_UNIT = (
    r"(?:(?:square|cubic) )?(?:kilomet(?:re|er)s?|centimet(?:re|er)s?|millimet(?:re|er)s?|met(?:re|er)s?|miles?|feet|foot|ft|inch(?:es)?|yards?|nautical miles?"
    r"|km/h|kph|mph|km|cm|mm|kilograms?|kilogrammes?|kilos?|kg|grams?|grammes?|pounds(?= of)|ounces?|tons?|tonnes?|lit(?:re|er)s?|gallons?|barrels?"
    r"(?: (?:a|per) day)?|acres?|hectares?|degrees?(?: (?:Celsius|Fahrenheit))?|megawatts?|gigawatts?|kilowatts?|kilotons?|megatons?|MW|GW|kW|knots?)"
)
_BEFORE, _AFTER = r"(?<![\w.,$£€-])", r"(?![\w%])(?!\.\d)"
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (label, re.compile(pattern, flags))
    for label, pattern, flags in (
        (
            "TIME",
            r"(?<![\w.:])\d{1,2}(?:[.:]\d\d)? ?(?:[ap]\.m\.|[ap]m\b)(?: (?:GMT|BST|EST|EDT|ET|PT|CET|local time))?",
            re.IGNORECASE,
        ),
        ("TIME", r"(?<![\w.:])\d{1,2}:\d\d(?: (?:GMT|BST|EST|EDT|ET|PT|CET|local time))?(?![\w:])", 0),
        (
            "MONEY",
            rf"(?<![\w$£€]){_SYMBOL} ?{_SYMBOLED}(?:(?: ?[-–—] ?| to ){_SYMBOL}? ?{_SYMBOLED})?(?!\w)(?!\.\d)",
            0,
        ),
        ("MONEY", rf"{_BEFORE}(?:{_RANGE}|{_ROUND} of|an?)[ -]{_CURRENCY}{_AFTER}", re.IGNORECASE),
        (
            "PERCENT",
            rf"{_BEFORE}[-−+]?{_RANGE}(?: ?(?:%|percent\b|per cent\b|percentage points?\b|pct\b))",
            re.IGNORECASE,
        ),
        ("QUANTITY", rf"{_BEFORE}{_RANGE}[ -]?{_UNIT}{_AFTER}", re.IGNORECASE),
    )
)


def find_amounts(doc: Doc) -> Iterator[tuple[int, int, str]]:
    """(start, end, label) in tokens, end exclusive, none overlapping: TIME (of the clock), MONEY, PERCENT and QUANTITY, each rule before the next.

    An amount that begins or ends inside a token is left out, save before a full stop that the token holds ("3m.").
    """
    text = text_of(doc)
    taken: list[tuple[int, int, str]] = []
    for label, pattern in _RULES:
        for match in pattern.finditer(text):
            tokens = slice_of(doc, Span(match.start(), match.end()))
            if (
                tokens is None
                or tokens.start_char != match.start()
                or text[match.end() : tokens.end_char] not in {"", "."}
            ):
                continue
            if all(tokens.end <= a or b <= tokens.start for a, b, _ in taken):
                taken.append((tokens.start, tokens.end, label))
    yield from sorted(taken)


def find_counts(doc: Doc) -> Iterator[tuple[int, int]]:
    """Runs of numerals ("4.7 million", "two", "23") that count something."""
    i, n = 0, len(doc)
    while i < n:
        if doc[i].tag_ != "CD":
            i += 1
            continue
        end = i + 1
        while end < n and doc[end].tag_ == "CD" and not doc[end].is_sent_start:
            end += 1
        yield i, end
        i = end
