"""Where the ontology, the shapes and the JSON-LD context are, in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kgbuild.errors import KgbuildError

__all__ = ["KG", "V", "ontology_file"]

KG: Final = "https://w3id.org/kgbuild/ns#"
"""Namespace of the ontology's classes and properties (prefix kg)."""
V: Final = "https://w3id.org/kgbuild/vocab/"
"""Namespace of its SKOS values (prefix v)."""


def ontology_file(name: str) -> Path:
    """Path of kgbuild.ttl, shapes.ttl or context.jsonld. Raises KgbuildError when the installation lacks it.

    >>> ontology_file("kgbuild.ttl").name
    'kgbuild.ttl'
    """
    package = Path(__file__).resolve().parent
    # A wheel carries the folder inside the package; a checkout has it beside the package.
    for folder in (package / "ontologies", package.parent / "ontologies"):
        if (folder / name).is_file():
            return folder / name
    raise KgbuildError(f"ontologies/{name} is missing: install kgbuild again, or run it from a full checkout")
