"""Records of many articles to one graph: duplicate entities joined, events clustered, whatever the order of the input.

Two entities are one when they carry one id, and an id depends on content only; so joining is a union by id. A cluster holds the
events of one article that tell the same happening, and those of several articles that share type, both sides and days.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from kgbuild.ids import cluster_id
from kgbuild.records import Entity, Event, Record, record_order

__all__ = ["cluster_events", "join_entities", "resolve"]

WORD_FAMILY = 4
"""Letters a verb and its nouns share (invade/invasion, seize/seizure); three would join arrest and arrive."""


def resolve(records: Iterable[Record]) -> list[Record]:
    """All records in one order, each id once, every event with its cluster.

    Records other than entities that repeat an id are the same article given twice; the first in sorted form is kept.
    """
    entities: dict[str, list[Entity]] = defaultdict(list)
    events: dict[str, Event] = {}
    others: dict[str, Record] = {}
    for record in records:
        if isinstance(record, Entity):
            entities[record.id].append(record)
        elif isinstance(record, Event):
            events.setdefault(record.id, record)
        else:
            others.setdefault(record.id, record)
    joined = [join_entities(group) for group in entities.values()]
    clustered = cluster_events(sorted(events.values(), key=record_order), {e.id: e for e in joined})
    return sorted([*joined, *clustered, *others.values()], key=record_order)


def join_entities(group: Sequence[Entity]) -> Entity:
    """One entity from several records of one id: every alias and affiliation, the best-supported name, the surest confidence."""
    if len(group) == 1:
        return group[0]
    ordered = sorted(group, key=lambda e: (-e.confidence, e.name, e.kind, e.extractor))
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
    )


def cluster_events(events: Sequence[Event], entities: dict[str, Entity]) -> list[Event]:
    """The events, each with `cluster` set.

    Events share a cluster when they have the same type, a common word family (the first four letters of the lemma: invade,
    invasion) and both sides, taken up to the state or body they belong to, and days that overlap; an undated event joins the
    first such cluster of its own article. An event with only one side never leaves its article: it joins others of its word and
    side, or the one cluster there that has its type, mode and side ("put its forces on alert", "mobilization of the forces").
    """
    blocks: dict[tuple[str, ...], list[Event]] = defaultdict(list)
    for event in events:
        blocks[_block(event, entities)].append(event)
    groups = [group for key in sorted(blocks) for group in _overlapping(blocks[key])]
    cluster_of: dict[str, str] = {}
    for group in _joined(groups, entities):
        name = cluster_id(group[0].type, [e.id for e in group])
        cluster_of.update((e.id, name) for e in group)
    return [dataclasses.replace(e, cluster=cluster_of[e.id]) for e in events]


def _joined(groups: Sequence[list[Event]], entities: dict[str, Entity]) -> list[list[Event]]:
    """The groups, with those that know one side only put to the group of their article that knows both, when there is just one."""
    whole: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for n, group in enumerate(groups):
        for event in group:
            agents, others = _both(event, entities)
            if agents and others and event.mode:
                for key in (
                    (event.document, event.type, event.mode, agents, ""),
                    (event.document, event.type, event.mode, "", others),
                ):
                    if n not in whole[key]:
                        whole[key].append(n)
    out: list[list[Event]] = [list(group) for group in groups]
    for n, group in enumerate(groups):
        agents, others = _both(group[0], entities)
        if bool(agents) == bool(others) or not group[0].mode:
            continue
        found = whole.get((group[0].document, group[0].type, group[0].mode, agents, others), [])
        if len(found) == 1 and all(_same_days(a, b) for a in group for b in groups[found[0]]):
            out[found[0]].extend(group)
            out[n] = []
    return [group for group in out if group]


def _both(event: Event, entities: dict[str, Entity]) -> tuple[str, str]:
    agents = _sides(event.agents, entities)
    others = _sides((*event.recipients, *event.themes, *event.places), entities)
    return "|".join(agents), "|".join(others)


def _same_days(a: Event, b: Event) -> bool:
    """Whether two events can be on one day; an undated one can be on any."""
    if not (a.earliest and a.latest and b.earliest and b.latest):
        return True
    return a.earliest <= b.latest and b.earliest <= a.latest


def _block(event: Event, entities: dict[str, Entity]) -> tuple[str, ...]:
    agents, others = _both(event, entities)
    family = event.lemma[:WORD_FAMILY]
    if agents and others:
        return (event.type, family, agents, others)
    return (event.type, family, event.document, agents, others)


def _sides(ids: Iterable[str], entities: dict[str, Entity]) -> list[str]:
    return sorted({_root(i, entities) for i in ids})


def _root(entity_id: str, entities: dict[str, Entity]) -> str:
    """The actor at the top of a chain of affiliations; an entity of several affiliations stands for itself."""
    seen = {entity_id}
    current = entity_id
    while (entity := entities.get(current)) is not None and len(entity.affiliation) == 1 and entity.kind != "Person":
        current = entity.affiliation[0]
        if current in seen:
            return min(seen)
        seen.add(current)
    return current


def _overlapping(events: Sequence[Event]) -> list[list[Event]]:
    """Groups of one block whose days overlap; undated events join the first group of their own article, else stand alone."""
    dated = sorted(
        (e for e in events if e.earliest and e.latest), key=lambda e: (e.earliest or "", e.latest or "", e.id)
    )
    groups: list[list[Event]] = []
    last = ""
    for event in dated:
        if groups and (event.earliest or "") <= last:
            groups[-1].append(event)
        else:
            groups.append([event])
            last = ""
        last = max(last, event.latest or "")
    home: dict[str, list[Event]] = {}
    for group in groups:
        for event in group:
            home.setdefault(event.document, group)
    for event in sorted((e for e in events if not (e.earliest and e.latest)), key=lambda e: e.id):
        if event.document not in home:
            home[event.document] = []
            groups.append(home[event.document])
        home[event.document].append(event)
    return groups
