"""A Ray cluster of two working node processes on this machine, one of them killed at work."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import arland
import made_step
import pytest

from kgbuild import language, pipeline
from kgbuild.cluster import Annotation, Here, engine_of
from kgbuild.cluster.run import Sizes, run
from kgbuild.config import Config
from kgbuild.errors import KgbuildError, ModelError
from kgbuild.partitioned import gathered
from kgbuild.progress import Progress
from kgbuild.records import Document, Skipped
from kgbuild.workers import Limits, alone

pytest.importorskip("ray")
pytestmark = pytest.mark.cluster

ROOT = Path(__file__).resolve().parents[2]
PATHS = os.pathsep.join(map(str, (ROOT, ROOT / "tests", Path(__file__).parent)))


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """A head that does no work, and two nodes with a processor each."""
    patch = pytest.MonkeyPatch()
    patch.setenv("RAY_AUTH_MODE", "disabled")
    patch.setenv("RAY_memory_monitor_refresh_ms", "0")
    patch.setenv("RAY_worker_niceness", "0")
    patch.setenv("PYTHONPATH", PATHS)
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, "object_store_memory": 10**8})  # fmt: skip
    made = [cluster.add_node(num_cpus=1, object_store_memory=10**8) for _ in range(2)]
    cluster.wait_for_nodes()
    patch.setenv("RAY_ADDRESS", cluster.address)
    yield cluster, made
    ray.shutdown()
    cluster.shutdown()
    patch.undo()


def documents(**orders: str) -> list[Document]:
    texts = [f"Row {n}\n\nAnn Lee of Arland attacked Bob Ray. WAIT 0.1 {orders.get(f'n{n}', '')}\n" for n in range(20)]
    return [arland.document(text, source=f"{n:02}.txt") for n, text in enumerate(texts)]


def test_a_node_killed_at_work_loses_nothing_and_doubles_nothing(nodes: Any, tmp_path: Path) -> None:
    cluster, made = nodes
    articles = documents(n3="DIE", n11="FAIL")
    engine = engine_of("ray")
    try:
        one = Annotation(engine, made_step.Even, str(tmp_path), "key", Limits(5.0, 2), 40)
        one.agreed()
        found: dict[int, tuple[Document, Any]] = {}
        for n, document, records in one.results(articles):
            assert n not in found, "twice"
            found[n] = (document, records)
            if len(found) == 5:
                cluster.remove_node(made.pop(), allow_graceful=False)
        fine = [a for n, a in enumerate(articles) if n != 3]
        expected = {d.source: records for _, d, records in alone(made_step.Even(), fine)}
        poison = found.pop(3)[1]
        assert isinstance(poison, Skipped) and poison.reason.endswith("killed by SIGKILL, out of memory?, 2 times)")
        assert {d.source: records for d, records in found.values()} == expected
        again = Annotation(Here(), made_step.Even, str(tmp_path), "key", Limits(5.0), 40)
        assert len(list(again.results(articles))) == 20, "all partitions are done"
    finally:
        engine.close()


def test_a_graph_in_partitions_is_that_of_one_process_though_a_node_is_killed(
    nodes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster, made = nodes
    made.append(cluster.add_node(num_cpus=1, object_store_memory=10**8))
    monkeypatch.setattr(language, "Step", made_step.Even)
    monkeypatch.setattr(language, "pipeline_key", lambda config: "plain")
    monkeypatch.setattr(pipeline, "pipeline_key", lambda config: "plain")
    place = tmp_path / "in"
    place.mkdir()
    for document in documents(n11="FAIL"):
        (place / document.source).write_text(document.text, encoding="utf-8")
    whole = pipeline.build(place, tmp_path / "out")

    def kill(progress: Progress) -> None:
        if len(made) == 2 and progress.count < progress.total:
            cluster.remove_node(made.pop(0), allow_graceful=False)

    config = Config()
    engine = engine_of("ray")
    try:
        run(
            [str(place)], str(tmp_path / "spread"), config, engine, partial(made_step.Even, config), "key",
            lambda told: (language.versions_of(told, config), told.refused), kill, Sizes(files=6, words=40, buckets=2),
        )  # fmt: skip
    finally:
        engine.close()
    records, manifest = gathered(str(tmp_path / "spread"))
    assert records == list(whole.records)
    graph = pipeline.KnowledgeGraph(records, [Skipped(**s) for s in manifest["skipped"]], config, manifest["versions"])
    graph.save(tmp_path / "back")
    one, other = (
        {p.relative_to(f).as_posix(): p.read_bytes() for p in f.rglob("*") if p.is_file() and "store" not in p.parts}
        for f in (tmp_path / "out", tmp_path / "back")
    )
    assert one == other and len(one) > 20


@pytest.mark.model
def test_two_articles_with_the_shipped_pipeline(nodes: Any, tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    for example in sorted((ROOT / "examples").glob("*.txt"))[:2]:
        shutil.copy(example, place)
    pipeline.build(place, tmp_path / "out")
    pipeline.build(place, tmp_path / "ray", Config(engine="ray"))
    for name in ("graph.ttl", "records.jsonl", "manifest.json"):
        assert (tmp_path / "ray" / name).read_bytes() == (tmp_path / "out" / name).read_bytes(), name


def test_what_is_wrong_with_the_step_is_told(nodes: Any, tmp_path: Path) -> None:
    engine = engine_of("ray")
    try:
        with pytest.raises(ModelError, match="no model here"):
            Annotation(engine, made_step.refuses, str(tmp_path), "key", Limits()).agreed()
        with pytest.raises(KgbuildError, match="nodes of the cluster differ"):
            list(Annotation(engine, made_step.Even, str(tmp_path), "key", Limits(), told="other").results(documents()))
    finally:
        engine.close()
