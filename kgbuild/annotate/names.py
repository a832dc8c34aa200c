"""Find the spans that are names and demonyms: what the model tags, repaired, and what the entity base knows for sure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from kgbuild.annotate.recurring import recurring_names
from kgbuild.annotate.spans import (
    JOINERS,
    bloc_of,
    institution,
    is_capital,
    is_shouted,
    is_title_case,
    model_spans,
    readings,
    split_span,
    surface_of,
    title_before,
    with_of,
)
from kgbuild.annotate.words import is_given_name, words
from kgbuild.knowledge import Base, Candidate, Demonym, Title, Titles
from kgbuild.layers import is_masked, text_of

__all__ = ["BODIES", "PLACES", "STATES", "Name", "find_names"]


BODIES = frozenset(
    {
        "igo", "org", "ministry", "agency", "military", "armed_group", "media", "party", "company", "legislature", "court",
        "government", "university", "ngo", "cabinet",
    }
)  # fmt: skip
STATES = frozenset({"country", "territory"})
PLACES = frozenset({"city", "region", "geo"})

_LONGEST = 7
_PARTICLES = frozenset(
    {"de", "del", "la", "al", "el", "bin", "ibn", "von", "van", "der", "da", "dos", "di", "ben", "abu", "ul", "ur"}
)
_NOT_NAMES = frozenset(
    {
        "i",
        "mr",
        "mrs",
        "ms",
        "dr",
        "a.m.",
        "p.m.",
        "am",
        "pm",
        "gmt",
        "tv",
        "ok",
        "okay",
        "covid",
        "covid-19",
        "st",
        "no",
        "yes",
    }
)


@dataclass(frozen=True, slots=True)
class Name:
    """A span of tokens that names something.

    label: PERSON, ORG, LOC, MISC, UNKNOWN, DEMONYM or BLOC. `title` is the title right before it. `sure` means that the base alone
    was reason enough.
    """

    start: int
    end: int
    label: str
    candidates: tuple[Candidate, ...] = ()
    demonym: Demonym | None = None
    title: Title | None = None
    sure: bool = False


def find_names(doc: Doc, base: Base, titles: Titles) -> list[Name]:
    """All names and demonyms of a Doc in order of place, none overlapping another."""
    taken = [False] * len(doc)
    for token in doc:
        if is_masked(token) or token.is_space:
            taken[token.i] = True
    names: list[Name] = []

    def keep(name: Name) -> None:
        if any(taken[name.start : name.end]) or (name.end - name.start == 1 and len(doc[name.start]) == 1):
            return  # (a letter alone, as in "R-Ohio", names nobody)
        for i in range(name.start, name.end):
            taken[i] = True
        names.append(name)

    _dateline_place(doc, base, names)
    known = list(_known(doc, base))
    tagged = list(model_spans(doc, titles, base))
    longer = {i for start, end, _ in tagged if end - start > 1 for i in range(start, end)}
    for token in doc:
        if (
            not taken[token.i]
            and token.i not in longer
            and is_capital(token)
            and bloc_of(token)
            and (token.dep_ in {"amod", "compound"} or token.pos_ in {"PROPN", "NOUN"})
        ):
            keep(Name(token.i, token.i + 1, "BLOC"))
    for start, end, label in tagged:
        start, end = _widen(start, end, known, label)
        if is_shouted(doc[start]) and not any(c.kind != "surname" for c in readings(base, surface_of(doc, start, end))):
            continue  # capitals of a line in capitals
        if start and is_capital(doc[start - 1]) and doc[start - 1].lower_ in words("event_openers", "kinds"):
            start, label = start - 1, "MISC"  # "Hurricane Katrina"
        end = with_of(doc, start, end) if label != "PERSON" else end
        if (
            start
            and doc[start - 1].lower_.endswith(("1st", "2nd", "3rd", "th"))
            and doc[start - 1].text[0].isdigit()
            and doc[end - 1].lower_ in words("body_nouns")
        ):
            start -= 1  # "3rd Battalion"
        end = _with_hyphen(doc, end) if label == "PERSON" else end
        if (
            end < len(doc)
            and doc[end].lower_ in words("agreement_nouns")
            and label != "PERSON"
            and not doc[end].is_sent_start
        ):
            end, label = end + 1, "MISC"  # "Minsk agreements"
        keep(_name(doc, base, titles, start, end, label))
    named = _Named.of(doc, names)
    for start, end, candidates in known:
        if end < len(doc) and doc[end].lower_ in words("agreement_nouns") and doc[start].pos_ == "PROPN":
            keep(Name(start, end + 1, "MISC"))
        elif _strong(doc, start, end, candidates, named):
            keep(Name(start, end, "UNKNOWN", candidates, title=title_before(doc, titles, start), sure=True))
    for token in doc:
        if not taken[token.i] and not token.is_space and (demonym := _demonym(token, base)) is not None:
            keep(Name(token.i, token.i + 1, "DEMONYM", demonym=demonym))
    named = _Named.of(doc, names)
    for start, end in _runs(doc, taken):
        for first, last, label in split_span(doc, start, end, "UNKNOWN", titles, base):
            name = _name(doc, base, titles, first, last, label)
            if named.confirms(doc, name, titles):
                keep(name)
    for name in _repeats(doc, base, titles, names, taken):
        keep(name)
    names = _sober(doc, names)
    for start, end in recurring_names(doc, titles, taken):
        keep(Name(start, end, "MISC"))
    return sorted(names, key=lambda n: n.start)


def _sober(doc: Doc, names: Sequence[Name]) -> list[Name]:
    """Names without those that only the capitals of a headline make ("Voters Worried About")."""
    sentences = list(doc.sents)
    document = doc._.document
    headlines = [p for p in document.paragraphs if p.role in {"headline", "deck"}] if document is not None else []
    first = [
        s
        for n, s in enumerate(sentences)
        if any(p.begin <= s.start_char < p.end for p in headlines) or (n < 2 and len(sentences) > 3)
    ]
    loud = [s for s in first if is_title_case(s)]
    if not loud:
        return list(names)
    inside = {i for s in loud for i in range(s.start, s.end)}
    elsewhere = {doc[i].text for n in names if n.start not in inside for i in range(n.start, n.end)}

    def holds(name: Name) -> bool:
        if name.start not in inside or name.demonym is not None or name.label == "BLOC" or name.title is not None:
            return True
        if any(c.kind != "surname" and c.prior >= 0.25 for c in name.candidates) or (name.sure and not name.candidates):
            return True
        return all(t.text in elsewhere or not is_capital(t) for t in doc[name.start : name.end])

    return [n for n in names if holds(n)]


def _repeats(doc: Doc, base: Base, titles: Titles, names: Sequence[Name], taken: Sequence[bool]) -> list[Name]:
    """Further mentions of persons whose full name the article gives: "Lee said" at a sentence's start, missed by the model."""
    surnames = {
        doc[n.end - 1].text
        for n in names
        if n.label in {"PERSON", "UNKNOWN"}
        and n.end - n.start in {2, 3}
        and len(doc[n.end - 1].text) > 2
        and (n.label == "PERSON" or is_given_name(doc[n.start].text))
    }
    alone = Counter(doc[n.start].text for n in names if n.label == "PERSON" and n.end - n.start == 1)
    surnames |= {text for text, count in alone.items() if count > 1 and len(text) > 2}
    return [
        _name(doc, base, titles, t.i, t.i + 1, "PERSON")
        for t in doc
        if not taken[t.i]
        and t.text in surnames
        and is_capital(t)
        and (t.pos_ in {"PROPN", "NOUN", "X"} or t.dep_.startswith("nsubj") or t.tag_.startswith("VB"))
    ]


