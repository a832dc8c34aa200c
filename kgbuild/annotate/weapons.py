"""Find weapons: designations ("F-16", "S-400"), names ("Kalibr missile") and the nouns with their own modifiers ("barrel bombs")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from spacy.tokens import Doc, Token

from kgbuild.annotate.spans import is_capital, is_shouted
from kgbuild.annotate.words import words
from kgbuild.layers import is_masked, slice_of, text_of
from kgbuild.records import Span
from kgbuild.rules import load_rules

__all__ = ["find_weapons", "is_weapon_name"]


def find_weapons(doc: Doc) -> list[tuple[int, int]]:
    """First and last token of each weapon, in order, none overlapping another; `end` is exclusive.

    Needs tags and trees. A weapon noun that only modifies another noun ("bomb attack", "gun control") names none.
    """
    named = sorted({*_forms(doc), *_names(doc)})
    spans = named + list(_nouns(doc, {end for _, end in named}))
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda s: (s[0], -s[1])):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))  # "Kalibr | cruise missiles"
        elif (
            out and start == out[-1][1] and out[-1] in named and _is_noun(doc[end - 1]) and not doc[start].is_sent_start
        ):
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def is_weapon_name(doc: Doc, start: int, end: int) -> bool:
    """Whether a tagged name is that of a weapon: its form or its first word says so ("S-400", "Kalibr", "Javelin" before "missile")."""
    if _form().fullmatch(doc[start:end].text):
        return True
    first, last = doc[start], doc[end - 1]
    if any(t.lower_ in words("weapon_names", "kinds") for t in doc[start:end]) or _is_noun(last):
        return not (first.is_sent_start and end - start == 1 and _is_noun(last))
    return end - start < 3 and last.lower_ in words("weapon_names_by_noun", "kinds") and _beside_noun(last)


@cache
def _form() -> re.Pattern[str]:
    forms = load_rules("kinds")["weapon_forms"]
    return re.compile(r"(?<![\w-])(?:" + "|".join(forms) + r")s?(?![\w-]*\w)")


def _forms(doc: Doc) -> Iterator[tuple[int, int]]:
    for match in _form().finditer(text_of(doc)):
        tokens = slice_of(doc, Span(match.start(), match.end()))
        if tokens is not None and (tokens.start_char, tokens.end_char) == match.span():
            yield tokens.start, tokens.end


def _names(doc: Doc) -> Iterator[tuple[int, int]]:
    sure, doubtful = words("weapon_names", "kinds"), words("weapon_names_by_noun", "kinds")
    for token in doc:
        if not is_capital(token) and token.lower_ not in sure:
            continue
        lower = token.lower_
        agent = lower in {"napalm", "sarin", "novichok", "semtex"}
        if (lower in sure and (is_capital(token) or agent)) or (lower in doubtful and _beside_noun(token)):
            yield token.i, token.i + 1


def _beside_noun(token: Token) -> bool:
    """ "Javelin missiles", "Patriot air defence systems", "20 Leopards": the words behind, or a number before a plural."""
    doc = token.doc
    for following in doc[token.i + 1 : token.i + 5]:
        if following.is_sent_start or not (following.is_alpha or following.text in {"-", "2", "1"}):
            break
        if _is_noun(following) or (following.lower_ in {"system", "systems", "battery", "batteries"}):
            return True
        if (
            following.lower_ not in words("weapon_modifiers", "kinds")
            and not following.is_digit
            and following.text != "-"
        ):
            break
    before = token.nbor(-1) if token.i else None
    return before is not None and before.tag_ == "CD" and token.lower_.endswith("s")


def _nouns(doc: Doc, behind: set[int]) -> Iterator[tuple[int, int]]:
    for token in doc:
        if (
            not _is_noun(token)
            or is_masked(token)
            or (is_capital(token) and not token.is_sent_start and not _beside_name(token))
        ):
            continue
        if token.dep_ in {"compound", "amod", "nmod:desc"} and token.head.i > token.i and not _is_noun(token.head):
            continue
        start = token.i
        while start and _modifies(doc[start - 1], token) and not doc[start].is_sent_start:
            start -= 1
        if doc[start].text == "-":
            start += 1
        if start == token.i and start not in behind and token.lower_ in words("weapon_platforms_marked", "kinds"):
            continue
        if token.lower_ in {"bomber", "bombers"} and "suicide" in {t.lower_ for t in doc[start : token.i]}:
            continue  # a person
        yield start, token.i + 1


def _is_noun(token: Token) -> bool:
    lower = token.lower_
    return (lower in words("weapon_nouns", "kinds") or lower in words("weapon_platforms", "kinds")) and token.pos_ in {
        "NOUN",
        "PROPN",
    }


def _modifies(token: Token, noun: Token) -> bool:
    lower = token.lower_
    if lower in words("weapon_modifiers", "kinds") or lower in words("weapon_nouns", "kinds"):
        return token.pos_ in {"ADJ", "NOUN", "PROPN", "VERB"} and token.tag_ not in {"VBD", "VBZ", "VBP", "VB"}
    return token.text == "-" and bool(noun.i - token.i < 6) and not token.whitespace_ and token.i > 0


def _beside_name(token: Token) -> bool:
    """A capital noun of a headline counts where the whole line has capitals."""
    return is_shouted(token) or (token.i > 0 and is_capital(token.nbor(-1)))
