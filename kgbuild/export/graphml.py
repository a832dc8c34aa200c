"""GraphML with typed attributes, for yEd, Cytoscape, igraph and networkx; dates are strings, GraphML has no date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.export.xmltext import attributes, plain, typed
from kgbuild.graph import Value, network
from kgbuild.records import Record

__all__ = ["write"]

_TYPES = {"string": "string", "double": "double", "integer": "long", "boolean": "boolean"}


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """Every node and edge of the network with all its attributes (`graph.Node.attributes`, `graph.Edge.attributes`).

    An edge's `weight` is its confidence. The format is that of http://graphml.graphdrawing.org (1.0).
    """
    view = network(records)
    nodes = [n.attributes() for n in view.nodes]
    edges = [e.attributes() | {"weight": e.confidence} for e in view.edges]
    out.write(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns" '
        b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        b'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns '
        b'http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">\n'
    )
    for domain, rows in (("node", nodes), ("edge", edges)):
        for name, kind in typed(rows).items():
            tag = {"id": f"{domain}_{name}", "for": domain, "attr.name": name, "attr.type": _TYPES[kind]}
            out.write(f"  <key{attributes(tag)}/>\n".encode())
    out.write(b'  <graph id="kgbuild" edgedefault="directed">\n')
    for node, values in zip(view.nodes, nodes, strict=True):
        _element(out, "node", {"id": node.id}, values)
    for edge, values in zip(view.edges, edges, strict=True):
        _element(out, "edge", {"id": edge.id, "source": edge.source, "target": edge.target}, values)
    out.write(b"  </graph>\n</graphml>\n")


def _element(out: BinaryIO, name: str, tag: dict[str, Value], values: dict[str, Value]) -> None:
    data = "".join(f'      <data key="{name}_{key}">{plain(values[key])}</data>\n' for key in sorted(values))
    out.write(f"    <{name}{attributes(tag)}>\n{data}    </{name}>\n".encode())
