"""Records with the entities they name replaced by others; what cannot stand without an entity that is gone is left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping

from kgbuild.ids import ID
from kgbuild.records import Affiliation, Claim, Entity, Event, Mention, Record, Stance

__all__ = ["Renaming", "entity_with", "record_with"]

Renaming = Callable[[str], str | None]
"""The new id of an entity of one article; None when it is no entity any more."""

_EVENT = ("agents", "recipients", "themes", "places", "instruments")
_CLAIM = ("via", "addressee", "about")


def record_with(record: Record, name: Renaming) -> Record | None:
    """The record with new ids; itself when nothing changes, None when what it is about is gone."""
    if isinstance(record, Mention):
        entities = _many(record.entities, name)
        return (
            (record if entities == record.entities else dataclasses.replace(record, entities=entities))
            if entities
            else None
        )
    if isinstance(record, Event):
        return _changed(record, {f: _many(getattr(record, f), name) for f in _EVENT})
    if isinstance(record, Claim):
        new: dict[str, object] = {f: _many(getattr(record, f), name) for f in _CLAIM}
        if record.source != record.document:
            # words whose speaker is no entity after all were still said: nobody named stands behind them
            source = name(record.source)
            new |= {"source": source} if source is not None else {"source": record.document, "hearsay": True}
        return _changed(record, new)
    if isinstance(record, Stance):
        return _stance(record, name)
    if isinstance(record, Affiliation):
        member, body = name(record.member), name(record.body)
        return (
            None
            if member is None or body is None or member == body
            else _changed(record, {"member": member, "body": body})
        )
    return record


def entity_with(entity: Entity, name: Renaming) -> Entity:
    """An entity with new ids in what it refers to; its own id stays. Nothing belongs to itself."""
    own = name(entity.id)
    affiliation = tuple(sorted(a for a in _many(entity.affiliation, name) if a != own))
    within = name(entity.within) if entity.within is not None else None
    territory = name(entity.territory) if entity.territory is not None else None
    new = {"affiliation": affiliation, "within": within if within != own else None, "territory": territory}
    changed = _changed(entity, new)
    assert isinstance(changed, Entity)
    return changed


def _stance(record: Stance, name: Renaming) -> Record | None:
    holder, target = name(record.holder), name(record.target)
    to = record.document if record.attributed_to == record.document else name(record.attributed_to)
    if holder is None or target is None or holder == target:
        return None
    aspect = name(record.aspect) if record.aspect is not None and ID.fullmatch(record.aspect) else record.aspect
    return _changed(
        record, {"holder": holder, "target": target, "attributed_to": to or record.document, "aspect": aspect}
    )


def _many(names: Iterable[str], name: Renaming) -> tuple[str, ...]:
    """New ids in the old order, each once."""
    return tuple(dict.fromkeys(new for old in names if (new := name(old)) is not None))


def _changed(record: Record, new: Mapping[str, object]) -> Record:
    return record if all(getattr(record, f) == v for f, v in new.items()) else dataclasses.replace(record, **new)  # type: ignore[arg-type]  # fields of the very record
