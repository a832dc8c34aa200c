"""`kgbuild doctor`: what it finds in a healthy place, and each fault it is there for."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import time
from importlib import import_module
from pathlib import Path

import plain_step
import pytest

from kgbuild import doctor, pipeline
from kgbuild.cli import app
from kgbuild.folder import STATE, writing

STORY = "Row\n\nAnn Lee of Arland attacked Borduria on 2020-01-02. Ann Lee blamed Bob Ray.\n"


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    plain_step.use(monkeypatch)
    (tmp_path / "a.txt").write_text(STORY)
    pipeline.build(tmp_path / "a.txt", tmp_path / "out")
    return tmp_path / "out"


def of_folder(folder: Path) -> list[tuple[str, str]]:
    return list(doctor._folder(folder))


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.name[-4:] not in ("-shm", "-wal")
    }


def test_a_healthy_folder(out: Path) -> None:
    before = content(out)
    assert [level for level, _ in of_folder(out)] == ["ok", "ok"]
    assert content(out) == before


@pytest.mark.parametrize(
    ("fault", "level", "says"),
    [
        ("changed", "fail", "graph.ttl"), ("missing", "fail", "records.jsonl"), ("manifest", "fail", "manifest.json"), ("state", "warn", "reads its articles once more"),
        ("newer", "fail", "newer kgbuild"), ("no store", "warn", "once more"), ("journal", "warn", "cut off"), ("no manifest", "warn", "no build"),
    ],
)  # fmt: skip
def test_each_fault_of_a_folder(fault: str, level: str, says: str, out: Path) -> None:
    if fault == "changed":
        (out / "graph.ttl").write_bytes((out / "graph.ttl").read_bytes() + b"# by hand\n")
    elif fault == "missing":
        (out / "records.jsonl").unlink()
    elif fault == "manifest":
        (out / "manifest.json").write_text("{")
    elif fault == "state":
        (out / "store" / STATE).write_bytes(b"not a database" * 999)
    elif fault == "newer":
        with sqlite3.connect(out / "store" / STATE) as db:
            db.execute("PRAGMA user_version = 99")
    elif fault == "no store":
        shutil.rmtree(out / "store")
    elif fault == "journal":
        (out / "store" / "journal.json").write_text("{}")
    else:
        (out / "manifest.json").unlink()
    before = content(out)
    found = (
        [f for f in doctor.examine(out) if f.name == "folder" and f.level == level]
        if fault in ("manifest", "newer")
        else []
    )
    told = [(f.level, f.says) for f in found] or of_folder(out)
    assert any(lv == level and says in text for lv, text in told), told
    assert content(out) == before, "doctor changes nothing"


def test_a_build_at_work_is_named_and_its_files_are_not_blamed(out: Path) -> None:
    with writing(out):
        (out / "graph.ttl").write_bytes(b"half")
        told = of_folder(out)
    assert told[0][0] == "ok" and "process" in told[0][1] and all(level != "fail" for level, _ in told)


def test_libraries_are_loaded_without_torch_and_it_is_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    with doctor._without_torch(), pytest.raises(ImportError):
        import_module("torch")
    assert "torch" not in sys.modules


def test_a_broken_library_is_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise ImportError(f"{name}: undefined symbol\nof two lines")

    monkeypatch.setattr(doctor, "import_module", broken)
    monkeypatch.setattr(doctor, "_model", lambda: iter([("ok", "")]))
    found = {f.name: f for f in doctor.examine()}
    assert found["spacy"].level == "fail" and "pip install" in found["spacy"].says
    assert found["knowledge"].level == "ok", "one fault hides nothing else"


def test_little_disk_and_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    for free, level in ((1 << 20, "fail"), (500 << 20, "warn"), (2 << 30, "ok")):
        monkeypatch.setattr(shutil, "disk_usage", lambda place, free=free: usage._replace(free=free))
        assert next(doctor._disk(tmp_path / "not" / "there"))[0] == level


def test_a_damaged_base_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "knowledge.sqlite").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    monkeypatch.setattr(doctor, "data_path", lambda *parts: tmp_path.joinpath(*parts))
    found = {f.name: f.level for f in doctor.examine()}
    assert found["knowledge"] == "fail" and found["model"] == "fail"


def test_the_extras_are_those_of_the_package(root: Path) -> None:
    import tomllib

    extras = tomllib.loads((root / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(doctor.EXTRAS) == set(extras) - {"test"}


@pytest.mark.model
def test_the_command_prints_a_line_each_and_json(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begun = time.monotonic()
    app(["doctor", str(out), "--json"], standalone_mode=False)
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] and {"python", "model", "knowledge", "disk", "folder"} <= {f["name"] for f in told["findings"]}
    loaded = next(f["says"] for f in told["findings"] if f["name"] == "model").split("loaded in ")[1].split()[0]
    assert time.monotonic() - begun < 4 * float(loaded) + 10
