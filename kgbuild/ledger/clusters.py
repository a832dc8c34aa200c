"""Events that tell of one happening, kept up to date: groups of an article, blocks of groups, links inside blocks, clusters of linked groups."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from kgbuild.ids import cluster_id
from kgbuild.records import Document, Event, Span, record_order
from kgbuild.resolve.happenings import Group, Who, block_keys, groups_of, links

__all__ = ["Clusters", "Told"]

Place: TypeAlias = tuple[str, int]
"""A group: its article, and its number there."""
Told: TypeAlias = Callable[[str], tuple[Sequence[Event], Document | None]]
"""Article -> its events, with the ids of the whole graph, and itself."""


class Clusters:
    """All groups, and the clusters they are of."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def of(self, home: str) -> dict[str, str]:
        """Event of an article -> its cluster."""
        rows = self.db.execute("SELECT content, cluster FROM ledger_group WHERE home = ?", (home,))
        return {event: cluster for content, cluster in rows for event in json.loads(content)["events"]}

    def change(
        self, gone: Iterable[str], come: Iterable[str], borne: set[str], told: Told, who: Who
    ) -> tuple[set[str], set[str]]:
        """Group the events of articles anew: (articles whose events have other clusters now, clusters that may have come or gone).

        gone: articles taken out. come: those to be grouped, whose events or entities may be others. borne: those of `come` of which what lies
        above an entity is another, so that even equal groups have to be linked anew.
        """
        blocks: set[str] = set()
        seeds: set[Place] = set()
        clusters: set[str] = set()
        touched: set[str] = set()
        for home in gone:
            blocks |= self._drop(home, seeds, clusters)
        for home in come:
            new = _groups(home, told, who)
            rows = self.db.execute("SELECT content FROM ledger_group WHERE home = ? ORDER BY n", (home,)).fetchall()
            keys = {(key, n) for n, (_, names) in enumerate(new) for key in names}
            old_keys = set(self.db.execute("SELECT name, n FROM ledger_block WHERE home = ?", (home,)))
            if [content for content, _ in new] == [content for (content,) in rows] and keys == old_keys:
                if home in borne:
                    blocks |= {key for key, _ in keys}
                continue
            blocks |= self._drop(home, seeds, clusters)
            touched.add(home)
            self.db.executemany(
                "INSERT INTO ledger_group VALUES (?, ?, ?, '')",
                [(home, n, content) for n, (content, _) in enumerate(new)],
            )
            self.db.executemany(
                "INSERT INTO ledger_block VALUES (?, ?, ?)", [(key, home, n) for key, n in sorted(keys)]
            )
            blocks |= {key for key, _ in keys}
            seeds |= {(home, n) for n in range(len(new))}
        for key in sorted(blocks):
            seeds |= self._link(key, who)
        return touched | self._name(seeds, clusters), clusters

    def _drop(self, home: str, seeds: set[Place], clusters: set[str]) -> set[str]:
        """Take out the groups of an article; the blocks they were in."""
        for n, cluster in self.db.execute("SELECT n, cluster FROM ledger_group WHERE home = ?", (home,)).fetchall():
            seeds.add((home, n))
            clusters.add(cluster)
        blocks = {key for (key,) in self.db.execute("SELECT name FROM ledger_block WHERE home = ?", (home,))}
        self.db.execute("DELETE FROM ledger_group WHERE home = ?", (home,))
        self.db.execute("DELETE FROM ledger_block WHERE home = ?", (home,))
        return blocks

    def _link(self, key: str, who: Who) -> set[Place]:
        """Link the groups of a block anew; those whose links are others now."""
        rows = self.db.execute(
            "SELECT b.home, b.n, g.content FROM ledger_block b JOIN ledger_group g ON g.home = b.home AND g.n = b.n WHERE b.name = ?",
            (key,),
        ).fetchall()
        now: set[tuple[str, int, str, int]] = set()
        if len(rows) > 1:
            members = [((home, n), _group(home, content)) for home, n, content in rows]
            now = {(*later, *first) for first, later in links(members, who)}
        before = set(self.db.execute("SELECT home, n, home2, n2 FROM ledger_link WHERE name = ?", (key,)))
        self.db.executemany(
            "DELETE FROM ledger_link WHERE name = ? AND home = ? AND n = ?", [(key, *r[:2]) for r in before - now]
        )
        self.db.executemany("INSERT INTO ledger_link VALUES (?, ?, ?, ?, ?)", [(key, *r) for r in sorted(now - before)])
        return {place for r in before ^ now for place in ((r[0], r[1]), (r[2], r[3]))}

    def _name(self, seeds: set[Place], clusters: set[str]) -> set[str]:
        """Name the clusters that these groups are of; the articles of which an event is of another one now."""
        changed: set[str] = set()
        done: set[Place] = set()
        for seed in sorted(seeds):
            if seed in done:
                continue
            found = self._linked(seed)
            done |= found
            rows = []
            for place in sorted(found):
                row = self.db.execute(
                    "SELECT content, cluster FROM ledger_group WHERE home = ? AND n = ?", place
                ).fetchone()
                if row is not None:
                    rows.append((place, json.loads(row[0]), row[1]))
            if not rows:
                continue
            cluster = cluster_id(rows[0][1]["lead"], sorted(e for _, content, _ in rows for e in content["events"]))
            clusters.add(cluster)
            for place, _, old in rows:
                if old != cluster:
                    clusters.add(old)
                    changed.add(place[0])
                    self.db.execute("UPDATE ledger_group SET cluster = ? WHERE home = ? AND n = ?", (cluster, *place))
        clusters.discard("")
        return changed

    def _linked(self, seed: Place) -> set[Place]:
        found, waiting = {seed}, [seed]
        while waiting:
            place = waiting.pop()
            for query in (
                "SELECT home2, n2 FROM ledger_link WHERE home = ? AND n = ?",
                "SELECT home, n FROM ledger_link WHERE home2 = ? AND n2 = ?",
            ):
                for other in self.db.execute(query, place):
                    if other not in found:
                        found.add(other)
                        waiting.append(other)
        return found


def _groups(home: str, told: Told, who: Who) -> list[tuple[str, set[str]]]:
    """The groups of an article, each as JSON and with the keys of its blocks."""
    events, document = told(home)
    if not events:
        return []
    groups = groups_of(sorted(events, key=record_order), who, document)
    return [(_text(g), {"\x1f".join(k) for k in block_keys(g, who)}) for g in groups]


def _text(group: Group) -> str:
    """All of a group that other articles' groups are compared with, and its events' ids; `lead` is the type its cluster's name would begin with."""
    return json.dumps(
        {
            "events": sorted(e.id for e in group.events),
            "lead": min(group.events, key=lambda e: e.id).type,
            "worded": [[e.lemma, e.type, e.mode, e.quantity, e.quantity_text] for e in group.worded.values()],
            "agents": sorted(group.agents), "objects": sorted(group.objects), "places": sorted(group.places),
            "days": [group.earliest, group.latest, group.published],
        },
        ensure_ascii=False,
    )  # fmt: skip


@lru_cache(20_000)
def _group(home: str, content: str) -> Group:
    """The group again, with one event for each of its wordings; for comparing alone."""
    found: dict[str, Any] = json.loads(content)
    nowhere = Span(0, 1)
    events = [
        Event("", home, nowhere, nowhere, nowhere, lemma, kind, mode, quantity=quantity, quantity_text=words)
        for lemma, kind, mode, quantity, words in found["worded"]
    ]
    return Group(events, set(found["agents"]), set(found["objects"]), set(found["places"]), *found["days"])
