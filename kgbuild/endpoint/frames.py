"""Messages between the server and its worker processes: a line of JSON and a body of bytes over a socket."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

from kgbuild.wire import exactly

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
    first, second = _SIZES.unpack(exactly(connection, _SIZES.size))
    head: dict[str, Any] = json.loads(exactly(connection, first))
    return head, exactly(connection, second)
