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
from typer.testing import CliRunner

from kgbuild import check as checks
from kgbuild import diff, parts, pipeline
from kgbuild import folder as folders
from kgbuild.check import check
from kgbuild.cli import app
from kgbuild.config import Config
from kgbuild.errors import BuildFolderError
from kgbuild.publish import _lines
from kgbuild.records import Document, Entity
from kgbuild.store import open_store
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


def test_an_article_more_draws_what_it_touches_and_nothing_else(
    stories: Path, tmp_path: Path, seen: list[str], few: None
) -> None:
    out = tmp_path / "out"
    others = ["d.txt", "e.txt", "f.txt"]
    pipeline.build([stories / n for n in others], out)
    pipeline.build([stories / n for n in ("a.txt", "b.txt")], out)
    before = {p: (p.stat().st_mtime_ns, p.stat().st_ino) for p in (out / "articles").iterdir()}
    pipeline.build(stories / "g.txt", out)  # tells of the attack of "a.txt", whose cluster is another one now
    same = {p for p, old in before.items() if (p.stat().st_mtime_ns, p.stat().st_ino) == old}
    names = {d.id.removeprefix("article/"): d.source for d in pipeline.read_records(out) if isinstance(d, Document)}
    changed = {names[p.stem] for p in before.keys() - same}
    assert "a.txt" in changed and not changed & set(others[:2])


def test_growing_large_and_small_again(
    stories: Path, tmp_path: Path, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "LARGE", 3)
    out, once = tmp_path / "out", tmp_path / "once"
    names = sorted(MORE)
    pipeline.build([stories / n for n in names[:3]], out)
    small = content(out)
    assert "graph.ttl" in small
    pipeline.build([stories / n for n in names[3:5]], out)
    assert "graph.ttl" not in content(out) and check(out).ok
    pipeline.remove(out, names[3:5])
    assert content(out) == small
    pipeline.build([stories / n for n in names], out)
    pipeline.build([stories / n for n in names], once)
    assert content(out) == content(once)
    assert sorted(seen) == sorted([*names, *names, *names[3:5]])


def test_corrections_and_settings_of_a_large_folder(stories: Path, tmp_path: Path, seen: list[str], few: None) -> None:
    fix = tmp_path / "fix.yaml"
    fix.write_text(
        "- rename: Bob Ray\n  to: Rob Ray\n- merge: Cy Moe\n  into: Dee Fox\n- reject: Nobody At All\n",
        encoding="utf-8",
    )
    out, once = tmp_path / "out", tmp_path / "once"
    pipeline.build([stories / n for n in sorted(MORE)[:4]], out, Config(corrections=str(fix)))
    graph = pipeline.build(stories, out)
    pipeline.build(stories, once, Config(corrections=str(fix)))
    assert content(out) == content(once)
    names = {r.name for r in graph.records if isinstance(r, Entity)}
    assert "Rob Ray" in names and not names & {"Bob Ray", "Cy Moe"}
    assert any("Nobody" in s.reason for s in graph.skipped)


@pytest.fixture
def large(stories: Path, tmp_path: Path, seen: list[str], few: None) -> Path:
    pipeline.build(stories, tmp_path / "large")
    return tmp_path / "large"


def test_check_proves_a_large_folder_and_finds_what_was_changed(large: Path) -> None:
    assert check(large).ok
    article, flat = sorted((large / "articles").iterdir())[0], sorted((large / "flat").iterdir())[0]
    good = flat.read_bytes()
    flat.write_bytes(good[: good.index(b"\n\n") + 2])
    assert {(v.rule, v.subject) for v in check(large).violations} >= {
        ("manifest", f"flat/{flat.name}"),
        ("flat", f"flat/{flat.name}"),
    }
    flat.write_bytes(good)
    article.write_bytes(article.read_bytes() + b"# changed\n")
    assert [(v.rule, v.subject) for v in check(large).violations] == [("manifest", f"articles/{article.name}")]
    records = sorted((large / "records").iterdir())[0]
    records.unlink()
    assert ("manifest", f"records/{records.name}") in {(v.rule, v.subject) for v in check(large).violations}


def test_the_manifest_of_a_part_that_cannot_be_read_is_one_clear_line(large: Path, stories: Path) -> None:
    part = sorted((large / "parts").iterdir())[0]
    part.write_bytes(b"{")
    with pytest.raises(BuildFolderError, match=f"{part.name}: cannot be read"):
        pipeline.open_build(large)


def test_query_export_explain_and_view_read_a_large_folder(large: Path, tmp_path: Path, stories: Path) -> None:
    runner = CliRunner()

    def run(*words: object) -> str:
        result = runner.invoke(app, [str(w) for w in words])
        assert result.exit_code == 0, result.output
        return str(result.stdout)

    assert "Bob Ray" in run("query", large, "who-opposes", "Arland")
    assert "Ann Lee" in run("explain", large, "Ann Lee")
    assert run("check", large)
    run("export", large, "--format", "turtle", "-o", tmp_path / "graph.ttl")
    assert (tmp_path / "graph.ttl").read_bytes() == pipeline.open_build(large).turtle()
    run("export", large, "--format", "graphml", "-o", tmp_path / "graph.graphml")
    assert (tmp_path / "graph.graphml").stat().st_size
    assert "graph.html" in run("view", large, "--no-browser")
    graph = {str(q.triple) for q in open_store(large)}
    assert {line.removesuffix(" .\n") for line in _lines(large)} <= graph


