"""Records of many articles to one graph: entities joined, corrections applied, events clustered, whatever the order of the input."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from kgbuild.records import Document, Entity, Event, Merge, Record, Skipped, record_order
from kgbuild.resolve.article import Article, articles_of
from kgbuild.resolve.corrections import Correction, Outcome, apply, read_corrections
from kgbuild.resolve.happenings import cluster_events
from kgbuild.resolve.index import Identity, Index, Profile
from kgbuild.resolve.join import Touch, join_entities, whole_entity
from kgbuild.resolve.profiles import profiles
from kgbuild.resolve.rewrite import entity_with

__all__ = [
    "Correction", "Identity", "Index", "Profile", "cluster_events", "corrected", "join_entities", "profiles", "read_corrections", "resolve",
]  # fmt: skip


def resolve(
    records: Iterable[Record], corrections: Sequence[Correction] = (), skipped: list[Skipped] | None = None
) -> list[Record]:
    """All records in one order, each id once, every entity the one of all articles, every event with its cluster.

    Entities are one when they carry one id of the entity base, or when `index` finds them one; each such merge is a Merge record.
    Records other than entities that repeat an id are the same article given twice; the first in sorted form is kept. What
    corrections do not do, and stances that a merge makes void, is added to `skipped` with its reason.
    """
    work = _Work(articles_of(records).values())
    if corrections:
        work.correct(corrections)
    resolved = work.records()
    if skipped is not None:
        skipped.extend(work.skipped)
    return resolved


def corrected(articles: Iterable[Article], corrections: Sequence[Correction]) -> Outcome:
    """What corrections make of the entities of articles, after the rules; articles need no more than entities, affiliations and the Document."""
    work = _Work(articles)
    work.correct(corrections)
    return work.outcome


class _Work:
    """One resolution: the entities of each article, and what becomes of them."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self.articles = list(articles)
        self.skipped: list[Skipped] = []
        self.documents: dict[str, Document] = {d.id: d for a in self.articles if (d := a.document) is not None}
        index = Index()
        for article in self.articles:
            index.add(article.profiles())
        self.identities = index.identities()
        self.outcome = Outcome()
        self.touch = Touch()

    def entity_of(self, home: str | None, name: str) -> str | None:
        """The entity of the whole graph that an article's entity is; None when a correction rejects it."""
        return self.outcome.entity(home, name, self._ruled(name))

    def _ruled(self, name: str) -> str:
        """What the rules alone make of an article's entity."""
        found = self.identities.get(name)
        return found.entity if found is not None else name

    def correct(self, corrections: Sequence[Correction]) -> None:
        atoms = {(a.home, name): group[0] for a in self.articles for name, group in a.entities.items()}
        ruled = {atom: self._ruled(atom[1]) for atom in atoms}
        names = {e.id: e.name for e in self._entities()}
        self.outcome = apply(corrections, atoms, ruled, names, self.documents)
        self.touch = self.outcome.touch()
        self.skipped.extend(self.outcome.refused)

    def records(self) -> list[Record]:
        """Everything, in order. Stances that a merge leaves with one end are reported."""
        entities = self._entities()
        kept: list[Record] = []
        events: list[Event] = []
        for article in self.articles:
            records, found, lost = article.records(lambda name, home=article.home: self.entity_of(home, name))  # type: ignore[misc]  # bound at once
            kept += records
            events += found
            self.skipped += lost
        clustered = cluster_events(sorted(events, key=record_order), {e.id: e for e in entities}, self.documents)
        return sorted([*entities, *clustered, *kept, *self._merges()], key=record_order)

    def _entities(self) -> list[Entity]:
        """One Entity for each that is left, made of all articles' records of it."""
        members: dict[str, list[tuple[str, Entity, int]]] = defaultdict(list)
        for article in self.articles:
            home = article.home
            for name, group in article.entities.items():
                entity = self.entity_of(home, name)
                if entity is not None:
                    for record in group:
                        new = entity_with(record, lambda n, home=home: self.entity_of(home, n))  # type: ignore[misc]  # bound at once
                        members[entity].append((name, new, 1))
        return [whole_entity(entity, found, self._ruled, self.touch) for entity, found in members.items()]

    def _merges(self) -> list[Merge]:
        """Why each article's entity is one of the whole graph, with the mention that names it there."""
        several = Counter(
            e for e, _ in {(self.entity_of(a.home, name), name) for a in self.articles for name in a.entities}
        )
        out: list[Merge] = []
        for article in self.articles:

            def why(name: str, home: str | None = article.home) -> tuple[str, str, str] | None:
                entity = self.entity_of(home, name)
                if entity is None:
                    return None
                return self.outcome.why(home, name, entity, self.identities.get(name), several[entity])

            out += article.merges(why)
        return out
