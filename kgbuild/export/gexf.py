"""GEXF for Gephi: typed attributes, dates of events as a time line, colours, sizes and shapes."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.export.looks import NODE_COLOUR, colour, line
from kgbuild.export.xmltext import attributes, plain, typed
from kgbuild.graph import Edge, Value, network
from kgbuild.records import Record

__all__ = ["write"]

_SHAPE = {"Person": "disc", "Group": "diamond", "Place": "triangle", "City": "triangle"}


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """Every node and edge of the network, in GEXF 1.3 (https://gexf.net).

    An edge has `start` and `end` (both days included) when its record is dated, and is always there when it is not.
    `kind` is the record's id, so that Gephi keeps parallel edges apart; the edge's own kind is the attribute `kind`.
    The file carries no date of its own: the same records give the same bytes.
    """
    view = network(records)
    nodes = [n.attributes() for n in view.nodes]
    edges = [e.attributes() for e in view.edges]
    for row in (*nodes, *edges):
        row["name"] = row.pop("label")
    degree = Counter(x for e in view.edges for x in (e.source, e.target))
    out.write(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" '
        b'xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n  <meta><creator>kgbuild</creator></meta>\n'
        b'  <graph defaultedgetype="directed" mode="dynamic" timeformat="date">\n'
    )
    columns = []
    for domain, rows in (("node", nodes), ("edge", edges)):
        types = typed(rows)
        columns.append({name: str(i) for i, name in enumerate(types)})
        out.write(f'    <attributes class="{domain}" mode="static">\n'.encode())
        for i, (name, kind) in enumerate(types.items()):
            out.write(f"      <attribute{attributes({'id': str(i), 'title': name, 'type': kind})}/>\n".encode())
        out.write(b"    </attributes>\n")
    out.write(b"    <nodes>\n")
    for node, values in zip(view.nodes, nodes, strict=True):
        viz = _rgb(NODE_COLOUR.get(node.kind, "#8c8c8c")) + f'<viz:size value="{4 + 3 * degree[node.id] ** 0.5:.2f}"/>'
        viz += f'<viz:shape value="{_SHAPE.get(node.kind, "square")}"/>'
        _element(out, "node", {"id": node.id, "label": node.label}, values, columns[0], viz)
    out.write(b"    </nodes>\n    <edges>\n")
    for edge, values in zip(view.edges, edges, strict=True):
        tag: dict[str, Value] = {"id": edge.id, "source": edge.source, "target": edge.target, "label": edge.label()}
        tag.update(kind=edge.id, weight=edge.confidence, **_interval(edge))
        _element(out, "edge", tag, values, columns[1], _rgb(colour(edge)) + f'<viz:shape value="{line(edge)}"/>')
    out.write(b"    </edges>\n  </graph>\n</gexf>\n")


def _element(
    out: BinaryIO, name: str, tag: dict[str, Value], values: dict[str, Value], columns: dict[str, str], viz: str
) -> None:
    lines = [f'        <attvalue for="{columns[key]}" value="{_value(values[key])}"/>\n' for key in sorted(values)]
    body = f"        <attvalues>\n{''.join(lines)}        </attvalues>\n        {viz}\n"
    out.write(f"      <{name}{attributes(tag)}>\n{body}      </{name}>\n".encode())


def _value(value: Value) -> str:
    return attributes({"v": value})[4:-1] if isinstance(value, str) else plain(value)


def _rgb(hexadecimal: str) -> str:
    r, g, b = (int(hexadecimal[i : i + 2], 16) for i in (1, 3, 5))
    return f'<viz:color r="{r}" g="{g}" b="{b}"/>'


def _interval(edge: Edge) -> dict[str, str]:
    """The days of an edge, only when they are real days in order: one bad date makes Gephi refuse the file."""
    if edge.evidence is None:
        return {}
    first, last = _day(edge.evidence.earliest), _day(edge.evidence.latest)
    if first and last and first > last:
        return {}
    return ({"start": first} if first else {}) | ({"end": last} if last else {})


def _day(text: str | None) -> str | None:
    try:
        return datetime.date.fromisoformat(text or "").isoformat()
    except ValueError:
        return None
