"""Records of many articles to one graph: entities joined, corrections applied, events clustered, whatever the order of the input."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kgbuild.config import VERSION
from kgbuild.ids import extractor_id, record_id
from kgbuild.records import (
    Affiliation,
    Document,
    Entity,
    Event,
    Mention,
    Merge,
    Record,
    Skipped,
    Span,
    Stance,
    record_order,
)
from kgbuild.resolve.corrections import Atom, Correction, Outcome, apply, read_corrections
from kgbuild.resolve.happenings import cluster_events
from kgbuild.resolve.index import Identity, Index, Profile
from kgbuild.resolve.profiles import profiles
from kgbuild.resolve.rewrite import entity_with, record_with

__all__ = [
    "Correction", "Identity", "Index", "Profile", "cluster_events", "join_entities", "profiles", "read_corrections", "resolve",
]  # fmt: skip

_EXTRACTOR = extractor_id("resolve", VERSION)
_CONFIDENCE = {"SharedAffiliation": 0.9, "SameName": 0.75, "Correction": 1.0}


def resolve(
    records: Iterable[Record], corrections: Sequence[Correction] = (), skipped: list[Skipped] | None = None
) -> list[Record]:
    """All records in one order, each id once, every entity the one of all articles, every event with its cluster.

    Entities are one when they carry one id of the entity base, or when `index` finds them one; each such merge is a Merge record.
    Records other than entities that repeat an id are the same article given twice; the first in sorted form is kept. What
    corrections do not do, and stances that a merge makes void, is added to `skipped` with its reason.
    """
    articles: dict[str | None, dict[str, list[Entity]]] = defaultdict(lambda: defaultdict(list))
    others: dict[str, Record] = {}
    for record in records:
        if isinstance(record, Entity):
            articles[record.document][record.id].append(record)
        elif not isinstance(record, Merge):
            others.setdefault(record.id, record)
    work = _Work(articles, others)
    if corrections:
        work.correct(corrections)
    resolved = work.records()
    if skipped is not None:
        skipped.extend(work.skipped)
    return resolved


class _Work:
    """One resolution: the entities of each article, and what becomes of them."""

    def __init__(
        self, articles: Mapping[str | None, Mapping[str, Sequence[Entity]]], others: Mapping[str, Record]
    ) -> None:
        self.others = others
        self.skipped: list[Skipped] = []
        self.groups = {(home, name): group for home, table in articles.items() for name, group in table.items()}
        self.documents = {r.id: r for r in others.values() if isinstance(r, Document)}
        belongs: dict[str, list[Affiliation]] = defaultdict(list)
        for record in others.values():
            if isinstance(record, Affiliation):
                belongs[record.document].append(record)
        index = Index()
        for home, table in articles.items():
            entities = {name: group[0] if len(group) == 1 else join_entities(group) for name, group in table.items()}
            index.add(profiles(entities, belongs.get(home or "", ()), home))
        self.identities = index.identities()
        self.outcome = Outcome()
        self.moved: set[str] = set()

    def entity_of(self, home: str | None, name: str) -> str | None:
        """The entity of the whole graph that an article's entity is; None when a correction rejects it."""
        if self.outcome.entity_of:
            for atom in ((home, name), (None, name)):  # a topic is of no article
                if atom in self.outcome.entity_of:
                    return self.outcome.entity_of[atom]
        return self._ruled(name)

    def _ruled(self, name: str) -> str:
        """What the rules alone make of an article's entity."""
        found = self.identities.get(name)
        return found.entity if found is not None else name

    def correct(self, corrections: Sequence[Correction]) -> None:
        ruled = {atom: self._ruled(atom[1]) for atom in self.groups}
        joined = {e.id: e for e in self._entities()}
        atoms = {atom: group[0] for atom, group in self.groups.items()}
        self.outcome = apply(corrections, atoms, ruled, {i: e.name for i, e in joined.items()}, self.documents)
        self.moved = {name for _, name in self.outcome.reasons}
        self.skipped.extend(self.outcome.refused)

    def records(self) -> list[Record]:
        """Everything, in order. Stances that a merge leaves with one end are reported."""
        entities = self._entities()
        kept: list[Record] = []
        events: list[Event] = []
        for record in self.others.values():
            home = None if isinstance(record, (Document, Entity)) else record.document
            new = record_with(record, lambda name, home=home: self.entity_of(home, name))  # type: ignore[misc]  # bound at once
            if isinstance(new, Event):
                events.append(new)
            elif new is not None:
                kept.append(new)
            elif isinstance(record, Stance):
                self.skipped.append(
                    Skipped(
                        self._source(record.document),
                        f"stance {record.id} has lost its holder or target, or both are one now",
                    )
                )
        clustered = cluster_events(sorted(events, key=record_order), {e.id: e for e in entities}, self.documents)
        return sorted([*entities, *clustered, *kept, *self._merges()], key=record_order)

    def _source(self, document: str) -> str:
        return self.documents[document].source if document in self.documents else document

    def _entities(self) -> list[Entity]:
        """One Entity for each that is left, made of all articles' records of it."""
        members: dict[str, list[tuple[str, Entity]]] = defaultdict(list)
        for (home, name), group in self.groups.items():
            entity = self.entity_of(home, name)
            if entity is not None:
                for record in group:
                    new = entity_with(record, lambda n, home=home: self.entity_of(home, n))  # type: ignore[misc]  # bound at once
                    members[entity].append((name, new))
        return [self._entity(entity, found) for entity, found in members.items()]

    def _entity(self, entity: str, found: list[tuple[str, Entity]]) -> Entity:
        leading = [e for name, e in found if self._ruled(name) == entity] or [e for _, e in found]
        joined = join_entities([e for _, e in found])
        if len(leading) < len(found):  # the records of the base, or of the entity merged into, say what it is
            lead = join_entities(leading)
            aliases = tuple(sorted({joined.name, *joined.aliases, *lead.aliases} - {lead.name}))
            joined = dataclasses.replace(
                joined, name=lead.name, kind=lead.kind, aliases=aliases, qid=lead.qid or joined.qid,
                lat=lead.lat if lead.lat is not None else joined.lat, long=lead.long if lead.long is not None else joined.long,
            )  # fmt: skip
        if entity in self.outcome.own:
            joined = dataclasses.replace(joined, qid=None, territory=None, lat=None, long=None)
        name = self.outcome.names.get(entity)
        if name is not None and name != joined.name:
            joined = dataclasses.replace(
                joined, name=name, aliases=tuple(sorted({joined.name, *joined.aliases} - {name}))
            )
        origins = {n for n, _ in found if n != entity}
        known = set(joined.origins) | (origins if len({n for n, _ in found}) > 1 or origins & self.moved else set())
        return dataclasses.replace(joined, id=entity, document=None, origins=tuple(sorted(known)))

    def _merges(self) -> list[Merge]:
        """Why each article's entity is one of the whole graph, with the mention that names it there."""
        spans: dict[Atom, tuple[bool, Span]] = {}
        for record in self.others.values():
            if isinstance(record, Mention):
                for name in record.entities:
                    place = (record.form != "name", record.span)
                    spans[record.document, name] = min(place, spans.get((record.document, name), place))
        several = Counter(e for e, _ in {(self.entity_of(*atom), atom[1]) for atom in self.groups})
        out: list[Merge] = []
        for home, name in self.groups:
            entity = self.entity_of(home, name)
            identity = self.identities.get(name)
            reason = self.outcome.reasons.get((home, name))
            if home is None or entity is None or entity == name or home not in self.documents:
                continue
            if reason is not None:
                rule = "Correction"
            elif identity is not None and identity.rule and identity.entity == entity and several[entity] > 1:
                rule, reason = identity.rule, identity.reason
            else:
                continue
            whole = Span(
                0, max(1, len(self.documents[home].text))
            )  # an entity that only another one's affiliation names
            _, span = spans.get((home, name), (False, whole))
            made = record_id(home, "merge", span, name.partition("/")[2])
            out.append(Merge(made, home, span, name, entity, rule, reason, _EXTRACTOR, _CONFIDENCE[rule]))
        return out


def join_entities(group: Sequence[Entity]) -> Entity:
    """One entity from several records of one: every alias and affiliation, the best-supported name, the surest confidence."""
    if len(group) == 1:
        return group[0]
    ordered = sorted(group, key=lambda e: (-e.confidence, e.name, e.kind, e.extractor, e.document or "", e.id))
    first = ordered[0]
    names = Counter(e.name for e in group)
    name = min(names, key=lambda n: (-names[n], n))
    aliases = {a for e in group for a in (*e.aliases, e.name)} - {name}
    return dataclasses.replace(
        first,
        name=name,
        aliases=tuple(sorted(aliases)),
        affiliation=tuple(sorted({a for e in group for a in e.affiliation})),
        qid=next((e.qid for e in ordered if e.qid), None),
        within=next((e.within for e in ordered if e.within), None),
        territory=next((e.territory for e in ordered if e.territory), None),
        lat=next((e.lat for e in ordered if e.lat is not None), None),
        long=next((e.long for e in ordered if e.long is not None), None),
        origins=tuple(sorted({o for e in group for o in e.origins})),
    )
