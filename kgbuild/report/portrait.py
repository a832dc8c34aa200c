"""What the records hold about one actor, or between two: sorted, each happening once, ready to be written down."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from kgbuild.aggregate import STATUSES, Days, days_of
from kgbuild.atlas import Spot, spots
from kgbuild.errors import UsageError
from kgbuild.graph import Evidence, collect
from kgbuild.records import Affiliation, Document, Entity, Mention, Record

__all__ = ["Item", "Portrait", "named"]

NEAR: Final = 8
"""Names that a message about an unknown one lists at most."""
ACTORS: Final = frozenset({"Person", "Organization", "State", "Group"})


@dataclass(frozen=True, slots=True)
class Item:
    """One happening, statement or stance: its pieces of evidence, the one that leads first, and the days it counts on."""

    evidence: tuple[Evidence, ...]
    days: Days

    @property
    def first(self) -> Evidence:
        """The evidence whose status holds for all."""
        return self.evidence[0]


class Portrait:
    """One entity or a pair of them among the records; what is asked for is worked out once.

    `ids` are the entities; lists of items run by day, the latest first, then by article and place in the text; what nothing dates comes last.
    """

    def __init__(self, records: Iterable[Record], names: Sequence[str]) -> None:
        """Raises UsageError for an unknown or ambiguous name, for the same one twice, and unless there are one or two."""
        found = list(records)
        self.entities: dict[str, Entity] = {r.id: r for r in found if isinstance(r, Entity)}
        self.documents: dict[str, Document] = {r.id: r for r in found if isinstance(r, Document)}
        if len(names) not in (1, 2):
            raise UsageError(
                'a dossier is about one name or two: kgbuild export FOLDER --format dossier "Vladimir Putin"'
            )
        self.ids = tuple(named(self.entities, name) for name in names)
        if len(set(self.ids)) < len(self.ids):
            raise UsageError(f"both names are {self.name(self.ids[0])[:60]}; give two different ones, or one")
        self._evidence = collect(found)
        self._mentions = Counter(i for r in found if isinstance(r, Mention) for i in r.entities if i in self.ids)
        self._affiliations = sorted(
            (r for r in found if isinstance(r, Affiliation)),
            key=lambda a: (a.member, a.body, a.kind, a.role or "", a.id),
        )

    def name(self, i: str) -> str:
        """The name of an entity; "the article" for a document; else the id."""
        entity = self.entities.get(i)
        return entity.name if entity is not None else "the article" if i in self.documents else i

    def mentions(self, i: str) -> int:
        """How often the text names or points at it."""
        return self._mentions[i]

    @property
    def pair(self) -> bool:
        """Whether it is about two."""
        return len(self.ids) == 2

    def belongs(self, i: str) -> list[Affiliation]:
        """What an entity is to others, each body, kind and role once."""
        return list(
            {
                (a.body, a.kind, a.role): a for a in self._affiliations if a.member == i and a.body in self.entities
            }.values()
        )

    def members(self, i: str) -> list[str]:
        """Names of those who belong to it, each once whatever its case."""
        own = {a.member for a in self._affiliations if a.body == i} | {
            e.id for e in self.entities.values() if i in e.affiliation
        }
        names = sorted(self.name(m) for m in own if m in self.entities)
        return sorted({n.casefold(): n for n in reversed(names)}.values(), key=lambda n: (n.casefold(), n))

    @cached_property
    def deeds(self) -> list[Item]:
        """Events it takes part in as agent; of a pair, events in which both take part, in any role but place."""
        if not self.pair:
            return self._happenings(lambda e: self.ids[0] in e.entities("agent"))
        roles = ("agent", "recipient", "theme", "instrument")
        return self._happenings(lambda e: set(self.ids) <= set(e.entities(*roles)))

    @cached_property
    def suffered(self) -> list[Item]:
        """Events that befell one: it takes part, not as agent."""
        one = self.ids[0]
        return self._happenings(lambda e: one in e.entities("recipient", "theme") and one not in e.entities("agent"))

    @cached_property
    def said(self) -> list[Item]:
        """Statements of it; of a pair, those of one about or to the other."""
        return self._items(
            e
            for e in self._evidence
            if e.kind == "said" and set(self.ids[:1] if not self.pair else self.ids) <= self._speech(e)
        )

    @cached_property
    def told_of(self) -> list[Item]:
        """Statements of others about one or to it."""
        one = self.ids[0]
        return self._items(e for e in self._evidence if e.kind == "said" and one in e.entities("about", "addressee"))

    @cached_property
    def stances(self) -> dict[tuple[str, str], list[Item]]:
        """(holder, target) -> the stances of the first toward the second, the pairs with most evidence first."""
        pairs: defaultdict[tuple[str, str], list[Evidence]] = defaultdict(list)
        for e in self._evidence:
            if e.kind == "stance":
                (holder,), (target,) = e.entities("holder"), e.entities("target")
                if {holder, target} == set(self.ids) if self.pair else self.ids[0] in (holder, target):
                    pairs[holder, target].append(e)
        ordered = sorted(pairs.items(), key=lambda p: (-len(p[1]), self.name(p[0][0]), self.name(p[0][1]), p[0]))
        return {key: self._items(members) for key, members in ordered}

    @cached_property
    def disputed(self) -> list[Item]:
        """Happenings that somebody says and somebody denies, in which all of it take part, or that they say or deny themselves."""
        return self._happenings(
            lambda e: (
                e.status == "Disputed" and set(self.ids) <= {i for _, i in e.roles} | set(e.sources) | set(e.deniers)
            )
        )

    @cached_property
    def places(self) -> list[Spot]:
        """The places of the events in which it takes part (of a pair: both)."""
        shown = [
            e for e in self._evidence if e.kind == "event" and set(self.ids) <= {i for r, i in e.roles if r != "place"}
        ]
        return spots(shown, self.entities)[0]

    @cached_property
    def articles(self) -> list[Document]:
        """The articles of everything above, by date and id."""
        items = [*self.deeds, *self.said, *self.disputed, *(i for s in self.stances.values() for i in s)]
        if not self.pair:
            items += [*self.suffered, *self.told_of]
        used = {e.document for item in items for e in item.evidence}
        return sorted((self.documents[d] for d in used), key=lambda d: (d.published or "~", d.id))

    def _speech(self, e: Evidence) -> set[str]:
        """Who speaks, and of a pair about whom or to whom."""
        speaker = set(e.entities("source"))
        return speaker | set(e.entities("about", "addressee")) if self.pair and speaker & set(self.ids) else speaker

    def _happenings(self, kept: object) -> list[Item]:
        assert callable(kept)
        groups: defaultdict[str, list[Evidence]] = defaultdict(list)
        for e in self._evidence:
            if e.kind == "event" and kept(e):
                groups[e.cluster or e.record].append(e)
        out = []
        for members in groups.values():
            members.sort(key=lambda e: (STATUSES.index(e.status), e.document, e.span, e.record))
            out.append(Item(tuple(members), days_of(members, self.documents)))
        return _sorted(out)

    def _items(self, evidence: Iterable[Evidence]) -> list[Item]:
        return _sorted([Item((e,), days_of([e], self.documents)) for e in evidence])


def named(entities: Mapping[str, Entity], name: str) -> str:
    """The id of the entity with this id, name or alias, whatever its case; actors before places and topics.

    Raises UsageError when there is none (near names are listed), or several.
    """
    if name in entities:
        return name
    wanted = _folded(name)
    for names in (lambda e: (e.name,), lambda e: e.aliases):
        found = [e for e in entities.values() if wanted and wanted in {_folded(n) for n in names(e)}]
        found = [e for e in found if e.kind in ACTORS] or found
        if len(found) == 1:
            return found[0].id
        if found:
            ids = ", ".join(sorted(e.id for e in found)[:NEAR])
            raise UsageError(f"several have the name {name[:60]!r}: {ids}; give one of these ids")
    near = _near(entities, wanted)
    hint = f"near: {', '.join(near)}" if near else "nothing is near it"
    raise UsageError(f"nobody called {name[:60]!r} in this graph; {hint}; `kgbuild query FOLDER actors` lists all")


def _near(entities: Mapping[str, Entity], wanted: str) -> list[str]:
    names: dict[str, str] = {}
    for e in sorted(entities.values(), key=lambda e: (e.kind not in ACTORS, e.name, e.id)):
        for n in (e.name, *e.aliases):
            if len(n) <= 60:
                names.setdefault(_folded(n), e.name)
    words = set(wanted.split())
    close = get_close_matches(wanted[:60], list(names), n=NEAR, cutoff=0.7)
    close += [n for n in names if words & set(n.split()) or (len(wanted) > 3 and wanted in n)]
    return list(dict.fromkeys(names[n] for n in close))[:NEAR]


def _folded(name: str) -> str:
    text = " ".join(name.replace("’", "'").casefold().split())
    return text.removeprefix("the ") or text


def _sorted(items: list[Item]) -> list[Item]:
    """The latest first; of one day by article and place in the text; what has no day last."""
    items.sort(key=lambda i: (i.first.document, i.first.span, i.first.record))
    return sorted(items, key=lambda i: (i.days.latest, i.days.earliest), reverse=True)
