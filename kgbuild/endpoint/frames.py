"""Messages between the server and its worker processes: a line of JSON and a body of bytes over a socket."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

__all__ = ["receive", "send"]

_SIZES = struct.Struct("!QQ")


def send(connection: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    """Send one message. Raises OSError when the other side is gone."""
    line = json.dumps(head).encode()
    connection.sendall(_SIZES.pack(len(line), len(body)) + line)
    if body:
        connection.sendall(body)


def receive(connection: socket.socket) -> tuple[dict[str, Any], bytes]:
    """One message: its head and its body. Raises EOFError when the other side is gone."""
    first, second = _SIZES.unpack(_exactly(connection, _SIZES.size))
    head: dict[str, Any] = json.loads(_exactly(connection, first))
    return head, _exactly(connection, second)


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
