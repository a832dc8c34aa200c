"""The committed build of the examples: rebuilt byte for byte, proven, and honest where it matters most."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kgbuild import pipeline
from kgbuild.check import check
from kgbuild.records import Claim, Event

pytestmark = pytest.mark.model

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rebuilt")
    pipeline.build(ROOT / "examples", folder)
    return folder


def arithmetic(folder: Path) -> str:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return str(manifest["versions"]["arithmetic"])


def test_the_committed_output_is_what_the_code_writes(rebuilt: Path) -> None:
    if arithmetic(rebuilt) != arithmetic(ROOT / "output"):
        pytest.skip(
            "int8 sums round differently on this processor: the same bytes are promised for one kind of machine"
        )
    committed = {
        p.relative_to(ROOT / "output"): p.read_bytes()
        for p in (ROOT / "output").rglob("*")
        if p.is_file() and "store" not in p.parts
    }
    new = {
        p.relative_to(rebuilt): p.read_bytes()
        for p in rebuilt.rglob("*")
        if p.is_file() and "store" not in p.relative_to(rebuilt).parts
    }
    assert sorted(committed) == sorted(new)
    for name, content in new.items():
        if name.name != "manifest.json":  # it names the versions of the libraries installed
            assert committed[name] == content, f"{name} differs: build examples/ again and commit output/"


def test_no_violation_and_no_broken_span(rebuilt: Path) -> None:
    report = check(rebuilt)
    assert report.ok, [str(v) for v in report.violations][:5]


def test_no_event_is_without_a_claim_and_no_capture_is_invented(rebuilt: Path) -> None:
    records = pipeline.read_records(rebuilt)
    claimed = {i for c in records if isinstance(c, Claim) for i in (c.content, c.condition)}
    assert all(e.id in claimed for e in records if isinstance(e, Event))
    sample = [c for c in records if isinstance(c, Claim) and "failed to capture" in c.text]
    assert all(c.negated for c in sample if c.content and "capture" in c.content)
