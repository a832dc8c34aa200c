"""Bytes between processes over a socket: exactly so many of them."""

from __future__ import annotations

import socket

__all__ = ["exactly"]


def exactly(connection: socket.socket, size: int) -> bytes:
    """The next `size` bytes. Raises EOFError when the other side is gone before it sent them all."""
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
