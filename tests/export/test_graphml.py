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


def test_networkx_reads_back_the_same_graph() -> None:
    graph = to_networkx(made_records())
    again = nx.read_graphml(io.BytesIO(written(made_records())), force_multigraph=True)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
    expected = {(a, b, k): d | {"weight": d["confidence"]} for a, b, k, d in graph.edges(keys=True, data=True)}
    assert {(a, b, k): d for a, b, k, d in again.edges(keys=True, data=True)} == expected


def test_igraph_reads_the_same_counts_and_values(tmp_path: Path) -> None:
    igraph = pytest.importorskip("igraph")
    path = tmp_path / "graph.graphml"
    path.write_bytes(written(made_records()))
    graph = to_networkx(made_records())
    again = igraph.Graph.Read_GraphML(str(path))
    assert (again.vcount(), again.ecount(), again.is_directed()) == (len(graph), graph.number_of_edges(), True)
    assert sorted(again.vs["label"]) == sorted(d["label"] for _, d in graph.nodes(data=True))
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
