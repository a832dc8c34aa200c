"""Whether kgbuild can work here: libraries, model, entity base, disk, and the health of a build folder; one line each.

Nothing is changed: not even a build that was interrupted is finished. Each probe stands alone, so that what is broken does not hide the rest.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Final
from urllib.parse import quote

from kgbuild.config import VERSION, Config, data_path
from kgbuild.errors import BuildFolderError, KgbuildError
from kgbuild.fingerprint import file_digest
from kgbuild.folder import MANIFEST, STATE, STORE, holder, interrupted, listed_files, read_manifest, refuse_pipes
from kgbuild.state import VERSION as STATE_VERSION

__all__ = ["EXTRAS", "Finding", "examine"]

LIBRARIES: Final = ("spacy", "rdflib", "pyoxigraph", "onnxruntime", "numpy", "tokenizers", "networkx")
EXTRAS: Final = {
    "plot": ("matplotlib",), "tables": ("pyarrow", "pandas"), "pandas": ("pandas",), "archives": ("warcio", "zstandard"),
    "cluster": ("ray", "pyarrow", "fsspec"),
}  # fmt: skip
"""Extra -> the modules it brings."""
SENTENCE: Final = "Russia attacked Ukraine on Monday, President Joe Biden said in Washington."
"""What the model must find at least two names in."""
LITTLE, TOO_LITTLE = 1 << 30, 100 << 20
"""Bytes free on a disk below which a build is at risk, and below which it cannot be done."""
MEMORY: Final = 1 << 30
"""Bytes a build needs: the model, and the records of some thousand articles."""
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is ("ok", "warn" or "fail"), and what was seen or is to be done."""

    name: str
    level: str
    says: str

    def __str__(self) -> str:
        return f"{self.level:4} {self.name}: {self.says}"


Found = Iterator[tuple[str, str]]
"""(level, what it says) of a probe."""


def examine(folder: Path | None = None) -> Iterator[Finding]:
    """Each finding as it is made; `folder` is a build folder, or where one is to be made."""
    probes: list[tuple[str, Callable[[], Found]]] = [("python", _python), ("kgbuild", _package)]
    probes += [(name, lambda name=name: _library(name)) for name in LIBRARIES]  # type: ignore[misc]  # mypy sees no default here
    probes += [("model", _model), ("knowledge", _knowledge)]
    probes += [(f"extra {name}", lambda name=name: _extra(name)) for name in EXTRAS]  # type: ignore[misc]
    probes += [("memory", _memory), ("disk", lambda: _disk(folder or Path()))]
    if folder is not None:
        probes.append(("folder", lambda: _folder(folder)))
    for name, probe in probes:
        try:
            for level, says in probe():
                yield Finding(name, level, says)
        except KgbuildError as error:
            yield Finding(name, "fail", str(error))
        except Exception as error:  # a broken library may raise anything when it is imported
            yield Finding(name, "fail", f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")


def _python() -> Found:
    fits = sys.version_info >= (3, 11)
    says = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield ("ok", says) if fits else ("fail", f"{says}; kgbuild needs 3.11 or later")


def _package() -> Found:
    try:
        files = metadata.files("kgbuild") or []
    except metadata.PackageNotFoundError:
        yield "ok", f"{VERSION}, run from its source folder"
        return
    damaged = [str(f) for f in files if f.hash and f.hash.mode == "sha256" and not _as_installed(f)]
    if damaged:
        yield "fail", f"{VERSION}, {len(damaged)} files missing or changed since they were installed: {_some(damaged)}; pip install --force-reinstall --no-deps kgbuild"  # fmt: skip
    else:
        yield "ok", f"{VERSION}, {len(files)} files as they were installed"


def _as_installed(file: metadata.PackagePath) -> bool:
    import base64

    try:
        content = file.read_binary()
    except OSError:
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return file.hash is not None and digest == file.hash.value


def _library(name: str) -> Found:
    try:
        version = metadata.version(name)
        with _without_torch():
            import_module(name)
    except (metadata.PackageNotFoundError, ImportError) as error:
        yield "fail", f"cannot be imported ({error}); pip install --force-reinstall {name}"
        return
    wanted = _wanted(name, version)
    yield (
        ("ok", version)
        if wanted is None
        else ("fail", f"{version}, and kgbuild needs {wanted}; pip install '{name}{wanted}'")
    )


@contextmanager
def _without_torch() -> Iterator[None]:
    """Leave torch unloaded, which spaCy takes in wherever it is installed, for other pipelines: longer than all the rest together."""
    if "torch" in sys.modules:
        yield
        return
    sys.modules["torch"] = None  # type: ignore[assignment]  # an import of it fails, as where there is none
    try:
        yield
    finally:
        del sys.modules["torch"]


def _wanted(name: str, version: str) -> str | None:
    """The versions kgbuild asks for, when this is none of them."""
    try:
        from packaging.requirements import Requirement  # spaCy brings it
    except ImportError:
        return None
    try:
        asked = [Requirement(text) for text in metadata.requires("kgbuild") or ()]
    except metadata.PackageNotFoundError:
        return None
    for requirement in asked:
        if requirement.name == name and requirement.marker is None and not requirement.specifier.contains(version):
            return str(requirement.specifier)
    return None


def _model() -> Found:
    place = data_path("model")
    if not place.is_dir():
        yield "fail", f"no {place}; reinstall kgbuild"
        return
    total = hashlib.sha256()
    for path in sorted(p for p in place.rglob("*") if p.is_file()):
        with path.open("rb") as handle:
            total.update(path.relative_to(place).as_posix().encode() + hashlib.file_digest(handle, "sha256").digest())
    from kgbuild.annotate import Annotator

    begun = time.monotonic()
    nlp = Annotator(Config()).nlp
    loaded = time.monotonic() - begun
    found = [e.text for e in nlp(SENTENCE).ents]
    says = f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']} {total.hexdigest()[:16]}, loaded in {loaded:.1f} s"
    if len(found) < 2:
        yield "fail", f"{says}, and it does not find the names of a sentence; reinstall kgbuild"
    else:
        yield "ok", f"{says}, finds {', '.join(found[:_SHOWN])}"


def _knowledge() -> Found:
    from kgbuild.knowledge import Base

    path = data_path("knowledge.sqlite")
    # A file that is being mapped is never written: no lock, no journal, also on a read-only disk.
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as db:
        whole = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        (entities,) = db.execute("SELECT COUNT(*) FROM entity").fetchone()
    if whole != "ok":
        yield "fail", f"{path} is damaged ({whole}); reinstall kgbuild"
        return
    found = Base.open().candidates("Russia")
    if not found or found[0].qid != "Q159":
        yield "fail", f"{path} does not know Russia; reinstall kgbuild"
        return
    yield "ok", f"{file_digest(path)}, {entities:,} entities"


def _extra(name: str) -> Found:
    versions = []
    for module in EXTRAS[name]:
        try:
            versions.append(f"{module} {metadata.version(module)}")
        except metadata.PackageNotFoundError:
            yield "ok", f"not installed; pip install 'kgbuild[{name}]'"
            return
    yield "ok", ", ".join(versions)


def _memory() -> Found:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        yield "ok", "not told by this system"
        return
    says = f"{free / 2**30:.1f} GiB available"
    try:
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))  # a container's own
        free, says = min(free, limit), f"{says}, {limit / 2**30:.1f} GiB for this container"
    except (OSError, ValueError):
        pass
    yield (
        ("ok", says)
        if free >= MEMORY
        else ("warn", f"{says}: a build may need 1 GiB; end other programs, or build fewer articles at once")
    )


