"""GEXF for Gephi: typed attributes, dates of events as a time line, colours, sizes and shapes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import BinaryIO

from kgbuild.config import Config
from kgbuild.export.looks import NODE_COLOUR, colour, days, labels, line, sizes, spiral, width
from kgbuild.export.xmltext import attributes, plain, typed
from kgbuild.graph import Edge, Network, Value, network
from kgbuild.records import Record

__all__ = ["write"]

_SHAPE = {"Person": "disc", "Group": "diamond", "Place": "triangle", "City": "triangle"}


def write(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """Every node and edge of the network, in GEXF 1.3 (https://gexf.net).

    An edge has `start` and `end` (both days included): as its record is dated, else the day of its article; a tie, and what nothing dates, is
    always there. A node has a spell for each unbroken run of days of its edges, and none when one of them is always there.
    `kind` is the record's id, so that Gephi keeps parallel edges apart; the edge's own kind is the attribute `kind`.
    The file carries no date of its own: the same records give the same bytes.
    """
    view = network(records)
    nodes = [n.attributes() for n in view.nodes]
    edges = [e.attributes() for e in view.edges]
    for row in (*nodes, *edges):
        row["name"] = row.pop("label")
    size, place, spells, named = sizes(view), spiral(view), _spells(view), labels(view)
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
        x, y = place[node.id]
        viz = spells.get(node.id, "") + _rgb(NODE_COLOUR.get(node.kind, "#8c8c8c"))
        viz += f'<viz:position x="{x}" y="{y}" z="0.0"/><viz:size value="{size[node.id]}"/>'
        viz += f'<viz:shape value="{_SHAPE.get(node.kind, "square")}"/>'
        _element(out, "node", {"id": node.id, "label": named[node.id]}, values, columns[0], viz)
    out.write(b"    </nodes>\n    <edges>\n")
    for edge, values in zip(view.edges, edges, strict=True):
        tag: dict[str, Value] = {"id": edge.id, "source": edge.source, "target": edge.target, "label": edge.label()}
        tag.update(kind=edge.id, weight=edge.confidence)
        tag.update({name: day for name, day in zip(("start", "end"), days(edge), strict=True) if day})
        _element(out, "edge", tag, values, columns[1], _look(edge))
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


def _look(edge: Edge) -> str:
    return f'{_rgb(colour(edge))}<viz:thickness value="{width(edge)}"/><viz:shape value="{line(edge)}"/>'


def _spells(view: Network) -> dict[str, str]:
    """The <spells> of each node whose edges all have days."""
    found: dict[str, set[tuple[str, str]]] = {}
    for edge in view.edges:
        for i in (edge.source, edge.target):
            found.setdefault(i, set()).add(days(edge))
    out = {}
    for i, intervals in found.items():
        if ("", "") in intervals:
            continue
        runs: list[list[str]] = []
        for first, last in sorted(intervals):
            if runs and first <= _next(runs[-1][1]):
                runs[-1][1] = max(runs[-1][1], last)
            else:
                runs.append([first, last])
        out[i] = "<spells>" + "".join(f'<spell start="{a}" end="{b}"/>' for a, b in runs) + "</spells>"
    return out


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day < "9999-12-31" else day
