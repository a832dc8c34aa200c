"""What an article shows of each entity that other articles may know too: its full names, and the bodies and states above it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from kgbuild.ids import entity_id
from kgbuild.records import Affiliation, Entity
from kgbuild.resolve.index import Profile
from kgbuild.resolve.names import CLASSES, distinctive, full_name, other_names

__all__ = ["profiles"]

_HIGHEST = 6
"""Steps up a chain of affiliations or places that are followed: unit, army, ministry, state."""
_TELLING = frozenset({"Office", "Spokesperson", "Head"})
"""Kinds of affiliation of which a body, or a state, has few holders at a time."""


def profiles(
    entities: Mapping[str, Entity], affiliations: Sequence[Affiliation], document: str | None
) -> Iterator[Profile]:
    """The profiles of one article's entities (by id); those nobody else can share have none.

    Open to merging is what has a full name and the id of an article's own entity; what has a Wikidata id can only be joined.
    """
    roles: dict[str, list[Affiliation]] = defaultdict(list)
    for affiliation in affiliations:
        if affiliation.role is not None and affiliation.kind in _TELLING:
            roles[affiliation.member].append(affiliation)
    for entity in entities.values():
        if entity.kind not in CLASSES:
            continue
        name = full_name(entity.name, entity.kind)
        if not name or (entity.qid is None and not _is_local(entity, document)):
            continue
        names = (name, *other_names(name, entity.aliases, entity.kind))
        if CLASSES[entity.kind] == "place":
            places = tuple(sorted(_above(entity.id, entities, places=True)))
            yield Profile(entity.id, entity.kind, entity.name, names, (), places, entity.qid is not None)
            continue
        above = _above(entity.id, entities)
        bodies = {a for a, kind in above.items() if kind != "State"}
        states = {a for a, kind in above.items() if kind == "State"}
        for affiliation in roles.get(entity.id, ()):
            over = {affiliation.body, *_above(affiliation.body, entities)}
            bodies |= {f"{affiliation.role}@{a}" for a in over if a in entities and entities[a].kind == "State"}
        linked = entity.qid is not None
        yield Profile(entity.id, entity.kind, entity.name, names, tuple(sorted(bodies)), tuple(sorted(states)), linked)


def _is_local(entity: Entity, document: str | None) -> bool:
    """Whether an id is one of an article's own: made of the name and the article alone."""
    return document is not None and entity.id == entity_id(entity.kind, entity.name, None, document)


def _above(start: str, entities: Mapping[str, Entity], places: bool = False) -> dict[str, str]:
    """What an entity belongs to or lies within, by a name that holds in all articles -> its kind.

    A body without an id of the base goes by its full name; "the Ministry of Defence" says nothing to other articles.
    """
    found: dict[str, str] = {}
    seen, level = {start}, [start]
    for _ in range(_HIGHEST):
        level = sorted(
            {
                a
                for name in level
                if (entity := entities.get(name)) is not None
                for a in ((entity.within,) if places else entity.affiliation)
                if a is not None and a not in seen
            }
        )
        seen.update(level)
        for name in level:
            entity = entities.get(name)
            if entity is None or entity.qid is not None or entity.document is None:
                found[name] = entity.kind if entity is not None else ""
            elif (full := full_name(entity.name, entity.kind)) and (places or distinctive(full, entity.kind)):
                found["=" + full] = entity.kind
    return found
