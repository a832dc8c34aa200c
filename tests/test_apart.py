"""Work in a process of its own: what it gives comes back, and what ends it or never ends is told."""

from __future__ import annotations

import faulthandler
import os
import re
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kgbuild.apart import Lost, apart, in_thread
from kgbuild.errors import QueryError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes that fork")


def test_what_it_gives_and_raises_comes_back() -> None:
    held = [os.getpid()]
    assert apart(lambda: (os.getpid() != held[0], held)) == (True, held)
    assert len(apart(lambda: b"x" * 5_000_000)) == 5_000_000
    with pytest.raises(QueryError, match="no such thing"):
        apart(_fails)


def test_work_that_never_lets_go_of_the_interpreter_is_ended() -> None:
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        apart(lambda: re.match("(a+)+$", "a" * 60 + "b"), 0.5)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(("end", "says"), [(os.abort, "SIGABRT"), (lambda: os.kill(os.getpid(), signal.SIGKILL), "SIGKILL"), (lambda: os._exit(3), "status 3"), (lambda: apart, "status 1")])  # fmt: skip
def test_what_ends_it_is_named_and_nothing_else_is_said(end: Callable[[], object], says: str, capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    def work() -> object:
        faulthandler.disable()  # the test run's own
        os.write(2, b"a native library's last words")
        return [end(), lambda: None] if says == "status 1" else end()  # what cannot be pickled is lost as well

    with pytest.raises(Lost, match=says):
        apart(work)
    assert capfd.readouterr().err == ""


def test_in_a_thread_that_is_kept_for_the_next_or_left_behind() -> None:
    first = in_thread(threading.get_ident)
    assert first == in_thread(threading.get_ident) != threading.get_ident()
    with pytest.raises(QueryError, match="no such thing"):
        in_thread(_fails)
    never = threading.Event()
    with pytest.raises(TimeoutError):
        in_thread(never.wait, 0.1)
    assert in_thread(threading.get_ident) != first
    assert apart(lambda: in_thread(lambda: 3), 20) == 3  # a fork has none of the threads
    never.set()


def _fails() -> None:
    raise QueryError("no such thing")


def test_an_interrupt_ends_both(tmp_path: Path) -> None:
    def work() -> None:
        (tmp_path / "pid").write_text(str(os.getpid()))
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(60)

    stop = threading.Event()
    beside = [threading.Thread(target=stop.wait) for _ in range(4)]  # the signal may be given to any thread
    for thread in beside:
        thread.start()
    handlers = [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)]
    for _ in range(40):
        with pytest.raises(KeyboardInterrupt):
            apart(work)
        assert [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)] == handlers
    stop.set()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
