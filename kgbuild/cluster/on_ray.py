"""Ray as the engine: one actor a processor, wherever the cluster has one; the lost are replaced, new nodes are taken into use."""

from __future__ import annotations

import os
import pickle
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

from kgbuild.cluster.engine import LOST, Make
from kgbuild.errors import KgbuildError, UsageError

__all__ = ["OnRay"]

LOOK: Final = 2.0
"""Seconds between looks at how many processors the cluster has."""
PATIENCE: Final = 120.0
"""Seconds without any processor before the run gives up."""
FAILED: Final = 50
"""Workers that may be lost before their first item; more, and something is wrong with all of them."""
_ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}

I = TypeVar("I")  # noqa: E741 (an item)
R = TypeVar("R")


class _Hand:
    """What an actor is: a work, made before the first item."""

    def __init__(self) -> None:
        self._work: Any = None

    def prepare(self, make: bytes) -> Exception | None:
        """Make the work, in the place of the one before; the reason when it cannot be made."""
        try:
            if self._work is not None:
                self._work.close()
                self._work = None
            self._work = pickle.loads(make)()
        except Exception as error:
            return error if isinstance(error, KgbuildError) else KgbuildError(_one_line(error))
        return None

    def do(self, item: bytes) -> bytes:
        """The result of an item, or the error it raised; both pickled: Ray's own errors are for lost workers alone."""
        try:
            return pickle.dumps(self._work(pickle.loads(item)))
        except Exception as error:
            return pickle.dumps(_Raised(error if isinstance(error, KgbuildError) else KgbuildError(_one_line(error))))


class _Raised:
    def __init__(self, error: KgbuildError) -> None:
        self.error = error


class OnRay:
    """Actors on a Ray cluster."""

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        """Connect to the cluster at an address (default: $RAY_ADDRESS, else one that is started on this machine).

        workers: actors at most (default: one a processor). Raises UsageError when Ray is not installed or no cluster is there.
        """
        try:
            import ray
        except ImportError as error:
            raise UsageError("--engine ray needs Ray: pip install 'kgbuild[cluster]', on every node") from error
        self._ray, self._most = ray, workers
        self._ours = not ray.is_initialized()
        if self._ours:
            try:
                ray.init(
                    address=address, include_dashboard=None if address or os.environ.get("RAY_ADDRESS") else False,
                    log_to_driver=False, logging_level="error", runtime_env={"env_vars": _ONE_THREAD},
                )  # fmt: skip
            except (ConnectionError, RuntimeError, ValueError) as error:
                raise UsageError(
                    f"no Ray cluster at {address or os.environ.get('RAY_ADDRESS')}: start one with `ray start --head`, or leave "
                    f"--address out ({_one_line(error)})"
                ) from error
        self._actor = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(_Hand)
        self._idle: list[Any] = []
        """Actors between two calls: a process that has started need not start again."""

    def each(self, make: Make[I, R], items: Sequence[I]) -> Iterator[tuple[int, R]]:
        """See `engine.Engine.each`."""
        ray = self._ray
        made = pickle.dumps(make)
        waiting = deque(range(len(items)))
        lost = [0] * len(items)
        jobs: dict[Any, tuple[Any, int | None]] = {}  # what an actor is at: an item, or None while it makes its work
        left = len(items)
        seen = time.monotonic()
        failed = 0
        try:
            while left:
                # who is there goes before who has been asked for, and may have no processor left to come to
                for actor in [self._idle.pop() for _ in range(min(len(self._idle), len(waiting)))]:
                    jobs[actor.prepare.remote(made)] = (actor, None)
                while len(jobs) < min(left, self._wanted()):
                    actor = self._actor.remote()
                    jobs[actor.prepare.remote(made)] = (actor, None)
                done, _ = ray.wait(list(jobs), num_returns=1, timeout=LOOK)
                if done or self._processors():  # all of them may be at other people's work: that ends
                    seen = time.monotonic()
                elif time.monotonic() - seen > PATIENCE:
                    raise KgbuildError(f"the Ray cluster has had no processor for {PATIENCE:.0f} s: look at `ray status`, and run it again")  # fmt: skip
                for ref in done:
                    actor, number = jobs.pop(ref)
                    try:
                        given = ray.get(ref)
                    except ray.exceptions.RayError as error:
                        ray.kill(actor)
                        if number is None:
                            failed += 1
                            if failed > FAILED:
                                raise KgbuildError(f"{failed} workers did not start: is the same kgbuild installed on every node? ({_one_line(error)})") from error  # fmt: skip
                            continue
                        lost[number] += 1
                        if lost[number] >= LOST:
                            raise KgbuildError(f"{lost[number]} workers were lost over {items[number]} ({_one_line(error)}): run it again, what is done is kept") from error  # fmt: skip
                        waiting.appendleft(number)
                        continue
                    if number is None and given is not None:
                        raise given
                    if waiting:
                        following = waiting.popleft()
                        jobs[actor.do.remote(pickle.dumps(items[following]))] = (actor, following)
                    else:
                        self._idle.append(actor)
                    if number is not None:
                        result = pickle.loads(given)
                        if isinstance(result, _Raised):
                            raise result.error
                        left -= 1
                        yield number, result
        finally:
            for actor, _ in jobs.values():
                ray.kill(actor)

    def close(self) -> None:
        """Leave the cluster; end it when it was started here."""
        while self._idle:
            self._ray.kill(self._idle.pop())
        if self._ours:
            self._ray.shutdown()

    def _wanted(self) -> int:
        there = self._processors()
        return max(1, min(there, self._most or there))

    def _processors(self) -> int:
        return int(self._ray.cluster_resources().get("CPU", 0))


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
