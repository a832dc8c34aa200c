"""Choose which of its namesakes a place name means: from the place named around it, the article's countries and its other places.

Prominence alone decides little: there are forty towns called Salisbury. What decides, in this order: a container named beside it ("Paris,
Texas", "Tripoli in Libya", "the English city of Salisbury", "Austin, TX"), the countries and provinces that the article speaks of, and
how near a reading lies to the places already chosen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from spacy.tokens import Doc

from kgbuild.annotate.names import PLACES, STATES, Name
from kgbuild.annotate.spans import is_capital, surface_of
from kgbuild.annotate.words import words
from kgbuild.knowledge import Base, Candidate, Entry, key
from kgbuild.knowledge.normal import fold

__all__ = ["Atlas"]

_GROUND = PLACES | STATES
_CONTAINERS = STATES | {"region", "geo"}
_INSIDE, _ELSEWHERE = 0.6, -0.15
"""What a container named beside a name is worth to a reading inside it, and to one outside where another lies inside."""
_COUNTRY, _PROVINCE, _NEAR = 0.06, 0.16, 0.14
_SHARE = 0.24
"""Support for a reading in the country that all of the article's places lie in; less for a country with a part of them."""
_SOFT = 0.5
"""Weight of a place not named for certain, beside a country that is."""
_KM = 150.0
"""Distance at which the support of a nearby place has fallen to 37 %."""
_MARGIN = 1.2
_LEAST = {"City": 0.24, "State": 0.3, "Place": 0.28}
_LEAST_LOCAL = 0.22
_LEAST_ALONE = 0.1
"""Share of the article's places from which the only reading of a name needs no more."""
_ALIKE = 0.7
"""Least likeness of letters for a name in another transliteration."""
_SOUNDS = 3
"""Least consonants of a name in another transliteration: with fewer, too much sounds alike."""
_LONGEST_CONTAINER = 4
_SETTLED = 0.35
"""Prominence from which a reading may serve as an anchor without support."""


