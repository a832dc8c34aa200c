"""What the entity base answers with: frozen values, all facts as the sources state them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

__all__ = ["Candidate", "Demonym", "Entry", "Metonym", "Term"]


class Entry(NamedTuple):
    """One entity of the base; a tuple, because a frozen dataclass takes four times as long to make.

    id: the Wikidata id where a source confirms it, else a local id ("kg:...", "gn:..." for GeoNames, "phx:...").
    name: the common English name. type: one of `schema.TYPES`. country: ISO 3166 alpha-2 of its state, None where it
    has none.
    prior: prominence in [0, 1]. lat, lon: degrees (WGS84); for regions the source does not place, the median of their
    cities.
    population: inhabitants. tier: "open" (openly licensed file) or "wd-extract" (rows of Wikidata queries). source:
    "+"-joined source tags.
    """

    id: str
    qid: str | None
    name: str
    type: str
    country: str | None
    description: str
    prior: float
    lat: float | None
    lon: float | None
    population: int | None
    tier: str
    source: str


class Candidate(NamedTuple):
    """One reading of a surface.

    kind: name, alias, acronym, alt (a gazetteer's other spelling) or surname (usable only when the full name or a title
    supports it). prior: the entry's prior weighed by the kind. common: the surface is also an everyday English word
    ("Reading", "Turkey"), so at a sentence's start its capital proves nothing.
    """

    entry: Entry
    kind: str
    prior: float
    common: bool = False

    @property
    def id(self) -> str:
        """The entry's id."""
        return self.entry.id

    @property
    def qid(self) -> str | None:
        """The entry's Wikidata id."""
        return self.entry.qid

    @property
    def name(self) -> str:
        """The entry's preferred name."""
        return self.entry.name

    @property
    def type(self) -> str:
        """The entry's type."""
        return self.entry.type

    @property
    def country(self) -> str | None:
        """The entry's ISO 3166 alpha-2 code."""
        return self.entry.country


@dataclass(frozen=True, slots=True)
class Demonym:
    """A word for the people or the property of a country or region.

    form: "adjective" ("Russian troops", also "a Russian"), "person" ("a Briton") or "people" ("Russians").
    """

    surface: str
    form: str
    of: Entry


@dataclass(frozen=True, slots=True)
class Metonym:
    """A capital, palace or street that may stand for an institution.

    stands_for: the institution in words; target: its entry, None where the base has none. state: the country's entry
    (for Brussels the
    European Union is the target and Belgium the state). city: the city of that name when it is one, so that the
    sentence
    must decide between the two readings ("in Moscow", "Moscow warned"). capital: the city is the country's capital.
    """

    surface: str
    stands_for: str
    target: Entry | None
    state: Entry | None
    city: Entry | None
    capital: bool


@dataclass(frozen=True, slots=True)
class Term:
    """One stretch in one office. begin and end are inclusive days, None where the sources give none; most records
    stop in 2022-23,
    so an open end says that the term was running then. exact: false where the sources give a year or month only; then
    begin is its first
    day and end its last possible one.
    """

    person: Entry
    title: str
    country: str | None
    begin: date | None
    end: date | None
    exact: bool = True

    def covers(self, day: date) -> bool:
        """Whether the day lies in the term; an unknown bound does not exclude."""
        return (self.begin is None or self.begin <= day) and (self.end is None or day <= self.end)