def _dateline_place(doc: Doc, base: Base, names: list[Name]) -> None:
    """The place of the dateline is a name, though nobody reads the dateline as a sentence."""
    document = doc._.document
    dateline = document.dateline if document is not None else None
    if dateline is None or not dateline.place:
        return
    at = text_of(doc).lower().find(dateline.place.lower(), dateline.begin, dateline.end)
    span = doc.char_span(at, at + len(dateline.place)) if at >= 0 else None
    if span is not None:
        names.append(
            Name(
                span.start,
                span.end,
                "LOC",
                tuple(c for c in readings(base, span.text) if c.type in PLACES | STATES),
                sure=True,
            )
        )


def _with_hyphen(doc: Doc, end: int) -> int:
    """The end of "Ki-moon" where the span stopped at "Ki"."""
    tail = doc[end - 1 : end + 2]
    if (
        len(tail) == 3
        and tail[1].text == "-"
        and tail[2].is_lower
        and not tail[0].whitespace_
        and not tail[1].whitespace_
    ):
        return end + 2
    return end


def _name(doc: Doc, base: Base, titles: Titles, start: int, end: int, label: str) -> Name:
    title = title_before(doc, titles, start)
    if (
        end - start == 1
        and (label != "PERSON" or title is None)
        and (demonym := _demonym(doc[start], base)) is not None
    ):
        return Name(start, end, "DEMONYM", demonym=demonym)
    surface = surface_of(doc, start, end)
    return Name(start, end, label, readings(base, surface.title() if surface.islower() else surface), title=title)


