"""Events of many articles to clusters, whatever the order of the input.

A cluster holds the events of one article that tell the same happening, and those of several articles that share type, both sides
and days.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence

from kgbuild.ids import cluster_id
from kgbuild.records import Entity, Event

__all__ = ["cluster_events"]

WORD_FAMILY = 4
"""Letters a verb and its nouns share (invade/invasion, seize/seizure); three would join arrest and arrive."""


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
