"""Turn a written name into the key under which the entity base files it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MAX_SURFACE = 160
"""Longest surface looked up, in characters; the longest name in the base is shorter."""

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "a", "ħ": "h", "ŋ": "n"}
)
_APOSTROPHES = re.compile("['’‘ʼʻʹʿʾ`´]")
_POSSESSIVE = re.compile("(?:['’ʼ]s|(?<=[sz])['’ʼ])$", re.IGNORECASE)
_BREAKS = re.compile(r"[\s\-‐‑‒–—/,:;&]+")
_DROPPED = re.compile(r"[.\"“”„«»()\[\]!?*]")
_DOTTED = re.compile(r"(?:[A-Za-z]\.){2,}[A-Za-z]?\.?$")


def strip_possessive(surface: str) -> str:
    """Drop a final possessive: ``Russia's`` -> ``Russia``, ``States'`` -> ``States``."""
    text = surface.strip()
    return _POSSESSIVE.sub("", text) if any(c in "'’ʼ" for c in text[-2:]) else text


@lru_cache(maxsize=1 << 15)
def key(surface: str) -> str:
    """Give the look-up key of a name; empty when it cannot name anything.

    Compatibility forms, case, diacritics, points, apostrophes, a final possessive and a leading
    "the" make no difference; hyphens, slashes and commas separate words.

    >>> key("The U.S.'s"), key("Da'esh"), key("São Tomé-et-Príncipe")
    ('us', 'daesh', 'sao tome et principe')
    """
    if not surface or len(surface) > MAX_SURFACE:
        return ""
    if surface.isascii():
        text = surface.lower()
        if text.replace(" ", "").isalnum():  # most names: nothing to fold
            text = " ".join(text.split()) if "  " in text else text.strip()
            return text[4:] if text.startswith("the ") else text
    else:
        if any("\ud800" <= c <= "\udfff" for c in surface):
            return ""  # half a character: no text
        surface = unicodedata.normalize("NFKC", surface)
    text = strip_possessive(surface).casefold()
    if not text.isascii():
        text = text.translate(_LETTERS)
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    text = _APOSTROPHES.sub("", text)
    text = _DROPPED.sub("", text)
    text = _BREAKS.sub(" ", text).strip()
    return text[4:] if text.startswith("the ") else text


def has_capital(surface: str) -> bool:
    """Tell whether any character is upper case (English names are; "turkey" the bird is not)."""
    if surface.isascii():
        return surface.lower() != surface
    return any(c.isupper() for c in surface)


def is_acronym(name: str) -> bool:
    """Tell whether a listed name is an acronym: one word, 2 to 8 letters or digits, none lower case.

    >>> [is_acronym(n) for n in ("US", "U.S.", "NATO", "M23", "Nato", "IRAQ WAR")]
    [True, True, True, True, False, False]
    """
    bare = name.replace(".", "").replace("&", "")
    return 2 <= len(bare) <= 8 and bare.isalnum() and bare.isascii() and bare[0].isalpha() and bare == bare.upper()


def reads_as_acronym(surface: str) -> bool:
    """Tell whether text is written so that it may be an acronym.

    Capitals throughout ("US", "U.S."), points between single letters ("u.s."), or, from four letters
    on, British title case ("Nato", "Isis"): "us", "Us", "it" and "who" never are.
    """
    bare = strip_possessive(surface)
    if bare[:4].lower() == "the ":
        bare = bare[4:]
    if bare.isalpha() and bare[1:].islower():
        return len(bare) >= 4 and bare[0].isupper()
    if _DOTTED.match(bare):
        return True
    letters = bare.replace(".", "").replace("-", "").replace("&", "")
    if not letters.isalnum() or len(letters) < 2:
        return False
    if sum(c.isupper() for c in letters) >= 2:
        return True
    return letters[0].isupper() and (len(letters) >= 4 or letters[1:].isdigit())


_ARTICLE = re.compile(r"\b(?:al|el|ar|as|ad|az|an|ash|at|es|ez|ed|er|ul|ur)\b ?")
_DIGRAPHS = (
    ("sch", "s"), ("tch", "s"), ("sh", "s"), ("ch", "s"), ("kh", "k"), ("gh", "k"), ("dh", "d"), ("th", "t"), ("ph", "f"),
    ("zh", "z"), ("tz", "s"), ("ts", "s"), ("cz", "s"), ("dj", "j"), ("ck", "k"), ("x", "ks"),
)  # fmt: skip
_SOUNDS = str.maketrans({"q": "k", "g": "k", "c": "k", "w": "v", "y": "", **dict.fromkeys("aeiou", "")})


def fold(surface: str) -> str:
    """Give the sound key of a name: what the ways of writing it in Latin letters share; "" where too little is left.

    Vowels, doubled letters, articles and what transliterations spell differently (q, g, k; kh; w, v) make no difference. Many names
    share a key: it proposes, the caller decides.

    >>> fold("Kyiv") == fold("Kiev"), fold("Moammar Gadhafi") == fold("Muammar al-Qaddafi"), fold("Zelensky"), fold("Zelenskyy")
    (True, True, 'zlnsk', 'zlnsk')
    """
    words = []
    for word in _ARTICLE.sub("", key(surface)).split():
        for written, sound in _DIGRAPHS:
            word = word.replace(written, sound)
        first = "a" if word[:1] in "aeiou" else "h" if word[:1] == "h" else ""
        bare = word.translate(_SOUNDS).replace("h", "")
        words.append(first + re.sub(r"(.)\1+", r"\1", bare))
    folded = " ".join(w for w in words if w)
    return folded if len(folded) > 1 else ""
