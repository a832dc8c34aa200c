"""The map of the rooms held against the code's real imports."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "kgbuild"

CORE = [
    "errors",
    "records",
    "ids",
    "config",
    "registry",
    "rules",
    "files",
    "layers",
    "ontology",
    "vocab",
    "rdf",
    "progress",
    "reporting",
    "runlog",
    "wire",
    "apart",
]
"""In import order: a core module may import only those before it."""

ROOMS: dict[str, set[str]] = {
    "sources": set(),
    "workers": set(),
    "knowledge": set(),
    "annotate": {"knowledge"},
    "claims": set(),
    "partitioned": {"cluster", "fingerprint", "language"},
    "resolve": set(),
    "ledger": {"resolve"},
    "graph": set(),
    "aggregate": {"graph"},
    "atlas": {"graph", "aggregate"},
    "export": {"graph", "aggregate", "atlas"},
    "fingerprint": set(),
    "folder": set(),
    "state": set(),
    "intake": {"state"},
    "drawn": {"folder", "state"},
    "cluster": {"export", "resolve", "sources", "workers"},
    "language": {"annotate", "claims", "cluster", "fingerprint", "workers"},
    "store": {"folder"},
    "query": {"store"},
    "endpoint": {"folder", "store", "query"},
    "publish": {"folder"},
    "shapes": {"store"},
    "check": {"folder", "store", "query", "shapes", "shortcuts"},
    "shortcuts": set(),
    "parts": {"folder", "ledger", "export", "store", "shortcuts"},
    "views": {"folder", "state", "drawn", "resolve", "ledger", "parts", "aggregate", "export", "store"},
    "reference": {"query"},
    "explain": set(),
    "doctor": {"annotate", "knowledge", "fingerprint", "folder", "state"},
    "diff": {"folder"},
    "page": {"graph"},
    "report": {"graph", "aggregate", "atlas", "page"},
}
"""Room -> the rooms it may import beside the core. Only `pipeline` joins them; `cli` is the door."""

TOP = {"pipeline", "cli", "__main__", "__init__"}
HEAVY = {
    "spacy",
    "rdflib",
    "networkx",
    "trafilatura",
    "pyshacl",
    "rich",
    "thinc",
    "numpy",
    "matplotlib",
    "pandas",
    "pyarrow",
    "zstandard",
    "warcio",
    "lxml",
    "ray",
    "fsspec",
}
MAY_IMPORT_AT_TOP = {
    "layers": {"spacy"}, "annotate": {"spacy", "numpy"}, "claims": {"spacy"}, "graph": {"networkx", "numpy"},
    "export": {"networkx"}, "page": {"networkx", "numpy"}, "check": {"rdflib", "pyshacl"}, "query": {"rdflib"}, "store": set(), "sources": set(),
}  # fmt: skip
"""Which heavy library a room may import when it is itself imported; elsewhere only inside a function."""


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> list[tuple[str, bool]]:
    """(module, whether at the top level of the file and not only for type checking) of every import, whatever its place."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set()
    for node in tree.body:
        top.add(id(node))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(a.name, id(node) in top) for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{a.name}" for a in node.names] if node.module == "kgbuild" else [node.module or ""]
            found += [(n, id(node) in top) for n in names]
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_what_its_line_allows(path: Path) -> None:
    room = room_of(path)
    if room in TOP:
        return
    assert room in CORE or room in ROOMS, f"{room} has no line in the table of rooms"
    for name, _ in imports(path):
        parts = name.split(".")
        if parts[0] != "kgbuild" or len(parts) < 2:
            continue
        other = parts[1]
        if other == room:
            continue
        if room in CORE:
            assert other in CORE[: CORE.index(room)], f"core module {room} imports {other}"
        else:
            assert other in CORE or other in ROOMS[room], f"room {room} imports {other}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_heavy_libraries_load_only_where_they_are_needed(path: Path) -> None:
    room = room_of(path)
    for name, top in imports(path):
        library = name.split(".")[0]
        if top and library in HEAVY:
            assert library in MAY_IMPORT_AT_TOP.get(room, set()), f"{room} imports {library} when it is imported itself"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_module_says_its_job_and_stays_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(text))
    assert doc, "no module docstring"
    if text.count("\n") > 560:
        assert "lines" in doc, "over 560 lines without a reason in its docstring"


def test_the_contributors_table_names_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:kgbuild|ontologies|tests|bench|training|examples|docs)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), f"CONTRIBUTING.md names {name}"


def test_no_two_test_files_have_one_name() -> None:
    names = Counter(p.name for p in (ROOT / "tests").rglob("test_*.py"))
    assert [n for n, several in names.items() if several > 1] == [], "pytest imports them by name alone"
