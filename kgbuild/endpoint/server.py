"""The endpoint on a port: waitress takes care of sockets, sizes and slow clients."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kgbuild.endpoint.app import Application
from kgbuild.endpoint.pool import Keeper
from kgbuild.endpoint.settings import Settings
from kgbuild.errors import UsageError

__all__ = ["serve"]

THREADS: Final = 32
"""Requests at a time, most of them waiting for a worker; further ones wait in line."""
CONNECTIONS: Final = 500
PATIENCE: Final = 60
"""Seconds a connection may stay silent."""
LONGEST_HEADER: Final = 256 << 10
"""Bytes of a request's first line and headers together: what a query by GET can have."""


def serve(folder: Path, host: str, port: int, settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve a build folder until SIGINT or SIGTERM; `ready` is called with the address once it answers.

    Raises BuildFolderError when the folder holds no graph, UsageError when the port cannot be had.
    """
    from waitress.server import create_server  # starts slower than the rest of the command line

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it would write a line for every request that waits
    keeper = Keeper(folder, settings)
    try:
        try:
            server: Any = create_server(
                Application(keeper, settings),
                host=host,
                port=port,
                threads=THREADS,
                connection_limit=CONNECTIONS,
                channel_timeout=PATIENCE,
                max_request_header_size=LONGEST_HEADER,
                max_request_body_size=settings.request_bytes,
                ident="kgbuild",
            )
        except OSError as error:
            raise UsageError(
                f"{host}:{port} cannot be used ({error.strerror or error}); choose another --port"
            ) from error
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(
            signal.SIGPIPE, signal.SIG_IGN
        )  # the command line ends on it; a client that hangs up must not end this
        shown = f"[{host}]" if ":" in host else host
        ready(f"http://{shown}:{getattr(server, 'effective_port', port)}/")
        server.run()
    finally:
        keeper.close()


def _stop(*_: object) -> None:
    raise SystemExit(0)
