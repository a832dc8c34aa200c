"""The pool: articles handed to worker processes a little ahead of their work, what they give taken back, the dead replaced.

One thread, one loop. Whoever takes the results slowly slows the workers: nothing piles up but what they are ahead.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Generic, Protocol, TypeVar

from kgbuild.errors import KgbuildError, UsageError
from kgbuild.records import Document, Record, Skipped, to_json
from kgbuild.workers import frames
from kgbuild.workers.nursery import BECOME, FORK, SKIPPED, WHY

__all__ = ["Found", "Limits", "Outcome", "Pool", "Step", "Told", "alone"]

AHEAD: Final = 1_500
"""Words a worker holds beyond the article it is at: under a second of work, so that it never waits for the next one."""
WINDOW: Final = 32
"""Articles a worker may be ahead of the first one that is not done, where they are wanted in order."""
IDLE_DEATHS: Final = 20
"""Workers that may die while nothing is theirs to do; more is a machine that lets no process live."""

_ROOT: Final = Path(__file__).resolve().parents[2]
_START: Final = "import os, sys; sys.path[:] = sys.argv[2].split(os.pathsep); from kgbuild.workers.nursery import main; main(int(sys.argv[1]))"
_ONE_THREAD: Final = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "RAYON_NUM_THREADS"), "1"
) | {"TOKENIZERS_PARALLELISM": "false"}
"""Each worker has a core; threads of their libraries would fight over them."""

Told = TypeVar("Told", covariant=True)

Found = list[Record] | bytes | Skipped
"""What an article gave: its records, packed or not (`records.unpack`), or why there are none."""

Outcome = tuple[int, Document, Found]
"""Number of an article in the input (from 0), the article, what it gave."""


class Step(Protocol[Told]):
    """The language step: records of an article, the Document first, or why there are none. What it tells of itself can be pickled."""

    @property
    def told(self) -> Told:
        """What a step says of itself."""

    def __call__(self, document: Document) -> list[Record] | Skipped:
        """Must raise nothing; what kills the process or never ends is the pool's matter."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one article may cost. seconds: of one article (None: as long as it takes). tries: workers that may die over it."""

    seconds: float | None = None
    tries: int = 3


@dataclass(slots=True)
class _Job:
    number: int
    document: Document
    line: bytes
    words: int
    deaths: int = 0


@dataclass(slots=True)
class _Worker:
    connection: socket.socket
    process: int
    nursery: _Nursery[Any]
    jobs: deque[_Job] = field(default_factory=deque)
    since: float = 0.0

    @property
    def words(self) -> int:
        return sum(job.words for job in self.jobs)


