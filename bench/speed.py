"""Speed on the same articles in one run: kgbuild, its encoder alone, a home-made pipeline, rdflib; time to start, memory, cost.

--data is an article file, a folder of them, or PolNeAR's; --limit takes the first N. Seconds are of the processor, so that a machine others use
does not count; the build's start is by the clock. The home-made pipeline is what people write first: the same spaCy model, subject-verb-object
from the trees, networkx, and rdflib for Turtle.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import pyoxigraph as ox
import rdflib
import spacy
from spacy.tokens import Doc

from bench.corpora import polnear
from bench.system import Rooms, plain_document
from kgbuild import resolve
from kgbuild.claims import extract
from kgbuild.config import data_path
from kgbuild.pipeline import KnowledgeGraph
from kgbuild.records import Document, Record

RUNS = 5
PRICE = 0.085
"""Dollars for an hour of one whole core, that is two vCPUs: a quarter of what Amazon's manual has for a c5.2xlarge (8 vCPUs of an Intel Xeon with
AVX-512, Northern Virginia, on demand), $.34 an hour; docs/performance.md names the source."""
ARTICLE = 600
"""Words of the article that the cost is told for."""
QUERY = "SELECT ?h ?t (COUNT(*) AS ?n) { ?s <https://w3id.org/kgbuild/ontology#holder> ?h ; <https://w3id.org/kgbuild/ontology#target> ?t } GROUP BY ?h ?t"


def run(options: argparse.Namespace) -> int:
    """Print the figures; always 0."""
    data = Path(options.data)
    if not (data / "data").is_dir():
        _start(data)
    documents = _documents(data, options.limit)
    rooms = Rooms()
    rooms.annotator.annotate(documents[0])  # caches warm, as in a build of many articles
    words = sum(len(d.text.split()) for d in documents)
    annotating = claiming = 0.0
    records: list[Record] = []
    for document in documents:  # one after another, as a build reads them
        seconds, doc = _seconds(lambda d=document: rooms.annotator.annotate(d))  # type: ignore[misc]  # bound at once
        annotating += seconds
        seconds, claims = _seconds(lambda d=doc: extract(d))  # type: ignore[misc]
        claiming += seconds
        records += [document, *doc._.entities, *doc._.mentions, *doc._.affiliations, *claims]
    resolving, resolved = _seconds(lambda: list(resolve.resolve(records)))
    graph = KnowledgeGraph(resolved)
    writing, turtle = _seconds(graph.turtle)
    store = ox.Store()
    loading, _ = _seconds(lambda: store.bulk_load(turtle, format=ox.RdfFormat.TURTLE))
    whole = annotating + claiming + resolving + writing
    print(f"{len(documents)} articles, {words} words, {len(store)} triples, processor seconds a core")
    _line("kgbuild, text to Turtle", whole, words, len(documents), len(store))
    _line("  its language step", annotating, words, len(documents))
    print(
        f"  events, claims, stances {claiming / whole:.3f} of the whole, resolution {resolving / whole:.3f}, Turtle {writing / whole:.3f}: "
        f"all after the language step {1 - annotating / whole:.3f}"
    )
    plain = spacy.load(data_path("model"))
    alone, _ = _seconds(lambda: [plain(d.text) for d in documents])
    _line("(a) spaCy with the same encoder, trees and names alone", alone, words, len(documents))
    home, triples = _seconds(lambda: _home_made(plain, documents))
    _line("(b) home-made: spaCy, subject-verb-object, networkx, rdflib", home, words, len(documents), triples)
    other = rdflib.Graph()
    parsing, _ = _seconds(lambda: other.parse(data=turtle, format="turtle"))
    serializing, _ = _seconds(lambda: other.serialize(format="turtle"))
    asking, theirs = _seconds(lambda: len(list(other.query(QUERY))))
    answering, ours = _seconds(lambda: sum(1 for _ in store.query(QUERY)))  # type: ignore[union-attr,misc]
    assert theirs == ours
    print(
        f"(c) rdflib on the same graph: parses in {parsing / loading:.0f} times our time, serialises in {serializing / writing:.1f} times, "
        f"answers in {asking / max(answering, 1e-4):.0f} times"
    )
    print(
        f"peak memory, all of this in one process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    hours = 1e6 * ARTICLE / (words / whole) / 3600
    print(
        f"a million articles of {ARTICLE} words: {hours:.0f} hours of one core, ${hours * PRICE:.0f} at ${PRICE} an hour"
    )
    parts = _components(rooms, documents)
    own = sum(parts.values())
    print("language step by component: " + ", ".join(f"{k} {v / own:.3f}" for k, v in parts.items()))
    stance = parts.get("kgbuild_leanings", 0.0)
    print(f"the stance network adds {stance / (own - stance):.3f} of the language step's processor time")
    return 0


def _start(data: Path) -> None:
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for n in range(RUNS):
            start = time.perf_counter()
            command = [sys.executable, "-m", "kgbuild", "build", str(data), "-o", f"{folder}/{n}"]
            subprocess.run(command, check=True, capture_output=True)
            seconds.append(time.perf_counter() - start)
    print(
        f"process start to graph, {data.name}: median {statistics.median(seconds):.2f} s (min {min(seconds):.2f}, max {max(seconds):.2f}, {RUNS} runs)"
    )


def _documents(data: Path, limit: int) -> list[Document]:
    if (data / "data").is_dir():
        texts = [(t.text, t.id) for t in polnear(data, "dev")]
    else:
        files = sorted(data.glob("*.txt")) if data.is_dir() else [data]
        texts = [(p.read_text(encoding="utf-8"), p.name) for p in files]
    return [plain_document(text, name) for text, name in texts[: limit or None]]


def _line(what: str, seconds: float, words: int, articles: int, triples: int = 0) -> None:
    tail = f", {triples / seconds:,.0f} triples" if triples else ""
    print(f"{what}: {words / seconds:,.0f} words a second, {articles / seconds:.1f} articles{tail}")


def _home_made(nlp: Any, documents: list[Document]) -> int:
    """Who does what to whom by the trees alone, as a networkx graph and as Turtle; the number of triples."""
    drawn: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    graph = rdflib.Graph()
    space = rdflib.Namespace("https://example.org/")
    for document in documents:
        doc: Doc = nlp(document.text)
        names = {e.root.i: e.text for e in doc.ents}
        for verb in (t for t in doc if t.pos_ == "VERB"):
            subjects = [names.get(c.i, c.text) for c in verb.children if c.dep_ in ("nsubj", "nsubj:pass")]
            objects = [names.get(c.i, c.text) for c in verb.children if c.dep_ in ("obj", "dobj")]
            for a in subjects:
                for b in objects:
                    drawn.add_edge(a, b, verb=verb.lemma_)
    for a, b, verb in drawn.edges(data="verb"):
        graph.add((space[_slug(a)], space[_slug(str(verb))], space[_slug(b)]))
        graph.add((space[_slug(a)], rdflib.RDFS.label, rdflib.Literal(a)))
        graph.add((space[_slug(b)], rdflib.RDFS.label, rdflib.Literal(b)))
    graph.serialize(format="turtle")
    return len(graph)


def _slug(text: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in text)


def _seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    value = call()
    return time.process_time() - start, value


def _components(rooms: Rooms, documents: list[Document]) -> dict[str, float]:
    """Processor seconds of each component of the language step, in its order."""
    nlp = rooms.annotator.nlp
    parts = dict.fromkeys(nlp.pipe_names, 0.0)
    for document in documents:
        doc = nlp.make_doc(document.text)
        doc._.document = document
        for name, component in nlp.pipeline:
            start = time.process_time()
            doc = component(doc)
            parts[name] += time.process_time() - start
    return parts
