"""Messages between processes over a socket: a length, then so many bytes."""

from __future__ import annotations

import socket
import struct

from kgbuild.wire import exactly

__all__ = ["QUIET", "receive", "send"]

_SIZE = struct.Struct("!Q")
QUIET = getattr(socket, "MSG_NOSIGNAL", 0)
"""The command line lets SIGPIPE end it, as tools do; a worker that died must not."""


def send(connection: socket.socket, content: bytes) -> None:
    """Send one message. Raises OSError when the other side is gone."""
    connection.sendall(_SIZE.pack(len(content)) + content, QUIET)


def receive(connection: socket.socket) -> bytes:
    """One message. Raises EOFError when the other side is gone, before it or in the middle of it."""
    (size,) = _SIZE.unpack(exactly(connection, _SIZE.size))
    return exactly(connection, size)
