"""A build folder, or a graph in memory, as an Oxigraph store with one default graph, and the derived shortcuts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

import pyoxigraph as ox

from kgbuild.errors import BuildFolderError
from kgbuild.folder import aggregate_files, flat_files, graph_files, settled
from kgbuild.ontology import KG, ontology_file
from kgbuild.rdf import PREFIXES, Iri, Triple, data_prefixes, turtle

__all__ = ["QUERIES", "chunks", "flat_turtle", "open_store", "shortcuts", "store_base", "store_of"]

QUERIES: Final = Path(__file__).resolve().parent / "queries"
"""Folder of the SPARQL files."""

ONTOLOGY: Final = "kgbuild.ttl"
GRAPH: Final = "graph.ttl"
CHUNK: Final = 8 << 20
"""Bytes of small files that are loaded at once: each load takes a while whatever its length."""
DEFAULT_BASE: Final = "https://w3id.org/kgbuild/"


def open_store(folder: str | Path) -> ox.Store:
    """The graph of a build folder, its shortcuts and aggregates, and the ontology, in memory.

    Raises BuildFolderError when the folder holds no graph or one that is not Turtle. Shortcuts are derived anew
    when they are missing; a folder without aggregates has none.
    """
    folder = settled(folder)
    graph = graph_files(folder)
    if graph == [folder / GRAPH]:
        flat, aggregates = (_read(f[0], folder) if f else None for f in (flat_files(folder), aggregate_files(folder)))
        try:
            return store_of(_read(graph[0], folder), flat, aggregates)
        except SyntaxError as error:
            raise BuildFolderError(
                f"{folder}: its Turtle cannot be read ({' '.join(str(error).split())}); build the folder again"
            ) from error
    store = ox.Store()
    for content in chunks([*graph, *flat_files(folder), *aggregate_files(folder)], folder):
        try:
            _load(store, content)
        except SyntaxError as error:
            raise BuildFolderError(
                f"{folder}: its Turtle cannot be read ({' '.join(str(error).split())}); build the folder again"
            ) from error
    _load(store, ontology_file(ONTOLOGY).read_bytes())
    return store


def chunks(files: Iterable[Path], folder: Path) -> Iterator[bytes]:
    """The content of Turtle files, several megabytes at a time: a prefix may be given anew, so that they can stand one after another.

    Raises BuildFolderError when one cannot be read.
    """
    waiting: list[bytes] = []
    for file in files:
        waiting.append(_read(file, folder))
        if sum(map(len, waiting)) > CHUNK:
            yield b"".join(waiting)
            waiting = []
    if waiting:
        yield b"".join(waiting)


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
    store = ox.Store()
    _load(store, graph)
    store.extend(_broader())
    return turtle({t for found in shortcuts(store).values() for t in found}, data_prefixes(store_base(store)))


def shortcuts(store: ox.Store) -> dict[str, set[Triple]]:
    """IRI of an article -> the shortcuts that its records give. The store holds a graph, and which type of event is a kind of which."""
    out: dict[str, set[Triple]] = {}
    for name, text in _flat_questions():
        for solution in cast(ox.QuerySolutions, store.query(text, prefixes=dict(PREFIXES))):
            article, subject, value = (cast(ox.NamedNode, node).value for node in solution)
            out.setdefault(article, set()).add((Iri(subject), Iri(KG + name), Iri(value)))
    return out


@lru_cache(1)
def _broader() -> tuple[ox.Quad, ...]:
    """What the shortcuts ask of the ontology: which type of event is a kind of which."""
    ontology = ox.Store()
    _load(ontology, ontology_file(ONTOLOGY).read_bytes())
    return tuple(ontology.quads_for_pattern(None, ox.NamedNode(PREFIXES["skos"] + "broader"), None, None))


@lru_cache(1)
def _flat_questions() -> tuple[tuple[str, str], ...]:
    """Each shortcut's property, and its question: for articles, subjects and values."""
    return tuple((path.stem, path.read_text(encoding="utf-8")) for path in sorted((QUERIES / "flat").glob("*.rq")))


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
