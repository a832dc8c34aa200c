"""The command line with workers: the words it says, Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_pool import gone

ROOT = Path(__file__).resolve().parents[2]


def kgbuild(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-m", "kgbuild", *words], stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True)  # fmt: skip


def children(process: int) -> list[int]:
    """All processes that descend from one."""
    out = []
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        out += [int(child), *children(int(child))]
    return out


def test_a_wrong_number_of_workers_is_one_line(tmp_path: Path) -> None:
    process = kgbuild("build", "examples/", "-o", str(tmp_path / "out"), "--workers", "several")
    assert process.communicate(timeout=60)[1] == "kgbuild: --workers 'several': give a number from 1 to 512, or auto for one a core\n"  # fmt: skip
    assert process.returncode == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--engine", "spark"],
            "kgbuild: unknown engine 'spark'; known: ray, and here (this process, by the same way)\n",
        ),
        (["--address", "head:6379"], "kgbuild: --address and --parts are for --engine ray\n"),
    ],
)
def test_an_engine_that_is_none_is_one_line(words: list[str], said: str, tmp_path: Path) -> None:
    process = kgbuild("build", "examples/", "-o", str(tmp_path / "out"), *words)
    assert (process.communicate(timeout=60)[1], process.returncode) == (said, 2)
    assert not (tmp_path / "out").exists()


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_interrupted_it_ends_all_and_keeps_what_was_done(tmp_path: Path) -> None:
    place, out = tmp_path / "in", tmp_path / "out"
    place.mkdir()
    text = next((ROOT / "examples").glob("*.txt")).read_text(encoding="utf-8")
    for n in range(200):
        (place / f"{n}.txt").write_text(text + f"\nCopy number {n} of it.\n", encoding="utf-8")
    process = kgbuild("build", str(place), "-o", str(out), "--workers", "2")
    deadline = time.monotonic() + 60
    while len(workers := children(process.pid)) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130 and said.startswith("kgbuild: interrupted: ") and said.count("\n") == 1
    assert len(workers) == 3 and all(gone(w) for w in workers)
    shutil.rmtree(out)


@pytest.mark.model
def test_an_article_over_its_time_is_left_out_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for example in sorted((ROOT / "examples").glob("*.txt"))[:2]:
        shutil.copy(example, tmp_path / "in")
    text = next((ROOT / "examples").glob("*.txt")).read_text(encoding="utf-8")
    (tmp_path / "in" / "long.txt").write_text(text * 150, encoding="utf-8")
    process = kgbuild("build", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--time-limit", "6")
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "kgbuild: skipped long.txt: processing failed (it took longer than the time limit of 6 s)\n" in said
    assert "time limit of 6 s" in (tmp_path / "out" / "manifest.json").read_text(encoding="utf-8")
