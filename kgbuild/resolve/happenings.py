"""Events of many articles to clusters, each the events that tell of one happening, whatever the order of the input.

First within each article, where what one sentence leaves out another may say; then across articles, by what each article's group as
a whole knows, where only groups that know both sides are compared: a wrong join there would be a wrong corroboration.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar

from kgbuild.ids import PLACE_KINDS, cluster_id
from kgbuild.records import Document, Entity, Event
from kgbuild.resolve.wording import alike, is_definite, is_new, word_keys

__all__ = ["Group", "Who", "block_keys", "cluster_events", "groups_of", "links"]

N = TypeVar("N", bound="int | tuple[str, int]")
K = TypeVar("K", covariant=True)


class Known(Protocol[K]):
    """What is looked up by id and may not be there: a dict, or whatever reads it when it is asked for."""

    def get(self, key: str, /) -> K | None:
        """The value; None when there is none."""


ENOUGH = 2.5
"""Points that put an event into a group of its article; tuned on the tune half of bench/same_event.tsv."""
STATEMENTS = frozenset({"State"})
"""Types of which one actor does many in one article: who does it says little."""
MUTUAL = frozenset({"Consult", "Agree", "Cooperate"})
"""Types whose sides may be told in either order."""
NEAREST = 40
"""Groups of one key, the latest first, that an event of the same article is compared with: it bounds the time of a long article."""
SELDOM = frozenset({"territory", "siege"})
"""Modes of acts that one actor seldom does twice to one town: taking, freeing, encircling it."""
SEASON = 92
"""Days between two articles up to which such an act, where one of them gives no day, is the same."""
LONG_SPAN = 31
"""Days: a time wider than this, beside one that is not, is no sign that two articles mean one happening."""


def cluster_events(
    events: Sequence[Event], entities: Mapping[str, Entity], documents: Mapping[str, Document] | None = None
) -> list[Event]:
    """The events, each with `cluster` set. `documents`, where given, tells headlines and "the attack" from "an attack".

    Within an article an event joins a group when their words are of one family or for one act, nothing known of both contradicts
    (sides taken up to the state or body they belong to, places one within the other, days, numbers), and enough of it agrees; two
    groups that fit equally are no reason for either. Groups of several articles are one happening when both know both sides, all
    of them agree, and their days overlap, or the act is one that cannot be done twice (the killing of a named person).
    """
    by_document: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_document[event.document].append(event)
    who = Who(entities, {e.territory: e.id for _, e in sorted(entities.items()) if e.territory})
    groups = [
        group
        for name in sorted(by_document)
        for group in groups_of(by_document[name], who, documents.get(name) if documents else None)
    ]
    cluster_of: dict[str, str] = {}
    for members in _across(groups, who):
        ids = sorted(e.id for group in members for e in group.events)
        cluster = cluster_id(min(members[0].events, key=lambda e: e.id).type, ids)
        cluster_of.update((i, cluster) for i in ids)
    return [dataclasses.replace(e, cluster=cluster_of[e.id]) for e in events]


class Who:
    """What is known of the entities: what each belongs to or lies in."""

    def __init__(self, entities: Known[Entity], state_of: Known[str]) -> None:
        """`entities` of the whole graph by id; `state_of`: id of a land -> the state whose territory it is."""
        self.entities = entities
        self.state_of = state_of
        self._above: dict[str, frozenset[str]] = {}
        self._root: dict[str, str] = {}

    def one(self, name: str) -> str:
        """The entity itself; of a state's land, the state."""
        return self.state_of.get(name) or name

    def is_place(self, name: str) -> bool:
        """Whether the entity is a place that cannot act: no land of a state."""
        entity = self.entities.get(name)
        return entity is not None and entity.kind in PLACE_KINDS and self.state_of.get(name) is None

    def is_state(self, name: str) -> bool:
        """Whether the entity is a state or its land."""
        entity = self.entities.get(name)
        return self.state_of.get(name) is not None or (entity is not None and entity.kind == "State")

    def is_named(self, name: str) -> bool:
        """Whether the entity has a name: "the senator" could be anybody the article names."""
        entity = self.entities.get(name)
        if entity is None or entity.qid or entity.affiliation:
            return True
        return not entity.name.rsplit(" ", 1)[-1][:1].islower()

    def above(self, name: str) -> frozenset[str]:
        """Everything the entity belongs to or lies in, and itself."""
        found = self._above.get(name)
        if found is None:
            seen, todo = {name}, [name]
            while todo:
                entity = self.entities.get(todo.pop())
                if entity is None:
                    continue
                for upper in (*entity.affiliation, *((entity.within,) if entity.within else ())):
                    for i in {upper, self.one(upper)} - seen:
                        seen.add(i)
                        todo.append(i)
            found = self._above[name] = frozenset(seen)
        return found

    def root(self, name: str) -> str:
        """The actor at the top of a chain of affiliations; a person or an entity of several affiliations stands for itself."""
        if name not in self._root:
            seen, current = {name}, name
            while (e := self.entities.get(current)) is not None and len(e.affiliation) == 1 and e.kind != "Person":
                current = e.affiliation[0]
                if current in seen:
                    current = min(seen)
                    break
                seen.add(current)
            self._root[name] = current
        return self._root[name]

    def agree(self, a: str, b: str) -> bool:
        """Whether two sides can be one: the same, one of them part of the other, or both of one body."""
        if a == b or a in self.above(b) or b in self.above(a):
            return True
        return not (self.is_place(a) or self.is_place(b)) and self.root(a) == self.root(b)


