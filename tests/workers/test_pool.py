"""Workers: same results however many, none lost to one that dies or hangs, nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import arland
import made_step
import pytest

from kgbuild import pipeline
from kgbuild.config import Config
from kgbuild.errors import KgbuildError, ModelError, UsageError
from kgbuild.records import Document, Record, Skipped, unpack
from kgbuild.workers import Limits, Outcome, Pool, alone, cores, workers_of

ROOT = Path(__file__).resolve().parents[2]


def documents(*orders: str, count: int = 20) -> list[Document]:
    """Short articles, with one that carries each order at 5, 9, 13, ..."""
    texts = [f"Row {n}\n\nAnn Lee of Arland attacked Bob Ray. WAIT 0.00{n % 7}\n" for n in range(count)]
    for n, order in enumerate(orders):
        texts.insert(5 + 4 * n, f"Extra {n}\n\nBob Ray blamed Ann Lee. {order}\n")
    return [arland.document(text, source=f"{n}.txt") for n, text in enumerate(texts)]


def given(outcomes: Iterator[Outcome]) -> list[tuple[int, str, list[Record] | Skipped]]:
    return [(n, d.source, unpack(found) if isinstance(found, bytes) else found) for n, d, found in outcomes]  # type: ignore[misc]


def gone(process: int) -> bool:
    """Whether a process has ended, within a moment."""
    for _ in range(100):
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(("workers", "share"), [(1, True), (3, True), (2, False)])
def test_what_one_process_gives_any_number_gives_in_the_same_order(workers: int, share: bool) -> None:
    articles = documents("FAIL", "PRINT")
    expected = given(alone(made_step.Made(), articles))
    with Pool(partial(made_step.Made, "hello"), workers, share=share) as pool:
        assert pool.told["note"] == "hello" and pool.told["process"] != os.getpid()
        assert given(pool.results(iter(articles), ordered=True)) == expected
        assert sorted(given(pool.results(articles)), key=lambda r: r[0]) == expected, "a pool can be used again"
    assert isinstance(expected[5][2], Skipped)


@pytest.mark.parametrize("share", [True, False])
def test_a_worker_that_dies_or_hangs_costs_its_article_and_no_other(share: bool, tmp_path: Path) -> None:
    articles = documents("DIE", f"DIE ONCE {tmp_path / 'once'}", "HANG", "LEAVE")
    with Pool(made_step.Made, 2, Limits(1.0), share) as pool:
        found = given(pool.results(articles, ordered=True))
    assert [n for n, _, _ in found] == list(range(24)), "none lost, none twice"
    reasons = {n: f.reason for n, _, f in found if isinstance(f, Skipped)}
    assert reasons == {
        5: "processing failed (its process was killed by SIGKILL, out of memory?, 3 times)",
        13: "processing failed (it took longer than the time limit of 1 s)",
        17: "processing failed (its process ended with status 1, 3 times)",
    }


def test_workers_killed_at_any_moment_cost_nothing() -> None:
    articles = documents(count=60)
    expected = given(alone(made_step.Made(), articles))
    with Pool(made_step.Made, 2) as pool:
        found = []
        for n, outcome in enumerate(pool.results(articles)):
            found.append(outcome)
            if n in (10, 30):
                os.kill(pool._workers[n % 2].process, signal.SIGKILL)
            if n == 20:  # the process they are made from
                assert pool._nursery is not None
                pool._nursery._process.kill()
                pool._nursery._process.wait()
                os.kill(pool._workers[0].process, signal.SIGKILL)
    assert sorted(given(iter(found)), key=lambda r: r[0]) == expected


def test_input_is_read_no_faster_than_results_are_taken() -> None:
    read = 0

    def source() -> Iterator[Document]:
        nonlocal read
        for document in documents(count=400):
            read += 1
            yield document

    with Pool(made_step.Made, 2) as pool:
        results = pool.results(source(), ordered=True)
        for _ in range(5):
            next(results)
        time.sleep(0.3)
        assert read < 350, "bounded by the words that workers hold ahead"
        results.close()


def test_what_nobody_waits_for_is_not_taken_for_the_next_call() -> None:
    with Pool(made_step.Made, 2) as pool:
        first = pool.results(documents("WAIT 0.5", "WAIT 0.5"))
        for _ in range(5):
            next(first)
        first.close()
        articles = documents(count=7)
        assert given(pool.results(articles, ordered=True)) == given(alone(made_step.Made(), articles))


def test_long_articles_are_not_piled_up() -> None:
    long = [arland.document("word " * 5000 + f"WAIT 0.05 {n}", source=str(n)) for n in range(12)]
    read: list[Document] = []
    with Pool(made_step.Made, 2) as pool:
        results = pool.results((read.append(d) or d for d in long), ordered=True)  # type: ignore[func-returns-value]
        next(results)
        assert len(read) <= 2 * 2 + 1
        results.close()


def test_an_article_larger_than_the_pipe_and_any_text_pass() -> None:
    odd = arland.document("\ufeff mark \0 nul\n\nAnn Lee attacked Bob Ray.", source="odd\udcff.txt")
    big = arland.document("Ann Lee attacked Bob Ray. " * 8_000, source="big.txt")
    articles = [big, odd, big, odd]
    with Pool(made_step.Made, 2) as pool:
        assert given(pool.results(articles, ordered=True)) == given(alone(made_step.Made(), articles))


def test_a_step_that_does_not_start_says_why() -> None:
    with pytest.raises(ModelError, match="no model here: get one"):
        Pool(made_step.refuses, 2)
    with pytest.raises(KgbuildError, match=r"does not start .*ZeroDivisionError"):
        Pool(made_step.breaks, 2)
    with pytest.raises(KgbuildError, match="killed by SIGKILL"):
        Pool(made_step.dies, 2)


@pytest.mark.parametrize("share", [True, False])
def test_nothing_is_left_behind(share: bool) -> None:
    pool = Pool(made_step.Made, 2, share=share)
    results = pool.results(documents("HANG", "HANG", "HANG"))
    for _ in range(6):
        next(results)
    processes = [w.process for w in pool._workers] + [pool.told["process"]]
    pool.close()
    assert all(gone(p) for p in processes)


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    code = (
        "import sys, made_step, test_pool\n"
        "from kgbuild.workers import Pool\n"
        "pool = Pool(made_step.Made, 2)\n"
        "results = pool.results(test_pool.documents('HANG', 'HANG', 'HANG'))\n"
        "[next(results) for _ in range(6)]\n"
        "print(*[w.process for w in pool._workers], pool.told['process'], flush=True)\n"
        "next(results), next(results), [next(results) for _ in range(99)]\n"
    )
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests", Path(__file__).parent)))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path})  # fmt: skip
    assert process.stdout is not None
    workers = [int(p) for p in process.stdout.readline().split()]
    assert len(workers) == 3
    process.kill()
    process.wait()
    process.stdout.close()
    assert all(gone(p) for p in workers), "also those that hang"


def test_how_many_workers(tmp_path: Path) -> None:
    assert workers_of("3") == 3
    assert workers_of("auto") == cores() >= 1
    for wrong in ("0", "-1", "many", "", "1e3", "100000", "²"):
        with pytest.raises(UsageError, match="--workers"):
            workers_of(wrong)
    quota = tmp_path / "cpu.max"
    quota.write_text("100000 100000\n")
    assert cores(quota) == 1
    quota.write_text("50000 100000\n")
    assert cores(quota) == 1
    quota.write_text("max 100000\n")
    assert cores(quota) == cores(tmp_path / "none")


@pytest.mark.model
def test_two_workers_build_the_bytes_of_one(tmp_path: Path) -> None:
    for number in (1, 2):
        pipeline.build(ROOT / "examples", tmp_path / str(number), Config(workers=number))
    one, two = (
        {p.relative_to(f).as_posix(): p.read_bytes() for p in f.rglob("*") if p.is_file() and "store" not in p.parts}
        for f in (tmp_path / "1", tmp_path / "2")
    )
    assert one == two and len(one) > 6
    in_memory = pipeline.build(ROOT / "examples", config=Config(workers=2))
    assert in_memory.turtle() == one["graph.ttl"]
