"""The log in JSON lines: what it holds, where it goes, and that it never costs the run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import plain_step
import pytest

from kgbuild.errors import InputError, OutputError
from kgbuild.progress import Progress
from kgbuild.runlog import EVENTS, RunLog, logged

ROOT = Path(__file__).resolve().parents[1]
STORY = "Row\n\nAnn Lee of Arland attacked Borduria on 2020-01-02. Ann Lee blamed Bob Ray.\n"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(Path(plain_step.__file__)), "0", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)})


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def news(tmp_path: Path) -> Path:
    place = tmp_path / "in"
    place.mkdir()
    (place / "a.txt").write_text(STORY)
    (place / "b.txt").write_text("FAIL\n\nAnn Lee met Bob Ray.\n")
    return place


def test_a_build_is_told_from_start_to_end_beside_the_lines_for_people(news: Path, tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    done = run("build", news, "-o", tmp_path / "out", "--log-json", log)
    assert done.returncode == 0 and "skipped b.txt" in done.stderr and done.stdout == ""
    told = lines(log.read_text())
    assert [e["event"] for e in told] == ["started", "article", "article", "skipped", "finished"]
    assert [(e["source"], e["done"], e["total"]) for e in told if e["event"] == "article"] == [
        ("a.txt", 1, 2),
        ("b.txt", 2, 2),
    ]
    assert told[-1]["counts"]["Document"] == 1 and told[-1]["new"] == 1 and told[-1]["status"] == 0  # type: ignore[index]
    assert all(str(e["time"]).endswith("Z") and e["command"] == "build" for e in told)
    run("build", news / "a.txt", "-o", tmp_path / "out", "--log-json", log)
    again = lines(log.read_text())
    assert again[: len(told)] == told and [e["event"] for e in again[len(told) :]] == ["started", "finished"]


def test_on_standard_error_it_is_alone_and_the_status_stays(news: Path, tmp_path: Path) -> None:
    done = run("build", news, "-o", tmp_path / "out", "--log-json", "-")
    assert done.returncode == 0 and lines(done.stderr)[-1]["event"] == "finished"
    failed = run("build", tmp_path / "none.txt", "-o", tmp_path / "out", "--log-json", "-")
    assert failed.returncode == 3
    last = lines(failed.stderr)[-1]
    assert last["event"] == "failed" and last["status"] == 3 and "none.txt" in str(last["reason"])


def test_every_command_that_reads_or_writes_a_graph_is_told(news: Path, tmp_path: Path) -> None:
    out, place, log = tmp_path / "out", tmp_path / "place", tmp_path / "run.log"
    said = [
        run("build", news / "a.txt", "-o", out, "--log-json", log),
        run("build", news / "a.txt", "-o", place, "--partitioned", "--log-json", log),
        run("gather", place, "-o", tmp_path / "gathered", "--log-json", log),
        run("query", out, "SELECT * { ?c a kg:Claim }", "--log-json", log),
        run("export", out, "-f", "nquads", "--log-json", log),
        run("check", out, "--log-json", log),
        run("query", out, "who-opposes", "Nobody", "--log-json", log),
        run("remove", out, "a.txt", "--log-json", log),
    ]
    assert [d.returncode for d in said] == [0, 0, 0, 0, 0, 0, 2, 0], [d.stderr for d in said]
    told = [e for e in lines(log.read_text()) if e["event"] not in ("article", "skipped", "gone")]
    ends = [(e["command"], e["event"]) for e in told]
    names = ("build", "build", "gather", "query", "export", "check", "query", "remove")
    assert ends[::2] == [(n, "started") for n in names]
    assert ends[1::2] == [(n, "failed" if at == 6 else "finished") for at, n in enumerate(names)]
    facts = {str(e["command"]): e for e in told if e["event"] == "finished"}
    assert facts["query"]["rows"] == 2 and facts["gather"]["counts"]["Document"] == 1  # type: ignore[index]


def test_a_log_that_cannot_be_opened_is_one_line(news: Path, tmp_path: Path) -> None:
    done = run("build", news, "-o", tmp_path / "out", "--log-json", tmp_path)
    assert done.returncode == 4 and done.stderr.count("\n") == 1 and "--log-json" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_under_the_log_costs_a_line_and_not_the_build(news: Path, tmp_path: Path) -> None:
    done = run("build", news, "-o", tmp_path / "out", "--log-json", "/dev/full")
    assert done.returncode == 0 and done.stderr.count("the log cannot be written any more") == 1
    assert (tmp_path / "out" / "graph.ttl").exists()


def test_names_from_files_cannot_command_a_terminal_or_break_the_line(tmp_path: Path) -> None:
    log = RunLog(str(tmp_path / "l"), "build")
    log.write("skipped", source="a\n\x1b[2J\u202e\udcff", reason="x")
    log.close()
    text = (tmp_path / "l").read_bytes()
    assert text.count(b"\n") == 1 and text.isascii() and b"\x1b" not in text
    assert json.loads(text)["source"] == "a\n\x1b[2J\u202e\udcff"


def test_a_clock_that_is_set_back_changes_the_time_and_nothing_else(tmp_path: Path) -> None:
    clock = iter((2e9, 1e9, 0.0))
    log = RunLog(str(tmp_path / "l"), "build", clock=lambda: next(clock))
    for count in range(3):
        log.following(None)(Progress("a", count + 1, 3, 10, 30, 1.0))
    log.close()
    told = lines((tmp_path / "l").read_text())
    assert [str(e["time"])[:4] for e in told] == ["2033", "2001", "1970"]
    seconds = [float(str(e["seconds"])) for e in told]
    assert seconds == sorted(seconds) and seconds[0] >= 0


@pytest.mark.parametrize(("error", "event", "status"), [(InputError("no"), "failed", 3), (KeyboardInterrupt(), "interrupted", 130), (ValueError("v"), "failed", 1), (MemoryError(), "failed", 1)])  # fmt: skip
def test_every_end_has_its_line(error: BaseException, event: str, status: int, tmp_path: Path) -> None:
    with pytest.raises(type(error)), logged(str(tmp_path / "l"), "build"):
        raise error
    last = lines((tmp_path / "l").read_text())[-1]
    assert (last["event"], last["status"]) == (event, status)


def test_the_events_are_the_documented_ones() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert all(f"| `{event}` |" in text for event in EVENTS)


def test_a_log_in_a_missing_folder_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        RunLog(str(tmp_path / "none" / "l"), "build")
