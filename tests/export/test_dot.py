from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Sequence

import pytest
from lxml import etree
from made_records import HOSTILE, hostile_records, made_records, shuffled

from kgbuild.config import Config
from kgbuild.export.dot import write
from kgbuild.graph import to_networkx
from kgbuild.records import Record

dot = pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")

LINE = re.compile(r'  "((?:[^"\\]|\\.)*)"(?: -> "((?:[^"\\]|\\.)*)")? \[((?:[a-zA-Z_]+="(?:[^"\\]|\\.)*"(?:, )?)*)\];')
PAIR = re.compile(r'([a-zA-Z_]+)="((?:[^"\\]|\\.)*)"')


def written(records: Sequence[Record]) -> bytes:
    out = io.BytesIO()
    write(records, out, Config())
    return out.getvalue()


def parsed(data: bytes) -> list[tuple[str, str, dict[str, str]]]:
    """Statements read by the grammar of quoted strings alone, for machines without Graphviz."""
    lines = data.decode().split("\n")
    assert lines[0] == "digraph kgbuild {"
    assert lines[-2:] == ["}", ""]
    out = []
    for line in lines[4:-2]:
        found = LINE.fullmatch(line)
        assert found, line
        out.append((found[1], found[2] or "", dict(PAIR.findall(found[3]))))
    return out


def test_nodes_and_edges_are_all_there() -> None:
    graph = to_networkx(made_records())
    statements = parsed(written(made_records()))
    assert {a for a, b, _ in statements if not b} == set(graph)
    assert sorted((a, b) for a, b, _ in statements if b) == sorted((a, b) for a, b in graph.edges())


def test_a_denied_event_is_dashed_and_says_not() -> None:
    (denied,) = [d for _, b, d in parsed(written(made_records())) if b and "Denied" in d["class"].split()]
    assert denied["style"] == "dashed"
    assert denied["label"] == "not Capture at"
    assert denied["tooltip"].startswith("Denied, according to the article: ")


@dot
def test_graphviz_reads_the_same_counts_and_labels() -> None:
    graph = to_networkx(made_records())
    done = subprocess.run(["dot", "-Tjson0"], input=written(made_records()), capture_output=True, check=True)
    assert done.stderr == b""
    read = json.loads(done.stdout)
    assert len(read["objects"]) == len(graph)
    assert len(read["edges"]) == graph.number_of_edges()
    plain = {o["name"]: o["label"].removesuffix(" (place)") for o in read["objects"]}
    assert plain == {n: d["label"] for n, d in graph.nodes(data=True)}
    # A place with a state's name says that it is the place.
    assert {"Norland", "Norland (place)", "Eastquay"} <= {o["label"] for o in read["objects"]}


@dot
def test_graphviz_reads_the_same_edges_with_their_days_and_looks() -> None:
    graph = to_networkx(made_records())
    done = subprocess.run(["dot", "-Tjson0"], input=written(made_records()), capture_output=True, check=True)
    read = json.loads(done.stdout)
    names = {o["_gvid"]: o["name"] for o in read["objects"]}
    edges = {e["id"]: e for e in read["edges"]}
    assert len(edges) == graph.number_of_edges()
    for a, b, key, d in graph.edges(keys=True, data=True):
        e = edges[key]
        assert (names[e["tail"]], names[e["head"]]) == (a, b)
        assert float(e["confidence"]) == round(d["confidence"], 2)
        assert 0.6 <= float(e["penwidth"]) <= 2.6 and e["color"].startswith("#")
        assert (e.get("first_day"), e.get("last_day")) == (
            d.get("earliest", d.get("published")),
            d.get("latest", d.get("published")),
        )


@dot
def test_graphviz_draws_the_file_as_it_is() -> None:
    done = subprocess.run(["dot", "-Tsvg"], input=written(made_records()), capture_output=True, check=True, timeout=60)
    graph = to_networkx(made_records())
    tree = etree.fromstring(done.stdout)
    assert len([g for g in tree.iter("{*}g") if (g.get("class") or "").split()[:1] == ["node"]]) == len(graph)
    assert (
        len([g for g in tree.iter("{*}g") if (g.get("class") or "").split()[:1] == ["edge"]]) == graph.number_of_edges()
    )


@dot
def test_graphviz_shows_hostile_text_as_text() -> None:
    name = HOSTILE + ' \\N \\" &amp; <b>x</b> \\'
    done = subprocess.run(
        ["dot", "-Tsvg"], input=written(hostile_records(name + "\x00")), capture_output=True, check=True
    )
    tree = etree.fromstring(done.stdout)
    assert tree.find(".//{*}script") is None
    shown = {re.sub(r"\s", " ", t.text or "") for t in tree.iter("{*}text")}
    assert re.sub(r"\s", " ", name + "\ufffd") in shown


def test_the_same_bytes_whatever_the_order() -> None:
    assert written(made_records()) == written(shuffled(made_records()))


def test_an_empty_graph_is_a_graph() -> None:
    assert parsed(written([])) == []
