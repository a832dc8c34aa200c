"""Camps: the signed graph of the stances between actors, its triads, how far it is balanced, and its blocs.

Blocs maximise signed modularity (Gomez, Jensen and Arenas, "Analysis of community structure in networks of correlated data", Physical
Review E 80, 2009): more support and less opposition inside than chance would give. They are found by the moves of the Louvain
method (Blondel et al. 2008), in the order of the actors' ids; networkx and igraph take no negative weights there. An actor may join
the bloc of a friend or of an enemy's enemy, never one that nothing joins it to. Balance is Cartwright and Harary's (1956), the
frustration of a partition Doreian and Mrvar's (1996): the share of weight that is support between blocs or opposition within one.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import fsum, log2
from typing import Final

from kgbuild.aggregate.pieces import Piece

__all__ = ["Camp", "Camps", "SignedEdge", "camps", "signed_edges"]

REACH: Final = 50
"""Enemy's enemies an actor looks at, the nearest by weight first: all enemies of a hub would be too many."""
PASSES: Final = 100
"""More rounds than moving ever takes: modularity only rises, but rounding could let two moves chase each other."""
GAIN: Final = 1e-9
TRIADS: Final = ("+++", "+--", "++-", "---")


@dataclass(frozen=True, slots=True)
class SignedEdge:
    """What two actors think of each other, both directions together, from Reported pieces alone.

    a < b; mean: of the pieces' scores; weight: mean * log2(1 + count), so that much evidence counts more, but ten times as much news
    of a pair not ten times.
    """

    a: str
    b: str
    count: int
    mean: float
    weight: float


@dataclass(frozen=True, slots=True)
class Camp:
    """A bloc of two or more actors. `support` and `opposition` are the weight of the edges inside it, `outside` that of the opposition to others."""

    id: str
    members: tuple[str, ...]
    support: float
    opposition: float
    outside: float


@dataclass(frozen=True, slots=True)
class Camps:
    """The camps, the largest first, and how far the graph is balanced.

    alone: actors of the graph in no camp. triads: number of triangles by their signs; +++ and +-- are balanced. balance: share of the
    triangles that are, None without one. frustration: share of the weight at odds with the camps. two_camps: the same for the best
    division in two that was found (0 exactly when the graph is balanced; else an upper bound). modularity: in [-1, 1].
    """

    camps: tuple[Camp, ...]
    alone: tuple[str, ...]
    edges: tuple[SignedEdge, ...]
    triads: dict[str, int]
    balance: float | None
    frustration: float
    two_camps: float
    modularity: float

    def of(self) -> dict[str, str]:
        """Actor -> the id of its camp."""
        return {m: c.id for c in self.camps for m in c.members}


def signed_edges(pieces: Iterable[Piece], fewest: int = 1) -> list[SignedEdge]:
    """The pairs of actors with at least `fewest` Reported pieces that do not cancel out."""
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for p in pieces:
        if p.status == "Reported" and p.holder.startswith("actor/") and p.target.startswith("actor/"):
            a, b = sorted((p.holder, p.target))
            found[a, b].append(p.score)
    out = []
    for (a, b), scores in sorted(found.items()):
        mean = fsum(scores) / len(scores)
        if len(scores) >= fewest and abs(mean) > GAIN:
            out.append(SignedEdge(a, b, len(scores), mean, mean * log2(1 + len(scores))))
    return out


def camps(edges: Iterable[SignedEdge]) -> Camps:
    """The camps of a signed graph; the same for every order of its edges."""
    ordered = tuple(sorted(edges, key=lambda e: (e.a, e.b)))
    names = sorted({x for e in ordered for x in (e.a, e.b)})
    number = {name: i for i, name in enumerate(names)}
    links: list[dict[int, float]] = [{} for _ in names]
    for e in ordered:
        i, j = number[e.a], number[e.b]
        links[i][j] = links[j][i] = e.weight
    label = _communities(links)
    total = fsum(abs(e.weight) for e in ordered)
    odd = [e for e in ordered if (label[number[e.a]] == label[number[e.b]]) != (e.weight > 0)]
    triads = _triads(links)
    triangles = sum(triads.values())
    members: defaultdict[int, list[str]] = defaultdict(list)
    for i, name in enumerate(names):
        members[label[i]].append(name)
    inside: defaultdict[int, list[float]] = defaultdict(list)
    outside: defaultdict[int, list[float]] = defaultdict(list)
    for e in ordered:
        a, b = label[number[e.a]], label[number[e.b]]
        if a == b:
            inside[a].append(e.weight)
        else:
            outside[a].append(e.weight)
            outside[b].append(e.weight)
    found = [_camp(m, inside[c], outside[c]) for c, m in members.items() if len(m) > 1]
    return Camps(
        tuple(sorted(found, key=lambda c: (-len(c.members), c.members))),
        tuple(sorted(m[0] for m in members.values() if len(m) == 1)),
        ordered,
        triads,
        (triads["+++"] + triads["+--"]) / triangles if triangles else None,
        fsum(abs(e.weight) for e in odd) / total if total else 0.0,
        _two_camps(links) / total if total else 0.0,
        _modularity(links, label),
    )


def _camp(members: list[str], inside: Sequence[float], outside: Sequence[float]) -> Camp:
    digest = sha256("\x1f".join(members).encode()).hexdigest()[:10]
    return Camp(
        f"camp/{members[0].partition('/')[2].rpartition('-')[0] or 'camp'}-{digest}", tuple(members),
        fsum(w for w in inside if w > 0), fsum(-w for w in inside if w < 0), fsum(-w for w in outside if w < 0),
    )  # fmt: skip