class Atlas:
    """The places of one article: `choose` gives the reading of a name. Linear in names times readings."""

    def __init__(self, doc: Doc, base: Base, names: Sequence[Name], countries: Counter[str]) -> None:
        self.doc, self.base, self.names = doc, base, names
        self.countries: dict[str, float] = dict(countries)
        self._total = float(countries.total())
        self.provinces: Counter[str] = Counter()
        self._anchors: list[tuple[float, float]] = []
        self._options: dict[str, tuple[Candidate, ...]] = {}
        self._containers: dict[str, list[Entry]] = {}
        self._of_name: dict[int, list[Entry]] = {}
        self._outer: dict[int, list[str]] = {}
        self._outer_of_surface: dict[str, list[str]] = {}
        self._chosen: dict[tuple[str, tuple[str, ...]], Candidate | None] = {}
        self._read_containers()

    def choose(self, name: Name, surface: str) -> Candidate | None:
        """The place a name means, None where no reading is likely enough or two are. `prior` of the answer is its support."""
        beside = self._of_name.get(name.start) or self._containers.get(key(surface), [])
        slot = (surface, (*(e.id for e in beside), *self._inner_of(name, surface)))
        if slot not in self._chosen:
            self._chosen[slot] = self._best(name, surface, beside)
        return self._chosen[slot]

    def beside(self, name: Name) -> Sequence[Entry]:
        """What the words beside a name put it in, as the base reads them."""
        return self._of_name.get(name.start, ())

    def settle(self, places: Sequence[tuple[Name, str]]) -> None:
        """Choose the certain ones of these names first, as anchors for the doubtful ones."""
        for surface in sorted({s for _, s in places}):
            name = next(n for n, other in places if other == surface)
            options = self.options(surface, name)
            whole = sum(c.prior for c in options) * (1.0 if len(options) > 1 else 1.5)
            for option in options:
                if option.country and option.type in PLACES:
                    self._count(option.country, _SOFT * option.prior / max(whole, 0.05))
        for name, surface in places:
            found = self.choose(name, surface)
            beside = self._of_name.get(name.start) or self._containers.get(key(surface))
            if found is not None and (beside or found.entry.prior >= _SETTLED):
                self._anchor(found.entry)
        self._chosen.clear()

    def _inner_of(self, name: Name, surface: str) -> Sequence[str]:
        """What the article puts into the place of this name, here or at its first mention that says so."""
        return self._outer.get(name.start, ()) or self._outer_of_surface.get(key(surface), ())

    def _count(self, country: str, weight: float) -> None:
        self.countries[country] = self.countries.get(country, 0.0) + weight
        self._total += weight

    def _share(self, country: str | None) -> float:
        return self.countries.get(country or "", 0.0) / self._total if self._total else 0.0

    def options(self, surface: str, name: Name) -> tuple[Candidate, ...]:
        """Every place a surface may name: what the base lists, small places, without its kind ("Benue state"), as it sounds."""
        if surface in self._options:
            return self._options[surface]
        found = tuple(c for c in name.candidates if c.type in _GROUND and c.kind != "surname")
        found += self.base.local(surface)
        if not found:
            bare, wanted = _without_kind(surface)
            if bare:
                found = tuple(c for c in (*self.base.candidates(bare), *self.base.local(bare)) if c.type in wanted)
        if not found and not name.candidates and len(fold(surface).replace(" ", "")) >= _SOUNDS:
            found = tuple(c for c in self.base.similar(surface) if c.type in _GROUND and _alike(surface, c.name))
        self._options[surface] = found
        return found

    def _best(self, name: Name, surface: str, beside: Sequence[Entry]) -> Candidate | None:
        options = self.options(surface, name)
        if not options:
            return None
        inside = {c.id for c in options if any(self.lies_in(c.entry, e) for e in beside)}
        inner = self._inner_of(name, surface)
        held = {c.id for c in options if inner and self._holds(c.entry, inner)}
        scored = sorted(((self._score(c, inside, held), c) for c in options), key=lambda s: (-s[0], s[1].id))
        score, best = scored[0]
        least = _LEAST_LOCAL if best.kind == "local" else _LEAST[_kind(best)]
        alone = len({c.id for c in options}) == 1 and len(surface) > 4 and self._share(best.country) >= _LEAST_ALONE
        if score < least and not alone:
            return None
        if best.type == "city" and best.entry.prior < _SETTLED and self._has_article(name):
            return None  # "the Earth"; the few towns with an article have it in their name
        for other, rival in scored[1:]:
            if rival.id != best.id and other * _MARGIN > score and not self._same_ground(best.entry, rival.entry):
                return None
        return Candidate(best.entry, best.kind, round(min(0.99, max(score, 0.05)), 4), best.common)

    def _score(self, candidate: Candidate, inside: set[str], held: set[str]) -> float:
        score = candidate.prior
        if inside:
            score += _INSIDE if candidate.id in inside else _ELSEWHERE
        if held:
            score += _INSIDE if candidate.id in held else _ELSEWHERE
        entry = candidate.entry
        if entry.country and self.countries.get(entry.country, 0.0) >= 1.0:
            score += _COUNTRY
        score += _SHARE * self._share(entry.country)
        if self.provinces and entry.type in PLACES:
            home = self.base.region_of(entry.id)
            if home is not None and home.id in self.provinces:
                score += _PROVINCE
        if entry.lat is not None and entry.lon is not None and entry.type in PLACES and self._anchors:
            nearest = min(_distance(entry.lat, entry.lon, *a) for a in self._anchors)
            score += _NEAR * math.exp(-nearest / _KM)
        return score

    def _has_article(self, name: Name) -> bool:
        """Whether "the" stands before a name of one word that no other noun follows."""
        doc = self.doc
        token = doc[name.start]
        before = name.start > 0 and doc[name.start - 1].lower_ == "the"
        return before and name.end - name.start == 1 and token.dep_ not in {"compound", "amod", "nmod:desc"}

    def lies_in(self, entry: Entry, container: Entry) -> bool:
        """Whether the base puts an entry in a state or province, or, without a word on it, near the middle of that province."""
        if entry.id == container.id or container.type not in _CONTAINERS:
            return False
        if container.type in STATES:
            return entry.country == container.country and entry.type != "country"
        if entry.country is None or (container.country or entry.country) != entry.country:
            return False
        home = self.base.region_of(entry.id)
        if home is not None and home.id == container.id:
            return True
        if home is not None and container.country == "US":
            return False
        return _apart(entry, container) < 250

    def _holds(self, container: Entry, inner: Sequence[str]) -> bool:
        return any(
            self.lies_in(c.entry, container)
            for surface in inner
            for c in (*self.base.candidates(surface), *self.base.local(surface))
            if c.type in PLACES and c.prior >= 0.05
        )

    def _same_ground(self, one: Entry, other: Entry) -> bool:
        """Two readings of one place ("Kabul", "New York": town and province) are no doubt worth a refusal."""
        if self.lies_in(one, other) or self.lies_in(other, one):
            return True
        return one.country == other.country and _apart(one, other) < 100

    def _anchor(self, entry: Entry) -> None:
        if entry.type in {"city", "region"} and entry.lat is not None and entry.lon is not None:
            spot = (entry.lat, entry.lon)
            if spot not in self._anchors and len(self._anchors) < 40:
                self._anchors.append(spot)
        home = entry if entry.type == "region" else self.base.region_of(entry.id)
        if home is not None:
            self.provinces[home.id] += 1

    # ---------------------------------------------------------------------------------------- containers

    def _read_containers(self) -> None:
        starts = {n.start: n for n in self.names}
        for name in self.names:
            if name.label == "PERSON" and name.title is not None:
                continue
            found = list(self._containers_of(name, starts))
            if not found:
                continue
            surface = key(surface_of(self.doc, name.start, name.end))
            self._of_name[name.start] = found
            self._containers.setdefault(surface, found)

    def _containers_of(self, name: Name, starts: dict[int, Name]) -> Iterator[Entry]:
        doc, i = self.doc, name.end
        if i + 1 < len(doc) and doc[i].text in {",", "("} and not doc[i + 1].is_sent_start:
            yield from self._container_at(i + 1, name, starts, postal=True)
        elif i + 1 < len(doc) and doc[i].lower_ in {"in", "of"} and not doc[i].is_sent_start:
            i += 1
            while i + 1 < len(doc) and doc[i].lower_ in words("place_adjectives") | {"the"}:
                i += 1
            if doc[name.end].lower_ == "in" or doc[name.start].lower_ in words("natural_openers", "kinds"):
                yield from self._container_at(i, name, starts)
        start = name.start
        if start > 2 and doc[start - 1].lower_ == "of" and doc[start - 2].lower_ in words("settlement_nouns"):
            start -= 2
        if start > 1 and doc[start - 1].text in {"'s", "’s"}:
            start -= 1
        if start < name.start or (start and doc[start - 1].pos_ == "ADJ"):
            before = next((n for n in self.names if n.end == start), None)
            if before is not None and before.demonym is not None:
                yield before.demonym.of
            elif before is not None and start < name.start:
                yield from (c.entry for c in before.candidates if c.type in _CONTAINERS and c.kind != "surname")

    def _container_at(self, i: int, name: Name, starts: dict[int, Name], postal: bool = False) -> Iterator[Entry]:
        """The states and provinces that the words from a token on may name; what follows names them, so their reading learns of it."""
        doc = self.doc
        if not is_capital(doc[i]):
            return
        inner = surface_of(doc, name.start, name.end)
        for end in range(min(len(doc), i + _LONGEST_CONTAINER), i, -1):
            if any(t.is_sent_start or t.is_space for t in doc[i + 1 : end]):
                continue
            surface = surface_of(doc, i, end)
            found = [
                c.entry
                for c in self.base.candidates(surface)
                if c.type in _CONTAINERS and c.kind != "surname" and c.prior >= 0.1
            ]
            if not found and postal and len(surface) == 2 and surface.isupper():
                found = [c.entry for c in self.base.local(surface) if c.type == "region"]
            if not found and (local := [c.entry for c in self.base.local(surface) if c.type == "region"]):
                found = local[:12]
            if not found:
                continue
            for entry in found[:1]:
                if entry.type == "region" and entry.prior >= 0.25:
                    self.provinces[entry.id] += 1
                if entry.country and (postal or entry.type in STATES):
                    self._count(entry.country, 1.0)
            if i in starts:
                self._outer.setdefault(i, []).append(inner)
                self._outer_of_surface.setdefault(key(surface), self._outer[i])
            yield from found
            return


def _kind(candidate: Candidate) -> str:
    return "City" if candidate.type == "city" else "State" if candidate.type in STATES else "Place"


def _without_kind(surface: str) -> tuple[str, frozenset[str]]:
    """ "Benue state" -> "Benue", a region; "CALAMBA CITY" -> "CALAMBA", a city; "" where the last word tells no kind."""
    head, _, last = surface.rpartition(" ")
    if head and last.lower() in words("settlement_nouns"):
        return head, frozenset({"city"})
    if head and last.lower() in words("province_nouns"):
        return head, frozenset({"region", "territory"})
    return "", frozenset()


def _alike(one: str, other: str) -> bool:
    a, b = key(one), key(other)
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= _ALIKE


def _apart(one: Entry, other: Entry) -> float:
    """Kilometres between two entries, infinite where one has no position."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return math.inf
    return _distance(one.lat, one.lon, other.lat, other.lon)


def _distance(a: float, b: float, c: float, d: float) -> float:
    """Kilometres between two points, good to a few per cent where it matters (under 1,000 km)."""
    x = (d - b + 540) % 360 - 180
    return 111.2 * math.hypot(c - a, x * math.cos(math.radians((a + c) / 2)))
