"""Which entities of many articles are one, kept up to date: `resolve.index`, for articles that come and go.

Profiles that differ in nothing but the article they are of have one shape. What is decided of a block asks of a shape only whether one
profile or several have it, and which of them comes first (`_Standing`), so a block is decided by two profiles of each of its shapes, and
only when one of them stands otherwise than before: an article that says of people what others say leaves their blocks alone.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Iterable
from functools import lru_cache

from kgbuild.resolve.index import Identity, Profile, decided, keys_of, profile_of, profile_text

__all__ = ["Filed", "Identities"]

Filed = tuple[int, str]
"""Of a profile: the number of its shape, and its id where it is open to merging ("" where it has an id of the entity base)."""
_Standing = tuple[int, str]
"""Of a shape: how many have it (0, 1, or 2 for more), and the first of their ids."""
_OWN = ""
"""Entity of a shape whose profiles are each an entity of their own."""
_profile = lru_cache(20_000)(profile_of)


class Identities:
    """The profiles of all articles by shape, the keys of shapes, and what was decided."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def of(self, name: str) -> Identity | None:
        """What was decided of an id of an article; None for one that nothing is decided of."""
        query = "SELECT s.entity, s.rule, s.reason FROM ledger_shaped p JOIN ledger_shape s ON s.number = p.shape WHERE p.name = ?"
        row = self.db.execute(query, (name,)).fetchone()
        return Identity(row[0] or name, row[1], row[2]) if row and row[0] is not None else None

    def homes(self, entity: str) -> set[str]:
        """The articles that have an id which was decided to be this entity."""
        query = """SELECT p.home FROM ledger_shape s JOIN ledger_shaped p ON p.shape = s.number WHERE s.entity = ?1
            UNION SELECT p.home FROM ledger_shaped p JOIN ledger_shape s ON s.number = p.shape WHERE p.name = ?1 AND s.entity = ?2"""
        return {home for (home,) in self.db.execute(query, (entity, _OWN))}

    def change(
        self, gone: Iterable[Iterable[Filed]], come: Iterable[tuple[str, Iterable[Profile]]]
    ) -> tuple[set[str], dict[str, list[Filed]]]:
        """Take out profiles as they were filed and take in those of articles: (articles of which something is decided otherwise now, what was filed by article).

        An entity whose article goes leaves its identity with it.
        """
        before: dict[int, _Standing] = {}
        for filed in gone:
            for shape, name in filed:
                before.setdefault(shape, self._standing(shape))
                self._count(shape, -1)
                self.db.execute("DELETE FROM ledger_shaped WHERE name = ?", (name,))
        filed_of: dict[str, list[Filed]] = {}
        for home, profiles in come:
            filed_of[home] = []
            for profile in profiles:
                shape, name = self._shape(profile), "" if profile.linked else profile.id
                before.setdefault(shape, self._standing(shape))
                self._count(shape, 1)
                if name:
                    self.db.execute("INSERT INTO ledger_shaped VALUES (?, ?, ?)", (name, shape, home))
                filed_of[home].append((shape, name))
        after = {shape: self._standing(shape) for shape in before}
        stale = {shape for shape, standing in before.items() if after[shape] != standing}
        empty = {shape for shape, standing in after.items() if not standing[0]}
        for shape in stale & empty:  # what it joined may fall apart
            stale |= self._block(shape).keys()
        for shape in empty:
            keys = [(_key(k), shape) for k in keys_of(self._read(shape))]
            self.db.executemany("DELETE FROM ledger_filed WHERE name = ? AND shape = ?", keys)
            self.db.execute("DELETE FROM ledger_shape WHERE number = ?", (shape,))
        return self._settle(stale - empty), filed_of

    def _shape(self, profile: Profile) -> int:
        """The number of a profile's shape, which is written down where it is new."""
        shape = profile if profile.linked else dataclasses.replace(profile, id="")
        content = profile_text(shape)
        row = self.db.execute("SELECT number FROM ledger_shape WHERE content = ?", (content,)).fetchone()
        if row is not None:
            return int(row[0])
        number = int(
            self.db.execute("INSERT INTO ledger_shape (content, times) VALUES (?, 0)", (content,)).lastrowid or 0
        )
        self.db.executemany("INSERT INTO ledger_filed VALUES (?, ?)", [(_key(k), number) for k in keys_of(shape)])
        return number

    def _count(self, shape: int, more: int) -> None:
        self.db.execute("UPDATE ledger_shape SET times = times + ? WHERE number = ?", (more, shape))

    def _standing(self, shape: int) -> _Standing:
        (times,) = self.db.execute("SELECT times FROM ledger_shape WHERE number = ?", (shape,)).fetchone()
        return min(times, 2), next(iter(self._names(shape, 1)), "")

    def _names(self, shape: int, most: int) -> list[str]:
        """The first ids of a shape's profiles, in order."""
        query = "SELECT name FROM ledger_shaped WHERE shape = ? ORDER BY name LIMIT ?"
        return [name for (name,) in self.db.execute(query, (shape, most))]

    def _read(self, shape: int) -> Profile:
        return _profile(self.db.execute("SELECT content FROM ledger_shape WHERE number = ?", (shape,)).fetchone()[0])

    def _block(self, shape: int) -> dict[int, Profile]:
        """All shapes that are joined to one by keys, by number."""
        query = (
            "SELECT s.number, s.content FROM ledger_filed k JOIN ledger_shape s ON s.number = k.shape WHERE k.name = ?"
        )
        found: dict[int, Profile] = {}
        waiting, keys, seen = [self._read(shape)], set[str](), set[tuple[object, ...]]()
        while waiting:
            profile = waiting.pop()
            if (
                alike := (profile.kind, profile.names)
            ) in seen:  # most of a block are called the same, and have the same keys
                continue
            seen.add(alike)
            for key in map(_key, keys_of(profile)):
                if key not in keys:
                    keys.add(key)
                    for other, content in self.db.execute(query, (key,)):
                        if other not in found:
                            found[other] = _profile(content)
                            waiting.append(found[other])
        return dict(sorted(found.items()))

    def _settle(self, stale: set[int]) -> set[str]:
        changed: set[str] = set()
        done: set[int] = set()
        for shape in sorted(stale):
            if shape in done:
                continue
            block = self._block(shape)
            done |= block.keys()
            names = {n: [p.id] if p.linked else self._names(n, 2) for n, p in block.items()}
            identities = decided(
                tuple(dataclasses.replace(block[n], id=name) for n, two in names.items() for name in two)
            )
            for n, two in names.items():
                if not block[n].linked:
                    changed |= self._decide(n, two[-1], identities[two[-1]])
        return changed

    def _decide(self, shape: int, name: str, identity: Identity) -> set[str]:
        """Write down what was decided of a shape's last profile that was asked about, for all of them; the articles of which that is something else."""
        query = "SELECT entity, rule, reason FROM ledger_shape WHERE number = ?"
        old = self.db.execute(query, (shape,)).fetchone()
        new = (_OWN if identity.entity == name else identity.entity, identity.rule, identity.reason)
        if new == old:
            return set()
        self.db.execute("UPDATE ledger_shape SET entity = ?, rule = ?, reason = ? WHERE number = ?", (*new, shape))
        rows = self.db.execute("SELECT name, home FROM ledger_shaped WHERE shape = ?", (shape,))
        return {h for n, h in rows if old[1:] != new[1:] or old[0] is None or (old[0] or n) != (new[0] or n)}


def _key(key: tuple[str, str]) -> str:
    return f"{key[0]} {key[1]}"
