"""Names as keys: what is the same full name, and what may be another spelling of it.

A full name can stand for one person, body or place in all articles; a surname, an acronym or "the ministry" cannot.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kgbuild.rules import load_rules

__all__ = ["CLASSES", "distinctive", "full_name", "other_names", "spelling"]

CLASSES = {"Person": "person", "Organization": "body", "Place": "place", "City": "place"}
"""Kind of entity -> the class within which entities of several articles may be one. States are all in the base, groups have no names."""

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "a", "ħ": "h", "ŋ": "n", "ß": "ss"}
)  # fmt: skip
_MARKS = re.compile(r"['’‘ʼʻʹʿʾ`´.\"“”„«»()]")
_BREAKS = re.compile(r"[^\w]+|_")

# One sound, many spellings: first what several letters write together, then single letters. Order matters.
_SOUNDS = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"^ye|^je", "e"), (r"^yu|^iu", "u"), (r"^ou", "u"), (r"^kh|^gh|^qh|^q|^g(?=[aou])", "k"), (r"sch|tch", "ch"), (r"ph", "f"), (r"ck|kh|qu|q", "k"),
        (r"dh|dj", "d"), (r"gh", "g"), (r"th", "t"), (r"zh", "z"), (r"tz|ts", "z"), (r"x", "ks"), (r"w", "v"), (r"c(?!h)", "k"),
        (r"[yj]", "i"), (r"(?<=[^aeiou])h|h$", ""), (r"([a-z])\1+", r"\1"),
    )
)  # fmt: skip
_SHORTEST = 8
"""Sounds from which a spelling says enough: among 31,000 persons of public life 39 pairs share theirs, most of them one person listed twice."""
_VOWELS = re.compile(r"(?<=.)[aeiou]+")
_ALIASES = 12
"""Other names of an entity that are looked at, in order; beyond them a list of aliases says nothing new."""


@lru_cache(1)
def _lists() -> dict[str, frozenset[str]]:
    return {name: frozenset(str(text).split()) for name, text in load_rules("identity").items()}


@lru_cache(1)
def _female() -> frozenset[str]:
    return frozenset(str(load_rules("given_names")["female"]).split())


@lru_cache(65536)
def _words(name: str) -> tuple[str, ...]:
    """Lower-case ASCII-folded words of a name, "the" at its start left out."""
    text = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    text = _MARKS.sub("", "".join(c for c in text if not unicodedata.combining(c)))
    words = tuple(w for w in _BREAKS.split(text) if w)
    return words[1:] if len(words) > 1 and words[0] == "the" else words


@lru_cache(65536)
def full_name(name: str, kind: str) -> str:
    """The key of a full name; "" when the words are none: a surname alone, an acronym, words without any capital.

    >>> full_name("John F. Kirby Jr.", "Person"), full_name("Kirby", "Person"), full_name("the Relief Fund", "Organization")
    ('john kirby', '', 'relief fund')
    """
    if kind not in CLASSES or name == name.lower():
        return ""
    words, lists = _words(name), _lists()
    if kind == "Person":
        long = [w for w in words if len(w) > 1 and w not in lists["suffixes"]]
        # "al-Sisi" and "Abu Omar" name their bearer no more than a surname does
        return " ".join(long) if sum(w not in lists["particles"] for w in long) > 1 else ""
    if kind == "Organization":
        words = tuple(w for w in words if w not in lists["company_forms"]) or words
        bare = name.replace(".", "").replace(" ", "")
        if len(words) == 1 and (bare.isupper() or len(words[0]) < 5):
            return ""
    return " ".join(words)


def distinctive(full: str, kind: str) -> bool:
    """Whether a full name alone, without any affiliation, may stand for one entity in all articles.

    Places share their names too freely, and every state has a "Ministry of Defence".
    """
    if kind == "Person":
        return True
    if kind == "Organization":
        generic = _lists()["generic_bodies"]
        return any(w not in generic for w in full.split())
    return False


@lru_cache(65536)
def spelling(full: str, kind: str) -> str:
    """The key that spellings of one person's name share ("Sergei", "Sergey"); of other names, the name itself.

    Given names keep their consonants, the family name its vowels too, roughly; a name of few sounds has one spelling only, and
    "Michelle" is none of "Michael".

    >>> spelling("muhammad al husseini", "Person") == spelling("mohamed el husaini", "Person")
    True
    """
    if kind != "Person":
        return full
    *given, family = (w for w in full.split() if w not in _lists()["particles"])
    sounds = [*(_VOWELS.sub("", _sound(w)) for w in given), _VOWELS.sub(_vowel, _sound(family))]
    if sum(map(len, sounds)) < _SHORTEST:
        return full
    return " ".join(sounds) + (" f" if given[0] in _female() else "")


@lru_cache(65536)
def _sound(word: str) -> str:
    for pattern, to in _SOUNDS:
        word = pattern.sub(to, word)
    return re.sub(r"([a-z])\1+", r"\1", word)


def _vowel(run: re.Match[str]) -> str:
    """The sound of a run of vowels, roughly: "ei", "ai" and "e" are one, "oo", "ou" and "u" are one."""
    text = run[0]
    return "i" if "i" in text or "e" in text else "u" if "u" in text or "o" in text else "a"


def other_names(full: str, aliases: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """Keys of the full names among an entity's aliases that can be its own: a person's keep initial and family name.

    "Foreign Minister Lee" and "the regime" are no names; "Jeff Rathke" is one of Jeffrey Rathke.
    """
    found = dict.fromkeys(f for a in aliases[:_ALIASES] if (f := full_name(a, kind)) and f != full)
    if kind == "Person":
        last, first = _sound(full.split()[-1]), full[0]
        return tuple(f for f in found if f[0] == first and _sound(f.split()[-1]) == last)
    if kind == "Organization":
        return tuple(f for f in found if " " in f and distinctive(f, kind))
    return ()
