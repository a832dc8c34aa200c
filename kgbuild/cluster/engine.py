"""What runs the work of a cluster: one interface, and the engine that is no cluster at all, for tests and for one machine."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

__all__ = ["LOST", "Engine", "Here", "Make", "Work"]

LOST = 5
"""Workers that may be lost over one item before the run gives up; what is done stays, and the next run goes on from there."""

I = TypeVar("I", contravariant=True)  # noqa: E741 (an item)
R = TypeVar("R", covariant=True)


class Work(Protocol[I, R]):
    """What a worker does with items, one after another; made once for each worker, so that it can hold what is slow to load."""

    def __call__(self, item: I, /) -> R:
        """The result. Doing an item twice must be as good as once: its worker may be lost when it is all but done."""

    def close(self) -> None:
        """Give back what it holds."""


Make = Callable[[], Work[I, R]]
"""Makes the work in the worker's process; a module's function or class with its arguments, since it is pickled."""


class Engine(Protocol):
    """Does items on workers, wherever these are."""

    def each(self, make: Make[I, R], items: Sequence[I]) -> Iterator[tuple[int, R]]:
        """(place of the item, result) as they are done. An item whose worker is lost is done again by another.

        Raises what the work raises if it is a KgbuildError; KgbuildError when no worker is left or `LOST` were lost over one item.
        """

    def close(self) -> None:
        """End the workers."""


class Here:
    """This process as the only worker, which is never lost."""

    def each(self, make: Make[I, R], items: Sequence[I]) -> Iterator[tuple[int, R]]:
        """The results in order. What is handed over is pickled, as it would be on its way to another machine."""
        if not items:
            return
        work = pickle.loads(pickle.dumps(make))()
        try:
            for number, item in enumerate(items):
                yield number, pickle.loads(pickle.dumps(work(pickle.loads(pickle.dumps(item)))))
        finally:
            work.close()

    def close(self) -> None:
        """Nothing to end."""
