"""Messages between processes over a socket: a length, then so many bytes."""

from __future__ import annotations

import socket
import struct

__all__ = ["QUIET", "receive", "send"]

_SIZE = struct.Struct("!Q")
QUIET = getattr(socket, "MSG_NOSIGNAL", 0)
"""The command line lets SIGPIPE end it, as tools do; a worker that died must not."""


def send(connection: socket.socket, content: bytes) -> None:
    """Send one message. Raises OSError when the other side is gone."""
    connection.sendall(_SIZE.pack(len(content)) + content, QUIET)


def receive(connection: socket.socket) -> bytes:
    """One message. Raises EOFError when the other side is gone, before it or in the middle of it."""
    (size,) = _SIZE.unpack(_exactly(connection, _SIZE.size))
    return _exactly(connection, size)


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = bytearray(size)
    view, done = memoryview(data), 0
    while done < size:
        try:
            got = connection.recv_into(view[done:])
        except OSError as error:
            raise EOFError(str(error)) from error
        if not got:
            raise EOFError
        done += got
    return bytes(data)
