"""The endpoint under load: many clients at a time for a minute, each answer held against the library's own, beside slow queries."""

from __future__ import annotations

import argparse
import http.client
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from urllib.parse import urlencode

import pyoxigraph as ox

from bench.resample import write
from kgbuild.apart import apart
from kgbuild.query import named_questions
from kgbuild.rdf import data_prefixes
from kgbuild.store import open_store, store_base

CLIENTS = 50
LIMIT = 5.0
"""Seconds a query may take."""
LIGHT = 0.1
"""Seconds of the processor that a client's question takes at most: 50 at a time must have their turn within LIMIT on two cores."""
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HEADERS = {"Accept": "application/sparql-results+json", "Content-Type": "application/x-www-form-urlencoded"}


def run(options: argparse.Namespace) -> int:
    """--data is a build folder, --seconds how long, --limit articles resampled from it (500: a million triples; 0: itself).

    Prints answers, wrong ones, errors, how slow queries ended. Status 1 when any is wrong.
    """
    if not options.limit:
        return _served(Path(options.data), options.seconds)
    with TemporaryDirectory() as made:
        write(options.data, options.limit, Path(made) / "graph")
        return _served(Path(made) / "graph", options.seconds)


def _served(folder: Path, duration: float) -> int:
    command = [sys.executable, "-m", "kgbuild", "serve", str(folder), "--port", "0", "--seconds", str(LIMIT)]
    begun = time.monotonic()
    server = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        assert server.stderr is not None
        found = re.search(r":([0-9]+)/", server.stderr.readline().decode())
        if found is None:
            print("the server did not start")
            return 1
        port = int(found[1])
        print(f"answers after {time.monotonic() - begun:.1f} s")
        answers = expected(folder)
        print(f"{len(answers)} of {len(named_questions())} named questions take less than {LIGHT:g} s", flush=True)
        counts, times, slow = load(port, answers, duration, CLIENTS)
        alive = server.poll() is None and _ask(port, "ASK {}")[0] == 200
    finally:
        server.terminate()
        server.wait(30)
    times.sort()
    total = counts["right"] + counts["wrong"]
    print(
        f"{CLIENTS} clients, {duration:g} s: {total} answers ({total / duration:.0f} a second), "
        f"{counts['wrong']} wrong, {counts['error']} errors, median {statistics.median(times) * 1000:.0f} ms, "
        f"99 % within {times[int(len(times) * 0.99)] * 1000:.0f} ms"
    )
    cut = [seconds for status, seconds in slow if status == 503]
    print(
        f"slow queries: {len(slow)}, cut off at the limit of {LIMIT:g} s: {len(cut)} (after {min(cut, default=0):.2f} to {max(cut, default=0):.2f} s)"
    )
    print(f"server {'answers still' if alive else 'is gone'}, exit status {server.returncode}")
    return int(not (alive and slow and len(cut) == len(slow) and counts["wrong"] == counts["error"] == 0))


def expected(folder: Path) -> dict[str, list[Any]]:
    """SPARQL text -> the answer's bindings, sorted, as the library has them: every named question that takes under LIGHT."""
    store = open_store(folder)
    prefixes = data_prefixes(store_base(store))

    def answered(text: str) -> tuple[float, bytes]:
        begun = time.process_time()
        content = cast(ox.QuerySolutions, store.query(text, prefixes=prefixes)).serialize(
            format=ox.QueryResultsFormat.JSON
        )
        return time.process_time() - begun, cast(bytes, content)

    answers = {}
    for question in named_questions():
        with suppress(TimeoutError):  # asked of everybody at once, some questions of a large graph have no end
            seconds, content = apart(partial(answered, question.text), LIMIT)
            if seconds < LIGHT:
                answers[question.text] = _bindings(content)
    return answers


def load(
    port: int, answers: dict[str, list[Any]], seconds: float, clients: int
) -> tuple[Counter[str], list[float], list[tuple[int, float]]]:
    """Counts of right, wrong and failed answers, the seconds of each, and (status, seconds) of each slow query meanwhile."""
    counts: Counter[str] = Counter()
    times: list[float] = []
    slow: list[tuple[int, float]] = []
    lock = threading.Lock()
    end = time.monotonic() + seconds
    texts = sorted(answers)

    def client(number: int) -> None:
        turn = number
        while time.monotonic() < end:
            text = texts[turn % len(texts)]
            turn += 1
            begun = time.monotonic()
            try:
                status, content = _ask(port, text)
            except (OSError, http.client.HTTPException):
                status, content = 0, b""
            kind = "error" if status != 200 else "right" if _bindings(content) == answers[text] else "wrong"
            with lock:
                counts[kind] += 1
                times.append(time.monotonic() - begun)

    def bomb() -> None:
        while time.monotonic() < end:
            begun = time.monotonic()
            try:
                status, _ = _ask(port, SLOW)
            except (OSError, http.client.HTTPException):
                status = 0
            with lock:
                slow.append((status, time.monotonic() - begun))

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    threads.append(threading.Thread(target=bomb))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counts, times, slow


def _ask(port: int, text: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("POST", "/sparql", urlencode({"query": text}), HEADERS)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _bindings(content: bytes) -> list[Any]:
    return sorted(json.dumps(row, sort_keys=True) for row in json.loads(content)["results"]["bindings"])
