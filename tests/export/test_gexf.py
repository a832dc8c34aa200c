from __future__ import annotations

import io
import itertools
from collections.abc import Sequence

import networkx as nx
from lxml import etree
from made_records import HOSTILE, hostile_records, made_records, shuffled

from kgbuild.config import Config
from kgbuild.export.gexf import write
from kgbuild.graph import to_networkx
from kgbuild.records import Record

G = "{http://gexf.net/1.3}"
VIZ = "{http://gexf.net/1.3/viz}"


def written(records: Sequence[Record]) -> bytes:
    out = io.BytesIO()
    write(records, out, Config())
    return out.getvalue()


def test_networkx_reads_back_the_same_nodes_and_edges() -> None:
    graph = to_networkx(made_records())
    again = nx.read_gexf(io.BytesIO(written(made_records())), version="1.3")
    assert again.is_multigraph()
    assert set(again) == set(graph)
    assert sorted((a, b) for a, b in again.edges()) == sorted((a, b) for a, b in graph.edges())
    assert {n: d["name"] for n, d in again.nodes(data=True)} == {n: d["label"] for n, d in graph.nodes(data=True)}
    assert {"Norland", "Norland (place)", "Eastquay"} <= {d["label"] for _, d in again.nodes(data=True)}
    read = {d["id"]: d for _, _, d in again.edges(data=True)}
    for _, _, key, d in graph.edges(keys=True, data=True):
        assert read[key]["label"] == d["label"]
        for name in ("status", "negated", "according_to", "score", "sentence", "begin"):
            assert read[key].get(name) == d.get(name), name


def test_edges_are_there_on_their_days_else_on_their_articles_and_ties_always() -> None:
    graph = to_networkx(made_records())
    tree = etree.fromstring(written(made_records()))
    assert tree.find(f"{G}graph").attrib["timeformat"] == "date"
    seen = {e.attrib["id"]: (e.get("start"), e.get("end")) for e in tree.iter(f"{G}edge")}
    for _, _, key, d in graph.edges(keys=True, data=True):
        published = d.get("published")
        assert seen[key] == (d.get("earliest", published), d.get("latest", published)), key
    assert {
        ("2031-05-01", "2031-05-01"),
        ("2031-05-05", "2031-05-05"),
        ("2031-05-04", "2031-05-04"),
        (None, None),
    } <= set(seen.values())


def test_a_node_has_spells_when_all_its_edges_have_days() -> None:
    tree = etree.fromstring(written(made_records()))
    edges = [(e.attrib["source"], e.attrib["target"], e.get("start"), e.get("end")) for e in tree.iter(f"{G}edge")]
    with_spells = 0
    for node in tree.iter(f"{G}node"):
        own = [(start, end) for a, b, start, end in edges if node.attrib["id"] in (a, b)]
        spells = [(s.attrib["start"], s.attrib["end"]) for s in node.iter(f"{G}spell")]
        assert bool(spells) == (bool(own) and (None, None) not in own)
        assert all(any(a <= start and end <= b for a, b in spells) for start, end in own if spells)
        assert spells == sorted(spells) and all(a[1] < b[0] for a, b in itertools.pairwise(spells))
        with_spells += bool(spells)
    assert with_spells
    # Children stand in an order every reader takes.
    again = nx.read_gexf(io.BytesIO(written(made_records())), version="1.3")
    assert sum("spells" in d for _, d in again.nodes(data=True)) == with_spells


def test_every_node_and_edge_has_its_look() -> None:
    tree = etree.fromstring(written(made_records()))
    for node in tree.iter(f"{G}node"):
        assert all(node.find(f"{VIZ}{name}") is not None for name in ("color", "size", "shape", "position"))
    places = {(p.attrib["x"], p.attrib["y"]) for p in tree.iter(f"{VIZ}position")}
    assert len(places) == len(list(tree.iter(f"{G}node")))
    assert all(0.6 <= float(t.attrib["value"]) <= 2.6 for t in tree.iter(f"{VIZ}thickness"))
    assert len(list(tree.iter(f"{VIZ}thickness"))) == len(list(tree.iter(f"{G}edge")))


def test_a_bad_date_is_no_interval() -> None:
    tree = etree.fromstring(written(hostile_records()))
    assert all("start" not in e.attrib and "end" not in e.attrib for e in tree.iter(f"{G}edge"))


def test_denied_and_hypothetical_edges_look_different() -> None:
    tree = etree.fromstring(written(made_records()))
    lines = {e.attrib["label"]: e.find(f"{VIZ}shape").attrib["value"] for e in tree.iter(f"{G}edge")}
    assert lines["not Capture at"] == "dashed"
    assert lines["Coerce?"] == "dotted"
    assert lines["expected: Aid"] == "dotted"
    assert lines["Accuse"] == "solid"


def test_hostile_text_stays_text() -> None:
    tree = etree.fromstring(written(hostile_records(HOSTILE + "\x00\x1b")))
    assert tree.find(".//{*}script") is None
    assert HOSTILE + "\ufffd\ufffd" in {n.attrib["label"] for n in tree.iter(f"{G}node")}


def test_the_same_bytes_whatever_the_order_and_no_date_of_writing() -> None:
    assert written(made_records()) == written(shuffled(made_records()))
    assert b"lastmodified" not in written(made_records())


def test_an_empty_graph_is_a_graph() -> None:
    assert len(nx.read_gexf(io.BytesIO(written([])), version="1.3")) == 0
