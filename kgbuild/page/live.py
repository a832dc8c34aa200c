"""The page served to this machine's browser, for graphs whose articles are too much text for one file."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from kgbuild.config import Config
from kgbuild.page import render
from kgbuild.records import Record

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = ["application", "serve"]


def application(records: Iterable[Record], config: Config) -> Callable[[WSGIEnvironment, StartResponse], list[bytes]]:
    """A WSGI application that answers `/` with the page, all articles whole, and nothing else."""
    page = render(records, config, most_text=None).encode("utf-8")

    def answer(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or environ.get("PATH_INFO") != "/":
            start("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"The page is at /.\n"]
        start(
            "200 OK",
            [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Length", str(len(page))),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )
        return [page] if environ["REQUEST_METHOD"] == "GET" else []

    return answer


def serve(records: Iterable[Record], config: Config, ready: Callable[[str], None], port: int = 0) -> None:
    """Serve on the loopback address until interrupted; `ready` gets the address. Raises OSError when the port is taken."""
    import waitress

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.bind(("127.0.0.1", port))
        server = waitress.create_server(application(records, config), sockets=[listening], threads=2, ident=None)
        ready(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        server.run()
