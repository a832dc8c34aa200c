"""Large folders: in parts, each change touching what it must, with the records, the graph and the shortcuts of a small folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import plain_step
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_living import STORIES, content

from kgbuild import folder as folders
from kgbuild import pipeline
from kgbuild.views import graph_pieces

MORE = STORIES | {
    "f.txt": "Denied\n\nBob Ray of Borduria met Ann Lee on 2020-01-03. Dee Fox blamed Cy Moe.\n",
    "g.txt": "Again\n\nAnn Lee of Arland attacked Borduria on 2020-01-02. Bob Ray of Borduria blamed Arland.\n",
}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return plain_step.use(monkeypatch)


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    place = tmp_path / "in"
    place.mkdir()
    for name, text in MORE.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of more than two articles are large."""
    monkeypatch.setattr(pipeline, "LARGE", 2)


def triples(files: list[Path]) -> set[str]:
    return {str(q) for f in files for q in ox.parse(path=f, format=ox.RdfFormat.TURTLE)}


def test_a_large_folder_says_what_a_small_one_says(
    stories: Path, tmp_path: Path, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = pipeline.build(stories, tmp_path / "small")
    monkeypatch.setattr(pipeline, "LARGE", 2)
    large = pipeline.build(stories, tmp_path / "large")
    assert large.records == small.records or list(large.records) == list(small.records)
    assert b"".join(graph_pieces(tmp_path / "large")) == (tmp_path / "small" / "graph.ttl").read_bytes()
    assert triples(folders.flat_files(tmp_path / "large")) == triples([tmp_path / "small" / "flat.ttl"])
    manifests = [json.loads((tmp_path / n / "manifest.json").read_text()) for n in ("small", "large")]
    assert all(manifests[0][k] == manifests[1][k] for k in ("base", "versions", "counts", "skipped"))
    assert manifests[0]["articles"] == folders.listed_articles(tmp_path / "large", manifests[1])
    for article in folders.article_files(tmp_path / "small"):
        assert article.read_bytes() == (tmp_path / "large" / "articles" / article.name).read_bytes()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.sets(st.sampled_from(sorted(MORE)), min_size=1, max_size=4)), min_size=1, max_size=6
    )
)
def test_any_sequence_of_builds_and_removals_is_one_build_of_what_is_left(
    steps: list[tuple[bool, set[str]]], stories: Path, tmp_path: Path, seen: list[str], few: None
) -> None:
    for name in ("steps", "once"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
    left: set[str] = set()
    for adds, names in steps:
        if adds:
            pipeline.build([stories / n for n in sorted(names)], tmp_path / "steps")
            left |= names
        elif names & left:
            pipeline.remove(tmp_path / "steps", sorted(names & left))
            left -= names
    if left:
        pipeline.build([stories / n for n in left], tmp_path / "once")
        assert content(tmp_path / "steps") == content(tmp_path / "once")
        listed = folders.listed_files(tmp_path / "steps")
        assert set(content(tmp_path / "steps")) == {*listed, "manifest.json"}
