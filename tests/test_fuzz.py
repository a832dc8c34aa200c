"""The short form of `python -m bench fuzz`: a few hundred cases of each target, and that a fault would be seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import fuzz
from kgbuild.errors import InputError

CASES = {"check": 25, "graph": 40, "folder": 40}
"""Fewer where a case reads a whole folder."""


@pytest.mark.parametrize("name", sorted(fuzz.TARGETS))
def test_no_case_crashes_or_hangs(name: str) -> None:
    found, accepted = fuzz.crashes(fuzz.TARGETS[name], CASES.get(name, 150))
    assert not found, found
    assert accepted or name == "journal", "nothing got past the door: the seeds test nothing"


def broken(data: bytes) -> None:
    if b"!" in data:
        raise InputError("two\nlines")
    if b"?" in data:
        raise ValueError("a fault of ours")


def test_a_crash_and_a_message_of_two_lines_are_found() -> None:
    def make(place: Path) -> tuple[list[bytes], fuzz.Case]:
        return [b"fine", b"!", b"?"], broken

    found, accepted = fuzz.crashes(fuzz.Target("", make), 3)
    assert accepted == 1 and sorted(k.split()[0] for k in found) == ["ValueError", "message"]


def test_a_hang_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "SECONDS", 0.05)

    def spins(data: bytes) -> None:
        while True:
            pass

    found, _ = fuzz.crashes(fuzz.Target("", lambda place: ([b"x"], spins)), 1)
    assert [k.split(":")[0] for k in found] == ["hang"]


def test_a_constructed_graph_with_blank_nodes_is_turtle(tmp_path: Path) -> None:
    import pyoxigraph as ox

    from kgbuild import query
    from kgbuild.store import open_store

    store = open_store(fuzz.small_build(tmp_path))
    result = query.run(store, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    text = result.dump("turtle")
    assert "_:" in text and len(list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))) == len(
        set(result.graph or ())
    )
