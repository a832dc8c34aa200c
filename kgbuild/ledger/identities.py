"""Which entities of many articles are one, kept up to date block by block: `resolve.index`, for articles that come and go."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from functools import lru_cache

from kgbuild.resolve.index import Identity, Profile, decided, keys_of, profile_of, profile_text

__all__ = ["Identities"]

_profile = lru_cache(20_000)(profile_of)


class Identities:
    """The profiles of all articles, their keys, and what was decided."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def of(self, name: str) -> Identity | None:
        """What was decided of an id of an article; None for one that nothing is decided of."""
        row = self.db.execute("SELECT entity, rule, reason FROM ledger_identity WHERE name = ?", (name,)).fetchone()
        return Identity(*row) if row else None

    def change(
        self, gone: Iterable[list[int]], come: Iterable[tuple[str, Iterable[Profile]]]
    ) -> tuple[set[str], dict[str, list[int]]]:
        """Take out profiles by number and take in those of articles: (articles of which something is decided otherwise now, numbers by article).

        An entity whose article goes leaves its identity with it.
        """
        stale: set[int] = set()
        empty: set[int] = set()
        for numbers in gone:
            for number in numbers:
                self.db.execute("UPDATE ledger_profile SET times = times - 1 WHERE number = ?", (number,))
                if not self.db.execute("SELECT times FROM ledger_profile WHERE number = ?", (number,)).fetchone()[0]:
                    empty.add(number)
        numbers_of: dict[str, list[int]] = {}
        for home, profiles in come:
            numbers_of[home] = []
            for profile in profiles:
                number, new = self._take_in(profile, home)
                numbers_of[home].append(number)
                if new:
                    stale.add(number)
                empty.discard(number)
        for number in empty:
            if number not in stale:
                stale |= self._block(number).keys()
        for number in empty:
            self._take_out(number)
        return self._settle(stale - empty), numbers_of

    def _take_in(self, profile: Profile, home: str) -> tuple[int, bool]:
        content = profile_text(profile)
        row = self.db.execute("SELECT number FROM ledger_profile WHERE content = ?", (content,)).fetchone()
        if row is not None:
            self.db.execute("UPDATE ledger_profile SET times = times + 1 WHERE number = ?", row)
            return int(row[0]), False
        made = self.db.execute(
            "INSERT INTO ledger_profile (content, home, times) VALUES (?, ?, 1)",
            (content, None if profile.linked else home),
        )
        number = int(made.lastrowid or 0)
        self.db.executemany("INSERT INTO ledger_key VALUES (?, ?)", [(_key(k), number) for k in keys_of(profile)])
        return number, True

    def _take_out(self, number: int) -> None:
        profile = self._read(number)
        self.db.executemany(
            "DELETE FROM ledger_key WHERE name = ? AND profile = ?", [(_key(k), number) for k in keys_of(profile)]
        )
        self.db.execute("DELETE FROM ledger_profile WHERE number = ?", (number,))
        if not profile.linked:
            self.db.execute("DELETE FROM ledger_identity WHERE name = ?", (profile.id,))

    def _read(self, number: int) -> Profile:
        return _profile(self.db.execute("SELECT content FROM ledger_profile WHERE number = ?", (number,)).fetchone()[0])

    def _block(self, number: int) -> dict[int, tuple[Profile, str | None]]:
        """All that is joined to a profile by keys, by number, each with the article it is of alone."""
        query = "SELECT p.number, p.content, p.home FROM ledger_key k JOIN ledger_profile p ON p.number = k.profile WHERE k.name = ?"
        found: dict[int, tuple[Profile, str | None]] = {}
        waiting, keys, seen = [self._read(number)], set[str](), set[tuple[object, ...]]()
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
                    for other, content, home in self.db.execute(query, (key,)):
                        if other not in found:
                            found[other] = _profile(content), home
                            waiting.append(found[other][0])
        return dict(sorted(found.items()))

    def _settle(self, stale: set[int]) -> set[str]:
        changed: set[str] = set()
        done: set[int] = set()
        for number in sorted(stale):
            if number in done:
                continue
            block = self._block(number)
            done |= block.keys()
            profiles = dict(block.values())
            homes = {p.id: home for p, home in profiles.items() if home is not None}
            query = (
                "SELECT name, entity, rule, reason FROM ledger_identity WHERE name IN (SELECT value FROM json_each(?))"
            )
            before = {row[0]: row[1:] for row in self.db.execute(query, (json.dumps(list(homes)),))}
            for name, identity in decided(tuple(profiles)).items():
                if before.get(name) != (identity.entity, identity.rule, identity.reason):
                    changed.add(homes[name])
                    self.db.execute(
                        "INSERT OR REPLACE INTO ledger_identity VALUES (?, ?, ?, ?, ?)",
                        (name, homes[name], identity.entity, identity.rule, identity.reason),
                    )
        return changed


def _key(key: tuple[str, str]) -> str:
    return f"{key[0]} {key[1]}"
