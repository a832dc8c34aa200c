"""The process that loads the graph once and makes workers out of itself, each a fork that shares its memory.

A worker that runs over its time is killed by the kernel's own timer, whatever code it is in, and costs no more than
another fork. Started by `pool` with a socket and the settings; it and its workers end when the server does.
"""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import NoReturn

import pyoxigraph as ox

from kgbuild.endpoint import frames
from kgbuild.endpoint.answers import Refusal, answer
from kgbuild.endpoint.dataset import open_dataset, statistics
from kgbuild.endpoint.settings import Settings
from kgbuild.errors import KgbuildError

__all__ = ["main"]


def main(descriptor: int, folder: str, settings: Settings) -> None:
    """Load the folder, say so (or what is wrong) over the socket, then fork a worker for each socket handed over."""
    control = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        store = open_dataset(folder)
        facts = statistics(store)
    except KgbuildError as error:
        frames.send(control, {"error": str(error)})
        return
    frames.send(control, {"ready": facts})
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel forgets ended workers by itself
    while True:
        asked, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not asked:
            return
        for handed in descriptors:
            if os.fork() == 0:
                control.detach()
                _worker(handed, store, facts["base"], settings)
            os.close(handed)


def _worker(descriptor: int, store: ox.Store, base: str, settings: Settings) -> NoReturn:
    """Answer questions from the socket until it closes; never returns."""
    try:
        connection = _confine(descriptor, settings)
        while True:
            question, _ = frames.receive(connection)
            signal.setitimer(signal.ITIMER_REAL, settings.seconds)
            try:
                media, content = answer(store, base, question, settings)
                head = {"status": 200, "type": media}
            except Refusal as refusal:
                head, content = {"status": refusal.status}, str(refusal).encode()
            except MemoryError:
                head, content = {"status": 503}, b"the query needs more memory than it may take: narrow it"
            signal.setitimer(signal.ITIMER_REAL, 0)
            frames.send(connection, head, content)
    except BaseException as error:
        os._exit(0 if isinstance(error, (EOFError, OSError)) else 1)


def _confine(descriptor: int, settings: Settings) -> socket.socket:
    """Leave the worker one socket, no other file, no way to open one, and bounded memory."""
    import resource  # POSIX only, as the whole module is in effect

    space = _address_space()
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    if descriptor != 3:
        os.dup2(descriptor, 3)
    os.closerange(4, max(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 256))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    # No number is left for another file or socket, so a query that found a way to ask for one could not have it.
    resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if space is not None:
        limit = space + (settings.memory_mib << 20)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return socket.socket(fileno=3)


def _address_space() -> int | None:
    """Bytes of address space this process has; None where the kernel does not tell or would not limit it."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
