"""A graph in partitions, for what no single machine can hold, and back to a build folder for what one can."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

from kgbuild.cluster import engine_of
from kgbuild.cluster.partitions import unpack_found
from kgbuild.cluster.place import Place
from kgbuild.cluster.run import FORMAT, run
from kgbuild.config import Config
from kgbuild.errors import BuildFolderError, UsageError
from kgbuild.fingerprint import pipeline_key
from kgbuild.language import NodeStep, Told, versions_of
from kgbuild.progress import Report
from kgbuild.records import Record, Skipped, record_order

__all__ = ["build_partitioned", "gathered"]


def build_partitioned(
    inputs: Sequence[str], place: str, config: Config, progress: Report | None = None
) -> dict[str, Any]:
    """Articles to records (Parquet) and statements (N-Quads, Turtle) in partitions under a folder or URL; what its manifest says.

    The engine is that of the settings (none: this process). Raises UsageError with corrections, which need all records in one place.
    """
    if config.corrections:
        raise UsageError("--partitioned takes no --corrections: gather the graph, then build its folder with them")
    engine = engine_of(config.engine or "here", config.address, config.workers)

    def about(told: Told) -> tuple[dict[str, str], Sequence[Skipped]]:
        return versions_of(told, config), told.refused

    try:
        return run(inputs, place, config, engine, partial(NodeStep, config), pipeline_key(config), about, progress)
    finally:
        engine.close()


def gathered(place: str) -> tuple[list[Record], dict[str, Any]]:
    """All records of such partitions in order, and the manifest. Raises BuildFolderError when a file is not the one it names."""
    files = Place(place)
    content = files.read("manifest.json")
    try:
        manifest = json.loads(content or b"")
        if manifest["format"] != FORMAT:
            raise BuildFolderError(f"{place}: partitions of another kgbuild (format {manifest['format']}, this one knows {FORMAT}); update kgbuild")  # fmt: skip
        names = [n for n in manifest["files"] if n.startswith("records/")]
    except (ValueError, KeyError, TypeError) as error:
        raise BuildFolderError(f"{place}: no graph in partitions; `kgbuild build INPUT -o {place} --partitioned` makes one") from error  # fmt: skip
    out: list[Record] = []
    for name in names:
        if (part := files.proven(name, manifest["files"][name]["sha256"])) is None:
            raise BuildFolderError(f"{place}/{name} is not the file the manifest tells of; build it again")
        for _, found in unpack_found(part):
            out += found if not isinstance(found, Skipped) else ()
    return sorted(out, key=record_order), manifest
