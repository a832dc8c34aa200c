"""Work on many machines: partitions of articles in a place all of them see, and an engine that does them (this process, or Ray)."""

from __future__ import annotations

from kgbuild.cluster.annotation import Annotation
from kgbuild.cluster.engine import Engine, Here

__all__ = ["Annotation", "Engine", "Here", "engine_of"]


def engine_of(name: str, address: str | None = None, workers: int | None = None) -> Engine:
    """The engine of a name: "here" or "ray", at an address, with so many workers at most. Raises UsageError."""
    from kgbuild.errors import UsageError

    if name == "here":
        return Here()
    if name == "ray":
        from kgbuild.cluster.on_ray import OnRay

        return OnRay(address, workers)
    raise UsageError(f"unknown engine {name!r}; known: here, ray")
