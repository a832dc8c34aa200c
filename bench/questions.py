"""Named questions: how long each takes on a large graph, and how many times longer in rdflib on a smaller one, with equal answers.

`python -m bench questions --data output --limit 500`: --limit is the number of articles resampled from the build in --data (see bench.resample;
500 make about a million triples); rdflib is asked on SMALL of them, the SPARQL that the library
makes of the question. Seconds are of the processor, the median of RUNS, from the call to the rows of terms; a question's arguments are the entities the
graph names most.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain
from typing import Any

import pyoxigraph as ox
import rdflib

from bench.resample import article_records, resampled
from kgbuild import resolve
from kgbuild.ids import ACTOR_KINDS, PLACE_KINDS
from kgbuild.pipeline import KnowledgeGraph, read_records
from kgbuild.query import Question, bind, named_questions, prefix_lines
from kgbuild.query import run as ask
from kgbuild.records import Entity, Mention, Record
from kgbuild.store import store_base, store_of

ARTICLES, SMALL = 500, 30
RUNS, SLOW = 5, 1.0
TRIES = 40


def run(options: argparse.Namespace) -> int:
    """Print a line a question; status 1 when rdflib's answer is another."""
    sources = article_records(read_records(options.data))
    large, names = _store(sources, options.limit or ARTICLES)
    small, few = _store(sources, SMALL)
    memory = rdflib.Graph()
    memory.parse(data=small.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()), format="nt")
    print(f"{len(large):,} triples; rdflib's memory store: {len(memory):,}")
    took, factors, wrong = [], [], 0
    for question in named_questions():
        wide, narrow = _answered(large, question, names), _answered(small, question, few)
        seconds, _ = _seconds(partial(ask, large, question.name, *wide, seconds=600))
        text = bind(small, question, *narrow)
        ours, answer = _seconds(partial(ask, small, question.name, *narrow, seconds=600))
        theirs, rows = _seconds(partial(_in_rdflib, memory, prefix_lines(store_base(small)) + text))
        same = len(answer) == len(rows) and sorted(map(_words, answer.terms)) == sorted(map(_words, rows))
        wrong += not same
        took.append(seconds)
        factors.append(theirs / ours)
        print(
            f"{question.name:<20} {seconds * 1000:>9.1f} ms   {ours * 1000:>7.2f} ms, rdflib {theirs * 1000:>9.1f} ms, {theirs / ours:>6.0f} times"
            f"{'' if same else f'   OTHER ANSWER ({len(answer)} and {len(rows)} rows)'}",
            flush=True,
        )
    print(
        f"median {statistics.median(took) * 1000:.1f} ms, slowest {max(took):.2f} s; rdflib {min(factors):.0f} times as long at least, {statistics.median(factors):.0f} in the middle"
    )
    return int(wrong > 0)


def _store(sources: Any, articles: int) -> tuple[ox.Store, dict[str, list[str]]]:
    """The graph of some articles, and for each kind of argument the names it holds, the most mentioned first."""
    records: list[Record] = list(resolve.resolve(list(chain.from_iterable(resampled(sources, articles)))))
    graph = KnowledgeGraph(records)
    store = store_of(graph.turtle(), graph.flat(), graph.derived())
    mentioned = Counter(i for r in records if isinstance(r, Mention) for i in r.entities)
    entities = sorted((r for r in records if isinstance(r, Entity)), key=lambda e: (-mentioned[e.id], e.id))
    return store, {
        "actor": [e.id for e in entities if e.kind in ACTOR_KINDS],
        "place": [e.id for e in entities if e.kind in PLACE_KINDS],
        "entity": [e.id for e in entities if e.kind in ACTOR_KINDS],
        "topic": [e.name for e in entities if e.kind == "Topic"],
    }


def _arguments(question: Question, names: dict[str, list[str]], n: int = 0) -> list[str]:
    """Arguments for the question: the n-th name of each kind, from the most mentioned on."""
    found = []
    for k, parameter in enumerate(p for p in question.parameters if p.required):
        known = names.get(parameter.kind)
        found.append(known[(n + k) % len(known)] if known else str(parameter.example))
    return found


def _answered(store: ox.Store, question: Question, names: dict[str, list[str]]) -> list[str]:
    """The first arguments to which there is an answer: a question without one costs nothing."""
    tries = (
        _arguments(question, names, n) for n in range(TRIES if any(p.required for p in question.parameters) else 1)
    )
    return next((a for a in tries if len(ask(store, question.name, *a, seconds=600))), _arguments(question, names))


def _words(row: Iterable[Any]) -> list[str]:
    return [_plain(getattr(term, "text", term)) for term in row]


def _plain(value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    try:
        return f"{float(text):.9g}"
    except ValueError:
        return text


def _in_rdflib(graph: rdflib.Graph, text: str) -> list[Any]:
    return list(graph.query(text))


def _seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the processor, the median of RUNS (of one where a run takes more than SLOW), and what the last run gave."""
    took: list[float] = []
    while len(took) < RUNS and not (took and took[0] > SLOW):
        start = time.process_time()
        value = call()
        took.append(time.process_time() - start)
    return statistics.median(took), value
