"""The worker processes of an endpoint: a question goes to a free one, one that dies over its question is replaced."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any, Final

from kgbuild.endpoint import frames
from kgbuild.endpoint.settings import Settings
from kgbuild.errors import BuildFolderError, UsageError

__all__ = ["Keeper", "Pool", "Reply"]

_ROOT: Final = Path(__file__).resolve().parents[2]
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from kgbuild.endpoint.nursery import main; "
    "from kgbuild.endpoint.settings import Settings; main(int(sys.argv[2]), sys.argv[3], Settings.from_json(sys.argv[4]))"
)

LOOK: Final = 1.0
"""Seconds between looks for a newer build."""

Reply = tuple[int, str, bytes]
"""HTTP status, media type ("" for a refusal), body (for a refusal one line that says why)."""


class Pool:
    """Workers over one build folder. `facts` are the dataset's numbers (see `dataset.statistics`)."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Load the folder. Raises BuildFolderError when it holds no graph, UsageError where processes cannot fork."""
        if not hasattr(os, "fork"):
            raise UsageError("kgbuild serve needs Linux, macOS or another Unix (on Windows: inside WSL)")
        self.folder = folder
        self.settings = settings
        self._lock = threading.Lock()  # of the socket to the nursery
        self._hands = threading.Lock()  # of the workers that are free, and of who waits for one
        self._closed = False
        self._free: list[socket.socket] = []
        self._waiting: deque[queue.SimpleQueue[socket.socket]] = deque()
        self._control, self._process, self.facts = self._nursery()
        for _ in range(settings.workers):
            self._give(self._worker())

    def ask(self, question: dict[str, Any]) -> Reply:
        """The answer to a question (see `answers.answer`), or why there is none. Waits for a free worker as long as a query may take."""
        limit = self.settings.seconds
        worker = self._take(limit)
        if worker is None:
            return 503, "", b"too many queries at a time: try again"
        begun = time.monotonic()
        try:
            worker.settimeout(limit + 10)  # the kernel ends the worker before; this is for a kernel that is very late
            frames.send(worker, question)
            head, body = frames.receive(worker)
        except (OSError, EOFError):
            late = time.monotonic() - begun >= limit * 0.99
            worker.close()
            worker = self._worker()
            reason = (
                f"the query took longer than {limit:g} s" if late else "the query needs more memory than it may take"
            )
            return 503, "", f"{reason}: narrow it, or add a LIMIT".encode()
        finally:
            self._give(worker)
        return head["status"], head.get("type", ""), body

    def close(self) -> None:
        """End the workers: each ends when its socket closes, or at its time limit."""
        with self._lock, self._hands:
            self._closed = True
            self._control.close()
            while self._free:
                self._free.pop().close()
            self._process.wait()

    def _take(self, seconds: float) -> socket.socket | None:
        """A free worker, first come first served (a queue.Queue lets late comers overtake); None when there is none in time."""
        with self._hands:
            if self._free:
                return self._free.pop()
            mine: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()
            self._waiting.append(mine)
        try:
            return mine.get(timeout=seconds)
        except queue.Empty:
            with self._hands:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                    return None
            return mine.get()  # handed over in the last moment

    def _give(self, worker: socket.socket) -> None:
        with self._hands:
            if self._waiting:
                self._waiting.popleft().put(worker)
            elif self._closed:
                worker.close()
            else:
                self._free.append(worker)

    def _worker(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with self._lock, theirs:
            try:
                socket.send_fds(self._control, [b"f"], [theirs.fileno()])
            except OSError:
                # The nursery was killed from outside, most likely for memory: load the folder anew.
                self._process.wait()
                self._control, self._process, self.facts = self._nursery()
                socket.send_fds(self._control, [b"f"], [theirs.fileno()])
        return ours

    def _nursery(self) -> tuple[socket.socket, subprocess.Popen[bytes], dict[str, Any]]:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    _START,
                    str(_ROOT),
                    str(theirs.fileno()),
                    str(self.folder),
                    self.settings.to_json(),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            head, _ = frames.receive(ours)
        except EOFError:
            head = {"error": f"{self.folder}: cannot be loaded (out of memory?)"}
        if "error" in head:
            ours.close()
            process.wait()
            raise BuildFolderError(head["error"])
        return ours, process, head["ready"]


class Keeper:
    """The pool over the present state of a build folder: when the folder is built anew, the next one takes its place.

    Questions go to the old state until the new one is loaded. A state that cannot be loaded is reported once, on stderr,
    and the old one stays.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Load the folder; raises as `Pool` does."""
        self._folder = folder
        self._settings = settings
        self._seen = self._state()
        self._looked = time.monotonic()
        self._lock = threading.Lock()
        self._pool = Pool(folder, settings)

    @property
    def pool(self) -> Pool:
        """The pool to ask now; looks for a newer build at most once in `LOOK` seconds."""
        with self._lock:
            if time.monotonic() - self._looked >= LOOK:
                self._looked = time.monotonic()
                state = self._state()
                if state is not None and state != self._seen:
                    self._seen = state
                    threading.Thread(target=self._renew, name="renew", daemon=True).start()
            return self._pool

    def close(self) -> None:
        """End the workers."""
        self._pool.close()

    def _renew(self) -> None:
        try:
            new = Pool(self._folder, self._settings)
        except BuildFolderError as error:
            print(f"kgbuild: {error}; the state before is still served", file=sys.stderr, flush=True)
            return
        with self._lock:
            old, self._pool = self._pool, new
        time.sleep(2 * self._settings.seconds + 1)  # what still waits for a worker of the old state, and its own time
        old.close()

    def _state(self) -> tuple[int, int, int] | None:
        """What changes whenever the folder is built: its manifest is written last, as a new file."""
        try:
            found = (self._folder / "manifest.json").stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
