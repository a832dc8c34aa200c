"""A build folder, or a graph in memory, as an Oxigraph store with one default graph, and the derived shortcuts."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

import pyoxigraph as ox

from kgbuild.errors import BuildFolderError
from kgbuild.folder import settled
from kgbuild.ontology import ontology_file
from kgbuild.rdf import PREFIXES, Iri, Triple, data_prefixes, turtle

__all__ = ["QUERIES", "flat_turtle", "open_store", "store_base", "store_of"]

QUERIES: Final = Path(__file__).resolve().parent / "queries"
"""Folder of the SPARQL files."""

ONTOLOGY: Final = "kgbuild.ttl"
GRAPH: Final = "graph.ttl"
FLAT: Final = "flat.ttl"
AGGREGATES: Final = "aggregates.ttl"
DEFAULT_BASE: Final = "https://w3id.org/kgbuild/"


def open_store(folder: str | Path) -> ox.Store:
    """The graph of a build folder, its shortcuts and aggregates, and the ontology, in memory.

    Raises BuildFolderError when the folder holds no graph.ttl or one that is not Turtle. Shortcuts are derived anew
    when flat.ttl is missing; a folder without aggregates.ttl has none.
    """
    folder = settled(folder)
    graph = _read(folder / GRAPH, folder)
    flat, aggregates = (_read(folder / n, folder) if (folder / n).is_file() else None for n in (FLAT, AGGREGATES))
    try:
        return store_of(graph, flat, aggregates)
    except SyntaxError as error:
        raise BuildFolderError(f"{folder}: its Turtle cannot be read ({error}); build the folder again") from error


def store_of(graph: bytes, flat: bytes | None = None, aggregates: bytes | None = None) -> ox.Store:
    """A store of the whole graph, its shortcuts (Turtle; derived when not given), its aggregates if any, and the ontology.

    Raises SyntaxError when one of them is not Turtle.
    """
    store = _base_store(graph)
    _load(store, flat_turtle(graph) if flat is None else flat)
    if aggregates is not None:
        _load(store, aggregates)
    return store


def flat_turtle(graph: bytes) -> bytes:
    """The derived shortcuts of a graph (Turtle): said, opposes, supports, status; canonical Turtle."""
    store = _base_store(graph)
    found: set[Triple] = set()
    for path in sorted((QUERIES / "flat").glob("*.rq")):
        for triple in cast(ox.QueryTriples, store.query(path.read_text(encoding="utf-8"), prefixes=dict(PREFIXES))):
            nodes = (triple.subject, triple.predicate, triple.object)
            subject, predicate, value = (Iri(cast(ox.NamedNode, node).value) for node in nodes)
            found.add((subject, predicate, value))
    return turtle(found, data_prefixes(store_base(store)))


def store_base(store: ox.Store) -> str:
    """The IRI prefix of a store's data: what stands before "article/" in its articles."""
    article = ox.NamedNode(PREFIXES["schema"] + "NewsArticle")
    kind = ox.NamedNode(PREFIXES["rdf"] + "type")
    for quad in store.quads_for_pattern(None, kind, article, None):
        if isinstance(quad.subject, ox.NamedNode):
            base, found, _ = quad.subject.value.rpartition("article/")
            if found:
                return base
    return DEFAULT_BASE


def _base_store(graph: bytes) -> ox.Store:
    store = ox.Store()
    _load(store, graph)
    _load(store, ontology_file(ONTOLOGY).read_bytes())
    return store


def _load(store: ox.Store, turtle_bytes: bytes) -> None:
    store.bulk_load(turtle_bytes, format=ox.RdfFormat.TURTLE)


def _read(path: Path, folder: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BuildFolderError(f"{folder}: no {path.name}; run `kgbuild build INPUT -o {folder}` first") from error
    except OSError as error:
        raise BuildFolderError(f"{path}: cannot be read ({error.strerror})") from error
