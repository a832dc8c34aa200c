"""SPARQL 1.1 Protocol, Graph Store Protocol (read) and the endpoint's description of itself, over HTTP."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import arland
import pyoxigraph as ox
import pytest
import rdflib
from serving import BASE, Endpoint, build_arland, serving

from kgbuild.export.triples import triples
from kgbuild.query import run
from kgbuild.store import open_store

SELECT = "SELECT ?l { actor:arland-q900001 skos:prefLabel ?l }"
CONSTRUCT = "CONSTRUCT { ?a kg:opposes ?b } WHERE { ?a kg:opposes ?b }"
FORM = "application/x-www-form-urlencoded"
RDF = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


def triples_of(body: bytes, media: str) -> set[ox.Triple]:
    return {q.triple for q in ox.parse(body, format=RDF[media])}


def test_a_query_comes_by_get_by_form_and_as_a_body(endpoint: Endpoint) -> None:
    ways = [
        endpoint.get("/sparql?" + urlencode({"query": SELECT}), Accept="text/csv"),
        endpoint.send("POST", "/sparql", urlencode({"query": SELECT}).encode(), Content_Type=FORM, Accept="text/csv"),
        endpoint.send("POST", "/sparql", SELECT.encode(), Content_Type="application/sparql-query; charset=UTF-8", Accept="text/csv"),
    ]  # fmt: skip
    assert [(w.status, w.media, w.text) for w in ways] == [(200, "text/csv", "l\r\nArland\r\n")] * 3


def test_results_in_each_form_say_the_same(endpoint: Endpoint) -> None:
    text = 'SELECT ?s ?l { VALUES (?s ?l) { (actor:arland-q900001 "a\\tb,\\"c\\"\\n<&>") (UNDEF "é"@en) } }'
    found = {}
    for media in (
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ):
        reply = endpoint.query(text, media)
        assert (reply.status, reply.media) == (200, media)
        found[media] = reply
    rows = json.loads(found["application/sparql-results+json"].body)["results"]["bindings"]
    wanted = [(BASE + "actor/arland-q900001", 'a\tb,"c"\n<&>'), ("", "é")]
    assert [(r.get("s", {}).get("value", ""), r["l"]["value"]) for r in rows] == wanted
    tree = ElementTree.fromstring(found["application/sparql-results+xml"].body)
    namespace = "{http://www.w3.org/2005/sparql-results#}"
    literals = [e.text for e in tree.iter(namespace + "literal")]
    assert literals == [w[1] for w in wanted]
    assert [tuple(r) for r in csv.reader(io.StringIO(found["text/csv"].text, newline=""))][1:] == wanted
    lines = found["text/tab-separated-values"].text.splitlines()
    assert lines[1] == f'<{wanted[0][0]}>\t"a\\tb,\\"c\\"\\n<&>"' and lines[2] == '\t"é"@en'


def test_ask_in_json_and_xml(endpoint: Endpoint) -> None:
    assert json.loads(endpoint.query("ASK { ?c a kg:Claim }", "application/json").body)["boolean"] is True
    assert (
        b"<boolean>false</boolean>" in endpoint.query("ASK { ?c a kg:Nothing }", "application/sparql-results+xml").body
    )


@pytest.mark.parametrize("text", [CONSTRUCT, "DESCRIBE actor:arland-q900001"])
def test_graphs_in_each_form_hold_the_same_triples(endpoint: Endpoint, text: str) -> None:
    found = []
    for media in RDF:
        reply = endpoint.query(text, media)
        assert (reply.status, reply.media) == (200, media)
        found.append(triples_of(reply.body, media))
    assert found[0] and all(f == found[0] for f in found)


@pytest.mark.parametrize(
    ("accept", "select", "construct"),
    [
        (None, "application/sparql-results+json", "text/turtle"),
        ("*/*", "application/sparql-results+json", "text/turtle"),
        (
            "text/csv;q=0.4, application/sparql-results+xml;q=0.5, text/turtle;q=.5",
            "application/sparql-results+xml",
            None,
        ),
        ("text/*, application/rdf+xml;q=0.9", "text/csv", "text/turtle"),
        ("application/n-triples, */*;q=0.1", "application/sparql-results+json", "application/n-triples"),
        ("text/csv;q=0, */*", "application/sparql-results+json", "text/turtle"),
        (
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/sparql-results+json",
            "text/turtle",
        ),
        ("image/png", None, None),
        ("TEXT/CSV; Charset=utf-8; q=1.000", "text/csv", None),
    ],
)
def test_content_negotiation_weighs(
    endpoint: Endpoint, accept: str | None, select: str | None, construct: str | None
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    for text, wanted in ((SELECT, select), (CONSTRUCT, construct)):
        reply = endpoint.get("/sparql?" + urlencode({"query": text}), **headers)
        if wanted is None:
            assert reply.status == 406 and "application/" in reply.text
        else:
            assert (reply.status, reply.media) == (200, wanted)
            assert "accept" in reply.headers["vary"].lower()


def test_the_union_of_the_graphs_is_the_graph(endpoint: Endpoint) -> None:
    store = open_store(endpoint.folder)
    everything = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert endpoint.query(everything).text.split() == ["n", str(len(store))]
    # nothing is in two graphs, so nothing counts twice
    assert endpoint.query("SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }").text.split()[1] == str(
        len(store)
    )


@pytest.mark.parametrize("name", ["who-opposes", "contradictions", "timeline", "dyads", "status", "corroboration"])
def test_named_questions_have_the_answers_of_the_command_line(endpoint: Endpoint, name: str) -> None:
    query = {q["name"].split()[0]: q["query"] for q in json.loads(endpoint.get("/questions").body)}[name]
    rows = json.loads(endpoint.query(query, "application/json").body)["results"]["bindings"]
    result = run(open_store(endpoint.folder), query)
    ours = [{v: str(t if isinstance(t, str) else t.text) for v, t in zip(result.variables, row, strict=True) if t is not None} for row in result.terms]  # fmt: skip
    key = repr
    assert sorted(({k: v["value"] for k, v in sorted(r.items())} for r in rows), key=key) == sorted(
        (dict(sorted(o.items())) for o in ours), key=key
    )
    assert rows


def test_the_dataset_can_be_chosen_by_parameter_and_by_from(endpoint: Endpoint) -> None:
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    graph, other = BASE + arland.ARTICLE.id, BASE + arland.SECOND.id
    alone = endpoint.query(count, default_graph_uri=graph).text.split()[1]
    assert 0 < int(alone) < int(endpoint.query(count).text.split()[1])
    assert endpoint.query(f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}").text.split()[1] == alone
    # the protocol's dataset goes before the query's
    swapped = endpoint.query(f"SELECT (COUNT(*) AS ?n) FROM <{other}> {{ ?s ?p ?o }}", default_graph_uri=graph)
    assert swapped.text.split()[1] == alone
    both = endpoint.query(count, default_graph_uri=[graph, other]).text.split()[1]
    assert int(both) == int(alone) + int(endpoint.query(count, default_graph_uri=other).text.split()[1])
    named = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert endpoint.query(named, named_graph_uri=graph).text.split()[1:] == [graph]
    assert endpoint.query(named, default_graph_uri=graph).text.split()[1:] == []
    assert endpoint.query(count, named_graph_uri=graph).text.split()[1] == "0"
    assert len(endpoint.query(named).text.split()) == 1 + 6


def test_a_from_inside_a_string_is_no_dataset(endpoint: Endpoint) -> None:
    reply = endpoint.query('SELECT (COUNT(*) AS ?n) { ?s ?p ?o BIND("FROM <x>" AS ?from) } # FROM <y>')
    assert int(reply.text.split()[1]) > 500


def test_graph_store_protocol_reads_indirectly_and_directly(endpoint: Endpoint) -> None:
    article = arland.ARTICLE.id
    by_name = endpoint.get("/graphs?graph=" + quote(BASE + article, safe=""), Accept="application/n-triples")
    direct = endpoint.get("/" + article, Accept="text/turtle")
    relative = endpoint.get("/graphs?graph=" + article, Accept="application/rdf+xml")
    graphs = [triples_of(r.body, r.media) for r in (by_name, direct, relative)]
    assert graphs[0] == graphs[1] == graphs[2]
    file = (endpoint.folder / "articles" / f"{article.removeprefix('article/')}.ttl").read_bytes()
    assert graphs[0] == triples_of(file, "text/turtle")
    whole = triples_of(endpoint.get("/graphs?default", Accept="text/turtle").body, "text/turtle")
    assert len(whole) == len(open_store(endpoint.folder)) and graphs[0] < whole
    assert len(whole) >= len(set(triples(arland.RECORDS, BASE)))
    head = endpoint.send("HEAD", "/" + article, Accept="text/turtle")
    assert (
        head.status == 200 and head.body == b"" and head.headers["content-length"] == direct.headers["content-length"]
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/graphs?graph=" + quote(BASE + "article/0000000000000000", safe=""), 404),
        ("/article/0000000000000000", 404),
        ("/graphs", 400),
        ("/graphs?default&graph=graph/ontology", 400),
        ("/graphs?graph=a&graph=b", 400),
        ("/graphs?graph=http://[", 400),
    ],
)
def test_graphs_that_are_not_there(endpoint: Endpoint, path: str, status: int) -> None:
    assert endpoint.get(path).status == status


def test_an_entity_is_described_at_its_own_path(endpoint: Endpoint) -> None:
    graph = rdflib.Graph().parse(data=endpoint.get("/actor/arland-q900001", Accept="text/turtle").body, format="turtle")
    assert (
        rdflib.URIRef(BASE + "actor/arland-q900001"),
        rdflib.SKOS.prefLabel,
        rdflib.Literal("Arland", lang="en"),
    ) in graph


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/graphs?default", "/" + arland.ARTICLE.id])
def test_graphs_cannot_be_written(endpoint: Endpoint, method: str, path: str) -> None:
    before = endpoint.get("/graphs?default").body
    reply = endpoint.send(method, path, b"<http://a> <http://b> <http://c> .", Content_Type="text/turtle")
    assert reply.status == 405 and "PUT" not in reply.headers["allow"] and "read-only" in reply.text
    assert sorted(endpoint.get("/graphs?default").body) == sorted(before)


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void"])
def test_the_service_describes_itself(endpoint: Endpoint, path: str) -> None:
    sd, void = (
        rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#"),
        rdflib.Namespace("http://rdfs.org/ns/void#"),
    )
    reply = endpoint.get(path, Accept="text/turtle")
    assert reply.media == "text/turtle"
    graph = rdflib.Graph().parse(data=reply.body, format="turtle")
    service = rdflib.URIRef(endpoint.url + "/sparql")
    assert (service, sd.endpoint, service) in graph and (service, sd.supportedLanguage, sd.SPARQL11Query) in graph
    dataset = graph.value(service, sd.defaultDataset)
    assert int(str(graph.value(dataset, void.triples))) == len(open_store(endpoint.folder))
    names = {str(o) for o in graph.objects(None, sd.name)}
    assert names == {
        BASE + n
        for n in (
            arland.ARTICLE.id,
            arland.SECOND.id,
            "graph/entities",
            "graph/shortcuts",
            "graph/aggregates",
            "graph/ontology",
        )
    }
    sizes = {
        str(graph.value(p, void["class"])): int(str(graph.value(p, void.entities)))
        for p in graph.objects(dataset, void.classPartition)
    }
    claims = endpoint.query("SELECT (COUNT(*) AS ?n) { ?c a kg:Claim }").text.split()[1]
    assert sizes["https://w3id.org/kgbuild/ns#Claim"] == int(claims)
    assert str(graph.value(dataset, void.dataDump)) == endpoint.url + "/graphs?default"


def test_cors_is_off(endpoint: Endpoint) -> None:
    same = endpoint.get("/sparql?" + urlencode({"query": SELECT}), Origin=endpoint.url)
    assert same.status == 200 and "access-control-allow-origin" not in same.headers
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}):
        reply = endpoint.get("/sparql?" + urlencode({"query": SELECT}), **headers)
        assert reply.status == 403 and "access-control-allow-origin" not in reply.headers
    assert (
        "access-control-allow-origin" not in endpoint.send("OPTIONS", "/sparql", Origin="https://evil.example").headers
    )


def test_cors_when_asked_for(endpoint: Endpoint) -> None:
    with serving(
        endpoint.folder, "--cors", "https://good.example", "--workers", "1", "--allow-host", "graph.example"
    ) as other:
        path = "/sparql?" + urlencode({"query": SELECT})
        good = other.get(path, Origin="https://good.example")
        assert good.status == 200 and good.headers["access-control-allow-origin"] == "https://good.example"
        assert "origin" in good.headers["vary"].lower()
        preflight = other.send(
            "OPTIONS", "/sparql", Origin="https://good.example", Access_Control_Request_Method="POST"
        )
        assert preflight.status == 204 and "POST" in preflight.headers["access-control-allow-methods"]
        assert other.get(path, Origin="https://evil.example").status == 403
        assert (
            other.get(path, Host="graph.example").status == 200 and other.get(path, Host="evil.example").status == 421
        )


def test_a_new_build_is_served_without_a_restart(tmp_path: Path) -> None:
    from kgbuild.pipeline import KnowledgeGraph

    folder = build_arland(tmp_path / "out")
    with serving(folder, "--workers", "1") as endpoint:
        count = "SELECT (COUNT(*) AS ?n) { ?a a schema:NewsArticle }"
        assert endpoint.query(count).text.split()[1] == "2"
        kept = [
            r
            for r in arland.RECORDS
            if getattr(r, "document", arland.ARTICLE.id) == arland.ARTICLE.id and r.id != arland.SECOND.id
        ]
        KnowledgeGraph(records=kept).save(folder)
        import time

        end = time.monotonic() + 30
        while endpoint.query(count).text.split()[1] != "1":
            assert time.monotonic() < end
            time.sleep(0.2)


def test_a_folder_without_a_graph_is_refused_with_one_line(tmp_path: Path) -> None:
    import subprocess
    import sys

    for folder in (tmp_path, tmp_path / "nowhere"):
        done = subprocess.run(
            [sys.executable, "-m", "kgbuild", "serve", str(folder), "--port", "0"], capture_output=True, text=True
        )
        assert done.returncode == 5 and done.stderr.count("\n") == 1 and "kgbuild build" in done.stderr
