"""A build folder as the endpoint's dataset: a named graph an article, and what their union holds in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from kgbuild.errors import BuildFolderError
from kgbuild.folder import aggregate_files, article_files, entity_files, flat_files, settled
from kgbuild.ontology import ontology_file
from kgbuild.store import GRAPH, chunks, flat_turtle, store_base

__all__ = ["open_dataset", "statistics"]


def open_dataset(folder: str | Path) -> ox.Store:
    """The graphs of a build folder, in memory, each named by its IRI under the base.

    article/<id> for each article, graph/entities for what all articles share, graph/shortcuts for the derived shortcuts,
    graph/aggregates for dyads and camps, graph/ontology for the vocabulary; no triple is in two of them, so their union is what `store.open_store` holds. The
    default graph itself is empty: queries ask the union. Raises BuildFolderError when the folder holds no graph.
    """
    folder = settled(folder)
    store = ox.Store()
    base = None
    try:
        for path in article_files(folder):
            loaded = path.read_bytes()
            base = base or _base_of(loaded)
            _load(store, loaded, f"{base}article/{path.stem}")
        if base is None:
            raise BuildFolderError(f"{folder}: no articles in it; run `kgbuild build INPUT -o {folder}` first")
        flat = flat_files(folder)
        if not flat:
            _load(store, flat_turtle((folder / GRAPH).read_bytes()), f"{base}graph/shortcuts")
        for files, name in (
            (entity_files(folder), "entities"),
            (flat, "shortcuts"),
            (aggregate_files(folder), "aggregates"),
        ):
            for content in chunks(files, folder):
                _load(store, content, f"{base}graph/{name}")
    except SyntaxError as error:
        raise BuildFolderError(
            f"{folder}: its Turtle cannot be read ({' '.join(str(error).split())}); build the folder again"
        ) from error
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
        raise BuildFolderError(f"{folder}: not a whole build folder ({reason}); build it again") from error
    _load(store, ontology_file("kgbuild.ttl").read_bytes(), f"{base}graph/ontology")
    return store


def statistics(store: ox.Store) -> dict[str, Any]:
    """What VoID tells of a dataset: base, triples, subjects, objects, and triples by graph, class and property."""

    def table(query: str) -> Iterator[tuple[str, int]]:
        rows = cast(ox.QuerySolutions, store.query(query, use_default_graph_as_union=True))
        for row in rows:
            key, number = row["key"], row["n"]
            if isinstance(key, ox.NamedNode) and isinstance(number, ox.Literal):
                yield key.value, int(number.value)

    def number(query: str) -> int:
        (row,) = cast(ox.QuerySolutions, store.query(query, use_default_graph_as_union=True))
        return int(cast(ox.Literal, row["n"]).value)

    return {
        "base": store_base(store),
        "triples": len(store),
        "subjects": number("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
        "objects": number("SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }"),
        "graphs": sorted(table("SELECT ?key (COUNT(*) AS ?n) { GRAPH ?key { ?s ?p ?o } } GROUP BY ?key")),
        "classes": sorted(table("SELECT ?key (COUNT(*) AS ?n) { ?s a ?key } GROUP BY ?key")),
        "properties": sorted(table("SELECT ?key (COUNT(*) AS ?n) { ?s ?key ?o } GROUP BY ?key")),
    }


def _load(store: ox.Store, turtle: bytes, graph: str) -> None:
    store.bulk_load(turtle, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph))


def _base_of(turtle: bytes) -> str:
    one = ox.Store()
    one.bulk_load(turtle, format=ox.RdfFormat.TURTLE)
    return store_base(one)