@dataclasses.dataclass(slots=True)
class Group:
    """Events of one article that tell of one happening, and all that they say of it together; when the article was published."""

    events: list[Event]
    agents: set[str]
    objects: set[str]
    places: set[str]
    earliest: str | None = None
    latest: str | None = None
    published: str | None = None
    worded: dict[tuple[object, ...], Event] = dataclasses.field(default_factory=dict)
    """One event for each wording and number that the group has: a group of a thousand events has few."""

    def __post_init__(self) -> None:
        for e in self.events:
            self.worded.setdefault((e.lemma, e.type, e.mode, e.quantity, e.quantity_text), e)

    def add(self, other: Group) -> None:
        """Take in another group of the article."""
        self.events.extend(other.events)
        for key, event in other.worded.items():
            self.worded.setdefault(key, event)
        self.agents |= other.agents
        self.objects |= other.objects
        self.places |= other.places
        # what all of them can mean: the later beginning, the earlier end
        if other.earliest and other.latest:
            self.earliest = max(self.earliest or other.earliest, other.earliest)
            self.latest = min(self.latest or other.latest, other.latest)


def _group(event: Event, who: Who, published: str | None) -> Group:
    agents = {who.one(i) for i in event.agents}
    told = {who.one(i) for i in (*event.recipients, *event.themes)}
    places = {i for i in told if who.is_place(i)} | {who.one(i) for i in event.places}
    objects = {i for i in told if i not in places}
    if event.type in MUTUAL:
        agents, objects = agents | objects, set()
    dated = event.earliest and event.latest
    days = (event.earliest, event.latest) if dated else (None, None)
    return Group([event], agents, objects, places, *days, published)


def groups_of(events: Sequence[Event], who: Who, document: Document | None) -> list[Group]:
    """The groups of one article. The events that say most come first, so that the others find a group or more than one."""
    published = document.published if document else None
    singles = [_group(e, who, published) for e in sorted(events, key=lambda e: (e.trigger.begin, e.id))]
    head = max((p.end for p in document.paragraphs if p.role in ("headline", "deck")), default=0) if document else 0
    text = document.text if document else ""
    groups: list[Group] = []
    keyed: dict[str, list[int]] = defaultdict(list)
    for single in sorted(singles, key=_told):
        event = single.events[0]
        found = {n for key in word_keys(event) for n in keyed[key][-NEAREST:]}
        points = {n: _points(single, groups[n], who, head, text) for n in sorted(found)}
        best = max(points.values(), default=0.0)
        fit = [n for n, p in points.items() if p == best]
        if best >= ENOUGH and len(fit) > 1 and not _told(single):
            # a bare "the attack" is the one told of last
            fit = [max(fit, key=lambda n: (_last_before(groups[n], event), n))]
        if best >= ENOUGH and len(fit) == 1:
            at = fit[0]
            groups[at].add(single)
        else:
            at = len(groups)
            groups.append(single)
        for key in word_keys(event):
            if at not in keyed[key][-NEAREST:]:
                keyed[key].append(at)
    return groups


