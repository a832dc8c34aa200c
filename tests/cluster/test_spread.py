"""A graph built in partitions, step by step, is the one a single process builds: records, statements, counts, what was left out."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import signal
from functools import partial
from pathlib import Path
from typing import Any

import made_step
import pytest
from typer.testing import CliRunner

from kgbuild import language, partitioned, pipeline
from kgbuild.cli import app
from kgbuild.cluster import Here
from kgbuild.cluster import spread as spread_steps
from kgbuild.cluster.partitions import unpack_found
from kgbuild.cluster.run import Sizes, run
from kgbuild.config import Config
from kgbuild.errors import BuildFolderError, InputError, UsageError
from kgbuild.export import dump, merge_articles
from kgbuild.records import Merge, Record, Skipped, record_order

WHO = ("Ann Lee", "Bob Ray", "Cy Moe", "Dee Fox", "Ed Orr")
LANDS = ("Arland", "Borduria", "Syldavia")


@pytest.fixture
def stories(tmp_path: Path) -> Path:
    """Forty articles in which persons, states and happenings recur; one is there twice, one fails, one is no article."""
    rng = random.Random(5)
    place = tmp_path / "in"
    (place / "more").mkdir(parents=True)
    for n in range(40):
        sentences = [
            f"{rng.choice(WHO)} of {rng.choice(LANDS)} {rng.choice(('attacked', 'met', 'blamed'))} {rng.choice((*WHO, *LANDS))} "
            f"on 2020-01-0{rng.randint(1, 3)}."
            for _ in range(rng.randint(1, 5))
        ]
        text = f"Story {n}\n\n{' '.join(sentences)}{' FAIL' if n == 17 else ''}\n"
        (place / ("more" if n % 3 else ".") / f"{n:02}.txt").write_text(text, encoding="utf-8")
    (place / "twice.txt").write_bytes((place / "00.txt").read_bytes())
    (place / "picture.png").write_bytes(b"png")
    (place / "README.txt").write_text("No article.")
    (place / "more" / "rows.jsonl.gz").write_bytes(
        gzip.compress(b'{"text": "Late word. Ann Lee met Cy Moe.", "title": "Late"}\n', mtime=0)
    )
    return place


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "pipeline_key", lambda config: "plain")
    monkeypatch.setattr(pipeline, "pipeline_key", lambda config: "plain")
    monkeypatch.setattr(language, "Step", made_step.Even)


def spread(stories: Any, place: str, engine: Any = None, config: Config | None = None) -> dict[str, Any]:
    config = config or Config()
    inputs = [str(stories)] if not isinstance(stories, list) else stories
    return run(
        inputs, place, config, engine or Here(), partial(made_step.Even, config), "key",
        lambda told: (language.versions_of(told, config), told.refused), sizes=Sizes(files=7, words=60, buckets=3),
    )  # fmt: skip


def records_of(place: Path) -> list[Record]:
    out: list[Record] = []
    for file in sorted((place / "records").glob("*.parquet")):
        for _, found in unpack_found(file.read_bytes()):
            assert not isinstance(found, Skipped)
            out += found
    return sorted(out, key=record_order)


def test_what_a_cluster_builds_is_what_one_process_builds(stories: Path, tmp_path: Path) -> None:
    whole = pipeline.build(stories, tmp_path / "out")
    manifest = spread(stories, str(tmp_path / "spread"))
    place = tmp_path / "spread"
    assert records_of(place) == list(whole.records)
    assert any(isinstance(r, Merge) for r in whole.records)
    clusters = [r.cluster for r in whole.records if hasattr(r, "cluster")]
    assert len(set(clusters)) < len(clusters), "happenings of several articles"
    told = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    for same in ("counts", "skipped", "base", "versions"):
        assert manifest[same] == told[same], same
    quads = [line for f in sorted((place / "nquads").glob("*.nq")) for line in f.read_bytes().splitlines()]
    expected = dump("nquads", whole.records, whole.config).splitlines()
    assert len(quads) == len(expected) and sorted(quads) == sorted(expected), "none lost, none twice"
    assert len(list((place / "annotated").glob("*.parquet"))) > 5
    assert not (place / "shuffle").exists()


def test_turtle_parts_together_are_the_whole_graphs_bytes(stories: Path, tmp_path: Path) -> None:
    whole = pipeline.build(stories, tmp_path / "out")
    spread(stories, str(tmp_path / "spread"))
    shared, articles = [], []
    for file in sorted((tmp_path / "spread" / "turtle").glob("*.ttl")):
        first, *others = file.read_bytes().split(b"@prefix a: ")
        shared.append(first)
        articles += [b"@prefix a: " + other for other in others]
    articles.sort()
    assert b"".join(merge_articles(shared, articles, whole.config)) == (tmp_path / "out" / "graph.ttl").read_bytes()


def test_the_same_from_any_store_in_any_cut(stories: Path, tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    root = f"/{tmp_path.name}/in"
    for file in stories.rglob("*"):
        if file.is_file():
            memory.pipe_file(f"{root}/{file.relative_to(stories).as_posix()}", file.read_bytes())
    one = spread(stories, str(tmp_path / "spread"))
    other = spread([f"memory:/{root}"], f"memory://{tmp_path.name}/out")
    assert {**one, "files": 0} == {**other, "files": 0}
    names = memory.ls(f"/{tmp_path.name}/out/nquads", detail=False)
    quads = [line for n in names if n.endswith(".nq") for line in memory.cat_file(n).splitlines()]
    here = [line for f in (tmp_path / "spread" / "nquads").glob("*.nq") for line in f.read_bytes().splitlines()]
    assert sorted(quads) == sorted(here), "cut elsewhere, for a notice is only seen when it is read"


def test_it_goes_on_from_the_partitions_that_are_annotated(stories: Path, tmp_path: Path) -> None:
    one = spread(stories, str(tmp_path / "spread"))
    asked: list[Any] = []

    class Notes(Here):
        def each(self, make: Any, items: Any) -> Any:
            asked.extend(i for i in items if isinstance(i, tuple) and isinstance(i[0], str))
            return super().each(make, items)

    assert spread(stories, str(tmp_path / "spread"), Notes()) == one and asked == []
    (stories / "00.txt").write_text("Another\n\nAnn Lee met Bob Ray.\n", encoding="utf-8")
    changed = spread(stories, str(tmp_path / "spread"), Notes())
    assert changed["counts"] != one["counts"] and 0 < len(asked) <= 3, "only partitions with another text in them"


class Stops(Here):
    """Counts what is done after the language step, and stops after so much of it."""

    def __init__(self, after: int = 10**6) -> None:
        self.after, self.done = after, 0

    def each(self, make: Any, items: Any) -> Any:
        for n, result in super().each(make, items):
            if isinstance(items[n], int):
                if self.done == self.after:
                    raise KeyboardInterrupt
                self.done += 1
            yield n, result


def test_it_goes_on_from_every_partition_and_bucket_after_the_language_step(stories: Path, tmp_path: Path) -> None:
    whole = Stops()
    one = spread(stories, str(tmp_path / "spread"), whole)
    for after in (3, whole.done // 2, whole.done - 2):
        place = tmp_path / f"stopped{after}"
        shutil.copytree(tmp_path / "spread" / "annotated", place / "annotated")
        with pytest.raises(KeyboardInterrupt):
            spread(stories, str(place), Stops(after))
        rest = Stops()
        assert spread(stories, str(place), rest) == one
        assert rest.done == whole.done - after - 1, (
            "the one it was stopped over was done, and nothing else is done again"
        )
        assert files_of(place) == files_of(tmp_path / "spread")


def test_what_was_done_of_other_articles_is_not_gone_on_from(stories: Path, tmp_path: Path) -> None:
    whole = Stops()
    with pytest.raises(KeyboardInterrupt):
        spread(stories, str(tmp_path / "spread"), Stops(20))
    (stories / "00.txt").write_text("Another\n\nAnn Lee met Bob Ray.\n", encoding="utf-8")
    one, fresh = spread(stories, str(tmp_path / "spread"), whole), Stops()
    assert spread(stories, str(tmp_path / "other"), fresh) == one and whole.done == fresh.done
    assert files_of(tmp_path / "spread", one["files"]) == files_of(tmp_path / "other", one["files"])


def files_of(place: Path, names: Any = None) -> dict[str, bytes]:
    """The files of the graph, or those named."""
    names = names or [f"{f.parent.name}/{f.name}" for k in ("records", "nquads", "turtle") for f in (place / k).iterdir()]  # fmt: skip
    return {n: (place / n).read_bytes() for n in sorted(names)}


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_run_that_is_killed_in_every_step_comes_to_its_end(stories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    one = spread(stories, str(tmp_path / "spread"))
    shutil.copytree(tmp_path / "spread" / "annotated", tmp_path / "killed" / "annotated")
    step = spread_steps._Step.__call__

    def dies(self: Any, item: int) -> Any:
        """Over the second item of a step, once, when its files are written and its receipt is not."""
        mark = tmp_path / type(self).__name__
        if self.place.names(self.told_in) and not mark.exists():
            self.do(item)
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return step(self, item)

    monkeypatch.setattr(spread_steps._Step, "__call__", dies)
    kills = 0
    while True:
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if spread(stories, str(tmp_path / "killed")) == one else 1)
            finally:
                os._exit(2)
        _, status = os.waitpid(child, 0)
        if status != signal.SIGKILL:
            break
        kills += 1
    assert (kills, status) == (8, 0), "once in each step"
    assert files_of(tmp_path / "killed") == files_of(tmp_path / "spread")


def test_gathered_it_is_a_build_folder(stories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitioned, "NodeStep", made_step.Even)
    monkeypatch.setattr(partitioned, "pipeline_key", lambda config: "plain")
    pipeline.build(stories, tmp_path / "out")
    place = tmp_path / "spread"
    assert CliRunner().invoke(app, ["build", str(stories), "-o", str(place), "--partitioned"]).exit_code == 0
    assert CliRunner().invoke(app, ["gather", str(place), "-o", str(tmp_path / "back")]).exit_code == 0
    there, back = (
        {p.relative_to(f).as_posix(): p.read_bytes() for p in f.rglob("*") if p.is_file() and "store" not in p.parts}
        for f in (tmp_path / "out", tmp_path / "back")
    )
    assert there == back and len(there) > 40
    (place / "records" / "00000.parquet").write_bytes(b"other")
    with pytest.raises(BuildFolderError, match=r"records/00000\.parquet is not the file"):
        partitioned.gathered(str(place))
    with pytest.raises(BuildFolderError, match="no graph in partitions"):
        partitioned.gathered(str(tmp_path / "none"))
    with pytest.raises(UsageError, match="takes no --corrections"):
        partitioned.build_partitioned([str(stories)], str(place), Config(corrections="c.tsv"))


def test_no_article_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        spread([str(tmp_path / "none")], str(tmp_path / "out"))
    with pytest.raises(InputError, match="memory://nothing: no such file or folder"):
        spread(["memory://nothing"], str(tmp_path / "out"))
    with pytest.raises(InputError, match="no standard input"):
        spread(["-"], str(tmp_path / "out"))
