"""The resolution of a large build folder, kept in its state: an article that comes or goes redoes only what it touches.

The result is exactly that of `resolve.resolve` on all articles at once. It is kept in steps that follow one another: profiles and what
was decided in each block of them; variants of entities and the entities joined of them; groups of events, the blocks and links of
groups, and clusters. A step hands on only what came out otherwise than before. Corrections alone are applied to all articles anew: they
may name anything.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kgbuild.ledger.clusters import Clusters
from kgbuild.ledger.entities import Entities, Variant
from kgbuild.ledger.identities import Filed, Identities
from kgbuild.ledger.tables import clear, create, pack, unpack
from kgbuild.records import (
    Affiliation,
    Claim,
    Document,
    Entity,
    Event,
    Record,
    Skipped,
    Stance,
    record_order,
    to_json,
)
from kgbuild.resolve import corrected
from kgbuild.resolve.article import Article, articles_of
from kgbuild.resolve.corrections import Correction, Outcome
from kgbuild.resolve.happenings import Who
from kgbuild.resolve.rewrite import entity_with

__all__ = ["Ledger", "Touched"]

_AT_ONCE = 64
"""Articles whose records are kept in memory: those of one change are read in each step."""
_ROLES = ("agents", "recipients", "themes", "places", "instruments")


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change may have made other than it was: articles, entities and clusters; `gone` are articles taken out.

    An entity or cluster that is named here may be new, altered, or not there any more. borne: articles of which something lies above
    an entity that did not before, or does not any more; their records need not be others.
    """

    articles: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    entities: frozenset[str] = frozenset()
    clusters: frozenset[str] = frozenset()
    borne: frozenset[str] = frozenset()


