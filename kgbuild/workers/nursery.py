"""The process that loads the language step once and makes workers out of itself, each a fork that shares its memory.

Where a process that has loaded native libraries cannot be forked safely (macOS), it becomes the one worker itself. It and its workers end
when the process that started it does.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from kgbuild.errors import KgbuildError
from kgbuild.records import Document, Record, Skipped, from_json, pack
from kgbuild.workers import frames

__all__ = ["BECOME", "FORK", "RECORDS", "SKIPPED", "WHY", "main"]

FORK, BECOME, WHY = b"f", b"b", b"w"
"""What the pool asks: a worker on the socket handed over; to be that worker; how the worker of that number ended."""

RECORDS, SKIPPED = b"r", b"s"
"""What a worker answers, before the packed records or the reason why there are none."""


def main(descriptor: int) -> None:
    """Load the step that the first message describes, answer what it tells (or what is wrong), then make workers."""
    # Whoever asked was interrupted or killed meanwhile: there is nobody to answer, and nothing to say.
    with suppress(EOFError, BrokenPipeError, ConnectionError):
        _serve(socket.socket(fileno=descriptor))


def _serve(control: socket.socket) -> None:
    try:
        start = pickle.loads(
            frames.receive(control)
        )  # from the process that started this one, over a pipe of their own
        step = start()
    except EOFError:
        return
    except Exception as error:
        frames.send(control, pickle.dumps(error if isinstance(error, KgbuildError) else KgbuildError(f"the language step does not start ({type(error).__name__}: {error})")))  # fmt: skip
        return
    frames.send(control, pickle.dumps(step.told))
    children: set[int] = set()
    while True:
        select.select([control], [], [])
        try:
            asked, descriptors, _, _ = socket.recv_fds(control, 16, 1)
        except OSError:
            asked, descriptors = b"", []
        if not asked:
            break
        if asked[:1] == BECOME:
            control.close()
            _work(descriptors[0], step)
        elif asked[:1] == FORK:
            child = os.fork()
            if not child:
                control.close()
                _work(descriptors[0], step)
            os.close(descriptors[0])
            children.add(child)
            frames.send(control, str(child).encode())
        elif asked[:1] == WHY:
            # Not before: until it is asked for, the number means this worker and no other process.
            child = int(asked[1:])
            _, status = os.waitpid(child, 0)
            children.discard(child)
            frames.send(control, str(os.waitstatus_to_exitcode(status)).encode())
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _work(descriptor: int, step: Callable[[Document], list[Record] | Skipped]) -> NoReturn:
    """Answer articles from the socket, in order, until it closes; never returns."""
    try:
        connection = socket.socket(fileno=descriptor)
        while True:
            document = from_json(frames.receive(connection).decode("utf-8", "surrogatepass"))
            assert isinstance(document, Document)
            found = step(document)
            if isinstance(found, Skipped):
                frames.send(connection, SKIPPED + found.reason.encode("utf-8", "surrogatepass"))
            else:
                frames.send(connection, RECORDS + pack(found))
    except (EOFError, OSError):
        os._exit(0)
    except BaseException:
        import traceback

        if os.environ.get("KGBUILD_DEBUG"):
            traceback.print_exc()
        os._exit(1)
