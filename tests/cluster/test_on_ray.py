"""The share-out of `cluster.on_ray`, on a stand-in for Ray: who comes, who is lost, and who never finds a processor."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from kgbuild.cluster.on_ray import OnRay


class Lost(Exception):
    """What Ray raises for a lost actor."""


class Stand:
    """Ray with so many processors as it says, of which `real` can be had; the calls in `lost` (actor, number of the call) end with the actor.

    What lost calls have to tell is told last, as a dead node is found out late.
    """

    def __init__(self, said: int, real: int, lost: Sequence[tuple[int, int]] = ()) -> None:
        self.said, self.real, self.lost = said, real, set(lost)
        self.actors: list[Actor] = []
        self.empty = 0
        self.exceptions = SimpleNamespace(RayError=Lost)

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": self.said}

    def wait(self, refs: list[Any], num_returns: int, timeout: float) -> tuple[list[Any], list[Any]]:
        able = [r for r in refs if r.actor.number < self.real]
        told = sorted(able, key=lambda r: (r.actor.number, r.call) in self.lost)[:1]
        self.empty = 0 if told else self.empty + 1
        assert self.empty < 3, "nobody is at work, and something is left to do"
        if told and (told[0].actor.number, told[0].call) in self.lost:
            self.said = self.real = 1  # now it is known
        return told, [r for r in refs if r not in told]

    def get(self, ref: Any) -> Any:
        if (ref.actor.number, ref.call) in self.lost:
            raise Lost
        return ref.result

    def kill(self, actor: Any) -> None:
        pass


class Ref:
    """What a call will give."""

    def __init__(self, actor: Actor, call: int, result: Any) -> None:
        self.actor, self.call, self.result = actor, call, result


class Tens:
    """A work."""

    def __call__(self, item: int) -> int:
        return item * 10

    def close(self) -> None:
        pass


class Actor:
    def __init__(self, ray: Stand) -> None:
        self.number, self.calls = len(ray.actors), 0
        ray.actors.append(self)
        self.prepare = SimpleNamespace(remote=lambda made: self._ref(None))
        self.do = SimpleNamespace(remote=lambda item: self._ref(pickle.dumps(Tens()(pickle.loads(item)))))

    def _ref(self, result: Any) -> Ref:
        self.calls += 1
        return Ref(self, self.calls, result)


def shared_out(ray: Stand, items: Sequence[int]) -> list[tuple[int, int]]:
    engine = OnRay.__new__(OnRay)
    engine._ray, engine._most, engine._ours, engine._idle = ray, None, False, []
    engine._actor = SimpleNamespace(remote=lambda: Actor(ray))
    return sorted(engine.each(Tens, items))


def test_every_item_is_done_once() -> None:
    assert shared_out(Stand(2, 2), range(7)) == [(n, n * 10) for n in range(7)]


def test_what_a_lost_actor_had_goes_to_one_that_is_there_not_to_one_that_never_comes() -> None:
    """Three processors are said to be there; two are. The first actor is done when it comes out that the second is lost."""
    assert shared_out(Stand(3, 2, lost=[(1, 2)]), range(3)) == [(n, n * 10) for n in range(3)]
