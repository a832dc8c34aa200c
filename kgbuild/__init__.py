"""Turns news articles into a knowledge graph: actors, places, events, claims and stances, each with its evidence.

import kgbuild
kg = kgbuild.build("examples/")
kg.query("who-opposes", "Russia")
kg.to_networkx()
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kgbuild.config import VERSION as __version__
from kgbuild.config import Config

if TYPE_CHECKING:
    from kgbuild.annotate import load
    from kgbuild.pipeline import KnowledgeGraph, build
    from kgbuild.pipeline import open_build as open

__all__ = ["Config", "KnowledgeGraph", "__version__", "build", "load", "open"]

_LAZY = {
    "KnowledgeGraph": "kgbuild.pipeline:KnowledgeGraph",
    "build": "kgbuild.pipeline:build",
    "load": "kgbuild.annotate:load",
    "open": "kgbuild.pipeline:open_build",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when first used, so that `import kgbuild` takes milliseconds."""
    if name not in _LAZY:
        raise AttributeError(f"module 'kgbuild' has no attribute {name!r}")
    module, _, attribute = _LAZY[name].partition(":")
    return getattr(importlib.import_module(module), attribute)
