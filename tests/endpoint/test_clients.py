"""The clients people use, against the endpoint: curl, SPARQLWrapper, rdflib's SPARQLStore, and the editor in a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from serving import BASE, Endpoint
from SPARQLWrapper import CSV, JSON, N3, POST, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import EndPointInternalError, QueryBadFormed

SELECT = 'PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?l { ?x skos:prefLabel ?l FILTER(STRSTARTS(?l, "Arl")) }'
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl(endpoint: Endpoint) -> None:
    def curl(*arguments: str) -> str:
        return subprocess.run(["curl", "-sSf", *arguments], capture_output=True, text=True, check=True).stdout

    url = endpoint.url + "/sparql"
    assert "Arland" in curl("-G", url, "--data-urlencode", f"query={SELECT}", "-H", "Accept: text/csv")
    assert "Arland" in curl(url, "--data-urlencode", f"query={SELECT}")
    assert "Arland" in curl(url, "-H", "Content-Type: application/sparql-query", "--data-binary", SELECT)
    assert "@prefix kg:" in curl(endpoint.url + "/graphs?graph=graph/shortcuts")


@pytest.mark.parametrize("method", ["GET", POST])
def test_sparqlwrapper(endpoint: Endpoint, method: str) -> None:
    client = SPARQLWrapper(endpoint.url + "/sparql")
    client.setMethod(method)
    client.setQuery(SELECT)
    for form in (JSON, XML, CSV):
        client.setReturnFormat(form)
        found = client.queryAndConvert()
        text = found.toxml() if form == XML else found.decode() if form == CSV else json.dumps(found)
        assert "Arland" in text
    client.setQuery("PREFIX kg: <https://w3id.org/kgbuild/ns#> CONSTRUCT WHERE { ?a kg:opposes ?b }")
    for form, name in ((TURTLE, "turtle"), (N3, "n3")):
        client.setReturnFormat(form)
        assert len(rdflib.Graph().parse(data=client.queryAndConvert(), format=name)) > 0


def test_sparqlwrapper_tells_errors_apart(endpoint: Endpoint) -> None:
    client = SPARQLWrapper(endpoint.url + "/sparql")
    client.setQuery("SELECT * { ?s ?p ")
    with pytest.raises(QueryBadFormed, match="cannot be run"):
        client.query()
    client.setMethod(POST)
    client.setQuery("INSERT DATA { <http://a> <http://b> <http://c> }")
    with pytest.raises(Exception, match="403") as caught:
        client.query()
    assert not isinstance(caught.value, EndPointInternalError)


@pytest.mark.parametrize("form", ["xml", "json", "csv"])
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib(endpoint: Endpoint, form: str, method: str) -> None:
    store = SPARQLStore(endpoint.url + "/sparql", returnFormat=form, method=method)
    graph = rdflib.Graph(store)
    kg = rdflib.Namespace("https://w3id.org/kgbuild/ns#")
    assert {str(row[0]) for row in graph.query(SELECT)} == {"Arland", "Arland's army"}
    arland = rdflib.URIRef(BASE + "actor/arland-q900001")
    if form != "csv":  # which tells no IRI from a text
        assert (arland, rdflib.RDF.type, kg.State) in graph
        assert len(list(graph.triples((arland, None, None)))) > 3
        assert len(graph) > 500


@pytest.mark.browser
class TestEditor:
    @pytest.fixture(scope="class")
    def page(self, endpoint: Endpoint) -> Iterator[Any]:
        api = pytest.importorskip("playwright.sync_api")
        if CHROMIUM is None:
            pytest.skip("needs Chromium")
        with api.sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            page.complaints, page.asked = [], []
            page.on("console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None)
            page.on("pageerror", lambda e: page.complaints.append(str(e)))
            page.on("request", lambda r: page.asked.append(r.url))
            page.goto(endpoint.url + "/")
            yield page
            browser.close()

    def test_it_opens_under_its_strict_policy_and_asks_only_this_server(self, page: Any, endpoint: Endpoint) -> None:
        page.wait_for_selector(".CodeMirror")
        assert page.complaints == []
        assert all(url.startswith((endpoint.url, "data:", "blob:")) for url in page.asked)
        policy = endpoint.get("/").headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe-eval" not in policy

    def test_a_named_question_is_shown_and_answered(self, page: Any, endpoint: Endpoint) -> None:
        page.wait_for_function("document.querySelectorAll('#questions option').length > 15")
        page.select_option("#questions", label=next(
            o for o in page.eval_on_selector_all("#questions option", "all => all.map(o => o.textContent)") if o.startswith("contradictions")
        ))  # fmt: skip
        page.wait_for_selector(".yasr_results table tbody tr td")
        assert "Otto Brandt" in page.inner_text(".yasr_results")
        assert page.complaints == []
        assert all(url.startswith((endpoint.url, "data:", "blob:")) for url in page.asked)
