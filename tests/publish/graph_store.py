"""A Graph Store that can be written, for tests: PUT and POST of Turtle into an Oxigraph store, with failures on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox


class GraphStore:
    """What was loaded, the requests as (method, bytes), and answers to give instead of the next ones.

    `faults` holds statuses, or "drop" (hang up before doing anything) and "forget" (do it, then hang up without an answer).
    """

    def __init__(self) -> None:
        self.store = ox.Store()
        self.requests: list[tuple[str, int]] = []
        self.faults: list[int | str] = []
        self.url = ""

    def triples(self, graph: str | None = None) -> set[ox.Triple]:
        name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
        return {q.triple for q in self.store.quads_for_pattern(None, None, None, name)}


@contextmanager
def graph_store() -> Iterator[GraphStore]:
    state = GraphStore()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_PUT(self) -> None:
            self.write(replace=True)

        def do_POST(self) -> None:
            self.write(replace=False)

        def write(self, replace: bool) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.requests.append((self.command, len(body)))
            fault = state.faults.pop(0) if state.faults else None
            if isinstance(fault, int):
                self.send_response(fault)
                if fault == 302:
                    self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                self.wfile.write(b"as the test asked")
                return
            if fault == "drop":
                return
            query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
            graph = ox.NamedNode(query["graph"][0]) if "graph" in query else ox.DefaultGraph()
            assert self.headers["Content-Type"].startswith("text/turtle")
            if replace:
                state.store.clear_graph(graph)
            state.store.load(body, format=ox.RdfFormat.TURTLE, to_graph=graph)
            if fault != "forget":
                self.send_response(204)
                self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/data"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
