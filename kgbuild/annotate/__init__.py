"""The language step: Document to spaCy Doc with names, linked entities, coreference and times."""

from __future__ import annotations

from kgbuild.annotate.annotator import Annotator, load

__all__ = ["Annotator", "load"]
