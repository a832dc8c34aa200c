"""The short form of `python -m bench fuzz`: a few hundred cases of each target, and that a fault would be seen."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import fuzz
from kgbuild import pipeline
from kgbuild.check import check
from kgbuild.doctor import _folder
from kgbuild.errors import BuildFolderError, InputError

CASES = {"check": 25, "article": 60}
"""Fewer where a case takes long."""


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


def test_a_hang_is_found_also_where_no_signal_is_heard_and_the_next_case_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(fuzz, "SECONDS", 0.2)

    def spins(data: bytes) -> None:
        while data == b"x":
            pass
        if data == b"y":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})  # as a native library that never comes back
            time.sleep(60)

    found, accepted = fuzz.crashes(fuzz.Target("", lambda place: ([b"x", b"y", b"z"], spins)), 3)
    assert [(k[:4], first) for k, (first, _) in found.items()] == [("hang", b"x"), ("hang", b"y")] and accepted == 1


def test_the_end_of_the_process_is_found_with_its_case_and_the_next_case_is_tried() -> None:
    def ends(data: bytes) -> None:
        if data == b"x":
            os.abort()

    found, accepted = fuzz.crashes(fuzz.Target("", lambda place: ([b"x", b"y"], ends)), 2)
    assert found == {"the end of the process, status -6": (b"x", 1)} and accepted == 1


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


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fuzz.small_build(tmp_path_factory.mktemp("fuzz"))


# what the long form found: the engine ends its process over the order of values of several types, and takes twice as long for each call within a call
OVER_THE_ENGINE = ("SELECT ?s ?o { ?s kg:opposes? ?o } ORDER BY ?s LIMIT 5", "ASK { BIND(" + "REPLACE(STR(" * 30 + "1" + "), 'a', 'c')" * 30 + " AS ?y) }")  # fmt: skip


@pytest.mark.parametrize("text", OVER_THE_ENGINE)
def test_a_query_that_the_engine_fails_over_is_one_line(text: str, build: Path) -> None:
    from kgbuild import query
    from kgbuild.errors import QueryError
    from kgbuild.store import open_store

    try:
        query.run(open_store(build), text, seconds=1)
    except QueryError as error:
        assert "ended over it" in str(error) or "longer than 1 s" in str(error)
        assert "\n" not in str(error)
    else:
        assert "ORDER" in text  # an engine that has learnt it


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("x" * 3000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("format", "base", "versions", "counts", "articles", "skipped", "files", "parts")


def test_a_manifest_that_names_a_file_no_system_takes_is_a_violation(tmp_path: Path) -> None:
    folder = fuzz.small_build(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"]["articles/" + "x" * 300 + ".ttl"] = "0"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert any(v.subject == "manifest.json" and "'files'" in v.message for v in check(folder).violations)


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
