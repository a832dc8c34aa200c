"""One article's records, and what becomes of them once it is known which entities of the whole graph its own ones are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from kgbuild.config import VERSION
from kgbuild.ids import extractor_id, record_id
from kgbuild.records import Affiliation, Document, Entity, Event, Mention, Merge, Record, Skipped, Span, Stance
from kgbuild.resolve.index import Profile
from kgbuild.resolve.join import join_entities
from kgbuild.resolve.profiles import profiles
from kgbuild.resolve.rewrite import Renaming, record_with

__all__ = ["Article", "Why", "articles_of"]

EXTRACTOR = extractor_id("resolve", VERSION)
CONFIDENCE = {"SharedAffiliation": 0.9, "SameName": 0.75, "Correction": 1.0}

Why = Callable[[str], tuple[str, str, str] | None]
"""The entity of the whole graph that an article's entity was merged into, the rule, and the reason; None when it was not."""


@dataclass(slots=True)
class Article:
    """The records of one article, as the language step gave them.

    home: its id; None for entities that are of no article (topics). entities: by id, as often as they were given. others: every other
    record by id; the first of those that share one.
    """

    home: str | None
    entities: dict[str, list[Entity]] = field(default_factory=dict)
    others: dict[str, Record] = field(default_factory=dict)

    @property
    def document(self) -> Document | None:
        """The article itself, when it is among its records."""
        found = self.others.get(self.home or "")
        return found if isinstance(found, Document) else None

    def profiles(self) -> Iterator[Profile]:
        """What the entities show of themselves to those of other articles."""
        joined = {name: group[0] if len(group) == 1 else join_entities(group) for name, group in self.entities.items()}
        belongs = [r for r in self.others.values() if isinstance(r, Affiliation)]
        return profiles(joined, belongs, self.home)

    def records(self, name: Renaming) -> tuple[list[Record], list[Event], list[Skipped]]:
        """The records with the ids of the whole graph: all but events, events, and what is to be reported: stances that the new ids
        make void, pairs that were not read."""
        kept: list[Record] = []
        events: list[Event] = []
        lost: list[Skipped] = []
        document = self.document
        source = document.source if document is not None else (self.home or "")
        if document is not None and document.unread_pairs:
            lost.append(
                Skipped(
                    source, f"{document.unread_pairs} pairs of actors not read for stances: too many in one sentence"
                )
            )
        for record in self.others.values():
            new = record_with(record, name)
            if isinstance(new, Event):
                events.append(new)
            elif new is not None:
                kept.append(new)
            elif isinstance(record, Stance):
                lost.append(Skipped(source, f"stance {record.id} has lost its holder or target, or both are one now"))
        return kept, events, lost

    def merges(self, why: Why) -> list[Merge]:
        """Why its entities are those of the whole graph, each with the mention that names it here."""
        document = self.document
        if document is None or self.home is None:
            return []
        spans: dict[str, tuple[bool, Span]] = {}
        for record in self.others.values():
            if isinstance(record, Mention):
                for name in record.entities:
                    place = (record.form != "name", record.span)
                    spans[name] = min(place, spans.get(name, place))
        out: list[Merge] = []
        for name in self.entities:
            found = why(name)
            if found is None or found[0] == name:
                continue
            entity, rule, reason = found
            whole = Span(0, max(1, len(document.text)))  # an entity that only another one's affiliation names
            _, span = spans.get(name, (False, whole))
            made = record_id(self.home, "merge", span, name.partition("/")[2])
            out.append(Merge(made, self.home, span, name, entity, rule, reason, EXTRACTOR, CONFIDENCE[rule]))
        return out


def articles_of(records: Iterable[Record]) -> dict[str | None, Article]:
    """Records of any articles, each with its own; what a resolution has added before is left out."""
    out: dict[str | None, Article] = {}
    for record in records:
        if isinstance(record, Merge):
            continue
        home = record.id if isinstance(record, Document) else record.document
        article = out.get(home)
        if article is None:
            article = out[home] = Article(home)
        if isinstance(record, Entity):
            article.entities.setdefault(record.id, []).append(record)
        else:
            article.others.setdefault(record.id, record)
    return out
