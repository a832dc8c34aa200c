"""The entities of the whole graph, each joined of its variants: what articles' records say of it, and how many say so."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import TypeAlias, cast

from kgbuild.records import Entity, from_json, to_json
from kgbuild.resolve.join import Touch, whole_entity

__all__ = ["Entities", "Variant"]

Variant: TypeAlias = tuple[str, str, str]
"""(entity of the whole graph, id in the article, the record as JSON without its article, with the ids of the whole graph)."""

_CACHED = 50_000


class Entities:
    """All entities, and what lies above what; also the look-up that the clustering of events needs."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._cache: dict[str, Entity | None] = {}
        self.lands = Lands(db)

    def get(self, key: str, /) -> Entity | None:
        """An entity of the whole graph; None when there is none."""
        if key not in self._cache:
            if len(self._cache) > _CACHED:
                self._cache.clear()
            row = self.db.execute("SELECT content FROM ledger_entity WHERE id = ?", (key,)).fetchone()
            self._cache[key] = cast(Entity, from_json(row[0])) if row else None
        return self._cache[key]

    def retract(self, variants: Iterable[Variant]) -> None:
        """Take out what an article said."""
        for variant in variants:
            self.db.execute(
                "UPDATE ledger_variant SET times = times - 1 WHERE entity = ? AND name = ? AND content = ?", variant
            )

    def say(self, variants: Iterable[Variant]) -> None:
        """Take in what an article says."""
        self.db.executemany(
            "INSERT INTO ledger_variant VALUES (?, ?, ?, 1) ON CONFLICT (entity, name, content) DO UPDATE SET times = times + 1",
            variants,
        )

    def join(self, stale: Iterable[str], ruled: Callable[[str], str] | None, touch: Touch) -> tuple[set[str], set[str]]:
        """Join entities anew: (ids of those that are others now, or new, or gone; ids of which what lies above, or what they are, is another).

        `ruled` is None when no correction was applied.
        """
        changed: set[str] = set()
        moved: set[str] = set()
        for entity in sorted(stale):
            self.db.execute("DELETE FROM ledger_variant WHERE entity = ? AND times <= 0", (entity,))
            rows = self.db.execute(
                "SELECT name, content, times FROM ledger_variant WHERE entity = ?", (entity,)
            ).fetchall()
            found = [(name, cast(Entity, from_json(content)), times) for name, content, times in rows]
            old = self.get(entity)
            new = whole_entity(entity, found, ruled or (lambda name, e=entity: e), touch) if found else None  # type: ignore[misc]  # bound at once
            if new == old:
                continue
            changed.add(entity)
            self._put(entity, new)
            if old is None or new is None or _bearing(old) != _bearing(new):
                moved.add(entity)
                moved |= self._place(entity, old, new)
        return changed, moved

    def below(self, names: Iterable[str]) -> set[str]:
        """These and everything that belongs to them or lies in them, at any remove."""
        found = set(names)
        waiting = list(found)
        while waiting:
            name = waiting.pop()
            lower = [e for (e,) in self.db.execute("SELECT entity FROM ledger_above WHERE upper = ?", (name,))]
            for other in (*lower, *self.lands.of(name)):  # what lies in a state's land belongs to the state
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found

    def _put(self, entity: str, new: Entity | None) -> None:
        if new is None:
            self.db.execute("DELETE FROM ledger_entity WHERE id = ?", (entity,))
        else:
            self.db.execute("INSERT OR REPLACE INTO ledger_entity VALUES (?, ?)", (entity, to_json(new)))
        self._cache[entity] = new

    def _place(self, entity: str, old: Entity | None, new: Entity | None) -> set[str]:
        """Bring up to date what lies above an entity; the lands that another state has now."""
        before, after = _uppers(old), _uppers(new)
        self.db.executemany(
            "DELETE FROM ledger_above WHERE upper = ? AND entity = ?", [(u, entity) for u in before - after]
        )
        self.db.executemany("INSERT OR IGNORE INTO ledger_above VALUES (?, ?)", [(u, entity) for u in after - before])
        lands = (old.territory if old else None, new.territory if new else None)
        if lands[0] == lands[1]:
            return set()
        if lands[0]:
            self.db.execute("DELETE FROM ledger_land WHERE land = ? AND state = ?", (lands[0], entity))
        if lands[1]:
            self.db.execute("INSERT OR IGNORE INTO ledger_land VALUES (?, ?)", (lands[1], entity))
        self.lands.forget()
        return {land for land in lands if land}


class Lands:
    """Land -> the state whose territory it is; of several the last by id."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._cache: dict[str, str | None] = {}

    def get(self, key: str, /) -> str | None:
        """The state of a land; None for what is no state's land."""
        if key not in self._cache:
            if len(self._cache) > _CACHED:
                self._cache.clear()
            self._cache[key] = self.db.execute("SELECT max(state) FROM ledger_land WHERE land = ?", (key,)).fetchone()[
                0
            ]
        return self._cache[key]

    def of(self, state: str) -> list[str]:
        """The lands that are this state's."""
        return [land for (land,) in self.db.execute("SELECT land FROM ledger_land WHERE state = ?", (state,))]

    def forget(self) -> None:
        """Read anew what is asked next."""
        self._cache.clear()


def _uppers(entity: Entity | None) -> set[str]:
    return set() if entity is None else {*entity.affiliation, *((entity.within,) if entity.within else ())}


def _bearing(entity: Entity) -> tuple[object, ...]:
    """What the clustering of events goes by (`resolve.happenings.Who`)."""
    lower = entity.name.rsplit(" ", 1)[-1][:1].islower()
    return entity.kind, entity.affiliation, entity.within, entity.territory, bool(entity.qid), lower
