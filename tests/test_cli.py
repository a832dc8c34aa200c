"""The command line as a user meets it: the main job, bad input, exit statuses, interruption. Runs in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kgbuild.cli import app

pytestmark = pytest.mark.model

STORY = """Arland strikes Borduria after talks fail

PORT ARL, May 3 (Agencies): Russia attacked Ukraine on Monday, President Joe Biden said in Washington.
"Russia must stop this war," Biden told reporters. Poland condemned Russia and imposed sanctions on Belarus.
"""


def kgbuild(
    *arguments: str | Path, stdin: bytes | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "kgbuild", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, **(env or {})},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "story.txt").write_text(STORY, encoding="utf-8")
    done = kgbuild("build", folder / "story.txt", "-o", folder / "out")
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_every_command_has_help_with_an_example() -> None:
    for command in app.registered_commands:
        assert command.callback is not None
        assert "Example: kgbuild " in (command.callback.__doc__ or ""), command.callback.__name__


def test_the_main_job_writes_the_folder(built: Path) -> None:
    names = {p.name for p in built.iterdir()}
    assert {
        "graph.ttl",
        "flat.ttl",
        "aggregates.ttl",
        "records.jsonl",
        "manifest.json",
        "graph.graphml",
        "graph.html",
        "articles",
    } <= names
    manifest = json.loads((built / "manifest.json").read_text())
    assert manifest["counts"]["Document"] == 1
    assert manifest["counts"]["Event"] >= 2


def test_the_built_graph_answers_and_proves_itself(built: Path) -> None:
    assert "Poland" in kgbuild("query", built, "who-opposes", "Russia").stdout
    done = kgbuild("query", built, "SELECT (COUNT(*) AS ?n) { ?c a kg:Claim }", "--format", "csv")
    assert int(done.stdout.split()[-1]) >= 2
    done = kgbuild("check", built)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Biden" in kgbuild("explain", built, "Joe Biden").stdout
    assert kgbuild("diff", built, built).stdout == "no difference\n"


@pytest.mark.parametrize(
    "form",
    [
        "turtle",
        "trig",
        "ntriples",
        "jsonld",
        "nquads",
        "rdfxml",
        "webannotation",
        "rdf12",
        "graphml",
        "gexf",
        "dot",
        "csv",
        "csvw",
        "html",
    ],
)
def test_every_format_is_written(built: Path, form: str) -> None:
    done = kgbuild("export", built, "--format", form)
    assert done.returncode == 0 and len(done.stdout) > 200


def test_two_builds_are_byte_identical_whatever_the_order_and_hash_seed(built: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "b.txt", tmp_path / "a.txt"
    first.write_text(STORY, encoding="utf-8")
    second.write_text(STORY.replace("Poland", "France"), encoding="utf-8")
    for n, (order, seed) in enumerate((((first, second), "1"), ((second, first), "2"))):
        assert kgbuild("build", *order, "-o", tmp_path / f"o{n}", env={"PYTHONHASHSEED": seed}).returncode == 0
    for path in sorted((tmp_path / "o0").rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "o1" / path.relative_to(tmp_path / "o0")).read_bytes(), path.name


BAD: dict[str, bytes] = {
    "empty.txt": b"",
    "binary.txt": bytes(range(256)) * 40,
    "line.txt": b"word " * 10_000_000,
    "broken.html": b"<html><<<<\x00<p",
    "rows.jsonl": b'{"title": "no text here"}\nnot json\n',
    "table.csv": b"a,b\n1,2\n",
    "picture.png": b"\x89PNG\r\n",
}


def test_bad_articles_are_named_and_the_good_one_is_built(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in BAD.items():
        (folder / name).write_bytes(content)
    (folder / "good.txt").write_text(STORY, encoding="utf-8")
    (folder / "latin.txt").write_bytes(
        "Später sagte der Präsident, dass die Gespräche gescheitert seien und nicht fortgesetzt werden, weil die Lage auch für das Land zu ernst ist.".encode(
            "cp1252"
        )
    )
    done = kgbuild("build", folder, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    for name in (*BAD, "latin.txt"):
        assert f"skipped {name}" in done.stderr, done.stderr
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["counts"]["Document"] == 1


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["build", "no-such-file.txt", "-o", "OUT"], 3, "no-such-file.txt"),
        (["build", "EMPTY", "-o", "OUT"], 3, "no article"),
        (["build", "STORY", "-o", "STORY"], 4, "it is a file"),
        (["build", "STORY", "-o", "OUT", "--model", "no_such_model"], 6, "no_such_model"),
        (["build", "STORY", "-o", "OUT", "--base", "ftp://x> <y"], 2, "--base"),
        (["build", "STORY"], 2, "--out"),
        (["query", "EMPTY", "who-opposes", "Russia"], 5, "kgbuild build"),
        (["query", "who-opposes", "Russia"], 2, "kgbuild query output/ who-opposes Russia"),
        (["query", "STORY", "status"], 5, "name its folder"),
        (["query", "BUILT", "no-such-question"], 2, "no-such-question"),
        (["query", "BUILT", "SELECT ?x {"], 8, ""),
        (["query", "BUILT", "DROP ALL"], 8, ""),
        (["query", "BUILT", "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONCAT(STR(?a), STR(?d)) = STR(?g)) }", "--seconds", "0.2"], 8, "longer than 0.2 s"),
        (["query", "BUILT", "who-opposes", "Nowhereland"], 2, "Nowhereland"),
        (["export", "BUILT", "--format", "pdf"], 2, "known: turtle"),
        (["export", "BUILT", "Russia", "--format", "gexf"], 2, "gexf takes no names"),
        (["export", "BUILT", "--format", "dossier"], 2, "one name or two"),
        (["export", "BUILT", "Qqqq", "--format", "dossier"], 2, "nobody called 'Qqqq' in this graph"),
        (["explain", "BUILT", "Nobody Known"], 2, "Nobody Known"),
        (["check", "EMPTY"], 5, "kgbuild build"),
        (["ref", "nothing"], 2, "known"),
        (["frobnicate"], 2, "frobnicate"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line_with_a_status(
    built: Path, tmp_path: Path, arguments: list[str], status: int, says: str
) -> None:
    (tmp_path / "empty").mkdir()
    names = {"OUT": tmp_path / "out", "EMPTY": tmp_path / "empty", "STORY": built.parent / "story.txt", "BUILT": built}
    done = kgbuild(*(names.get(a, a) for a in arguments))
    assert done.returncode == status, done.stderr
    assert says in one_line(done)


def test_a_missing_input_beside_a_good_one_is_named_and_the_good_one_is_built(built: Path, tmp_path: Path) -> None:
    done = kgbuild("build", built.parent / "story.txt", tmp_path / "gone.txt", "-o", tmp_path / "out")
    assert done.returncode == 3
    assert "gone.txt: no such file or folder" in done.stderr
    assert (tmp_path / "out" / "graph.ttl").exists()


def test_standard_input_is_an_article(tmp_path: Path) -> None:
    assert kgbuild("build", "-", "-o", tmp_path / "out", stdin=STORY.encode()).returncode == 0


def test_a_failed_build_leaves_the_earlier_one(built: Path) -> None:
    before = (built / "graph.ttl").read_bytes()
    assert kgbuild("build", "no-such-file", "-o", built).returncode == 3
    assert (built / "graph.ttl").read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_is_one_line_and_status_130(built: Path, tmp_path: Path) -> None:
    rows = "".join(json.dumps({"text": STORY.replace("Poland", f"Poland {n}") * 20}) + "\n" for n in range(400))
    (tmp_path / "many.jsonl").write_text(rows)
    command = [sys.executable, "-m", "kgbuild", "build", str(tmp_path / "many.jsonl"), "-o", str(tmp_path / "out")]
    # A test run in the background may have passed on an ignored interrupt.
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors.count("\n") == 1 and "interrupted" in errors
    assert not (tmp_path / "out" / "graph.ttl").exists()


def test_an_interrupt_while_a_class_is_being_made_has_that_status_too(tmp_path: Path) -> None:
    (tmp_path / "door.py").write_text(
        "from kgbuild.cli import _fail\ntry:\n    exec('raise KeyboardInterrupt')\nexcept KeyboardInterrupt:\n    _fail('interrupted', 130)\n"
    )
    done = subprocess.run([sys.executable, "-m", "door"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "kgbuild: interrupted\n")


def test_own_entities_and_corrections_are_used_and_what_is_refused_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Board closes quay\n\nTARTU, May 3, 2021 (Wire) - The Tartu Harbour Board closed the Old Quay on Monday, Liis Kask said.\n",
        encoding="utf-8",
    )
    own, bad = Path(__file__).parents[1] / "docs" / "entities.tsv", tmp_path / "bad.tsv"
    bad.write_text("id\tname\ttype\nx y\tSome One\tperson\nfine\tSome Two\tperson\n", encoding="utf-8")
    (tmp_path / "fix.yaml").write_text(
        "- rename: Old Quay\n  to: Older Quay\n- reject: Nobody Here\n", encoding="utf-8"
    )
    options = ("--entities", own, "--entities", bad, "--corrections", tmp_path / "fix.yaml", "-q")
    done = kgbuild("build", tmp_path / "a.txt", "-o", tmp_path / "out", *options)
    assert done.returncode == 0, done.stderr
    assert "bad.tsv: line 2: bad id 'x y'" in done.stderr and "fix.yaml: entry 2: reject Nobody Here" in done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["skipped"]) == 2 and {"entities", "corrections"} <= set(manifest["versions"])
    entities = [
        json.loads(line) for line in (tmp_path / "out" / "records.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    named = {e["name"]: e for e in entities if e["record"] == "Entity"}
    assert named["Older Quay"]["aliases"] == ["Old Quay"] and named["Older Quay"]["lat"] == 58.381
    assert named["Liis Kask"]["affiliation"] == [named["Tartu Harbour Board"]["id"]]
    asked = kgbuild("query", tmp_path / "out", "affiliations", "Liis Kask", "--format", "tsv")
    assert "director\tTartu Harbour Board\tHead\t2019-05-01" in asked.stdout
    assert kgbuild("check", tmp_path / "out").returncode == 0
    for option in ("--entities", "--corrections", "--knowledge"):
        failed = kgbuild("build", tmp_path / "a.txt", "-o", tmp_path / "out", option, tmp_path / "none.tsv")
        assert failed.returncode == 3 and "none.tsv" in one_line(failed)