class Pool(Generic[Told]):
    """Workers over one language step; a context manager. `told` is what the step says of itself."""

    def __init__(self, start: Callable[[], Step[Told]], workers: int, limits: Limits | None = None, share: bool | None = None) -> None:  # fmt: skip
        """Load the step, which `start` makes (a module's function with its arguments: it is pickled).

        share: workers are forks of one process that loaded it (default: on Linux); else each loads it. Raises what `start` raises if it is
        a KgbuildError, KgbuildError for other errors, UsageError where there are no Unix sockets.
        """
        if not hasattr(socket, "send_fds"):
            raise UsageError("--workers and --time-limit need Linux, macOS or another Unix (on Windows: inside WSL)")
        self.limits = limits or Limits()
        self._start, self._count = pickle.dumps(start), workers
        self._share = sys.platform == "linux" if share is None else share
        self._workers: list[_Worker] = []
        self._nursery: _Nursery[Told] | None = None
        first: _Nursery[Told] = self._load()
        self._nursery, self.told = first, first.told
        self._idle_deaths = 0

    def __enter__(self) -> Pool[Told]:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """End all processes at once, whatever they are at."""
        nurseries = {id(w.nursery): w.nursery for w in self._workers}
        for worker in self._workers:
            worker.nursery.kill(worker.process)
            worker.connection.close()
        self._workers.clear()
        if self._nursery is not None:
            nurseries[id(self._nursery)] = self._nursery
        for nursery in nurseries.values():
            nursery.close()
        self._nursery = None

    def results(self, documents: Iterable[Document], ordered: bool = False) -> Iterator[Outcome]:
        """What each article gave, as they are done; `ordered`: in the order of the input, at most WINDOW articles a worker held back.

        `documents` is read only as fast as the workers work. Raises KgbuildError when no worker stays alive.
        """
        try:
            yield from self._results(documents, ordered)
        finally:  # nobody waits any more for what is still in work: the next call must not take it for its own
            for worker in [w for w in self._workers if w.jobs]:
                self._bury(worker, kill=True)

    def _results(self, documents: Iterable[Document], ordered: bool) -> Iterator[Outcome]:
        source = enumerate(documents)
        again: deque[_Job] = deque()  # articles of workers that died
        held: dict[int, Outcome] = {}
        emitted = 0
        more = True
        while True:
            while again or more:
                worker = self._next_free()
                if worker is None:
                    break
                if again:
                    self._give(worker, again.popleft())
                    continue
                if ordered and len(held) >= WINDOW * self._count:
                    break
                following = next(source, None)
                if following is None:
                    more = False
                    break
                number, document = following
                line = to_json(document).encode("utf-8", "surrogatepass")
                self._give(worker, _Job(number, document, line, document.text.count(" ") + 1))
            busy = [w for w in self._workers if w.jobs]
            if not busy:
                if again or more:
                    continue
                break
            for worker in self._ready(busy):
                try:
                    content = frames.receive(worker.connection)
                except EOFError:
                    done = self._buried(worker, again, "")
                else:
                    job = worker.jobs.popleft()
                    worker.since = time.monotonic()
                    done = job.number, job.document, _found(job.document, content)
                if done is None:
                    continue
                if not ordered:
                    yield done
                    continue
                held[done[0]] = done
                while emitted in held:
                    yield held.pop(emitted)
                    emitted += 1
            for worker in [w for w in self._workers if w.jobs and self._is_late(w)]:
                late = self._buried(worker, again, f"it took longer than the time limit of {self.limits.seconds:g} s")
                if late is None:
                    continue
                held[late[0]] = late
                if not ordered:
                    yield held.pop(late[0])
            while emitted in held:
                yield held.pop(emitted)
                emitted += 1

    def _load(self) -> _Nursery[Told]:
        """A process with the step loaded; one that is killed meanwhile, for memory most likely, gets as many tries as an article."""
        for _ in range(self.limits.tries - 1):
            with suppress(_Killed):
                return _Nursery(self._start)
        return _Nursery(self._start)

    def _next_free(self) -> _Worker | None:
        """The worker with least to do, if it can take one more article; a new one while there are fewer than wished."""
        idle = next((w for w in self._workers if not w.jobs), None)
        if idle is not None:
            return idle
        if len(self._workers) < self._count:
            self._workers.append(self._new())
            return self._workers[-1]
        least = min(self._workers, key=lambda w: w.words)
        ahead = sum(job.words for job in list(least.jobs)[1:])
        return least if ahead < AHEAD else None

    def _give(self, worker: _Worker, job: _Job) -> None:
        if not worker.jobs:
            worker.since = time.monotonic()
        worker.jobs.append(job)
        with suppress(OSError):  # it is dead: reading from it will tell
            frames.send(worker.connection, job.line)

    def _ready(self, busy: list[_Worker]) -> list[_Worker]:
        seconds = self.limits.seconds
        wait = None
        if seconds is not None:
            wait = max(0.0, min(w.since for w in busy) + seconds - time.monotonic())
        ready, _, _ = select.select([w.connection for w in busy], [], [], wait)
        return [w for w in busy if w.connection in ready]

    def _is_late(self, worker: _Worker) -> bool:
        seconds = self.limits.seconds
        if seconds is None or time.monotonic() - worker.since < seconds:
            return False
        return not select.select([worker.connection], [], [], 0)[0]  # what is done and only waits to be read is in time

    def _buried(self, worker: _Worker, again: deque[_Job], late: str) -> Outcome | None:
        """Take a worker away, dead or late: what becomes of the article it was at, if it has no further try; the others come again."""
        status = self._bury(worker, kill=bool(late))
        job = worker.jobs.popleft() if worker.jobs else None
        again.extendleft(reversed(worker.jobs))
        if job is None:
            self._idle_deaths += 1
            if self._idle_deaths > IDLE_DEATHS:
                raise KgbuildError(f"worker processes end by themselves ({_ending(status)}): look at the system's log")
            return None
        job.deaths += 1
        if late:
            reason = late
        elif job.deaths < self.limits.tries:
            again.appendleft(job)
            return None
        else:
            reason = f"{_ending(status)}, {job.deaths} times"
        return job.number, job.document, Skipped(job.document.source, f"processing failed ({reason})")

    def _bury(self, worker: _Worker, kill: bool) -> int | None:
        """Take a worker away; how it ended."""
        self._workers.remove(worker)
        if kill:
            worker.nursery.kill(worker.process)
        worker.connection.close()
        status = worker.nursery.why(worker.process)
        if not self._share:
            worker.nursery.close()
        return status

    def _new(self) -> _Worker:
        if self._nursery is None:
            self._nursery = self._load()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = self._nursery.worker(theirs, FORK if self._share else BECOME)
            except (OSError, EOFError):
                # It was killed from outside, most likely for memory: load the step anew.
                self._nursery.close()
                self._nursery = self._load()
                process = self._nursery.worker(theirs, FORK if self._share else BECOME)
        worker = _Worker(ours, process, self._nursery)
        if not self._share:
            self._nursery = None
        return worker


