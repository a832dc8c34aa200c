"""The endpoint's own description: SPARQL 1.1 Service Description and VoID, as triples about its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import pyoxigraph as ox

from kgbuild.endpoint.negotiation import GRAPHS, RESULTS
from kgbuild.endpoint.settings import Settings
from kgbuild.rdf import PREFIXES, XSD

__all__ = ["description"]

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
VOID: Final = "http://rdfs.org/ns/void#"
DCT: Final = "http://purl.org/dc/terms/"
FORMATS: Final = "http://www.w3.org/ns/formats/"
FORM_NAMES: Final = {
    "application/sparql-results+json": "SPARQL_Results_JSON", "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV", "text/tab-separated-values": "SPARQL_Results_TSV", "text/turtle": "Turtle",
    "application/n-triples": "N-Triples", "application/ld+json": "JSON-LD", "application/rdf+xml": "RDF_XML",
}  # fmt: skip
MOST_GRAPHS: Final = 1000
"""Named graphs listed one by one; the query ASK { GRAPH ?g {} } tells of the rest."""


def description(facts: Mapping[str, Any], settings: Settings, origin: str, form: ox.RdfFormat) -> bytes:
    """The description in one form; `facts` as `dataset.statistics` gives them, `origin` as the client wrote it."""
    triples: list[ox.Triple] = []

    def say(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal | str) -> None:
        node = ox.NamedNode(value) if isinstance(value, str) else value
        triples.append(ox.Triple(subject, ox.NamedNode(predicate), node))

    def count(number: int) -> ox.Literal:
        return ox.Literal(str(number), datatype=ox.NamedNode(XSD + "integer"))

    a = PREFIXES["rdf"] + "type"
    service = ox.NamedNode(f"{origin}/sparql")
    dataset, default = (
        ox.NamedNode(f"{origin}/.well-known/void#dataset"),
        ox.NamedNode(f"{origin}/.well-known/void#union"),
    )
    say(service, a, SD + "Service")
    say(service, SD + "endpoint", service)
    say(service, SD + "supportedLanguage", SD + "SPARQL11Query")
    say(service, SD + "feature", SD + "UnionDefaultGraph")
    say(service, SD + "defaultDataset", dataset)
    for media, name in FORM_NAMES.items():
        if media in RESULTS or media in GRAPHS:
            say(service, SD + "resultFormat", FORMATS + name)
    limits = (
        f"Read-only. A query may take {settings.seconds:g} s and an answer may have {settings.rows} rows. No SERVICE."
    )
    say(service, PREFIXES["rdfs"] + "comment", ox.Literal(limits, language="en"))
    for kind in (SD + "Dataset", VOID + "Dataset"):
        say(dataset, a, kind)
    say(dataset, DCT + "title", ox.Literal("News articles as a knowledge graph, made by kgbuild", language="en"))
    say(dataset, VOID + "sparqlEndpoint", service)
    say(dataset, VOID + "dataDump", f"{origin}/graphs?default")
    say(dataset, VOID + "uriSpace", ox.Literal(facts["base"]))
    for form_name in ("Turtle", "N-Triples", "JSON-LD", "RDF_XML"):
        say(dataset, VOID + "feature", FORMATS + form_name)
    for key, name in (("triples", "triples"), ("subjects", "distinctSubjects"), ("objects", "distinctObjects")):
        say(dataset, VOID + name, count(facts[key]))
    say(dataset, VOID + "properties", count(len(facts["properties"])))
    say(dataset, VOID + "classes", count(len(facts["classes"])))
    terms = [iri for iri, _ in (*facts["properties"], *facts["classes"])]
    for namespace in sorted({PREFIXES[p] for p in PREFIXES if any(t.startswith(PREFIXES[p]) for t in terms)}):
        say(dataset, VOID + "vocabulary", namespace)
    say(dataset, SD + "defaultGraph", default)
    say(default, a, SD + "Graph")
    say(default, VOID + "triples", count(facts["triples"]))
    for kind, link, key in (("classes", "classPartition", "class"), ("properties", "propertyPartition", "property")):
        for number, (iri, size) in enumerate(facts[kind]):
            part = ox.NamedNode(f"{origin}/.well-known/void#{key}-{number}")
            say(dataset, VOID + link, part)
            say(part, VOID + key, iri)
            say(part, VOID + ("entities" if key == "class" else "triples"), count(size))
    for number, (iri, size) in enumerate(facts["graphs"][:MOST_GRAPHS]):
        named, graph = (ox.NamedNode(f"{origin}/.well-known/void#{what}-{number}") for what in ("named", "graph"))
        say(dataset, SD + "namedGraph", named)
        say(named, a, SD + "NamedGraph")
        say(named, SD + "name", iri)
        say(named, SD + "graph", graph)
        say(graph, a, SD + "Graph")
        say(graph, VOID + "triples", count(size))
    prefixes = {"sd": SD, "void": VOID, "dcterms": DCT, "format": FORMATS, **PREFIXES}
    return cast(bytes, ox.serialize(triples, format=form, prefixes=prefixes))