def _disk(folder: Path) -> Found:
    place = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.is_dir())
    free = shutil.disk_usage(place).free
    says = f"{free / 2**30:.1f} GiB free at {place}"
    if free < TOO_LITTLE:
        yield "fail", f"{says}: too little for a build; free space"
    elif free < LITTLE:
        yield "warn", f"{says}: little for a build; free space"
    else:
        yield "ok", says


def _folder(folder: Path) -> Found:
    if not os.path.lexists(folder):
        yield "ok", f"{folder} is not there yet; a build makes it"
        return
    if not folder.is_dir():
        yield "fail", f"{folder} is no folder; name another one"
        return
    if not os.access(folder, os.W_OK):
        yield "warn", f"{folder} cannot be written: it can be asked, not added to"
    refuse_pipes(folder)
    busy, cut = holder(folder), interrupted(folder)
    if busy is not None:
        yield "ok", f"a build{busy} is writing it"
    elif cut:
        yield "warn", "a build was cut off while it put its files in place; the next kgbuild command finishes it"
    if not (folder / MANIFEST).exists():
        level, says = (
            ("warn", "no build has been finished in it") if (folder / STORE).is_dir() else ("warn", "no build folder")
        )
        yield level, f"{folder}: {says}; run `kgbuild build INPUT -o {folder}`"
        return
    manifest = read_manifest(folder)
    files = listed_files(folder, manifest)
    wrong = [n for n in sorted(files) if _sha256(folder / n) != files[n]] if busy is None and not cut else []
    if wrong:
        yield (
            "fail",
            f"{len(wrong)} of {len(files)} files missing or changed since they were built: {_some(wrong)}; build any of its articles again",
        )
    else:
        counts = manifest.get("counts", {})
        yield "ok", f"{counts.get('Document', 0)} articles, {len(files)} files with the checksums of the manifest"
    yield from _state(folder)


def _state(folder: Path) -> Found:
    path = folder / STORE / STATE
    if not path.is_file():
        yield "warn", f"no {STORE}/{STATE}: the next build reads its articles once more"
        return
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=1)) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if version > STATE_VERSION:
                raise BuildFolderError(
                    f"its store is of a newer kgbuild (format {version}, this one knows {STATE_VERSION}); update kgbuild"
                )
            (articles,) = db.execute("SELECT COUNT(*) FROM article").fetchone()
            whole = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        yield (
            "warn",
            f"{STORE}/{STATE} cannot be read ({error}); the next build puts it aside and reads its articles once more",
        )
        return
    if whole != "ok":
        yield "warn", f"{STORE}/{STATE} is damaged; delete it, and the next build reads its articles once more"
        return
    yield "ok", f"store of format {version}, {articles} articles, whole"


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return ""


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (" ..." if len(names) > _SHOWN else "")