class _Killed(KgbuildError):
    """The process ended before it said anything."""


class _Nursery(Generic[Told]):
    """The other side of `nursery.main`."""

    def __init__(self, start: bytes) -> None:
        self._control, theirs = socket.socketpair()
        path = os.pathsep.join([str(_ROOT), *(p or str(Path.cwd()) for p in sys.path)])
        with theirs:
            # A session of its own: Ctrl-C reaches the pool alone, which ends the workers.
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, str(theirs.fileno()), path], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, start_new_session=True, env=os.environ | _ONE_THREAD,
            )  # fmt: skip
        try:
            frames.send(self._control, start)
            told = pickle.loads(frames.receive(self._control))
        except (OSError, EOFError):
            self.close()
            raise _Killed(f"the language step does not start ({_ending(self._process.returncode)}): give it more memory") from None  # fmt: skip
        except BaseException:
            self.close()
            raise
        if isinstance(told, BaseException):
            self.close()
            raise told
        self.told: Told = told

    def worker(self, handed: socket.socket, how: bytes) -> int:
        """Number of the process that now answers on a socket. Raises OSError or EOFError when the nursery is gone."""
        socket.send_fds(self._control, [how], [handed.fileno()], frames.QUIET)
        return self._process.pid if how == BECOME else int(frames.receive(self._control))

    def kill(self, process: int) -> None:
        """End a worker that has not been asked about yet."""
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)

    def why(self, process: int) -> int | None:
        """How a killed worker ended, as `subprocess` counts (-9: SIGKILL); None when nobody knows."""
        if process == self._process.pid:
            return self._process.wait()
        try:
            self._control.sendall(WHY + str(process).encode(), frames.QUIET)
            return int(frames.receive(self._control))
        except (OSError, EOFError):
            return None

    def close(self) -> None:
        """End it, and what is left of its workers."""
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:  # still loading
            self._process.kill()
            self._process.wait()


def alone(step: Step[Any], documents: Iterable[Document]) -> Iterator[Outcome]:
    """What `Pool.results` gives, worked out in this process: no start, no limits."""
    for number, document in enumerate(documents):
        yield number, document, step(document)


def _found(document: Document, content: bytes) -> Found:
    if content[:1] == SKIPPED:
        return Skipped(document.source, content[1:].decode("utf-8", "surrogatepass"))
    return content[1:]


def _ending(status: int | None) -> str:
    if status is None or status >= 0:
        return f"its process ended{'' if status is None else f' with status {status}'}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = str(-status)
    return f"its process was killed by {name}{', out of memory?' if name == 'SIGKILL' else ''}"
