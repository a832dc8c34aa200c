"""Measures of a network: degrees, betweenness, PageRank and communities, each the same on every run.

All take the graph of `to_networkx` (or any networkx graph with string nodes and an edge attribute `confidence`) and
return a dict in the order of its nodes. They see every edge they are given, denied and hypothetical ones too: pass a
filtered graph (`asserted`) where only what is said to have happened shall count.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import networkx as nx

__all__ = ["asserted", "betweenness", "communities", "degree", "pagerank", "weighted_degree"]

SAMPLE = 500
"""Above this many nodes betweenness is estimated from that many sources: the exact value takes minutes at 5,000."""


def asserted(graph: nx.MultiDiGraph[Any]) -> nx.MultiDiGraph[Any]:
    """A copy with ties and the edges somebody states as a fact (Reported, Claimed, Disputed); all nodes stay."""
    out: nx.MultiDiGraph[Any] = nx.MultiDiGraph(**graph.graph)
    out.add_nodes_from(graph.nodes(data=True))
    for a, b, key, values in graph.edges(keys=True, data=True):
        if values.get("status", "Reported") in ("Reported", "Claimed", "Disputed"):
            out.add_edge(a, b, key=key, **values)
    return out


def degree(graph: nx.MultiDiGraph[Any]) -> dict[Hashable, int]:
    """Number of edges at each node, both directions, parallel ones counted."""
    return {n: int(d) for n, d in graph.degree()}


def weighted_degree(graph: nx.MultiDiGraph[Any]) -> dict[Hashable, float]:
    """Sum of the confidence of the edges at each node, both directions."""
    return {n: float(d) for n, d in graph.degree(weight="confidence")}


def betweenness(graph: nx.MultiDiGraph[Any]) -> dict[Hashable, float]:
    """Share of shortest paths through each node, in [0, 1], on the undirected simple graph (Brandes 2001).

    Estimated from SAMPLE sources with a fixed seed when the graph has more nodes.
    """
    numbered, names = _simple(graph)
    k = SAMPLE if len(names) > SAMPLE else None
    values = nx.betweenness_centrality(numbered, k=k, seed=1)
    return {name: float(values[i]) for i, name in enumerate(names)}


def pagerank(graph: nx.MultiDiGraph[Any], damping: float = 0.85, tolerance: float = 1e-10) -> dict[Hashable, float]:
    """PageRank over the edges' summed confidence; the values sum to 1 (Page et al. 1999).

    Own power iteration: networkx's needs scipy, which nothing else here does.
    """
    names = list(graph)
    number = {name: i for i, name in enumerate(names)}
    out: list[dict[int, float]] = [{} for _ in names]
    for a, b, confidence in graph.edges(data="confidence", default=1.0):
        row = out[number[a]]
        row[number[b]] = row.get(number[b], 0.0) + float(confidence)
    totals = [sum(row.values()) for row in out]
    shares = [[(j, w / t) for j, w in row.items()] if t > 0 else [] for row, t in zip(out, totals, strict=True)]
    n = len(names)
    if not n:
        return {}
    rank = [1.0 / n] * n
    for _ in range(1000):
        loose = sum(r for r, links in zip(rank, shares, strict=True) if not links)
        new = [(1.0 - damping + damping * loose) / n] * n
        for r, links in zip(rank, shares, strict=True):
            for j, share in links:
                new[j] += damping * r * share
        change = sum(abs(x - y) for x, y in zip(rank, new, strict=True))
        rank = new
        if change < tolerance * n:
            break
    return dict(zip(names, rank, strict=True))


def communities(graph: nx.MultiDiGraph[Any], resolution: float = 1.0) -> dict[Hashable, int]:
    """Number of each node's community, 0 the largest (Louvain, Blondel et al. 2008, fixed seed).

    Equal sizes are ordered by their first node, so the numbers do not change from run to run.
    """
    numbered, names = _simple(graph)
    parts = nx.community.louvain_communities(numbered, weight="weight", resolution=resolution, seed=1) if names else []
    ordered = sorted((sorted(p) for p in parts), key=lambda p: (-len(p), p))
    of = {i: number for number, part in enumerate(ordered) for i in part}
    return {name: of[i] for i, name in enumerate(names)}


def _simple(graph: nx.MultiDiGraph[Any]) -> tuple[nx.Graph[int], list[Hashable]]:
    """The undirected simple graph over 0..n-1 (Louvain walks through sets: with strings the hash seed would show)."""
    names = sorted(graph)
    number = {name: i for i, name in enumerate(names)}
    out: nx.Graph[int] = nx.Graph()
    out.add_nodes_from(range(len(names)))
    weighted = graph.edges(data="confidence", default=1.0)
    for a, b, confidence in sorted((number[a], number[b], float(c)) for a, b, c in weighted):
        if a != b:
            i, j = min(a, b), max(a, b)
            out.add_edge(i, j, weight=(out[i][j]["weight"] if out.has_edge(i, j) else 0.0) + confidence)
    return out, names
