"""How the formats for network tools (GEXF, GraphML, DOT) show kinds, status, weight and days: never by colour alone."""

from __future__ import annotations

import re
from collections import Counter
from math import cos, log2, pi, sin, sqrt

from kgbuild.aggregate.windows import placed
from kgbuild.graph import Edge, Network

__all__ = ["NODE_COLOUR", "clean", "colour", "days", "degrees", "labels", "line", "sizes", "spiral", "width"]

NODE_COLOUR = {
    "Person": "#4e79a7", "State": "#b07aa1", "Organization": "#76b7b2", "Group": "#9c755f",
    "Place": "#8c8c8c", "City": "#8c8c8c", "Topic": "#d3a625",
}  # fmt: skip

_STANCE = {"Against": "#c8321e", "For": "#1a7f5a"}
_OTHER = {"event": "#5b6573", "said": "#3a6ea5", "tie": "#b0b0b0", "stance": "#8a6d00"}

_LINE = {"Denied": "dashed", "Disputed": "dashed", "Expected": "dotted", "Hypothetical": "dotted"}

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def colour(edge: Edge) -> str:
    """Red against, green for, and one colour for each other kind of edge, as #rrggbb."""
    polarity = edge.evidence.polarity if edge.evidence else None
    return _STANCE.get(polarity or "", _OTHER[edge.kind])


def line(edge: Edge) -> str:
    """solid for what somebody says is so; dashed when denied or disputed, dotted when expected or hypothetical."""
    status = edge.evidence.status if edge.evidence else "Reported"
    return _LINE.get(status, "solid")


def width(edge: Edge) -> float:
    """Width of an edge, 0.6 to 2.6: its confidence, as its weight."""
    return round(0.6 + 2.0 * max(0.0, min(1.0, edge.confidence)), 2)


def days(edge: Edge) -> tuple[str, str]:
    """The first and last ISO day of an edge, "" where nothing dates it: as its record has them, else the day of its article.

    A tie (affiliation, within, territory) has no days: it is knowledge about the two, always there.
    """
    e, article = edge.evidence, edge.article
    if e is None or article is None:
        return "", ""
    published = article.published or (article.dateline.date if article.dateline else None)
    found = placed(e.earliest, e.latest, None) if e.earliest and e.latest else placed(e.earliest, e.latest, published)
    return found if found.earliest else placed(None, None, published)


def degrees(view: Network) -> Counter[str]:
    """Number of edges at each node that has some."""
    return Counter(x for e in view.edges for x in (e.source, e.target))


def labels(view: Network) -> dict[str, str]:
    """The label of each node, with its kind where an actor has the same name: "Ukraine" and "Ukraine (place)"."""
    actors = {n.label.casefold() for n in view.nodes if n.id.startswith("actor/")}
    return {
        n.id: f"{n.label} ({n.kind.lower()})"
        if not n.id.startswith("actor/") and n.label.casefold() in actors
        else n.label
        for n in view.nodes
    }


def sizes(view: Network) -> dict[str, float]:
    """Size of each node by its edges, 10 for none: 40 for about a thousand."""
    count = degrees(view)
    return {n.id: round(10.0 + 3.0 * log2(1 + count[n.id]), 2) for n in view.nodes}


def spiral(view: Network) -> dict[str, tuple[float, float]]:
    """A first place for each node, the most joined in the middle: tools that lay nothing out by themselves show no heap."""
    count = degrees(view)
    out = {}
    for n, node in enumerate(sorted(view.nodes, key=lambda v: (-count[v.id], v.id))):
        turn, far = n * pi * (3 - sqrt(5)), 70.0 * sqrt(n)
        out[node.id] = (round(far * cos(turn), 1), round(far * sin(turn), 1))
    return out


def clean(text: str) -> str:
    """The text with characters no XML, DOT or CSV file may hold (controls, lone surrogates) shown as U+FFFD."""
    return _ILLEGAL.sub("�", text)
