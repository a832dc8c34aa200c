"""Work done in a fork of this process, so that what a native library does to it can be told in a line: it may abort, or never come back."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import select
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import NoReturn, TypeVar

__all__ = ["Lost", "apart", "in_thread"]

T = TypeVar("T")

_ENDS = (signal.SIGINT, signal.SIGTERM)
_WAIT = 500
"""Milliseconds."""


class Lost(Exception):
    """The process ended, as the message names it, before it gave a result: a native library aborted, or the system ended it for lack of memory."""


def apart(work: Callable[[], T], seconds: float | None = None) -> T:
    """What `work` gives, pickled on its way; raises what it raises.

    Raises TimeoutError when it takes longer than `seconds`, and Lost. Where processes cannot fork (Windows) a thread does it, and nothing is Lost.
    """
    if not hasattr(os, "fork"):
        return in_thread(work, seconds)
    source, sink = os.pipe()
    child = -1
    try:
        try:
            with _noted() as ends, warnings.catch_warnings():
                # of forks beside threads: the work takes no lock of theirs
                warnings.simplefilter("ignore", DeprecationWarning)
                child = os.fork()
                if child == 0:
                    _in_fork(work, seconds, sink)
        finally:
            os.close(sink)
        for end in ends:
            signal.raise_signal(end)
        told = _read(source)
    except BaseException:
        if child > 0:
            os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.close(source)
        if child > 0:
            _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGALRM:
        raise TimeoutError
    if code:
        raise Lost(signal.Signals(-code).name if code < 0 else f"status {code}")
    failed, value = pickle.loads(told)
    if failed:
        raise value
    given: T = value
    return given


def _read(source: int) -> bytes:
    """All that is written into a pipe. Each wait is short: an interrupt that comes as one begins is heard when it is over."""
    told = bytearray()
    poll = select.poll()
    poll.register(source, select.POLLIN)
    while True:
        if poll.poll(_WAIT):
            piece = os.read(source, 1 << 20)
            if not piece:
                return bytes(told)
            told += piece


@contextlib.contextmanager
def _noted() -> Iterator[list[signal.Signals]]:
    """Interrupts of the main thread are noted and not raised: what a handler raises while the interpreter forks is lost, or hides the fork that has to end.

    Blocking them would not do: any other thread may be given the signal, and the handler runs in the main thread all the same.
    """
    noted: list[signal.Signals] = []
    with contextlib.ExitStack() as before:
        if threading.current_thread() is threading.main_thread():
            for end in _ENDS:
                if (handler := signal.getsignal(end)) is not None:  # None: set by other than Python
                    before.callback(signal.signal, end, handler)
                    signal.signal(end, lambda number, _: noted.append(signal.Signals(number)))
        yield noted


def _in_fork(work: Callable[[], object], seconds: float | None, sink: int) -> NoReturn:
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # The kernel's own timer: a library may hold the interpreter for hours, and no handler would be heard.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds or 0)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the caller says it, in one line
        told: tuple[bool, object]
        try:
            told = (False, work())
        except Exception as error:
            told = (True, error)
        with open(sink, "wb") as pipe:
            pickle.dump(told, pipe, protocol=5)
        os._exit(0)
    finally:
        os._exit(1)


def in_thread(work: Callable[[], T], seconds: float | None = None) -> T:
    """What `work` gives in a thread, which is left behind when it does not end; raises what it raises, TimeoutError after `seconds`."""
    answer: list[T] = []
    failure: list[BaseException] = []
    running = threading.Lock()

    def do() -> None:
        try:
            answer.append(work())
        except BaseException as error:  # handed to the caller's thread, whatever it is
            failure.append(error)
        _idle.append(jobs)
        running.release()

    try:
        jobs = _idle.pop()
    except IndexError:
        jobs = queue.SimpleQueue()
        threading.Thread(target=_serve, args=(jobs,), daemon=True).start()
    running.acquire()
    jobs.put(do)
    if not running.acquire(timeout=-1 if seconds is None else seconds):
        raise TimeoutError
    if failure:
        raise failure[0]
    return answer[0]


# Threads that wait for the next work: to start one takes as long as many a short question.
_idle: list[queue.SimpleQueue[Callable[[], None]]] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # a fork has none of them


def _serve(jobs: queue.SimpleQueue[Callable[[], None]]) -> None:
    while True:
        jobs.get()()
