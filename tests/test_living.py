"""A folder that lives: builds that add, removals, kills, locks, and folders that are not to be touched."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import plain_step
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgbuild import folder as folders
from kgbuild import pipeline
from kgbuild.check import check
from kgbuild.config import Config
from kgbuild.errors import BuildFolderError, InputError, OutputError, UsageError
from kgbuild.records import Document, Merge

STORIES = {
    "a.txt": "Row at sea\n\nAnn Lee of Arland attacked Borduria on 2020-01-02. Ann Lee blamed Bob Ray.\n",
    "b.txt": "Talks\n\nBob Ray met Ann Lee on 2020-01-03. Bob Ray of Borduria blamed Arland.\n",
    "c.txt": "Raid again\n\nAnn Lee of Arland attacked Borduria on 2020-01-02. Cy Moe met Bob Ray.\n",
    "d.txt": "Others\n\nDee Fox of Syldavia attacked Arland. Cy Moe of Syldavia blamed Dee Fox on 2020-02-01.\n",
    "e.txt": "Late word\n\nCy Moe blamed Arland. Ann Lee of Borduria met Dee Fox on 2020-03-04.\n",
}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return plain_step.use(monkeypatch)


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    place = tmp_path / "in"
    place.mkdir()
    for name, text in STORIES.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


def content(folder: Path) -> dict[str, bytes]:
    """Everything a user sees of a build."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and "store" not in p.relative_to(folder).parts
    }


def sources(folder: Path) -> list[str]:
    return sorted(d.source for d in pipeline.read_records(folder) if isinstance(d, Document))


def test_one_after_another_is_all_at_once_and_each_is_read_once(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    files = sorted(stories.iterdir())
    for file in reversed(files):
        pipeline.build(file, tmp_path / "one")
    assert sorted(seen) == sorted(STORIES)
    pipeline.build(files, tmp_path / "all")
    assert content(tmp_path / "one") == content(tmp_path / "all")
    assert any(isinstance(r, Merge) for r in pipeline.read_records(tmp_path / "one")), "the stories share persons"
    assert check(tmp_path / "one").ok


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.booleans(), st.sampled_from(sorted(STORIES))), min_size=1, max_size=7))
def test_any_sequence_of_builds_and_removals_is_one_build_of_what_is_left(
    steps: list[tuple[bool, str]], stories: Path, tmp_path: Path, seen: list[str]
) -> None:
    for name in ("steps", "once"):
        shutil.rmtree(tmp_path / name, ignore_errors=True)
    left: set[str] = set()
    for adds, name in steps:
        if adds:
            pipeline.build(stories / name, tmp_path / "steps")
            left.add(name)
        elif name in left:
            pipeline.remove(tmp_path / "steps", [name])
            left.remove(name)
        elif left:
            with pytest.raises(UsageError):
                pipeline.remove(tmp_path / "steps", [name])
    if not left:
        assert not (tmp_path / "steps").exists() or sources(tmp_path / "steps") == []
        return
    pipeline.build([stories / n for n in left], tmp_path / "once")
    assert content(tmp_path / "steps") == content(tmp_path / "once")


def test_a_changed_file_takes_the_place_of_its_article_and_a_vanished_one_is_named(
    stories: Path, tmp_path: Path, seen: list[str]
) -> None:
    out = tmp_path / "out"
    pipeline.build(stories, out)
    seen.clear()
    assert pipeline.build(stories, out).changes == pipeline.Changes(kept=5)
    (stories / "a.txt").write_text(STORIES["a.txt"].replace("2020-01-02", "2020-01-05"), encoding="utf-8")
    (stories / "b.txt").unlink()
    changes = pipeline.build(stories, out).changes
    assert changes is not None and seen == ["a.txt"]
    assert (changes.replaced, changes.kept, changes.new, changes.gone) == (1, 4, 0, ("b.txt",))
    assert sources(out) == sorted(STORIES)
    pipeline.remove(out, ["b.txt"])
    pipeline.build(stories, tmp_path / "again")
    assert content(out) == content(tmp_path / "again")


