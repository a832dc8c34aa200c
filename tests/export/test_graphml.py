from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import networkx as nx
import pytest
from lxml import etree
from made_records import HOSTILE, hostile_records, made_records, shuffled

from kgbuild.config import Config
from kgbuild.export.graphml import write
from kgbuild.graph import to_networkx
from kgbuild.records import Record


def written(records: Sequence[Record]) -> bytes:
    out = io.BytesIO()
    write(records, out, Config())
    return out.getvalue()


def plain_part(data: bytes) -> bytes:
    """The file without yEd's drawing, which networkx reads in its own way."""
    tree = etree.fromstring(data)
    for drawn in [*tree.iterfind(".//{*}data[@key='node_yed']"), *tree.iterfind(".//{*}data[@key='edge_yed']")]:
        drawn.getparent().remove(drawn)
    return etree.tostring(tree)


LOOK = ("weight", "color", "line", "width", "first_day", "last_day", "size", "x", "y")


def without(values: dict[str, object]) -> dict[str, object]:
    return {k: v for k, v in values.items() if k not in LOOK}


def test_networkx_reads_back_the_same_graph() -> None:
    graph = to_networkx(made_records())
    again = nx.read_graphml(io.BytesIO(plain_part(written(made_records()))), force_multigraph=True)
    assert {n: without(d) for n, d in again.nodes(data=True)} == dict(graph.nodes(data=True))
    expected = {(a, b, k): d for a, b, k, d in graph.edges(keys=True, data=True)}
    found = {(a, b, k): d for a, b, k, d in again.edges(keys=True, data=True)}
    assert {key: without(d) for key, d in found.items()} == expected
    assert all(d["weight"] == d["confidence"] and d["color"].startswith("#") for d in found.values())
    for d in found.values():
        assert (d.get("first_day"), d.get("last_day")) == (
            d.get("earliest", d.get("published")),
            d.get("latest", d.get("published")),
        )
    (denied,) = [d for d in found.values() if d.get("status") == "Denied"]
    assert denied["line"] == "dashed"


def test_networkx_and_yed_find_the_drawing() -> None:
    again = nx.read_graphml(io.BytesIO(written(made_records())), force_multigraph=True)
    graph = to_networkx(made_records())
    assert {n: d["label"] for n, d in again.nodes(data=True)} == {n: d["label"] for n, d in graph.nodes(data=True)}
    assert {d["shape_type"] for _, d in again.nodes(data=True)} >= {"ellipse", "triangle", "roundrectangle"}
    tree = etree.fromstring(written(made_records()))
    y = "{http://www.yworks.com/xml/graphml}"
    assert len(list(tree.iter(f"{y}ShapeNode"))) == len(graph)
    assert len(list(tree.iter(f"{y}PolyLineEdge"))) == graph.number_of_edges()
    spots = {(g.attrib["x"], g.attrib["y"]) for g in tree.iter(f"{y}Geometry")}
    assert len(spots) == len(graph)
    assert {s.attrib["type"] for s in tree.iter(f"{y}LineStyle")} == {"line", "dashed", "dotted"}


def test_igraph_reads_the_same_counts_and_values(tmp_path: Path) -> None:
    igraph = pytest.importorskip("igraph")
    path = tmp_path / "graph.graphml"
    path.write_bytes(written(made_records()))
    graph = to_networkx(made_records())
    again = igraph.Graph.Read_GraphML(str(path))
    assert (again.vcount(), again.ecount(), again.is_directed()) == (len(graph), graph.number_of_edges(), True)
    assert sorted(again.vs["label"]) == sorted(d["label"] for _, d in graph.nodes(data=True))
    assert all(c.startswith("#") for c in [*again.vs["color"], *again.es["color"]])
    assert {(again.vs[e.source]["id"], again.vs[e.target]["id"], e["record"], e["confidence"]) for e in again.es} == {
        (a, b, d["record"], d["confidence"]) for a, b, d in graph.edges(data=True)
    }
    assert sorted(again.es["status"]) == sorted(d.get("status", "") for _, _, d in graph.edges(data=True))


def test_hostile_text_stays_text() -> None:
    records = hostile_records(HOSTILE + "\x00\x08\x1b\ufffe")
    tree = etree.fromstring(written(records))
    assert tree.find(".//{*}script") is None
    labels = [d.text for d in tree.iterfind(".//{*}node/{*}data[@key='node_label']")]
    assert HOSTILE + "\ufffd\ufffd\ufffd\ufffd" in labels


def test_the_same_bytes_whatever_the_order() -> None:
    assert written(made_records()) == written(shuffled(made_records()))


def test_an_empty_graph_is_a_graph() -> None:
    assert len(nx.read_graphml(io.BytesIO(written([])))) == 0
