"""The blocking index: which entities of many articles are one, by full name and compatible affiliation.

Entities meet only through keys they share: a full name, or the spelling key of one. Keys that one entity has are joined, so all
entities fall into blocks, and what is one inside a block depends on nothing outside it and on no order. Adding an article touches
the blocks of its own names alone; the rest keeps its answer.

Inside a block, from the surest to the least sure:
1. the same name or spelling, and a body or an office of one state that both have;
2. the same name or spelling, and a state that both belong to, where one of them names no body;
3. the same name, where one says nothing of any affiliation, or neither does;
4. a group of 1 or 2 is an entity of the base when just one there has the name and a shared affiliation.
Whatever fits two is left apart: a wrong merge costs more than a missing one, and a correction can add it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import asdict, dataclass

from kgbuild.ids import entity_id
from kgbuild.resolve.names import CLASSES, distinctive, spelling

__all__ = ["Identity", "Index", "Profile", "decided", "keys_of", "profile_of", "profile_text"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What an entity of one article shows of itself.

    names: keys of its full names, its own first. bodies: the organizations it belongs to and the offices it holds
    ("spokesman@actor/united-states-q30"). states: the states, or wider places, above it. linked: it has an id of the entity base,
    which is its own in all articles.
    """

    id: str
    kind: str
    name: str
    names: tuple[str, ...]
    bodies: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """The entity of the whole graph that an article's entity is; `rule` is "" when no other article's entity is the same."""

    entity: str
    rule: str = ""
    reason: str = ""


class _Sets:
    """Disjoint sets (union-find); the smaller set joins the larger one."""

    def __init__(self) -> None:
        self.parent: dict[Hashable, Hashable] = {}

    def find(self, x: Hashable) -> Hashable:
        parent = self.parent
        root = x
        while (above := parent.setdefault(root, root)) != root:
            root = above
        while parent[x] != root:
            parent[x], x = root, parent[x]
        return root

    def join(self, a: Hashable, b: Hashable) -> tuple[Hashable, Hashable]:
        """Join the sets of two; (root kept, root given up), equal when they were one."""
        kept, lost = self.find(a), self.find(b)
        self.parent[lost] = kept
        return kept, lost


class Index:
    """Profiles of any number of articles, and what is one among them; extended an article at a time."""

    def __init__(self, profiles: Iterable[Profile] = ()) -> None:
        self._sets = _Sets()
        self._blocks: dict[Hashable, dict[Profile, None]] = {}
        self._identities: dict[Hashable, dict[str, Identity]] = {}
        self._stale: dict[Hashable, None] = {}
        self.add(profiles)

    def add(self, profiles: Iterable[Profile]) -> None:
        """Take in profiles; one that is there already changes nothing."""
        for profile in profiles:
            keys = keys_of(profile)
            if not keys:
                continue
            root = self._sets.find(keys[0])
            for other in keys[1:]:
                root = self._join(root, other)
            block = self._blocks.setdefault(root, {})
            if profile not in block:
                block[profile] = None
                self._stale[root] = None

    def _join(self, root: Hashable, other: Hashable) -> Hashable:
        second = self._sets.find(other)
        if second == root:
            return root
        if len(self._blocks.get(second, ())) > len(self._blocks.get(root, ())):
            root, second = second, root
        kept, lost = self._sets.join(root, second)
        moved = self._blocks.pop(lost, None)
        self._identities.pop(lost, None)
        self._stale.pop(lost, None)
        if moved:
            self._blocks.setdefault(kept, {}).update(moved)
            self._stale[kept] = None
        return kept

    def settle(self) -> dict[str, Identity]:
        """Decide the blocks that changed since the last call; the identities in them, by the id in the article."""
        changed: dict[str, Identity] = {}
        for root in self._stale:
            found = self._identities[root] = decided(tuple(self._blocks[root]))
            changed.update(found)
        self._stale.clear()
        return changed

    def identities(self) -> dict[str, Identity]:
        """Every identity, by the id in the article."""
        self.settle()
        return {name: identity for block in self._identities.values() for name, identity in block.items()}

    def dump(self) -> Iterator[str]:
        """The profiles as JSON lines, in an order of their own; `load` makes an equal index of them."""
        for line in sorted(profile_text(p) for block in self._blocks.values() for p in block):
            yield line + "\n"

    @classmethod
    def load(cls, lines: Iterable[str]) -> Index:
        """The index of dumped lines. Raises ValueError on a line that is none."""
        return cls(profile_of(line) for line in lines)


