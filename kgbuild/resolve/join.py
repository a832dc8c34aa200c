"""Several records of one entity as one, whatever their order and the articles they are of."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from kgbuild.records import Entity

__all__ = ["Touch", "join_entities", "whole_entity"]


def join_entities(group: Sequence[Entity], counts: Sequence[int] = ()) -> Entity:
    """One entity from several records of one: every alias and affiliation, the best-supported name, the surest confidence.

    `counts` says how often each record was given; once, when it is left out.
    """
    if len(group) == 1:
        return group[0]
    ordered = sorted(group, key=_surest)
    first = ordered[0]
    names: Counter[str] = Counter()
    for entity, n in zip(group, counts or (1,) * len(group), strict=True):
        names[entity.name] += n
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


def _surest(e: Entity) -> tuple[object, ...]:
    """The surest first; of equally sure ones the order goes by what they say, never by the article that says it."""
    return (
        -e.confidence, e.name, e.kind, e.extractor, e.id, e.qid or "", e.within or "", e.territory or "",
        e.lat is None, e.lat or 0.0, e.long is None, e.long or 0.0,
    )  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Touch:
    """What corrections change in how entities are joined: new names by id, ids that a split made, ids in articles that were moved."""

    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    own: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()


def whole_entity(
    entity: str, found: Iterable[tuple[str, Entity, int]], ruled: Callable[[str], str], touch: Touch | None = None
) -> Entity:
    """The entity of the whole graph, of all articles' records of it: (id in the article, record, how often it was given).

    `ruled` is what the rules alone make of an id in an article.
    """
    touch = touch or Touch()
    given = list(found)
    leading = [(e, n) for name, e, n in given if ruled(name) == entity] or [(e, n) for _, e, n in given]
    joined = join_entities([e for _, e, _ in given], [n for _, _, n in given])
    if len(leading) < len(given):  # the records of the base, or of the entity merged into, say what it is
        lead = join_entities([e for e, _ in leading], [n for _, n in leading])
        aliases = tuple(sorted({joined.name, *joined.aliases, *lead.aliases} - {lead.name}))
        joined = dataclasses.replace(
            joined, name=lead.name, kind=lead.kind, aliases=aliases, qid=lead.qid or joined.qid,
            lat=lead.lat if lead.lat is not None else joined.lat, long=lead.long if lead.long is not None else joined.long,
        )  # fmt: skip
    if entity in touch.own:
        joined = dataclasses.replace(joined, qid=None, territory=None, lat=None, long=None)
    name = touch.names.get(entity)
    if name is not None and name != joined.name:
        joined = dataclasses.replace(joined, name=name, aliases=tuple(sorted({joined.name, *joined.aliases} - {name})))
    names = {n for n, _, _ in given}
    origins = {n for n in names if n != entity}
    known = set(joined.origins) | (origins if len(names) > 1 or origins & touch.moved else set())
    return dataclasses.replace(joined, id=entity, document=None, origins=tuple(sorted(known)))