def _widen(
    start: int, end: int, known: Sequence[tuple[int, int, tuple[Candidate, ...]]], label: str
) -> tuple[int, int]:
    """The whole of a known name of which the model tagged a part; `known` is in order and without overlaps."""
    at = bisect_right(known, start, key=lambda k: k[0]) - 1
    if at < 0:
        return start, end
    first, last, candidates = known[at]
    if end > last or last - first == end - start or (candidates and candidates[0].kind == "surname"):
        return start, end
    best = candidates[0] if candidates else None
    if best is None or best.prior >= 0.25 or (label == "PERSON" and best.type == "person"):
        return first, last
    return start, end


def _known(doc: Doc, base: Base) -> Iterator[tuple[int, int, tuple[Candidate, ...]]]:
    """Longest stretches of capitalised words that the base can read, left to right."""
    i, n = 0, len(doc)
    while i < n:
        token = doc[i]
        if is_masked(token) or not is_capital(token) or token.is_punct or token.lower_ in {"the", "a", "an"}:
            i += 1
            continue
        last = i + 1
        ends = [i + 1]
        while last < n and last - i < _LONGEST and _continues(doc, last):
            last += 1
            if is_capital(doc[last - 1]) or doc[last - 1].is_digit:
                ends.append(last)
        for end in reversed(ends):
            surface = surface_of(doc, i, end)
            candidates = readings(base, surface)
            if candidates or institution(base, surface):
                yield i, end, candidates
                i = end
                break
        else:
            i += 1


def _continues(doc: Doc, i: int) -> bool:
    token = doc[i]
    if token.is_space or is_masked(token) or token.is_sent_start:
        return False
    return is_capital(token) or token.lower_ in JOINERS or token.is_digit


def _strong(doc: Doc, start: int, end: int, candidates: Sequence[Candidate], named: _Named) -> bool:
    """Whether the base alone makes these words a name, though the model did not tag them."""
    first = doc[start]
    if is_shouted(first):
        best = candidates[0] if candidates else None
        return best is not None and best.kind != "surname" and best.prior >= (0.3 if end - start > 1 else 0.8)
    if not candidates:
        return end - start > 1 or first.pos_ == "PROPN"
    best = candidates[0]
    if end - start == 1 and first.lower_ in words("calendar") | words("partial_names"):
        return False
    surface = surface_of(doc, start, end)
    if (
        _abbreviates(surface)
        and best.prior < 0.89
        and not _behind_place(doc, start, best)
        and not named.spells(surface, best)
    ):
        return False
    if best.kind == "surname" or (best.common and (first.is_sent_start or end - start == 1)):
        return False
    proper = all(t.pos_ == "PROPN" or t.tag_.startswith("NNP") or not is_capital(t) for t in doc[start:end])
    several = sum(is_capital(t) for t in doc[start:end]) > 1
    if best.kind == "acronym":
        return best.prior >= 0.3
    if best.type in STATES:
        return best.prior >= 0.5 and (proper or several or not first.is_sent_start)
    if not proper:
        return False
    if best.type in BODIES:
        before = doc[start - 1] if start and not first.is_sent_start else None
        if (
            before is not None
            and before.pos_ in {"PROPN", "ADJ"}
            and is_capital(before)
            and best.prior < 0.5
            and not before.is_space
        ):
            return False  # the end of a longer name
        return best.prior >= (0.2 if several else 0.4)
    if best.type in PLACES:
        return best.prior >= (0.25 if several else 0.35)
    return best.type == "person" and several and best.prior >= 0.3


def _behind_place(doc: Doc, start: int, best: Candidate) -> bool:
    """ "Reno, NV", "(D-Md.)": where a short acronym says in which state something lies."""
    return best.type in PLACES and start > 0 and doc[start - 1].text in {",", "-", "–", "("}


