"""The short form of `python -m bench fuzz`: a few hundred cases of each target, and that a fault would be seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import fuzz
from kgbuild import pipeline
from kgbuild.check import check
from kgbuild.doctor import _folder
from kgbuild.errors import BuildFolderError, InputError

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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("x" * 3000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("format", "base", "versions", "counts", "articles", "skipped", "files", "parts")


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fuzz.small_build(tmp_path_factory.mktemp("fuzz"))


@settings(max_examples=60, deadline=None)
@given(key=st.sampled_from(KEYS), value=JSON)
def test_any_value_under_any_key_of_a_manifest_is_read_or_refused_in_one_line(key: str, value: object, build: Path) -> None:  # fmt: skip
    path = build / "manifest.json"
    good = path.read_bytes()
    path.write_text(json.dumps({**json.loads(good), key: value}))
    try:
        for read in (
            pipeline.open_build,
            lambda folder: check(folder).violations,
            lambda folder: list(_folder(folder)),
        ):
            try:
                read(build)
            except BuildFolderError as error:
                assert "\n" not in str(error)
    finally:
        path.write_bytes(good)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(["fix.yaml", "fix.tsv", "own.tsv", "own.ttl"]), text=st.text(alphabet=st.characters(codec="utf-8"), max_size=60) | JSON.map(str))  # fmt: skip
def test_any_text_as_corrections_or_own_entities(name: str, text: str, build: Path) -> None:
    file = build.parent / name
    file.write_text(text, encoding="utf-8", newline="")
    try:
        (fuzz._corrections if name.startswith("fix") else fuzz._own)(file)
    except InputError as error:
        assert "\n" not in str(error)


def test_a_graph_that_is_no_turtle_is_one_line(tmp_path: Path) -> None:
    from kgbuild.store import open_store

    folder = fuzz.small_build(tmp_path)
    (folder / "graph.ttl").write_text("@prefix a: <http://a/\n\n> .\n<x\ny> a a:b .\n")
    with pytest.raises(BuildFolderError) as error:
        open_store(folder)
    assert "\n" not in str(error.value)