def test_aggregates_of_a_large_folder_are_drawn_when_asked_for_and_hold_until_it_changes(
    large: Path, stories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "LARGE", 200)
    pipeline.build(stories, tmp_path / "small")
    monkeypatch.setattr(pipeline, "LARGE", 2)
    assert folders.aggregate_files(large) == []
    result = CliRunner().invoke(app, ["query", str(large), "SELECT ?d { ?d a kg:Dyad }"])
    assert result.exit_code == 0 and "dyad/" in result.stdout
    (kept,) = folders.aggregate_files(large)
    assert kept.read_bytes().partition(b"\n")[2] == (tmp_path / "small" / "aggregates.ttl").read_bytes()
    told: list[str] = []
    pipeline.refresh(large, told.append)
    assert told == []
    pipeline.remove(large, ["b.txt"])
    assert folders.aggregate_files(large) == []
    pipeline.refresh(large, told.append)
    assert len(told) == 1 and folders.aggregate_files(large) == [kept] and check(large).ok


def test_diff_of_a_small_and_a_large_folder(
    large: Path, stories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "LARGE", 200)
    pipeline.build(stories, tmp_path / "small")
    assert diff.difference(pipeline.open_build(large).records, pipeline.open_build(tmp_path / "small").records) == []
    assert len(list(diff.rdf_patch(large, tmp_path / "small"))) == 3, "no triple comes or goes"
    monkeypatch.setattr(pipeline, "LARGE", 2)
    pipeline.remove(large, ["a.txt"])
    patch = list(diff.rdf_patch(tmp_path / "small", large))
    assert len(patch) > 30 and all(line[0] in "HTDA" for line in patch)


def test_the_endpoint_serves_a_large_folder(large: Path) -> None:
    from kgbuild.endpoint.dataset import open_dataset

    store = open_dataset(large)
    graphs = {str(g.value) for g in store.named_graphs() if hasattr(g, "value")}
    assert sum("/article/" in g for g in graphs) == len(MORE)
    served, read = ({t for q in s if "_:" not in (t := str(q.triple))} for s in (store, open_store(large)))
    assert served == read


def test_a_folder_that_others_wrote_to_since_is_drawn_anew(large: Path, stories: Path, tmp_path: Path) -> None:
    shutil.copytree(large, tmp_path / "old")
    pipeline.remove(large, ["a.txt", "b.txt"])
    for name in ("manifest.json", "parts", "articles", "records", "flat", "shared"):  # brought back, its state is not
        path = large / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        old = tmp_path / "old" / name
        shutil.copytree(old, path) if old.is_dir() else shutil.copy(old, path)
    article = sorted((large / "articles").iterdir())[0]
    article.write_bytes(b"# changed")
    pipeline.build(stories / "c.txt", large)
    assert content(large) == content(tmp_path / "old")
    shutil.rmtree(large / "store")
    pipeline.build(stories / "c.txt", large)
    assert content(large) == content(tmp_path / "old")


@pytest.mark.parametrize("words", [["a.txt"], ["a.txt", "g.txt"]])
def test_a_removal_takes_the_files_of_its_articles_away(
    words: list[str], large: Path, stories: Path, tmp_path: Path
) -> None:
    pipeline.remove(large, words)
    pipeline.build([stories / n for n in MORE if n not in words], tmp_path / "once")
    assert content(large) == content(tmp_path / "once") and check(large).ok


def test_more_parts_when_there_are_more_articles(
    stories: Path, tmp_path: Path, seen: list[str], few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MANY", 5)
    out, once = tmp_path / "out", tmp_path / "once"
    names = sorted(MORE)
    pipeline.build([stories / n for n in names[:4]], out)
    four = content(out)
    pipeline.build(stories, out)
    pipeline.build(stories, once)
    assert content(out) == content(once) and check(out).ok
    assert {len(p.stem) for p in (out / "shared").iterdir()} == {3}
    pipeline.remove(out, names[4:])
    assert content(out) == four


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_large_folder_is_proven_in_slices(size: int, large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SLICE", size)
    assert check(large).ok
    state = next(p for p in (large / "shared").glob("*.jsonl") if "arland" in p.read_text())
    turtle = state.with_suffix(".ttl")
    good = {p: p.read_bytes() for p in (state, turtle)}
    lines = good[state].decode().splitlines(keepends=True)
    state.write_text("".join(line for line in lines if "arland" not in line))
    assert {"dangling", "same_records"} <= {v.rule for v in check(large).violations}
    state.write_bytes(good[state])
    turtle.write_bytes(good[turtle].replace(b"kg:State", b"kg:Statf"))
    assert "undeclared_class" in {v.rule for v in check(large).violations}
    turtle.write_bytes(good[turtle])
    records = sorted((large / "records").iterdir())[-1]
    records.write_text(records.read_text().replace('"span": [', '"span": [9', 1))
    assert "span" in {v.rule for v in check(large).violations}