def profile_text(profile: Profile) -> str:
    """A profile as one line of JSON."""
    return json.dumps(asdict(profile), ensure_ascii=False)


def profile_of(line: str) -> Profile:
    """The profile of such a line. Raises ValueError when it is none."""
    try:
        d = json.loads(line)
        names, bodies, states = (tuple(d[k]) for k in ("names", "bodies", "states"))
        return Profile(d["id"], d["kind"], d["name"], names, bodies, states, d["linked"])
    except (TypeError, KeyError) as error:
        raise ValueError(f"not a profile: {error}") from error


def keys_of(profile: Profile) -> tuple[tuple[str, str], ...]:
    """What a profile is filed under: its names and their spellings, within its class."""
    group = CLASSES[profile.kind]
    texts = (*profile.names, *(spelling(n, profile.kind) for n in profile.names))
    return tuple((group, t) for t in dict.fromkeys(texts))


@dataclass(slots=True)
class _Group:
    """Profiles taken for one."""

    members: list[Profile]
    bodies: frozenset[str]
    states: frozenset[str]
    names: frozenset[str]
    spellings: frozenset[str]


def _group(members: list[Profile]) -> _Group:
    names = frozenset(n for p in members for n in p.names)
    return _Group(
        members,
        frozenset(b for p in members for b in p.bodies),
        frozenset(s for p in members for s in p.states),
        names,
        frozenset(spelling(n, p.kind) for p in members for n in p.names),
    )


def decided(block: tuple[Profile, ...]) -> dict[str, Identity]:
    """The identities of one block; a function of its profiles alone."""
    open_ones = sorted((p for p in block if not p.linked), key=lambda p: p.id)
    if not open_ones:
        return {}
    if len(block) == 1:
        only = open_ones[0]
        return {only.id: Identity(entity_id(only.kind, only.name))}
    groups = _grouped(open_ones)
    known = _known([p for p in block if p.linked])
    return _named(groups, known)


def _grouped(profiles: list[Profile]) -> list[_Group]:
    sure = _joined([p for p in profiles if p.bodies], "bodies")
    stated = _joined([p for p in profiles if p.states and not p.bodies], "states")
    # 2: who names a state only joins the one group of that state that names a body
    by_state: dict[tuple[str, str], list[int]] = defaultdict(list)
    for n, group in enumerate(sure):
        for pair in _pairs(group.spellings, group.states):
            by_state[pair].append(n)
    taken: dict[int, list[Profile]] = defaultdict(list)
    rest: list[list[Profile]] = []
    for group in stated:
        fitting = {n for pair in _pairs(group.spellings, group.states) for n in by_state.get(pair, ())}
        if len(fitting) == 1:
            taken[fitting.pop()].extend(group.members)
        elif fitting:
            rest.extend([p] for p in group.members)  # which of them is meant nobody says
        else:
            rest.append(group.members)
    groups = [_group([*group.members, *taken[n]]) for n, group in enumerate(sure)] + [_group(m) for m in rest]
    return _with_silent(groups, [p for p in profiles if not p.bodies and not p.states])


def _joined(profiles: list[Profile], what: str) -> list[_Group]:
    """Groups of profiles that share a spelling together with a body, or a state."""
    sets = _Sets()
    for profile in profiles:
        for text in {spelling(name, profile.kind) for name in profile.names}:
            for anchor in getattr(profile, what):
                sets.join((text, anchor), profile.id)
    found: dict[Hashable, list[Profile]] = defaultdict(list)
    for profile in profiles:
        found[sets.find(profile.id)].append(profile)
    return [_group(members) for members in found.values()]


