"""DOT for Graphviz: shapes by kind of entity, colour, line and width by kind, status and confidence of the edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2
from typing import BinaryIO, Final

from kgbuild.config import Config
from kgbuild.export.looks import NODE_COLOUR, clean, colour, days, degrees, labels, line, width
from kgbuild.graph import Edge, network
from kgbuild.records import Record

__all__ = ["write"]

CURVED: Final = 400
"""Edges up to which Graphviz is asked to lead them around the boxes."""

_SHAPE = {
    "Person": "ellipse", "Organization": "box", "State": "box", "Group": "diamond",
    "Place": "triangle", "City": "triangle", "Topic": "hexagon",
}  # fmt: skip


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """Every node and edge of the network; an edge's tooltip holds who says so and the words (in SVG, on hover).

    `class` holds kind, type and status; `id` is the edge's id; `confidence`, `first_day` and `last_day` are for programs. Laid out by sfdp
    (`dot -Tsvg` takes it from the file), for dot's ranks make a network of hundreds a band; beyond CURVED edges are straight: routing them around the boxes
    takes minutes. The language is that of
    https://graphviz.org/doc/info/lang.html.
    """
    view = network(records)
    splines = "true" if len(view.edges) <= CURVED else "false"
    count, named = degrees(view), labels(view)
    out.write(
        b'digraph kgbuild {\n  graph [charset="UTF-8", layout=sfdp, overlap=prism, splines='
        + splines.encode()
        + b", outputorder=edgesfirst];\n"
        b'  node [fontname="Helvetica", style=filled, fillcolor=white];\n  edge [fontname="Helvetica", fontsize=10];\n'
    )
    for node in view.nodes:
        values = {
            "label": named[node.id], "shape": _SHAPE.get(node.kind, "box"), "color": NODE_COLOUR.get(node.kind, "#8c8c8c"),
            "class": node.kind, "tooltip": f"{node.label}, {node.kind}", "fontsize": f"{11 + 2 * log2(1 + count[node.id]):.1f}",
        }  # fmt: skip
        if node.qid:
            values["URL"] = f"https://www.wikidata.org/wiki/{node.qid}"
        out.write(f"  {_quoted(node.id)} [{_attributes(values)}];\n".encode())
    for edge in view.edges:
        status = edge.evidence.status if edge.evidence else ""
        values = {
            "label": edge.label(), "color": colour(edge), "fontcolor": colour(edge), "style": line(edge),
            "weight": f"{edge.confidence:.2f}", "penwidth": f"{width(edge)}", "confidence": f"{edge.confidence:.2f}", "id": edge.id,
            "class": " ".join(filter(None, (edge.kind, edge.type, status))), "tooltip": _tooltip(edge),
        }  # fmt: skip
        values.update((name, day) for name, day in zip(("first_day", "last_day"), days(edge), strict=True) if day)
        out.write(f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [{_attributes(values)}];\n".encode())
    out.write(b"}\n")


def _tooltip(edge: Edge) -> str:
    if edge.evidence is None:
        return edge.label()
    denied = f"; denied by {edge.denied_by}" if edge.denied_by else ""
    return f"{edge.evidence.status}, according to {edge.according_to or 'nobody named'}{denied}: {edge.text}"


def _attributes(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={_quoted(value)}" for name, value in values.items())


def _quoted(text: str) -> str:
    """A double-quoted string that Graphviz shows as `text`: it reads backslashes and HTML entities inside labels."""
    shown = clean(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return '"' + shown.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n") + '"'
