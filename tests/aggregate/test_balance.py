"""Camps and balance: known graphs, laws, and the same answer for every order."""

from __future__ import annotations

import random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_stances import many

from kgbuild.aggregate import Aggregates, SignedEdge
from kgbuild.aggregate.balance import camps


def edge(a: str, b: str, weight: float) -> SignedEdge:
    a, b = sorted((f"actor/{a}-x1", f"actor/{b}-x1"))
    return SignedEdge(a, b, 1, weight, weight)


def names(members: tuple[str, ...]) -> str:
    return "".join(m.removeprefix("actor/").removesuffix("-x1") for m in members)


def clubs(first: str, second: str) -> list[SignedEdge]:
    """Two groups of friends, everybody of one against everybody of the other: balanced."""
    inside = [edge(a, b, 0.7) for g in (first, second) for a in g for b in g if a < b]
    return inside + [edge(a, b, -0.7) for a in first for b in second]


def test_two_hostile_clubs_are_two_camps_and_balanced() -> None:
    found = camps(clubs("abcd", "efg"))
    assert [names(c.members) for c in found.camps] == ["abcd", "efg"]
    assert (found.balance, found.frustration, found.two_camps, found.alone) == (1.0, 0.0, 0.0, ())
    assert found.triads["++-"] == found.triads["---"] == 0
    assert sum(found.triads.values()) == 35
    assert found.camps[0].support == pytest.approx(6 * 0.7) and found.camps[0].outside == pytest.approx(12 * 0.7)


def test_enemies_of_one_enemy_stand_together_and_strangers_do_not() -> None:
    found = camps([edge("a", "z", -0.8), edge("b", "z", -0.8), edge("c", "y", -0.8)])
    assert [names(c.members) for c in found.camps] == ["ab"]
    assert [names((a,)) for a in found.alone] == ["c", "y", "z"]


def test_triads_are_counted_by_sign() -> None:
    found = camps(
        [edge("a", "b", 0.5), edge("b", "c", 0.5), edge("a", "c", -0.5), edge("c", "d", -0.5), edge("a", "d", -0.5)]
    )
    assert found.triads == {"+++": 0, "+--": 0, "++-": 1, "---": 1}
    assert found.balance == 0.0 and found.two_camps > 0 and found.frustration > 0


def test_three_enemies_are_no_two_camps() -> None:
    found = camps([edge("a", "b", -1.0), edge("b", "c", -1.0), edge("a", "c", -1.0)])
    assert found.two_camps == pytest.approx(1 / 3)
    assert found.camps == () or found.frustration > 0


def test_no_edge_no_camp() -> None:
    found = camps([])
    assert (found.camps, found.alone, found.balance, found.frustration, found.modularity) == ((), (), None, 0.0, 0.0)


graphs = st.dictionaries(
    st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("abcdefghij")).filter(lambda p: p[0] < p[1]),
    st.sampled_from([-0.9, -0.5, 0.4, 0.8]), max_size=30,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(graphs, st.randoms(use_true_random=False))
def test_laws(graph: dict[tuple[str, str], float], chance: random.Random) -> None:
    edges = [edge(a, b, w) for (a, b), w in graph.items()]
    found = camps(edges)
    chance.shuffle(edges)
    assert camps(edges) == found
    members = [m for c in found.camps for m in c.members] + list(found.alone)
    assert sorted(members) == sorted({x for e in edges for x in (e.a, e.b)})
    assert 0 <= found.frustration <= 1 and 0 <= found.two_camps <= 0.5 + 1e-9 and -1 - 1e-9 <= found.modularity <= 1
    plain = nx.Graph([(e.a, e.b) for e in edges])
    assert sum(found.triads.values()) == sum(nx.triangles(plain).values()) // 3
    if found.balance is not None and found.two_camps == 0:
        assert found.balance == 1.0  # Harary: divided in two without a frustrated edge, every triangle is balanced


@settings(max_examples=60, deadline=None)
@given(graphs)
def test_a_graph_of_friends_alone_is_divided_as_modularity_has_it(graph: dict[tuple[str, str], float]) -> None:
    """With positive weights signed modularity is Newman's: the division found is worth what networkx says it is."""
    edges = [edge(a, b, abs(w)) for (a, b), w in graph.items()]
    if not edges:
        return
    found = camps(edges)
    weighted = nx.Graph()
    weighted.add_weighted_edges_from((e.a, e.b, e.weight) for e in edges)
    parts = [set(c.members) for c in found.camps] + [{a} for a in found.alone]
    assert found.modularity == pytest.approx(nx.community.modularity(weighted, parts))
    assert found.modularity >= -1e-9


def test_made_camps_are_found_again() -> None:
    """Actors were dealt to three sides in turn; six in a hundred stances go against them."""
    found = Aggregates(many(2000, 30, seed=3)).camps
    assert len(found.camps) == 3
    sides = [{m.rpartition("-x")[0] for m in c.members} for c in found.camps]
    from made_stances import NAMES, actor

    for side in range(3):
        dealt = {actor(NAMES[n]).id.rpartition("-x")[0] for n in range(side, 30, 3)}
        assert max(len(dealt & s) for s in sides) >= 9