def _with_silent(groups: list[_Group], silent: list[Profile]) -> list[_Group]:
    """3: those of whom nothing is said join the one group of their name, or one another when there is none."""
    by_name: dict[str, list[int]] = defaultdict(list)
    for n, group in enumerate(groups):
        for name in group.names:
            by_name[name].append(n)
    taken: dict[int, list[Profile]] = defaultdict(list)
    sets = _Sets()
    alone: list[Profile] = []
    apart: list[Profile] = []
    for profile in silent:
        fitting = {n for name in profile.names for n in by_name.get(name, ())}
        safe = [name for name in profile.names if distinctive(name, profile.kind)]
        if len(fitting) == 1 and safe:
            taken[fitting.pop()].append(profile)
        elif fitting or not safe:
            apart.append(profile)
        else:
            alone.append(profile)
            for name in safe:
                sets.join(("name", name), profile.id)
    together: dict[Hashable, list[Profile]] = defaultdict(list)
    for profile in alone:
        together[sets.find(profile.id)].append(profile)
    return [
        *(_group([*group.members, *taken[n]]) if n in taken else group for n, group in enumerate(groups)),
        *(_group(members) for members in together.values()),
        *(_group([p]) for p in apart),
    ]


def _known(linked: list[Profile]) -> dict[str, _Group]:
    """Entities of the base by their id, with all that the articles show of them."""
    found: dict[str, list[Profile]] = defaultdict(list)
    for profile in linked:
        found[profile.id].append(profile)
    return {name: _group(members) for name, members in found.items()}


def _named(groups: list[_Group], known: dict[str, _Group]) -> dict[str, Identity]:
    """An entity for each group: one of the base, else one named by the group's first name, scoped where namesakes stand beside it."""
    labels = [min(p.name for p in group.members) for group in groups]
    rivals = Counter(label.casefold() for label in labels)
    scopes = [min(group.bodies or group.states, default="") for group in groups]
    scoped = Counter((label.casefold(), scope) for label, scope in zip(labels, scopes, strict=True))
    out: dict[str, Identity] = {}
    for group, label, scope in zip(groups, labels, scopes, strict=True):
        base = [n for n, other in known.items() if _is_one(group, other)]
        others = known[base[0]].members if len(base) == 1 else []
        first = min(group.members, key=lambda p: p.id)
        if len(base) == 1:
            entity = base[0]
        elif rivals[label.casefold()] == 1:
            entity = entity_id(first.kind, label)
        elif scope and scoped[label.casefold(), scope] == 1:
            entity = entity_id(first.kind, label, None, scope)
        else:
            entity = first.id
        if len(group.members) == 1 and not others:
            out[first.id] = Identity(entity)
            continue
        shared = Counter(a for p in (*group.members, *others) for a in {*p.bodies, *p.states})
        for profile in group.members:
            out[profile.id] = _because(profile, entity, shared)
    return out


def _because(profile: Profile, entity: str, shared: Counter[str]) -> Identity:
    common = sorted(a for a in profile.bodies if shared[a] > 1) or sorted(a for a in profile.states if shared[a] > 1)
    if common:
        return Identity(
            entity,
            "SharedAffiliation",
            f'the name "{profile.name}" and the affiliation {common[0].removeprefix("=")} in both',
        )
    return Identity(entity, "SameName", f'the full name "{profile.name}", and no other of that name')


def _is_one(group: _Group, other: _Group) -> bool:
    """Whether a group is an entity of the base: the same full name, a shared affiliation, and no two bodies at odds."""
    if not group.names & other.names:
        return False
    if group.bodies & other.bodies:
        return True
    return bool(group.states & other.states) and not (group.bodies and other.bodies)


def _pairs(names: Iterable[str], anchors: Iterable[str]) -> list[tuple[str, str]]:
    return [(n, a) for n in names for a in anchors]