class Ledger:
    """The resolution of a folder's articles; all its changes are in the transaction that its caller has begun."""

    def __init__(self, db: sqlite3.Connection, given: Callable[[str], Iterable[Record]]) -> None:
        """`given`: article -> its records as the language step gave them. It is asked for articles that are there after a change."""
        self.db = db
        self._given = given
        create(db)
        self._start()

    def _start(self) -> None:
        self.identities = Identities(self.db)
        self.entities = Entities(self.db)
        self.clusters = Clusters(self.db)
        self._article = lru_cache(_AT_ONCE)(self._read)
        self._renamed = lru_cache(_AT_ONCE)(self._rename)
        row = self.db.execute("SELECT content FROM ledger_outcome").fetchone()
        self.outcome = _outcome(json.loads(row[0])) if row else Outcome()

    def clear(self) -> None:
        """Forget all articles."""
        clear(self.db)
        self._start()

    def change(self, put: Iterable[str], drop: Iterable[str], corrections: Sequence[Correction] = ()) -> Touched:
        """Take out articles and take in others, new or changed. `corrections` are all that hold after it."""
        come, gone = sorted(set(put)), sorted(set(drop) - set(put))
        self._article.cache_clear()
        self._renamed.cache_clear()
        known = [found["profiles"] for home in (*come, *gone) if (found := self._home(home)) is not None]
        changed, filed = self.identities.change(known, ((home, self._article(home)[0].profiles()) for home in come))
        stale: set[str] = set()
        if corrections or self.outcome != Outcome():
            homes = sorted(({h for (h,) in self.db.execute("SELECT home FROM ledger_home")} | set(come)) - set(gone))
            more, stale = self._correct(corrections, homes)
            changed |= more
        several = self._several()
        dirty = sorted({*come, *changed} - set(gone))
        for home in gone:
            stale |= self._put(home, None, gone=True)
        for home in dirty:
            stale |= self._put(home, filed.get(home))
        entities, moved = self.entities.join(
            stale, self._ruled if self.outcome != Outcome() else None, self.outcome.touch()
        )
        borne = self._where(self.entities.below(moved)) if moved else set()
        who = Who(self.entities, self.entities.lands)
        told, clusters = self.clusters.change(gone, sorted({*dirty, *borne}), borne, self._told, who)
        articles = frozenset({*dirty, *told, *self._with(self._several() ^ several)} - set(gone))
        return Touched(articles, frozenset(gone), frozenset(entities), frozenset(clusters), frozenset(borne))

    def records(self, home: str) -> list[Record]:
        """The records of an article as the whole graph has them, in order, without its entities."""
        article, _ = self._article(home)
        kept, events, _ = self._renamed(home)
        clusters = self.clusters.of(home)
        clustered = [dataclasses.replace(e, cluster=clusters[e.id]) for e in events]
        return sorted([*kept, *clustered, *article.merges(lambda name: self._why(home, name))], key=record_order)

    def entity(self, name: str) -> Entity | None:
        """An entity of the whole graph."""
        return self.entities.get(name)

    def has_cluster(self, name: str) -> bool:
        """Whether an event is of this cluster."""
        return self.db.execute("SELECT 1 FROM ledger_group WHERE cluster = ? LIMIT 1", (name,)).fetchone() is not None

    def beside(self, clusters: Iterable[str]) -> set[str]:
        """The articles that have an event of one of these clusters."""
        query = "SELECT home FROM ledger_group WHERE cluster = ?"
        return {home for cluster in clusters for (home,) in self.db.execute(query, (cluster,))}

    def skipped(self) -> list[Skipped]:
        """The stances that merges made void, and what corrections do not do."""
        rows = self.db.execute("SELECT lost FROM ledger_home WHERE lost != '' ORDER BY home")
        return [*self.outcome.refused, *(Skipped(*pair) for (lost,) in rows for pair in json.loads(lost))]

    def _read(self, home: str) -> tuple[Article, Article]:
        """The article, and what it says of entities that are of no article (topics)."""
        found = articles_of(self._given(home))
        return found.get(home) or Article(home), found.get(None) or Article(None)

    def _home(self, home: str) -> dict[str, Any] | None:
        row = self.db.execute("SELECT content FROM ledger_home WHERE home = ?", (home,)).fetchone()
        return unpack(row[0]) if row else None

    def _ruled(self, name: str) -> str:
        """What the rules alone make of an article's entity."""
        found = self.identities.of(name)
        return found.entity if found is not None else name

    def _entity_of(self, home: str | None, name: str) -> str | None:
        return self.outcome.entity(home, name, self._ruled(name))

    def _why(self, home: str, name: str) -> tuple[str, str, str] | None:
        entity = self._entity_of(home, name)
        if entity is None:
            return None
        several = 2  # a rule that decided joined two at least; a correction may have taken one away
        if self.outcome != Outcome():
            query = "SELECT count(DISTINCT name) FROM ledger_variant WHERE entity = ?"
            several = self.db.execute(query, (entity,)).fetchone()[0]
        return self.outcome.why(home, name, entity, self.identities.of(name), several)

    def _rename(self, home: str) -> tuple[list[Record], list[Event], list[Skipped]]:
        names: dict[str, str | None] = {}

        def name(old: str) -> str | None:
            if old not in names:
                names[old] = self._entity_of(home, old)
            return names[old]

        return self._article(home)[0].records(name)

    def _told(self, home: str) -> tuple[Sequence[Event], Document | None]:
        return self._renamed(home)[1], self._article(home)[0].document

    def _put(self, home: str, profiles: list[Filed] | None, gone: bool = False) -> set[str]:
        """Write down what an article says now, or take it out; the entities of which something else is said. Without new profiles it keeps its own."""
        found = self._home(home)
        old: Counter[Variant] = Counter(tuple(v) for v in found["variants"]) if found else Counter()
        before = set(found["parts"]) if found else set()
        new: Counter[Variant] = Counter()
        parts: set[str] = set()
        if not gone:
            kept, events, lost = self._renamed(home)
            new = Counter(self._variants(home))
            parts = {i for e in events for role in _ROLES for i in getattr(e, role)}
            parts |= {i for r in kept if isinstance(r, Stance) for i in (r.holder, r.attributed_to) if i != home}
            parts |= {r.source for r in kept if isinstance(r, Claim) and r.source != home}
            content = {
                "profiles": profiles if profiles is not None else found["profiles"] if found else [],
                "variants": sorted(new.elements()), "parts": sorted(parts),
            }  # fmt: skip
            notes = json.dumps([[s.source, s.reason] for s in lost], ensure_ascii=False) if lost else ""
            self.db.execute("INSERT OR REPLACE INTO ledger_home VALUES (?, ?, ?)", (home, pack(content), notes))
        else:
            self.db.execute("DELETE FROM ledger_home WHERE home = ?", (home,))
        self.entities.retract((old - new).elements())
        self.entities.say((new - old).elements())
        self.db.executemany(
            "DELETE FROM ledger_part WHERE entity = ? AND home = ?", [(i, home) for i in before - parts]
        )
        self.db.executemany("INSERT OR IGNORE INTO ledger_part VALUES (?, ?)", [(i, home) for i in parts - before])
        if self.outcome != Outcome():  # what the rules make of an id counts, too, and may be other than it was
            return {v[0] for v in (*old, *new)}
        return {v[0] for v in (*(old - new), *(new - old))}

    def _variants(self, home: str) -> Iterator[Variant]:
        for article in self._article(home):
            for name, group in article.entities.items():
                entity = self._entity_of(article.home, name)
                if entity is not None:
                    for record in group:
                        new = entity_with(record, lambda n, of=article.home: self._entity_of(of, n))  # type: ignore[misc]  # bound at once
                        yield entity, name, to_json(dataclasses.replace(new, document=None))

    def _where(self, entities: Iterable[str]) -> set[str]:
        """The articles that tell something of these entities."""
        query = "SELECT home FROM ledger_part WHERE entity = ?"
        return {home for entity in entities for (home,) in self.db.execute(query, (entity,))}

    def _several(self) -> set[str]:
        """The entities that several ids of articles are, which decides whether merges are told where there are corrections; none where there are not."""
        if self.outcome == Outcome():
            return set()
        query = "SELECT entity FROM ledger_variant GROUP BY entity HAVING count(DISTINCT name) > 1"
        return {entity for (entity,) in self.db.execute(query)}

    def _with(self, entities: set[str]) -> set[str]:
        """The articles that say something of one of these entities."""
        rows = self.db.execute("SELECT home, content FROM ledger_home") if entities else ()
        return {home for home, content in rows if any(v[0] in entities for v in unpack(content)["variants"])}

    def _correct(self, corrections: Sequence[Correction], homes: Sequence[str]) -> tuple[set[str], set[str]]:
        """Apply corrections to all articles anew: (articles in which something is another entity now, or for another reason; entities to be joined)."""
        old, new = self.outcome, corrected(self._slim(homes), corrections) if corrections else Outcome()
        self.outcome = new
        self.db.execute("DELETE FROM ledger_outcome")
        self.db.execute("INSERT INTO ledger_outcome VALUES (?)", (json.dumps(_plain(new), ensure_ascii=False),))
        atoms = {
            a for a in (*old.entity_of, *new.entity_of, *old.reasons, *new.reasons)
            if old.entity_of.get(a, "") != new.entity_of.get(a, "") or old.reasons.get(a) != new.reasons.get(a)
        }  # fmt: skip
        touched = {n for n in {*old.names, *new.names} if old.names.get(n) != new.names.get(n)} | (old.own ^ new.own)
        for home, name in atoms:
            ruled = self._ruled(name)
            touched |= {e for e in (old.entity(home, name, ruled), new.entity(home, name, ruled)) if e is not None}
        if any(home is None for home, _ in atoms):
            return set(homes), touched
        # how many ids an entity has decides whether its merges are told
        joined = {home for entity in touched for home in self.identities.homes(entity)}
        return {*joined, *(home for home, _ in atoms if home is not None)} & set(homes), touched

    def _slim(self, homes: Iterable[str]) -> Iterator[Article]:
        """All articles with nothing but what corrections go by."""
        shared = Article(None)
        for home in homes:
            found = articles_of(self._given(home))
            for article in found.values():
                if article.home is None:
                    for name, group in article.entities.items():
                        shared.entities.setdefault(name, []).extend(group)
                    continue
                others: dict[str, Record] = {}
                for record in article.others.values():
                    if isinstance(record, Document):
                        others[record.id] = dataclasses.replace(record, text="", paragraphs=())
                    elif isinstance(record, Affiliation):
                        others[record.id] = record
                yield Article(article.home, article.entities, others)
        yield shared


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {
        "entity_of": [[*a, e] for a, e in outcome.entity_of.items()], "names": outcome.names, "own": sorted(outcome.own),
        "reasons": [[*a, r] for a, r in outcome.reasons.items()], "refused": [[s.source, s.reason] for s in outcome.refused],
    }  # fmt: skip


def _outcome(plain: Mapping[str, Any]) -> Outcome:
    return Outcome(
        {(h, n): e for h, n, e in plain["entity_of"]}, plain["names"], set(plain["own"]),
        {(h, n): r for h, n, r in plain["reasons"]}, [Skipped(*s) for s in plain["refused"]],
    )  # fmt: skip
