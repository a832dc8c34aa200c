"""Doc -> events, claims and stances, each with its spans."""

from __future__ import annotations

from spacy.tokens import Doc

from kgbuild.claims.attribution import attributions
from kgbuild.claims.events import find_events
from kgbuild.claims.stances import stances
from kgbuild.claims.statements import claims
from kgbuild.layers import document_of
from kgbuild.records import Entity, Mention, Record, record_order

__all__ = ["extract"]


def extract(doc: Doc) -> list[Record]:
    """Everything the article claims: topics with their mentions, events, claims and stances, in record order.

    Adds the topics to the Doc's entities and mentions, so that claims can be about them. Raises ValueError when the language
    step has not run on the Doc.
    """
    document_of(doc)
    events, (entities, mentions) = find_events(doc)
    _add_topics(doc, entities, mentions)
    said = attributions(doc)
    statements = claims(doc, said, events)
    held = stances(doc, said, events, statements)
    records: list[Record] = [*entities, *mentions, *(e.record for e in events), *statements, *held]
    return sorted(records, key=record_order)


def _add_topics(doc: Doc, entities: list[Entity], mentions: list[Mention]) -> None:
    known = {e.id for e in doc._.entities}
    taken = {m.id for m in doc._.mentions}
    new_entities = [e for e in entities if e.id not in known]
    new_mentions = [m for m in mentions if m.id not in taken]
    doc._.entities = tuple(sorted((*doc._.entities, *new_entities), key=lambda e: e.id))
    doc._.mentions = tuple(sorted((*doc._.mentions, *new_mentions), key=lambda m: (m.span.begin, -m.span.end, m.id)))