def _last_before(group: Group, event: Event) -> int:
    return max((e.trigger.begin for e in group.events[-NEAREST:] if e.trigger < event.trigger), default=-1)


def _closest(places: Iterable[str], who: Who) -> set[str]:
    """The places without those that another of them lies in."""
    found = set(places)
    return {a for a in found if not any(a != b and a in who.above(b) for b in found)}


def _told(group: Group) -> int:
    """Sort key: events that know both sides, then one, then none."""
    return -(bool(group.agents) + bool(group.objects or group.places))


def _points(single: Group, group: Group, who: Who, head: int, text: str) -> float:
    """How much speaks for one event being of a group of its article; 0 when anything speaks against it."""
    event = single.events[0]
    words = min(alike(event, e) for e in group.worded.values())
    if not words or not _same_days(single, group) or any(_other_number(event, e) for e in group.worded.values()):
        return 0.0
    points = words
    for mine, theirs, weight in (
        (single.agents, group.agents, 1.0), (single.objects, group.objects, 2.0), (single.places, group.places, 2.0)
    ):  # fmt: skip
        if mine and theirs:
            agreed = _agreed(mine, theirs, who, event.type in MUTUAL and weight == 1.0)
            if agreed is None:
                return 0.0
            points += agreed * weight
    if single.places and group.places:
        if len(_closest(single.places, who)) != len(_closest(group.places, who)):
            return 0.0  # one of the places and all of them: a part and the whole
        common = single.places & group.places
        if common and all(who.is_state(i) for i in common):
            points -= 1.0  # that both were somewhere in one state says little
    in_head = event.trigger.end <= head
    told_before = any(head <= e.trigger.begin < event.trigger.begin for e in group.events[-NEAREST:])
    if text and not in_head and told_before and is_new(event, text):
        return 0.0
    if event.mode and any(e.mode == event.mode for e in group.worded.values()):
        points += 0.5
    if event.type in STATEMENTS:
        points -= 1.0
    if in_head != all(e.trigger.end <= head for e in group.events[:1]):
        points += 1.0
    if not _told(single):
        if not (text and any(e.trigger < event.trigger for e in group.events[-NEAREST:])):
            return 0.0
        points += 2.0 if is_definite(event, text) else 0.0
    return points


def _agreed(mine: set[str], theirs: set[str], who: Who, mutual: bool) -> float | None:
    """How sure it is that two sides are one: 1 the same, 0.5 both of one body or place, 0 not known; None when they are not one."""
    named, others = {i for i in mine if who.is_named(i)}, {i for i in theirs if who.is_named(i)}
    common = named & others
    if mutual and len(named) > 1 and len(others) > 1 and len(common) < 2:
        return None
    if mutual and common:
        return min(len(named), len(others)) + 0.5
    if mine & theirs:
        return 1.0
    if any(who.agree(a, b) for a in named for b in others):
        return 0.5
    return None if named and others else 0.0


def _same_days(a: Group, b: Group) -> bool:
    """Whether two groups can be of one day; an undated one can be of any."""
    if not (a.earliest and a.latest and b.earliest and b.latest):
        return True
    return a.earliest <= b.latest and b.earliest <= a.latest


def _other_number(a: Event, b: Event) -> bool:
    """Whether both give a number of the same thing and the numbers differ by more than reports of one happening do."""
    if a.quantity is None or b.quantity is None or not a.quantity_text or not b.quantity_text:
        return False
    if a.quantity_text.rsplit(" ", 1)[-1].lower() != b.quantity_text.rsplit(" ", 1)[-1].lower():
        return False
    low, high = sorted((abs(a.quantity), abs(b.quantity)))
    return high > 1.5 * low


