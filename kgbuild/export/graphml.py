"""GraphML with typed attributes, for igraph, networkx, Cytoscape and Gephi, and with yEd's drawing of each node and edge.

Dates are strings: GraphML has no date.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.export.looks import NODE_COLOUR, colour, days, line, sizes, spiral, width
from kgbuild.export.xmltext import attributes, plain, typed
from kgbuild.graph import Edge, Node, Value, network
from kgbuild.records import Record

__all__ = ["write"]

_YED = {"Person": "ellipse", "Group": "diamond", "Place": "triangle", "City": "triangle", "Topic": "hexagon"}
_TYPES = {"string": "string", "double": "double", "integer": "long", "boolean": "boolean"}


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """Every node and edge of the network with all its attributes (`graph.Node.attributes`, `graph.Edge.attributes`).

    An edge's `weight` is its confidence; `first_day` and `last_day` are its days, those of its article where its record has none. `color`, `size`,
    `width` and `line` (solid, dashed, dotted) are how to draw it; x and y a first place. The format is that of
    http://graphml.graphdrawing.org (1.0) with yFiles' graphics, which other readers pass over.
    """
    view = network(records)
    size, place = sizes(view), spiral(view)
    nodes = [
        n.attributes() | {"color": _colour(n), "size": size[n.id], "x": place[n.id][0], "y": place[n.id][1]}
        for n in view.nodes
    ]
    edges = [e.attributes() | _drawn(e) for e in view.edges]
    out.write(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns" '
        b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns '
        b'http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd" xmlns:y="http://www.yworks.com/xml/graphml">\n'
        b'  <key id="node_yed" for="node" yfiles.type="nodegraphics"/>\n  <key id="edge_yed" for="edge" yfiles.type="edgegraphics"/>\n'
    )
    for domain, rows in (("node", nodes), ("edge", edges)):
        for name, kind in typed(rows).items():
            tag = {"id": f"{domain}_{name}", "for": domain, "attr.name": name, "attr.type": _TYPES[kind]}
            out.write(f"  <key{attributes(tag)}/>\n".encode())
    out.write(b'  <graph id="kgbuild" edgedefault="directed">\n')
    for node, values in zip(view.nodes, nodes, strict=True):
        _element(out, "node", {"id": node.id}, values, _box(node, values))
    for edge, values in zip(view.edges, edges, strict=True):
        _element(out, "edge", {"id": edge.id, "source": edge.source, "target": edge.target}, values, _arrow(edge))
    out.write(b"  </graph>\n</graphml>\n")


def _element(out: BinaryIO, name: str, tag: dict[str, Value], values: dict[str, Value], drawn: str) -> None:
    data = "".join(f'      <data key="{name}_{key}">{plain(values[key])}</data>\n' for key in sorted(values))
    out.write(
        f'    <{name}{attributes(tag)}>\n{data}      <data key="{name}_yed">{drawn}</data>\n    </{name}>\n'.encode()
    )


def _drawn(edge: Edge) -> dict[str, Value]:
    first, last = days(edge)
    told: dict[str, Value] = {"first_day": first, "last_day": last} if first else {}
    return told | {"weight": edge.confidence, "color": colour(edge), "line": line(edge), "width": width(edge)}


def _colour(node: Node) -> str:
    return NODE_COLOUR.get(node.kind, "#8c8c8c")


def _box(node: Node, values: dict[str, Value]) -> str:
    wide = max(30.0, min(260.0, 7.0 * len(node.label) + 16.0))
    spot = attributes({"x": values["x"], "y": values["y"], "width": wide, "height": 30.0})
    # A pale fill under a border of the kind's colour: dark letters are read on all of them.
    border = attributes({"color": _colour(node), "type": "line", "width": 2.0})
    return (
        f'<y:ShapeNode><y:Geometry{spot}/><y:Fill color="#FFFFFF" transparent="false"/><y:BorderStyle{border}/>'
        f'<y:NodeLabel>{plain(node.label[:200])}</y:NodeLabel><y:Shape type="{_YED.get(node.kind, "roundrectangle")}"/></y:ShapeNode>'
    )


def _arrow(edge: Edge) -> str:
    look = attributes(
        {"color": colour(edge), "type": "line" if line(edge) == "solid" else line(edge), "width": width(edge)}
    )
    return (
        f'<y:PolyLineEdge><y:LineStyle{look}/><y:Arrows source="none" target="standard"/>'
        f"<y:EdgeLabel>{plain(edge.label())}</y:EdgeLabel></y:PolyLineEdge>"
    )
