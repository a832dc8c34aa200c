"""Publishing: all triples arrive, once, through failures and breaks; and in Virtuoso, which we did not write."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import arland
import pyoxigraph as ox
import pytest
from graph_store import GraphStore, graph_store

import kgbuild.publish as publishing
from kgbuild.errors import BuildFolderError, KgbuildError, UsageError
from kgbuild.pipeline import KnowledgeGraph
from kgbuild.publish import Target, publish

GRAPH = "https://example.org/news?a=b&c#d"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return KnowledgeGraph(records=arland.RECORDS).save(tmp_path_factory.mktemp("published") / "out")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[GraphStore]:
    monkeypatch.setattr(publishing, "WAIT", 0.001)
    with graph_store() as found:
        yield found


def whole(folder: Path) -> set[ox.Triple]:
    parts = [
        ox.parse((folder / n).read_bytes(), format=ox.RdfFormat.TURTLE)
        for n in ("graph.ttl", "flat.ttl", "aggregates.ttl")
    ]
    memory = ox.Store()  # which writes literals as every Oxigraph store does
    memory.extend(ox.Quad(*q.triple) for part in parts for q in part)
    return {q.triple for q in memory}


@pytest.mark.parametrize("graph", [None, GRAPH])
def test_the_graph_arrives_in_batches_and_replaces_what_was_there(
    folder: Path, store: GraphStore, graph: str | None
) -> None:
    old = ox.Quad(
        ox.NamedNode("http://a"),
        ox.NamedNode("http://b"),
        ox.NamedNode("http://c"),
        ox.NamedNode(graph) if graph else ox.DefaultGraph(),
    )
    store.store.add(old)
    total, sent = publish(folder, Target(store.url, graph), batch=100)
    assert store.triples(graph) == whole(folder) and total == sent == len(whole(folder))
    assert [m for m, _ in store.requests] == ["PUT"] + ["POST"] * (-(-total // 100) - 1)
    assert not list(folder.glob(".publish*"))


def test_add_keeps_what_was_there(folder: Path, store: GraphStore) -> None:
    store.store.add(ox.Quad(ox.NamedNode("http://a"), ox.NamedNode("http://b"), ox.NamedNode("http://c")))
    publish(folder, Target(store.url), add=True)
    assert len(store.triples()) == len(whole(folder)) + 1


@pytest.mark.parametrize("faults", [[503, 429], ["drop", 500, "drop"], ["forget"], ["forget", "forget", 503, "drop"]])
def test_failures_that_pass_are_tried_again(folder: Path, store: GraphStore, faults: list[int | str]) -> None:
    store.faults = list(faults)
    publish(folder, Target(store.url, GRAPH), batch=300)
    assert store.triples(GRAPH) == whole(folder)


@pytest.mark.parametrize(
    ("status", "says"),
    [(400, "400"), (401, "KGBUILD_PASSWORD"), (403, "KGBUILD_PASSWORD"), (405, "can be written"), (302, "127.0.0.1:9")],
)
def test_a_refusal_is_told_at_once(folder: Path, store: GraphStore, status: int, says: str) -> None:
    store.faults = [status]
    with pytest.raises(KgbuildError, match=says):
        publish(folder, Target(store.url))
    assert len(store.requests) == 1


def test_a_broken_run_goes_on_where_it_stopped(folder: Path, store: GraphStore) -> None:
    store.faults = [*([""] * 4), *([503] * publishing.TRIES)]
    with pytest.raises(KgbuildError, match="goes on where it stopped"):
        publish(folder, Target(store.url), batch=100)
    first = len(store.requests)
    assert len(store.triples()) == 400
    total, sent = publish(folder, Target(store.url), batch=100)
    assert sent == total - 400 and store.triples() == whole(folder)
    assert {m for m, _ in store.requests[first:]} == {"POST"}
    # another target, and a changed graph, start anew
    store.faults = ["", *([503] * publishing.TRIES)]
    with pytest.raises(KgbuildError):
        publish(folder, Target(store.url), batch=100)
    assert publish(folder, Target(store.url, GRAPH), batch=100) == (total, total)
    changed = folder / "flat.ttl"
    before = changed.read_bytes()
    changed.write_bytes(before + b"<http://new> <http://new> <http://new> .\n")
    try:
        assert publish(folder, Target(store.url), batch=100) == (total + 1, total + 1)
    finally:
        changed.write_bytes(before)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"done": 3}', b"\xff", b'{"done": "x"}'])
def test_a_damaged_journal_is_no_journal(folder: Path, store: GraphStore, content: bytes) -> None:
    import hashlib

    target = Target(store.url)
    journal = folder / f".publish-{hashlib.sha256(target.address.encode()).hexdigest()[:16]}.json"
    journal.write_bytes(content)
    publish(folder, target)
    assert store.triples() == whole(folder)


@pytest.mark.parametrize(
    "url", ["ftp://x/", "file:///etc/passwd", "localhost:3030", "http://user:secret@x/", "http://", "http://x/#a"]
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(UsageError):
        Target(url)


def test_graphs_that_are_none() -> None:
    with pytest.raises(UsageError):
        Target("http://x/", "not an iri")
    assert (
        Target("http://x/?a=b", GRAPH).address == "http://x/?a=b&graph=https%3A%2F%2Fexample.org%2Fnews%3Fa%3Db%26c%23d"
    )
    assert "secret" not in repr(Target("http://x/", None, "me", "secret"))


def test_a_folder_without_a_graph(tmp_path: Path) -> None:
    with pytest.raises(BuildFolderError, match="kgbuild build"):
        publish(tmp_path, Target("http://127.0.0.1:9/"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("needs virtuoso-t (Debian: virtuoso-opensource-7-bin)")
    home = tmp_path_factory.mktemp("virtuoso")
    port, sql = free_port(), free_port()
    (home / "virtuoso.ini").write_text(
        f"[Database]\nDatabaseFile={home}/v.db\nErrorLogFile={home}/v.log\nLockFile={home}/v.lck\nTransactionFile={home}/v.trx\n"
        f"xa_persistent_file={home}/v.pxa\nFileExtend=200\n[TempDatabase]\nDatabaseFile={home}/t.db\nTransactionFile={home}/t.trx\n"
        f"[Parameters]\nServerPort={sql}\nServerThreads=8\nNumberOfBuffers=4000\nDirsAllowed={home}\n"
        f"[HTTPServer]\nServerPort={port}\nServerThreads=4\n"
    )
    process = subprocess.Popen(
        [program, "+foreground", "+configfile", str(home / "virtuoso.ini")],
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 90
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/sparql?query=ASK%20%7B%7D", timeout=5).read()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < end, (home / "v.log").read_text()
                time.sleep(0.25)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def test_virtuoso_takes_the_graph_and_answers(folder: Path, virtuoso: str) -> None:
    environment = {**os.environ, "KGBUILD_PASSWORD": "dba"}
    command = [sys.executable, "-m", "kgbuild", "publish", str(folder), f"{virtuoso}/sparql-graph-crud-auth"]
    for _ in range(2):  # a second time replaces the first
        done = subprocess.run(
            [*command, "--graph", "https://example.org/news", "--user", "dba", "--batch", "200"],
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0 and f"{len(whole(folder))} triples" in done.stderr, done.stderr

    def ask(query: str) -> str:
        address = f"{virtuoso}/sparql?" + urlencode({"query": query, "default-graph-uri": "https://example.org/news"})
        request = urllib.request.Request(address, headers={"Accept": "text/csv"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return str(answer.read().decode())

    assert ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").split()[-1].strip('"') == str(len(whole(folder)))
    labels = ask("PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?l { ?x skos:prefLabel ?l } ORDER BY ?l")
    assert '"Ada Quill"' in labels and '"Arland"' in labels


def test_virtuoso_refuses_without_a_password(folder: Path, virtuoso: str) -> None:
    with pytest.raises(KgbuildError, match="KGBUILD_PASSWORD"):
        publish(folder, Target(f"{virtuoso}/sparql-graph-crud-auth", GRAPH))
    with pytest.raises(KgbuildError, match="401"):
        publish(folder, Target(f"{virtuoso}/sparql-graph-crud-auth", GRAPH, "dba", "wrong"))