def _across(groups: Sequence[Group], who: Who) -> list[list[Group]]:
    """The groups of all articles that are one happening: compared in blocks of one wording and one body on each side."""
    blocks: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for n, group in enumerate(groups):
        for key in block_keys(group, who):
            blocks[key].append(n)
    parent = list(range(len(groups)))

    def top(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for members in blocks.values():
        for first, n in links([(m, groups[m]) for m in members], who):
            low, high = sorted((top(first), top(n)))
            parent[high] = low
    out: dict[int, list[Group]] = defaultdict(list)
    for n, group in enumerate(groups):
        out[top(n)].append(group)
    return list(out.values())


def links(members: Iterable[tuple[N, Group]], who: Who) -> list[tuple[N, N]]:
    """Which groups of one block are one happening, as pairs; the numbers tell the groups' order, that of their articles' ids."""
    runs: list[tuple[N, Group, str, str]] = []  # first group of each run, and the days that all of its groups can mean
    out: list[tuple[N, N]] = []
    for n, group in sorted(members, key=lambda m: (m[1].earliest or "", m[1].latest or "", m[0])):
        for i, (number, first, earliest, latest) in enumerate(runs[-3:], max(0, len(runs) - 3)):
            if _one_happening(first, group, earliest, latest, who):
                out.append((number, n))
                runs[i] = (number, first, max(earliest, group.earliest or ""), min(latest, group.latest or latest))
                break
        else:
            runs.append((n, group, group.earliest or "", group.latest or "9999-12-31"))
    return out


def block_keys(group: Group, who: Who) -> Iterable[tuple[str, str, str]]:
    """One key for each wording and pair of sides; none for a group that lacks a side or, unless it cannot be repeated, a day."""
    if not group.earliest and not _cannot_recur(group, who) and not _seldom_recurs(group, who):
        return
    sides = sorted({who.root(i) for i in group.agents if who.is_named(i)})
    others = sorted({who.root(i) for i in group.objects if who.is_named(i)}) or sorted(_closest(group.places, who))
    mutual = group.events[0].type in MUTUAL
    for agent in sides[:4]:
        for other in (sides if mutual else others)[:4]:
            if not mutual or agent < other:
                for word in sorted({k for e in group.events for k in word_keys(e)}):
                    yield word, agent, other


def _one_happening(a: Group, b: Group, earliest: str, latest: str, who: Who) -> bool:
    """Whether groups of two articles are one happening; `earliest` and `latest` are the days that the run of `a` can mean."""
    if a.events[0].document == b.events[0].document:
        return False
    worded = [(x, y) for x in a.worded.values() for y in b.worded.values()]
    if not any(alike(x, y) == 1.0 or (alike(x, y) and x.mode == y.mode) for x, y in worded):
        return False
    if any(_other_number(x, y) for x, y in worded):
        return False
    if not (_all_agree(a.agents, b.agents, who) and _all_agree(a.objects, b.objects, who)):
        return False
    if not a.objects and not a.agents & b.agents and not a.places & b.places:
        return False
    if a.places and b.places and not any(who.agree(x, y) for x in a.places for y in b.places):
        return False
    if not a.objects and not (a.places & b.places) and a.events[0].type not in MUTUAL:
        return False
    if _cannot_recur(a, who) and _cannot_recur(b, who):
        return True  # whatever day an article gives
    if not (a.earliest and b.earliest and b.latest):
        near = not (a.published and b.published) or _between(a.published, b.published) <= SEASON
        return near and _seldom_recurs(a, who) and _seldom_recurs(b, who)
    if b.earliest > latest or earliest > b.latest:
        return False
    return (_days(a) > LONG_SPAN) == (_days(b) > LONG_SPAN)


def _all_agree(mine: set[str], theirs: set[str], who: Who) -> bool:
    """Whether each side of the shorter list is one with a side of the longer; an unnamed side is one with none but itself."""
    few, many = sorted((mine, theirs), key=len)
    if bool(few) != bool(many):
        return False
    return all(
        any(a == b or (who.is_named(a) and who.is_named(b) and who.agree(a, b)) for b in many) for a in sorted(few)
    )


def _cannot_recur(group: Group, who: Who) -> bool:
    """The killing of persons with names happens once."""
    persons = [i for i in group.objects if who.is_named(i)]
    return (
        bool(persons)
        and any(e.mode == "kill" for e in group.events)
        and all((entity := who.entities.get(i)) is not None and entity.kind == "Person" for i in persons)
    )


def _seldom_recurs(group: Group, who: Who) -> bool:
    """Whether an act is one that its actor seldom repeats: on a named town, region or building smaller than a state."""
    towns = [i for i in group.places if who.is_named(i) and not who.is_state(i)]
    return bool(towns) and any(e.mode in SELDOM for e in group.events)


def _days(group: Group) -> int:
    return _between(group.earliest, group.latest) if group.earliest and group.latest else 0


def _between(a: str, b: str) -> int:
    return abs((date.fromisoformat(b[:10]) - date.fromisoformat(a[:10])).days)