def test_new_metadata_of_a_text_is_read_anew(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    out = tmp_path / "out"
    pipeline.build(stories, out)
    (stories / "a.meta.json").write_text('{"published": "2020-01-07", "publisher": "The Quay"}', encoding="utf-8")
    pipeline.build(stories, out)
    assert seen.count("a.txt") == 2
    pipeline.build(stories, tmp_path / "again")
    assert content(out) == content(tmp_path / "again")


def test_one_text_under_several_names_is_one_article_by_its_first_name(
    stories: Path, tmp_path: Path, seen: list[str]
) -> None:
    for name in ("f.txt", "A0.txt"):
        shutil.copy(stories / "c.txt", stories / name)
    files = [stories / n for n in ("f.txt", "c.txt", "A0.txt")]
    for file in files:
        pipeline.build(file, tmp_path / "one")
    pipeline.build(files, tmp_path / "all")
    assert sources(tmp_path / "one") == ["A0.txt"]
    assert content(tmp_path / "one") == content(tmp_path / "all")


def test_a_renamed_file_is_the_same_article(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    pipeline.build(stories, tmp_path / "out")
    (stories / "a.txt").rename(stories / "z.txt")
    changes = pipeline.build(stories, tmp_path / "out").changes
    assert changes is not None and not changes.gone
    assert sources(tmp_path / "out") == ["b.txt", "c.txt", "d.txt", "e.txt", "z.txt"]


def test_rows_of_a_table(tmp_path: Path, seen: list[str]) -> None:
    table, out = tmp_path / "rows.jsonl", tmp_path / "out"
    rows = [json.dumps({"text": text}) for text in STORIES.values()]
    table.write_text("\n".join(rows), encoding="utf-8")
    pipeline.build(table, out)
    table.write_text("\n".join(rows[:4]), encoding="utf-8")
    changes = pipeline.build(table, out).changes
    assert changes is not None and changes.gone == ("rows.jsonl#5",) and len(sources(out)) == 5
    pipeline.remove(out, ["rows.jsonl"])
    assert sources(out) == []


def test_a_failed_article_leaves_the_one_before(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    out = tmp_path / "out"
    pipeline.build(stories, out)
    before = content(out)["graph.ttl"]
    (stories / "a.txt").write_text("FAIL\n\nAnn Lee met Bob Ray.\n", encoding="utf-8")
    graph = pipeline.build(stories, out)
    assert graph.changes is not None and [s.source for s in graph.changes.skipped] == ["a.txt"]
    assert content(out)["graph.ttl"] == before
    with pytest.raises(InputError):
        pipeline.build(stories / "a.txt", out)
    assert content(out)["graph.ttl"] == before


def test_a_folder_without_its_store_goes_on_from_its_records(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    out = tmp_path / "out"
    pipeline.build([stories / n for n in sorted(STORIES)[:4]], out)
    shutil.rmtree(out / "store")
    seen.clear()
    changes = pipeline.build(stories / "e.txt", out).changes
    assert changes is not None and (changes.new, changes.again) == (1, 4)
    assert sorted(seen) == sorted(STORIES)
    pipeline.build([stories / n for n in STORIES], tmp_path / "all")
    assert content(out) == content(tmp_path / "all")


def test_a_damaged_store_is_put_aside(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    out = tmp_path / "out"
    pipeline.build(stories, out)
    before = content(out)
    (out / "store" / folders.STATE).write_bytes(b"not a database" * 999)
    pipeline.build(stories, out)
    assert content(out) == before


def test_another_pipeline_reads_all_anew(
    stories: Path, tmp_path: Path, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.build(stories / "a.txt", tmp_path / "out")
    monkeypatch.setattr(pipeline, "pipeline_key", lambda config: "newer")
    changes = pipeline.build(stories / "b.txt", tmp_path / "out").changes
    assert changes is not None and (changes.again, changes.new) == (1, 1)
    assert sorted(seen) == ["a.txt", "a.txt", "b.txt"]


def test_settings_stay_and_another_base_is_refused(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    out, fix = tmp_path / "out", tmp_path / "fix.yaml"
    fix.write_text("- rename: Ann Lee\n  to: Anna Lee\n", encoding="utf-8")
    base = "https://example.org/news/"
    pipeline.build(stories / "a.txt", out, Config(base=base, corrections=str(fix)))
    fix.unlink()
    pipeline.build(stories / "b.txt", out)
    graph = (out / "graph.ttl").read_text(encoding="utf-8")
    assert '"Anna Lee"' in graph and base in graph
    before = content(out)
    with pytest.raises(UsageError, match="--base"):
        pipeline.build(stories / "c.txt", out, Config(base="https://example.net/x/"))
    assert content(out) == before


# --- a kill at any moment


CUTS = ("_flush", "whole_file", "decide", "replace", "unlink", "rmtree")


@pytest.mark.parametrize(("where", "nth"), list(product(CUTS, range(3))))
def test_a_cut_at_any_step_of_a_commit_leaves_old_or_new(
    where: str, nth: int, stories: Path, tmp_path: Path, seen: list[str]
) -> None:
    """The steps are cut in a child process that ends without any clean-up."""
    out = tmp_path / "out"
    pipeline.build([stories / n for n in ("a.txt", "b.txt", "d.txt")], out)
    old = content(out)
    pipeline.build(stories, tmp_path / "whole")
    new = content(tmp_path / "whole")
    left = {"n": nth}

    def cutting(real: object) -> object:
        def step(*args: object, **more: object) -> object:
            if left["n"] == 0:
                os._exit(137)
            left["n"] -= 1
            return real(*args, **more)  # type: ignore[operator]

        return step

    child = os.fork()
    if child == 0:
        try:
            if where == "_flush":
                folders.Folder._flush = cutting(folders.Folder._flush)  # type: ignore[method-assign,assignment]
            elif where == "whole_file":
                folders.whole_file = cutting(folders.whole_file)  # type: ignore[assignment]
            elif where == "decide":
                pipeline.State.write = cutting(pipeline.State.write)  # type: ignore[method-assign,assignment]
            elif where == "rmtree":
                folders.shutil.rmtree = cutting(folders.shutil.rmtree)  # type: ignore[assignment,attr-defined]
            else:
                setattr(Path, where, cutting(getattr(Path, where)))
            pipeline.build(stories, out)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    folders.settled(out)
    found = content(out)
    assert found in (old, new)
    assert check(out).ok
    pipeline.build(stories, out)
    assert content(out) == new


def run(*arguments: object, pause: float = 0.0) -> subprocess.Popen[str]:
    command = [sys.executable, str(Path(plain_step.__file__)), str(pause), *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(Path(pipeline.__file__).parents[1])}
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_killed_builds_lose_nothing(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    """The short form of `python -m bench kills`."""
    pipeline.build(stories, tmp_path / "whole")
    whole, out = content(tmp_path / "whole"), tmp_path / "out"
    rng = random.Random(7)
    for _ in range(5):
        process = run("build", stories, "-o", out, pause=0.05)
        time.sleep(rng.uniform(0.1, 1.2))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if (out / "manifest.json").exists():
            folders.settled(out)
            assert content(out) == whole and check(out).ok
    seen.clear()
    done: set[str] = set()
    state = out / "store" / folders.STATE
    if state.exists():
        with sqlite3.connect(state) as db:
            done = {str(row) for row in db.execute("SELECT digest FROM annotated")}
    pipeline.build(stories, out)
    assert content(out) == whole and len(seen) == len(STORIES) - len(done)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_two_builds_of_one_folder(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    out = tmp_path / "out"
    first = run("build", stories, "-o", out, pause=1.0)
    lock = out / "store" / "lock"
    until = time.monotonic() + 30
    while not (lock.exists() and lock.read_text() == str(first.pid)) and time.monotonic() < until:
        time.sleep(0.05)
    with pytest.raises(OutputError, match=f"another build .process {first.pid}. is writing"):
        pipeline.build(stories / "a.txt", out)
    assert first.wait(60) == 0
    pipeline.build(stories / "a.txt", out)


# --- folders that are not to be touched


def foreign(name: str, path: Path) -> None:
    path.mkdir()
    if name == "graph":
        (path / "graph.ttl").write_text("# mine")
    elif name == "articles":
        (path / "articles").mkdir()
        (path / "articles" / "x.ttl").write_text("# mine")
    elif name == "manifest":
        (path / "manifest.json").write_text('{"name": "web app"}')
    elif name == "list":
        (path / "manifest.json").write_text("[1]")


@pytest.mark.parametrize("name", ["graph", "articles", "manifest", "list"])
def test_what_is_not_ours_is_never_overwritten(name: str, stories: Path, tmp_path: Path, seen: list[str]) -> None:
    foreign(name, tmp_path / "out")
    before = content(tmp_path / "out")
    with pytest.raises(OutputError, match="another folder"):
        pipeline.build(stories, tmp_path / "out")
    assert content(tmp_path / "out") == before and not (tmp_path / "out" / "store").exists()


def test_files_beside_the_build_stay(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.md").write_text("mine")
    pipeline.build(stories, out)
    (out / "articles" / "own.ttl").write_text("# mine")
    pipeline.remove(out, ["a.txt"])
    assert (out / "notes.md").read_text() == "mine" and (out / "articles" / "own.ttl").exists()


def manifest_of(out: Path, **new: object) -> None:
    path = out / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **new}))


@pytest.mark.parametrize("damage", ["truncated", "newer", "newer store"])
def test_a_damaged_or_newer_folder_is_one_clear_line(
    damage: str, stories: Path, tmp_path: Path, seen: list[str]
) -> None:
    out = tmp_path / "out"
    pipeline.build(stories, out)
    if damage == "truncated":
        (out / "manifest.json").write_bytes((out / "manifest.json").read_bytes()[:100])
    elif damage == "newer":
        manifest_of(out, format=99)
    else:
        with sqlite3.connect(out / "store" / folders.STATE) as db:
            db.execute("PRAGMA user_version = 99")
    before = content(out)
    for call in (lambda: pipeline.build(stories / "a.txt", out), lambda: pipeline.remove(out, ["a.txt"])):
        with pytest.raises(BuildFolderError, match="newer kgbuild" if "newer" in damage else "cannot be read") as error:
            call()
        assert "\n" not in str(error.value) and error.value.status == 5
    assert content(out) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    out = tmp_path / "out"
    pipeline.build(stories / "a.txt", out)
    before = content(out)
    for path in (out, out / "store"):
        path.chmod(0o555)
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            pipeline.build(stories, out)
    finally:
        for path in (out, out / "store"):
            path.chmod(0o755)
    assert content(out) == before


@pytest.mark.parametrize("where", ["stage", "state"])
def test_a_full_disk_changes_nothing(
    where: str, stories: Path, tmp_path: Path, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    pipeline.build(stories / "a.txt", out)
    before = content(out)

    def full(*args: object) -> None:
        if where == "stage":
            raise OSError(28, "No space left on device")
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        if where == "stage":
            patch.setattr(folders, "_sync", full)
        else:
            patch.setattr(pipeline.State, "write", full)
        with pytest.raises(OutputError, match="free space"):
            pipeline.build(stories, out)
    assert content(out) == before
    pipeline.build(stories, out)
    assert sources(out) == sorted(STORIES)


def test_removing_what_is_not_there(stories: Path, tmp_path: Path, seen: list[str]) -> None:
    with pytest.raises(BuildFolderError):
        pipeline.remove(tmp_path / "none", ["a.txt"])
    assert not (tmp_path / "none").exists()
    pipeline.build(stories, tmp_path / "out")
    before = content(tmp_path / "out")
    with pytest.raises(UsageError, match=r"did you mean a\.txt"):
        pipeline.remove(tmp_path / "out", ["b.txt", "aa.txt"])
    assert content(tmp_path / "out") == before
    article = next(d.id for d in pipeline.read_records(tmp_path / "out") if isinstance(d, Document))
    pipeline.remove(tmp_path / "out", ["https://w3id.org/kgbuild/" + article])
    assert len(sources(tmp_path / "out")) == 4


def test_only_articles_whose_records_changed_are_drawn_again(
    stories: Path, tmp_path: Path, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from kgbuild.export import turtle

    drawn: list[str] = []
    real = turtle._article
    monkeypatch.setattr(turtle, "_article", lambda article, *more: drawn.append(article) or real(article, *more))  # type: ignore[func-returns-value]
    pipeline.build([stories / n for n in ("a.txt", "b.txt", "c.txt")], tmp_path / "out")
    assert len(drawn) == 3
    drawn.clear()
    pipeline.build(stories / "c.txt", tmp_path / "out")
    assert drawn == []
    # "c.txt" tells of the attack of "a.txt": without it the event of the other is alone again
    pipeline.remove(tmp_path / "out", ["c.txt"])
    names = {d.id: d.source for d in pipeline.read_records(tmp_path / "out") if isinstance(d, Document)}
    assert "a.txt" in {names[i] for i in drawn}
    article = tmp_path / "out" / "articles" / (drawn[0].removeprefix("article/") + ".ttl")
    good = article.read_bytes()
    article.write_bytes(good + b"# changed by hand\n")
    pipeline.build(stories / "b.txt", tmp_path / "out")
    assert article.read_bytes() == good


def test_a_change_that_was_decided_and_could_not_be_moved_is_finished_by_the_next_reader(
    stories: Path, tmp_path: Path, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.build(stories, tmp_path / "whole")
    out = tmp_path / "out"
    pipeline.build(stories / "a.txt", out)

    def stuck(*args: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(folders, "_forward", stuck)
        with pytest.raises(OutputError, match="next call finishes it"):
            pipeline.build(stories, out)
    assert len(pipeline.open_build(out).records) == len(pipeline.open_build(tmp_path / "whole").records)
    assert content(out) == content(tmp_path / "whole")
