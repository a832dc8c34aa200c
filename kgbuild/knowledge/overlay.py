"""The entity base with a user's own entities over it: every look-up sees both."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from kgbuild.knowledge.base import Base
from kgbuild.knowledge.entries import Candidate, Entry, Term
from kgbuild.knowledge.normal import has_capital, is_acronym, key, reads_as_acronym
from kgbuild.knowledge.own import PROMINENCE, Membership, OwnEntity, read_own
from kgbuild.knowledge.roles import role_key
from kgbuild.knowledge.schema import KINDS, WEIGHTS
from kgbuild.records import Skipped

__all__ = ["Overlay", "memberships_of", "open_base", "within_of"]

_WEIGHT = dict(zip(KINDS, WEIGHTS, strict=True))
_STATES = frozenset({"country", "territory"})


def open_base(knowledge: str | Path | None = None, entities: Sequence[str | Path] = ()) -> Base:
    """The base at a path (the shipped one without it), with the entities of files over it. Raises InputError."""
    base = Base.open(knowledge)
    return Overlay.over(base, entities) if entities else base


def memberships_of(base: Base, identifier: str) -> tuple[Membership, ...]:
    """The memberships that the user's entities give an entity (by id)."""
    return base.own_memberships(identifier) if isinstance(base, Overlay) else ()


def within_of(base: Base, identifier: str) -> Entry | None:
    """The place that the user's entities put a place (by id) in."""
    return base.own_within(identifier) if isinstance(base, Overlay) else None


class Overlay(Base):
    """A base with own entities; `refused` lists the lines that were not taken, with their reasons."""

    def __init__(self, connection: sqlite3.Connection, own: Sequence[OwnEntity], refused: Sequence[Skipped]) -> None:
        super().__init__(connection)
        self.refused = tuple(refused)
        self._own = {e.id: e for e in own}
        self._made: dict[str, Entry] = {}
        self._names: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for entity in own:
            entry = self.entry(_identifier(entity))
            if entry is None:
                continue
            self._made[entity.id] = entry
            for kind, names in (("name", [entry.name]), ("alias", entity.aliases)):
                for name in names:
                    self._names[key(name)].append((entity.id, "acronym" if is_acronym(name) else kind))

    @classmethod
    def over(cls, base: Base, files: Sequence[str | Path]) -> Overlay:
        """The base with the entities of files. Raises InputError when a file cannot be read."""

        def known(identifier: str) -> str | None:
            entry = base.entry(identifier)
            return entry.name if entry is not None else None

        def country(code: str) -> str | None:
            entry = base.country(code)
            return entry.name if entry is not None else None

        own, refused = read_own(files, known, country)
        return cls(base._db, own, refused)

    def _candidates(self, surface: str) -> tuple[Candidate, ...]:
        found = super()._candidates(surface)
        wanted = key(surface)
        listed = self._names.get(wanted)
        if not listed or (" " not in wanted and not has_capital(surface)):
            return found
        acronym = reads_as_acronym(surface)
        added: dict[str, Candidate] = {}
        for identifier, kind in listed:
            entry = self._made[identifier]
            if (kind != "acronym" or acronym) and all(c.id != entry.id for c in found):
                added.setdefault(entry.id, Candidate(entry, kind, round(entry.prior * _WEIGHT[kind], 4)))
        return tuple(sorted((*found, *added.values()), key=lambda c: (-c.prior, c.id))) if added else found

    def entry(self, identifier: str) -> Entry | None:
        """The entry of an id, what the user says of it set over what the base says."""
        found = super().entry(identifier)
        own = self._own.get(identifier.removeprefix("own:"))
        return self._over(found, own) if own is not None and (found is None or found.qid == own.qid) else found

    def _entry_of(self, row: Sequence[Any]) -> Entry:
        entry = super()._entry_of(row)
        own = self._own.get(entry.id)
        return entry if own is None else self._over(entry, own)

    def _over(self, entry: Entry | None, own: OwnEntity) -> Entry:
        place = own.within if own.country is None else None
        country = own.country or (self._country_of(place) if place is not None else None)
        if entry is None:
            return Entry(
                _identifier(own), own.qid, own.name or own.id, own.type or "org", country, own.description or "",
                PROMINENCE if own.prominence is None else own.prominence, own.lat, own.long, None, "open", "own",
            )  # fmt: skip
        return entry._replace(
            name=own.name or entry.name,
            type=own.type or entry.type,
            country=country or entry.country,
            description=own.description or entry.description,
            prior=entry.prior if own.prominence is None else own.prominence,
            lat=entry.lat if own.lat is None else own.lat,
            lon=entry.lon if own.long is None else own.long,
            source="own"
            if not entry.source
            else entry.source
            if entry.source.endswith("own")
            else f"{entry.source}+own",
        )

    def _country_of(self, place: str) -> str | None:
        """The ISO code of the state a place lies in, up the places around it; `read_own` has refused rings."""
        while True:
            own = self._own.get(place)
            if own is not None and own.country is not None:
                return own.country
            if own is None or own.within is None:
                found = Base.entry(self, place)
                return found.country if found is not None else None
            place = own.within

    def own_memberships(self, identifier: str) -> tuple[Membership, ...]:
        """The memberships a user's line gives an entity."""
        own = self._own.get(identifier.removeprefix("own:"))
        return own.memberships if own is not None else ()

    def own_within(self, identifier: str) -> Entry | None:
        """The place a user's line puts a place in."""
        own = self._own.get(identifier.removeprefix("own:"))
        return self.named(own.within) if own is not None and own.within is not None else None

    def named(self, identifier: str) -> Entry | None:
        """The entry that a line means by an id: one of the user's, else of the base."""
        own = self._own.get(identifier)
        return self.entry(_identifier(own) if own is not None else identifier)

    def offices(self, person: str) -> tuple[Term, ...]:
        """The offices of a person, those of the user's lines among them: roles in a state, with a first day."""
        terms = list(super().offices(person))
        own = self._own.get(person.removeprefix("own:"))
        holder = self.entry(person) if own is not None else None
        for m in own.memberships if own is not None and holder is not None else ():
            body = self.named(m.body)
            if m.role and body is not None and body.type in _STATES and holder is not None:
                terms.append(Term(holder, m.role, body.country, m.begin, m.end))
        return tuple(sorted(terms, key=lambda t: (t.begin is None, -(t.begin.toordinal() if t.begin else 0), t.title)))

    def holders(self, role: str, country: str, on: date | None = None) -> tuple[Term, ...]:
        """Who held an office, those the user's lines name first."""
        wanted = {role_key(role), role_key(role.partition(" of ")[0])}
        own = [
            term
            for entry in self._made.values()
            if entry.type == "person"
            for term in self.offices(entry.id)
            if term.person is entry or term.person.id == entry.id
            if term.country == country.upper()
            and role_key(term.title) in wanted
            and (on is None or (term.begin and term.covers(on)))
        ]
        mine = {t.person.id for t in own}
        return (*own, *(t for t in super().holders(role, country, on) if t.person.id not in mine))


def _identifier(own: OwnEntity) -> str:
    """The id of an own entity among entries: its Wikidata id, else one no base has."""
    return own.qid or f"own:{own.id}"