class _Level:
    """A graph being divided: links between its nodes and, where nodes are communities of an earlier level, inside them."""

    def __init__(self, links: list[dict[int, float]], plus: list[float], minus: list[float]) -> None:
        """`plus` and `minus` are the nodes' degrees by sign."""
        self.links, self.plus, self.minus = links, plus, minus
        self.label = list(range(len(links)))
        self.all_plus, self.all_minus = fsum(plus), fsum(minus)
        self._sum_plus, self._sum_minus = list(plus), list(minus)
        self._hostile = [
            [j for j, _ in sorted(row.items(), key=lambda x: (x[1], x[0])) if row[j] < 0][:REACH] for row in links
        ]

    def move(self) -> bool:
        """Move each node, in order, to where modularity rises most, until none does; whether any moved."""
        moved = False
        for _ in range(PASSES):
            if not sum(self._place(i) for i in range(len(self.links))):
                break
            moved = True
        return moved

    def _place(self, i: int) -> bool:
        home = self.label[i]
        plus, minus = self.plus[i], self.minus[i]
        self._sum_plus[home] -= plus
        self._sum_minus[home] -= minus
        weight: defaultdict[int, float] = defaultdict(float)
        for j, w in self.links[i].items():
            weight[self.label[j]] += w
        options = {self.label[j] for j, w in self.links[i].items() if w > 0} | {home}
        options |= {self.label[k] for j in self._hostile[i] for k in self._hostile[j] if k != i}

        def gain(community: int) -> float:
            expected = plus * self._sum_plus[community] / self.all_plus if self.all_plus else 0.0
            averted = minus * self._sum_minus[community] / self.all_minus if self.all_minus else 0.0
            return weight.get(community, 0.0) - expected + averted

        best, most = home, gain(home)
        for community in sorted(options):
            value = gain(community)
            if value > most + GAIN:
                best, most = community, value
        self.label[i] = best
        self._sum_plus[best] += plus
        self._sum_minus[best] += minus
        return best != home

    def folded(self) -> tuple[_Level, list[int]]:
        """The graph of the communities, and the number of each node in it."""
        numbers = {c: n for n, c in enumerate(sorted(set(self.label)))}
        of = [numbers[c] for c in self.label]
        links: list[dict[int, float]] = [{} for _ in numbers]
        plus, minus = [0.0] * len(numbers), [0.0] * len(numbers)
        for i, row in enumerate(self.links):
            plus[of[i]] += self.plus[i]
            minus[of[i]] += self.minus[i]
            for j, w in row.items():
                if of[i] != of[j]:
                    links[of[i]][of[j]] = links[of[i]].get(of[j], 0.0) + w
        return _Level(links, plus, minus), of


def _communities(links: list[dict[int, float]]) -> list[int]:
    """Number of each node's community."""
    level = _Level(links, *_degrees(links))
    label = list(range(len(links)))
    while level.move():
        level, of = level.folded()
        label = [of[c] for c in label]
    return label


def _degrees(links: Sequence[Mapping[int, float]]) -> tuple[list[float], list[float]]:
    plus = [fsum(w for w in row.values() if w > 0) for row in links]
    return plus, [fsum(-w for w in row.values() if w < 0) for row in links]


def _modularity(links: Sequence[Mapping[int, float]], label: Sequence[int]) -> float:
    plus, minus = _degrees(links)
    all_plus, all_minus = fsum(plus), fsum(minus)
    if not all_plus + all_minus:
        return 0.0
    inside = fsum(w for i, row in enumerate(links) for j, w in row.items() if label[i] == label[j])
    sums: defaultdict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for i, c in enumerate(label):
        sums[c][0] += plus[i]
        sums[c][1] += minus[i]
    expected = fsum(p * p for p, _ in sums.values()) / all_plus if all_plus else 0.0
    averted = fsum(m * m for _, m in sums.values()) / all_minus if all_minus else 0.0
    return (inside - expected + averted) / (all_plus + all_minus)


def _triads(links: Sequence[Mapping[int, float]]) -> dict[str, int]:
    """Number of triangles by their signs; each is found once, from its node of least degree."""
    rank = {i: n for n, i in enumerate(sorted(range(len(links)), key=lambda i: (len(links[i]), i)))}
    out = dict.fromkeys(TRIADS, 0)
    for i, row in enumerate(links):
        above = sorted(j for j in row if rank[j] > rank[i])
        for n, j in enumerate(above):
            for k in above[n + 1 :]:
                between = links[j].get(k)
                if between is not None:
                    negative = (row[j] < 0) + (row[k] < 0) + (between < 0)
                    out[("+++", "++-", "+--", "---")[negative]] += 1
    return out


def _two_camps(links: Sequence[Mapping[int, float]]) -> float:
    """Weight at odds with the best division in two found: from a walk along the strongest links, improved node by node."""
    side = [0] * len(links)
    for start in range(len(links)):
        if side[start]:
            continue
        side[start] = 1
        queue = deque([start])
        while queue:  # a balanced component is divided right by any walk through it (Harary 1953)
            i = queue.popleft()
            for j, w in sorted(links[i].items(), key=lambda x: (-abs(x[1]), x[0])):
                if not side[j]:
                    side[j] = side[i] if w > 0 else -side[i]
                    queue.append(j)
    for _ in range(PASSES):
        flipped = False
        for i, row in enumerate(links):
            if fsum(w * side[j] for j, w in row.items()) * side[i] < -GAIN:
                side[i] = -side[i]
                flipped = True
        if not flipped:
            break
    return fsum(abs(w) for i, row in enumerate(links) for j, w in row.items() if i < j and w * side[i] * side[j] < 0)