def _demonym(token: Token, base: Base) -> Demonym | None:
    if (
        not is_capital(token)
        or token.pos_ not in {"ADJ", "PROPN", "NOUN"}
        or is_masked(token)
        or token.lower_ in words("peoples")
        or token.text.endswith("-")
    ):
        return None
    demonym = base.demonym(token.text)
    if demonym is not None and demonym.of.type != "country" and _begins_compound(token, base):
        return (
            None  # "African-American" names people by descent, "Asian-Pacific" one region: the continent takes no part
        )
    return demonym


def _begins_compound(token: Token, base: Base) -> bool:
    """Whether a hyphen and another demonym follow without a blank."""
    doc, i = token.doc, token.i
    return (
        i + 2 < len(doc)
        and doc[i + 1].text in {"-", "–"}
        and not token.whitespace_
        and not doc[i + 1].whitespace_
        and base.demonym(doc[i + 2].text) is not None
    )


def _runs(doc: Doc, taken: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Stretches of proper nouns nobody has claimed."""
    i, n = 0, len(doc)
    while i < n:
        if taken[i] or not _proper(doc[i]):
            i += 1
            continue
        j = i + 1
        while j < n and not taken[j] and not doc[j].is_sent_start:
            if _proper(doc[j]):
                j += 1
            elif (
                j + 1 < n
                and not taken[j + 1]
                and _proper(doc[j + 1])
                and not doc[j + 1].is_sent_start
                and _joins(doc, j)
            ):
                j += 2
            else:
                break
        yield i, j
        i = j


def _joins(doc: Doc, i: int) -> bool:
    token = doc[i]
    if token.text in {"-", "–"}:
        return not token.whitespace_ and not doc[i - 1].whitespace_
    return token.lower_ in _PARTICLES or token.text == "&" or token.lower_ == "of"


def _proper(token: Token) -> bool:
    return token.pos_ == "PROPN" and is_capital(token) and token.lower_ not in _NOT_NAMES and not is_shouted(token)


@dataclass(frozen=True, slots=True)
class _Named:
    """What the article names for sure: surnames of its persons, initials of its longer names, entries of the base."""

    surnames: frozenset[str]
    initials: frozenset[str]
    entries: frozenset[str]

    @classmethod
    def of(cls, doc: Doc, names: Sequence[Name]) -> _Named:
        """Read off the names found so far."""
        longer = [n for n in names if n.end - n.start > 1]
        return cls(
            frozenset(doc[n.end - 1].text for n in names if n.label == "PERSON"),
            frozenset("".join(t.text[0] for t in doc[n.start : n.end] if is_capital(t)) for n in longer),
            frozenset(c.id for n in longer for c in n.candidates[:1] if c.kind != "surname"),
        )

    def spells(self, surface: str, best: Candidate | None) -> bool:
        """Whether an acronym stands for a longer name of the article."""
        return surface.replace(".", "") in self.initials or (best is not None and best.id in self.entries)

    def confirms(self, doc: Doc, name: Name, titles: Titles) -> bool:
        """Whether something beside its capitals says that a run of proper nouns the model did not tag is a name.

        Of runs without such a sign not one in fifty is a name: they are weeks, products, abbreviations, halves of compounds.
        """
        first, last = doc[name.start], doc[name.end - 1]
        surface = surface_of(doc, name.start, name.end)
        if not is_capital(first) or titles.get(surface) is not None:
            return False
        several = name.end - name.start > 1
        if name.title is not None or (several and is_given_name(first.text) and is_capital(last)):
            return True
        best = name.candidates[0] if name.candidates else None
        if surface in self.surnames or (surface.isupper() and self.spells(surface, best)):
            return True
        if (
            best is None
            or (first.is_sent_start and not several)
            or _abbreviates(surface)
            or first.lower_ in words("partial_names")
        ):
            return False
        if best.type in PLACES and name.start and doc[name.start - 1].lower_ in {"in", "near", "outside"}:
            return best.prior >= 0.25
        return best.prior >= (0.4 if best.kind == "surname" else 0.3 if several else 0.5)


def _abbreviates(surface: str) -> bool:
    """A short acronym says little on its own ("PS", "DR", "MD")."""
    letters = surface.replace(".", "")
    return letters.isupper() and len(letters) < 3
