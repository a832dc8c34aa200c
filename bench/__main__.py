"""`python -m bench SUITE --data DIR [--split S] [--predictions F]`: run the system on a corpus and print its figures."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

SUITES = {
    "gold": "entities, attributions, events and stances on hand-annotated articles",
    "records": "records per room and article on articles in text form (PolNeAR, re3d): a room that returns nothing shows",
    "polnear": "attribution on PolNeAR",
    "petrarch": "event coding on the PETRARCH records (--split unit, gsr)",
    "plv": "PLOVER relation of a marked pair (--split train: five folds, trained anew)",
    "re3d": "entities and relations on re3d",
    "dse": "stance between two marked actors on DSE",
    "newsmtsc": "polarity toward a marked target on NewsMTSC: five folds trained by training.stances (--predictions their folder)",
    "re3d-stance": "stances on re3d: who likes, dislikes, fights, is allied with or talks to whom",
    "stances": "stances drawn by chance from PolNeAR's training articles, to be read by a person (--seed N, --limit articles)",
    "rules": "how often each event rule fires on training text (--data the folder of the corpora)",
    "resolve": "one identity across articles: time, memory and quality on made-up entity records (no --data)",
    "aggregates": "pieces of evidence, dyads and camps on made-up stances: time, copies and camps found again (no --data)",
    "same-event": "event mentions in re3d, PolNeAR and GUM labelled by hand: which tell of the same happening",
    "ner": "names on UNER and CrossNER (--set)",
    "linking": "links to Wikipedia on GUM",
    "geo": "places found, located and read on GeoWebNews, TR-News and ReLocaR (--set gwn, tr-news, relocar)",
    "knowledge": "the entity base: speed, memory, what it covers",
    "coref": "coreference on GUM documents given as raw text",
    "parse": "tokens, tags, trees and sentences of raw text on Universal Dependencies treebanks",
    "floors": "the figures of floors.toml, each against its floor (--data ../shared)",
    "endpoint": "a build folder served (--data, or --limit articles resampled from it) to 50 clients for --seconds, slow queries beside them",
    "questions": "the named questions on a million triples, and in rdflib's memory store (--data a build, --limit its articles)",
    "store": "the build folder: Turtle, loading, checks, one article more, memory (--data a build, --limit its articles)",
    "kills": "builds killed at random moments (--data a build, --limit rounds): corrupt folders, lost articles",
    "sources": "reading alone: articles a second of each format, memory as the file grows (--limit articles; no --data)",
    "fuzz": "mutated input (--target NAME or all, --runs N, --atheris): crashes, hangs, messages of several lines (no --data)",
    "spread": "a graph resolved and drawn in partitions against the same in one piece (--data a build)",
    "cluster-kills": "runs on a Ray cluster with random kills (--data a build, --limit kills; --set here: without Ray)",
    "workers": "two worker processes against one on PolNeAR: wall and processor time, memory, first progress line",
    "page": "the page in headless Chromium: time to answer, size, pictures a second at 5,000 names (--data a build)",
    "additions": "a folder grown in steps against one build of its articles, byte for byte (--data a build, --limit articles)",
    "growth": "builds after the language step from 10 articles on: time, output, memory and their exponents (--data a build)",
    "speed": "kgbuild beside its encoder alone, a home-made pipeline and rdflib: words, triples, memory, start, cost (--data articles)",
}

WITHOUT_DATA = frozenset({"aggregates", "fuzz", "resolve", "sources"})
"""Suites that make their own data."""


def main() -> int:
    """Exit status 0, or 1 when a suite's own floor is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("suite", choices=SUITES, help="; ".join(f"{k}: {v}" for k, v in SUITES.items()))
    parser.add_argument("--data", help="a corpus folder in its upstream layout")
    parser.add_argument("--split", default="dev", help="the part of the corpus")
    parser.add_argument(
        "--set",
        default="uner-ewt",
        help="the corpus of names (uner-ewt, uner-pud, crossner-politics, conll03) or of places (gwn, tr-news, relocar)",
    )
    parser.add_argument(
        "--knowledge", help="an entity base to link with, for linking and geo (default: the shipped one)"
    )
    parser.add_argument("--predictions", help="where to write predictions (a file; a folder for gold)")
    parser.add_argument("--limit", type=int, default=0, help="only the first N articles (0: all)")
    parser.add_argument("--picture", help="where to draw the curves of growth (an SVG file)")
    parser.add_argument("--words", type=int, default=0, help="growth end to end, of articles of about so many words")
    parser.add_argument("--seed", type=int, default=1, help="what the stances to be read are drawn by")
    parser.add_argument("--seconds", type=float, default=60, help="how long to load the endpoint")
    parser.add_argument("--target", help="what to fuzz (default: all in turn)")
    parser.add_argument("--runs", type=int, default=10_000, help="cases of a fuzz target")
    parser.add_argument("--atheris", action="store_true", help="fuzz with libFuzzer (pip install atheris)")
    parser.add_argument("--verbose", action="store_true", help="list misses and false alarms")
    options = parser.parse_args()
    if options.data is None and options.suite not in WITHOUT_DATA:
        parser.error(f"{options.suite} needs --data, the folder of its corpus")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does: a figure a core is one of one thread
    suite = importlib.import_module(f"bench.{options.suite.replace('-', '_')}")
    return int(suite.run(options))


if __name__ == "__main__":
    sys.exit(main())
