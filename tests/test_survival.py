"""Real faults against a build: each ends in one line and a documented status, and the folder is whole or made whole by the next build."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import plain_step
import pytest

from kgbuild import pipeline, query
from kgbuild.check import check
from kgbuild.config import Config
from kgbuild.doctor import examine
from kgbuild.endpoint.dataset import open_dataset
from kgbuild.errors import InputError, KgbuildError, OutputError
from kgbuild.folder import settled, writing
from kgbuild.knowledge.own import read_own
from kgbuild.records import Document
from kgbuild.store import open_store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals, limits and links of POSIX")

ROOT = Path(__file__).resolve().parents[1]
STORIES = {
    "a.txt": "Row at sea\n\nAnn Lee of Arland attacked Borduria on 2020-01-02. Ann Lee blamed Bob Ray.\n",
    "b.txt": "Talks\n\nBob Ray met Ann Lee on 2020-01-03. Bob Ray of Borduria blamed Arland.\n",
    "c.txt": "Raid\n\nCy Moe of Syldavia attacked Arland. Ann Lee of Arland met Cy Moe on 2020-02-01.\n",
}
STATUSES = {0, 1, 2, 3, 4, 5, 130}


def content(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and "store" not in p.relative_to(folder).parts
    }


class Place:
    """Stories, the folder of one of them (`old`) and the folder of all (`new`), each with its bytes."""

    def __init__(self, at: Path) -> None:
        self.news, self.old, self.new = at / "in", at / "old", at / "new"
        self.news.mkdir()
        for name, text in STORIES.items():
            (self.news / name).write_text(text)
        pipeline.build(self.news / "a.txt", self.old)
        pipeline.build(self.news, self.new)
        self.before, self.after = content(self.old), content(self.new)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    with pytest.MonkeyPatch.context() as patch:
        plain_step.use(patch)
        return Place(tmp_path_factory.mktemp("survival"))


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_step.use(monkeypatch)


@pytest.fixture
def out(place: Place, tmp_path: Path) -> Path:
    return Path(shutil.copytree(place.old, tmp_path / "out"))


def start(*arguments: object, pause: float = 0.0, limit: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "tests" / "plain_command.py"), str(pause), *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "RUST_BACKTRACE": "0"}

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background may ignore it
        if limit is not None:
            limit()

    return subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, preexec_fn=prepare
    )


def told(process: subprocess.Popen[str]) -> str:
    """The one line of a run that has ended with a documented status."""
    _, errors = process.communicate(timeout=60)
    assert process.returncode in STATUSES, errors
    assert errors.count("\n") == 1 and "Traceback" not in errors, errors
    return errors


def whole(folder: Path, place: Place) -> None:
    """The folder is that of before or of after, proves itself, and the next build makes it that of after."""
    if (folder / "manifest.json").exists():
        settled(folder)
        assert content(folder) in (place.before, place.after)
        assert check(folder).ok
    pipeline.build(place.news, folder)
    assert content(folder) == place.after


# --- the system


@pytest.mark.parametrize("size", [0, 4096, 20_000, 33_000, 41_000, 60_000, 80_000])
def test_files_that_cannot_grow(size: int, place: Place, out: Path, plain: None) -> None:
    import resource

    process = start(
        "build", place.news, "-o", out, limit=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    )
    assert "cannot be written" in told(process) and process.returncode == 4
    assert content(out) == place.before
    whole(out, place)


@pytest.mark.parametrize("kib", [16, 96, 160, 240])
def test_a_disk_that_is_full(kib: int, place: Place, tmp_path: Path, plain: None) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(disk)], capture_output=True, check=False)  # fmt: skip
    if mounted.returncode:
        pytest.skip("a disk of one's own takes root")
    try:
        process = start("build", place.news, "-o", disk / "out")
        said = told(process)
        assert (process.returncode, "cannot be written" in said) in ((4, True), (0, False))
        assert not (disk / "out" / "manifest.json").exists() or content(disk / "out") == place.after
        subprocess.run(["mount", "-o", "remount,size=10m", str(disk)], check=True)
        whole(disk / "out", place)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


@pytest.mark.parametrize("mib", [120, 180, 220, 250, 300])
def test_memory_that_is_out(mib: int, place: Place, out: Path, plain: None) -> None:
    import resource

    process = start("build", place.news, "-o", out, limit=lambda: resource.setrlimit(resource.RLIMIT_AS, (mib << 20, mib << 20)))  # fmt: skip
    _, errors = process.communicate(timeout=60)
    # A native library ends the process itself when it gets no memory; nothing of ours can say a line then.
    assert process.returncode in (0, 1, 4, -signal.SIGABRT, -signal.SIGSEGV), errors
    assert "Traceback" not in errors
    whole(out, place)


@pytest.mark.parametrize("arguments", [("check",), ("query", "who-opposes", "Arland")])
@pytest.mark.parametrize("mib", [120, 160, 200])
def test_memory_that_is_out_of_a_reader_is_one_line(mib: int, arguments: tuple[str, ...], out: Path) -> None:
    import resource

    command, *rest = arguments
    process = start(command, out, *rest, limit=lambda: resource.setrlimit(resource.RLIMIT_AS, (mib << 20, mib << 20)))
    if "memory" in told(process):
        assert process.returncode in (1, 8)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_at_any_moment(signum: int, place: Place, out: Path, plain: None) -> None:
    begun = time.monotonic()
    told(start("build", place.news, "-o", out, pause=0.05))
    length = time.monotonic() - begun
    seen = set()
    for step in range(8):
        shutil.rmtree(out)
        shutil.copytree(place.old, out)
        process = start("build", place.news, "-o", out, pause=0.05)
        # The interpreter's own start is over; before, Python itself answers.
        time.sleep(0.25 * length + 0.75 * length * step / 8)
        process.send_signal(signum)
        _, errors = process.communicate(timeout=60)
        seen.add(process.returncode)
        assert process.returncode in (0, 130, -signum), errors
        # One line, whatever it did; a signal may also come before there is one, or after it, while the interpreter goes.
        assert errors.count("\n") == 1 or (process.returncode < 0 and not errors), errors
        assert "Traceback" not in errors
        whole(out, place)
    assert 130 in seen


def test_a_process_of_the_language_step_ends_quietly_when_the_build_is_gone() -> None:
    import pickle
    import socket
    from functools import partial
    from types import SimpleNamespace

    from kgbuild.workers import frames, nursery

    ours, theirs = socket.socketpair()
    frames.send(ours, pickle.dumps(partial(SimpleNamespace, told="loaded")))
    ours.close()  # interrupted while the step was loading
    nursery.main(theirs.detach())


def test_a_clock_that_is_set_back(place: Place, out: Path, plain: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in out.rglob("*"):
        os.utime(path, (4e9, 4e9))  # written in 2096, as it seems now
    monkeypatch.setattr(time, "time", lambda: 1e6)
    pipeline.build(place.news, out)
    assert content(out) == place.after and check(out).ok


# --- what is in the folder


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), max(1, len(data) // 7)):
        data[at] ^= 0x10
    path.write_bytes(data)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "x").write_text("x")


def to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "nowhere" / "x")


def to_itself(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


FILES = ["graph.ttl", "flat.ttl", "aggregates.ttl", "records.jsonl", "graph.graphml", "graph.html", "manifest.json", "articles/entities.ttl",
         "articles/*", "store/state.sqlite", "store/lock"]  # fmt: skip


@pytest.mark.parametrize("damage", [truncate, flip, empty, to_folder, to_nowhere, to_itself, Path.unlink])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file(name: str, damage: Callable[[Path], None], place: Place, tmp_path: Path, plain: None) -> None:
    out = Path(shutil.copytree(place.new, tmp_path / "out"))
    damage(min(p for p in out.glob(name) if p.name != "entities.ttl" or "*" not in name))

    def attempt(call: Callable[[], object]) -> int:
        try:
            call()
        except KgbuildError as error:
            assert "\n" not in str(error) and str(out) in str(error), error
            return error.status
        return 0

    found = [attempt(lambda: pipeline.open_build(out)), attempt(lambda: query.run(open_store(out), "ASK { ?s ?p ?o }")),
             attempt(lambda: check(out).violations), attempt(lambda: pipeline.remove(out, ["a.txt"]))]  # fmt: skip
    assert set(found) <= {0, 4, 5}
    status = attempt(lambda: pipeline.build(place.news, out))
    if status == 0:
        assert content(out) == place.after and check(out).ok
    else:  # not repaired: what stands in the way is named, for a person to take away
        assert name in ("manifest.json", "store/lock", "store/state.sqlite") or damage is to_folder


@pytest.fixture
def patience() -> Iterator[None]:
    """What opens a pipe waits for ever: the test fails instead."""

    def over(*_: object) -> None:
        raise AssertionError("it waits for a pipe")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, 60)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("link", [False, True])
@pytest.mark.parametrize("name", [*FILES, "store/journal.json"])
def test_a_pipe_in_the_place_of_a_file_is_refused(name: str, link: bool, place: Place, tmp_path: Path, plain: None, patience: None) -> None:  # fmt: skip
    out = Path(shutil.copytree(place.new, tmp_path / "out"))
    path = min(out.glob(name), default=out / name)
    path.unlink(missing_ok=True)
    os.mkfifo(tmp_path / "pipe" if link else path)
    if link:
        path.symlink_to(tmp_path / "pipe")
    calls: list[Callable[[], object]] = [lambda: pipeline.open_build(out), lambda: open_store(out), lambda: check(out), lambda: open_dataset(out),
             lambda: pipeline.remove(out, ["a.txt"]), lambda: pipeline.build(place.news, out)]  # fmt: skip
    for call in calls:
        with pytest.raises(KgbuildError, match=f"{re.escape(path.name)}: (a pipe|is a link)") as error:
            call()
        assert "\n" not in str(error.value)
    assert any(f.level == "fail" and path.name in f.says for f in examine(out))


def test_a_pipe_among_the_files_of_a_large_folder_is_refused_by_who_reads_it(place: Place, tmp_path: Path, plain: None, patience: None, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(pipeline, "LARGE", 0)
    out = tmp_path / "out"
    pipeline.build(place.news, out)
    path = min((out / "articles").glob("*.ttl"))
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(KgbuildError, match=f"{path.name}: a pipe"):
        check(out)
    with writing(out) as folder, pytest.raises(KgbuildError, match=rf"{path.name}: cannot be read \(a pipe"):
        folder.read_staged(f"articles/{path.name}")


def test_a_pipe_given_as_an_input_as_corrections_or_as_entities_is_refused(place: Place, tmp_path: Path, plain: None, patience: None) -> None:  # fmt: skip
    for name in ("pipe.txt", "pipe.tsv", "pipe.yaml"):
        os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match=r"pipe\.txt: not a regular file"):
        pipeline.build(tmp_path / "pipe.txt", tmp_path / "out")
    with pytest.raises(InputError, match=r"pipe\.yaml: cannot be read \(a pipe"):
        pipeline.build(place.news, tmp_path / "out", Config(corrections=str(tmp_path / "pipe.yaml")))
    with pytest.raises(InputError, match=r"pipe\.tsv: cannot be read \(a pipe"):
        read_own([tmp_path / "pipe.tsv"], lambda i: None, lambda c: None)


def test_a_file_of_the_folder_that_leads_outside_is_replaced_and_its_target_left(place: Place, out: Path, tmp_path: Path, plain: None) -> None:  # fmt: skip
    outside = tmp_path / "mine.ttl"
    outside.write_text("# mine\n")
    (out / "graph.ttl").unlink()
    (out / "graph.ttl").symlink_to(outside)
    pipeline.build(place.news, out)
    assert outside.read_text() == "# mine\n" and content(out) == place.after


@pytest.mark.parametrize("name", ["articles", "store", "store/lock", "store/state.sqlite", "store/next"])
def test_a_folder_of_the_build_that_leads_outside_is_refused(name: str, place: Place, out: Path, tmp_path: Path, plain: None) -> None:  # fmt: skip
    outside = tmp_path / "outside"
    if (out / name).exists():
        (out / name).rename(outside)
    else:
        outside.mkdir()
    (out / name).symlink_to(outside)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    with pytest.raises(OutputError, match="is a link"):
        pipeline.build(place.news, out)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_build_folder_may_itself_be_a_link(place: Place, out: Path, tmp_path: Path, plain: None) -> None:
    (tmp_path / "link").symlink_to(out)
    pipeline.build(place.news, tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and content(out) == place.after


@pytest.mark.parametrize("journal", ['{"generation": 1, "put": [], "drop": ["../../mine"]}', '{"generation": 1, "put": ["/etc/x"], "drop": []}', '{"gen', "[]", ""])  # fmt: skip
def test_a_journal_that_is_damaged_or_leads_outside(journal: str, place: Place, out: Path, tmp_path: Path, plain: None) -> None:  # fmt: skip
    (tmp_path.parent / "mine").write_text("mine")
    (out / "store" / "journal.json").write_text(journal)
    assert pipeline.open_build(out).records
    assert (tmp_path.parent / "mine").exists()
    whole(out, place)


def read_only(folder: Path) -> bool:
    """Make a folder one that nothing can be written to, by a mount where root may do so."""
    if os.geteuid():
        for path in (folder, folder / "store"):
            path.chmod(0o555)
        return True
    bound = subprocess.run(["mount", "--bind", str(folder), str(folder)], capture_output=True, check=False)
    return not bound.returncode and not subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=False).returncode  # fmt: skip


def test_a_folder_that_can_only_be_read(place: Place, out: Path, plain: None) -> None:
    if not read_only(out):
        pytest.skip("root, and no right to mount")
    try:
        for call in (lambda: pipeline.build(place.news, out), lambda: pipeline.remove(out, ["a.txt"])):
            with pytest.raises(OutputError, match="cannot be written"):
                call()
        assert pipeline.open_build(out).records and check(out).ok
        assert query.run(open_store(out), "ASK { ?s ?p ?o }").rows
    finally:
        if os.geteuid():
            for path in (out, out / "store"):
                path.chmod(0o755)
        else:
            subprocess.run(["umount", "-l", str(out)], check=False)
    whole(out, place)


# --- what is read


def test_names_that_command_terminals_or_are_no_text(place: Place, tmp_path: Path) -> None:
    news = tmp_path / "in"
    news.mkdir()
    for number, name in enumerate(
        [
            b"line\nend.txt",
            b"esc\x1b[2Jape.txt",
            b"\xff\xfe.txt",
            b"bad\xed\xa0\x80.png",
            b"turned\xe2\x80\xaeround.txt",
            b"-o",
        ]
    ):
        text = list(STORIES.values())[number % 3].replace("2020", f"20{10 + number}")
        (Path(os.fsdecode(os.fsencode(news) + b"/" + name))).write_text(text)
    process = start("build", news, "-o", tmp_path / "out")
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0 and "Traceback" not in errors
    assert all(line.startswith("kgbuild: skipped") for line in errors.splitlines()[:-1]), errors
    assert "\x1b" not in errors and "\u202e" not in errors
    assert check(tmp_path / "out").ok
    assert all(d.source.isprintable() for d in pipeline.read_records(tmp_path / "out") if isinstance(d, Document))


def test_links_in_the_inputs_that_loop_lead_out_or_nowhere(place: Place, tmp_path: Path, plain: None) -> None:
    news = Path(shutil.copytree(place.news, tmp_path / "in"))
    (news / "loop").symlink_to(news)
    (news / "self.txt").symlink_to(news / "self.txt")
    (news / "nowhere.txt").symlink_to(tmp_path / "none")
    (news / "again.txt").symlink_to(news / "a.txt")
    os.mkfifo(news / "pipe.txt")
    graph = pipeline.build(news, tmp_path / "out")
    assert graph.changes is not None
    assert {s.source for s in graph.changes.skipped} == {"loop", "self.txt", "nowhere.txt", "again.txt", "pipe.txt"}
    assert graph.changes.new == 3


def test_the_output_inside_the_input_is_not_read(place: Place, tmp_path: Path, plain: None) -> None:
    news = Path(shutil.copytree(place.news, tmp_path / "in"))
    pipeline.build(news, news / "out")
    changes = pipeline.build(news, news / "out").changes
    assert changes is not None and (changes.new, changes.kept) == (0, 3)


@pytest.mark.parametrize("what", ["vanishes", "empties", "becomes a folder"])
def test_a_file_that_changes_while_it_is_read(what: str, place: Place, tmp_path: Path, plain: None, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """It changes after it was found and before it is opened."""
    from kgbuild import sources

    news = Path(shutil.copytree(place.news, tmp_path / "in"))
    real = sources.find_files

    def found(*arguments: object) -> object:
        result = real(*arguments)  # type: ignore[arg-type]  # handed on as they came
        (news / "b.txt").unlink()
        if what == "empties":
            (news / "b.txt").touch()
        elif what == "becomes a folder":
            (news / "b.txt").mkdir()
        return result

    monkeypatch.setattr(sources, "find_files", found)
    graph = pipeline.build(news, tmp_path / "out")
    assert graph.changes is not None and graph.changes.new == 2
    assert [s.source for s in graph.changes.skipped] == ["b.txt"] and graph.changes.skipped[0].reason
    assert check(tmp_path / "out").ok


def test_nothing_but_faults_is_an_input_error_and_no_folder_is_spoilt(place: Place, out: Path, tmp_path: Path, plain: None) -> None:  # fmt: skip
    (tmp_path / "x.txt").symlink_to(tmp_path / "x.txt")
    with pytest.raises(InputError):
        pipeline.build(tmp_path / "x.txt", out)
    assert content(out) == place.before
