"""A build folder on disk: whose it is, one writer at a time, and every change of its files whole or not at all.

What a user sees (graph.ttl, articles/, manifest.json ...) lies in the folder itself; `store/` beside it holds what the next build goes on
from and is never part of the graph. A change is written to `store/next/` first, flushed to disk, and named by `store/journal.json`; then
the state (`state.State`) commits its new generation, which is the one moment that decides; then the files are moved into place. Whoever
opens the folder next finishes a change whose generation was committed and throws away one that was not: a kill at any moment leaves
the old files or the new ones.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from kgbuild.errors import BuildFolderError, OutputError
from kgbuild.files import NO_FILE, pipes_in, regular, whole_file

__all__ = [
    "AGGREGATES", "FORMAT", "LARGE_FORMAT", "MANIFEST", "STATE", "STORE", "Folder", "aggregate_files", "article_files", "entity_files", "flat_files", "graph_files", "holder", "interrupted", "is_large", "listed_articles",
    "listed_files", "read_manifest", "record_files", "refuse_pipes", "settled", "stamp", "writing",
]  # fmt: skip

FORMAT: Final = 1
"""Version of the build folder's layout: the graph in one file."""
LARGE_FORMAT: Final = 2
"""Version of the layout of a large folder: the graph in parts, and a manifest that names the manifests of the parts. A later one is refused."""
MANIFEST: Final = "manifest.json"
STORE: Final = "store"
STATE: Final = "state.sqlite"
AGGREGATES: Final = "aggregates.ttl"
_JOURNAL: Final = "journal.json"
_NEXT: Final = "next"
_LOCK: Final = "lock"
_OURS: Final = (
    "graph.ttl", "flat.ttl", "aggregates.ttl", "records.jsonl", "graph.graphml", "graph.html", "articles", "shared", "records", "flat", "parts",
)  # fmt: skip
"""What a build writes: a folder that has one of them and no manifest of kgbuild is somebody else's."""
_FOLDERS: Final = ("articles", "shared", "records", "flat", "parts")
"""The folders a build makes."""
_NAME: Final = re.compile(r"(?!.{256})(?:[\w.-]+/)*[\w.-]+", re.ASCII)
"""What a file of a build is called, relative to its folder: nothing that a file system finds too long."""
_MANY: Final = 64
"""Files from which on one sync of the whole system is cheaper than one of each."""
_PATIENCE: Final = 10.0
"""Seconds a reader waits for a build that is moving its files into place, which takes milliseconds."""


class Folder:
    """A build folder that this process may change; made by `writing`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = path / STORE
        self._staged: list[str] = []

    @property
    def state(self) -> Path:
        """The file of the state."""
        return self.store / STATE

    def manifest(self) -> dict[str, Any] | None:
        """The manifest, or None when there is none yet. Raises BuildFolderError as `read_manifest` does."""
        return read_manifest(self.path) if (self.path / MANIFEST).exists() else None

    @contextmanager
    def stage(self, name: str) -> Iterator[BinaryIO]:
        """A file of the next generation, to be written whole; `name` is relative to the folder. Raises OutputError."""
        target = self.store / _NEXT / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as handle:
                yield handle
        except OSError as error:
            raise OutputError(_cannot(self.path, error)) from error
        self._staged.append(name)

    def put(self, name: str, content: bytes) -> None:
        """Stage a file unless the folder has it with these very bytes."""
        old = self.path / name
        try:
            if old.is_file() and old.stat().st_size == len(content) and old.read_bytes() == content:
                return
        except OSError:
            pass  # it cannot be read: it is written anew
        with self.stage(name) as handle:
            handle.write(content)

    def read_staged(self, name: str) -> bytes:
        """A file as it will be: of the next generation, where it was staged."""
        target = self.store / _NEXT / name
        try:
            return regular(target if target.exists() else self.path / name).read_bytes()
        except OSError as error:
            raise BuildFolderError(f"{self.path / name}: cannot be read ({error.strerror or error}); put it back, or build into another folder") from error  # fmt: skip

    def commit(self, generation: int, decide: Callable[[], None], drop: Iterable[str] = ()) -> None:
        """Make what was staged the folder's files and take away the dropped ones; `decide` commits the state's generation.

        Raises OutputError, and nothing is changed, when the disk is full or the folder cannot be written.
        """
        put = [n for n in self._staged if n != MANIFEST] + [n for n in self._staged if n == MANIFEST]
        try:
            self._flush(put)
            journal = {"generation": generation, "put": put, "drop": sorted(drop)}
            with whole_file(self.store / _JOURNAL) as handle:
                handle.write(json.dumps(journal).encode())
            decide()
        except OSError as error:
            raise OutputError(_cannot(self.path, error)) from error
        try:
            _forward(self.path, journal)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(f"{self.path}: its new files could not be moved into place ({reason}); the next call finishes it") from error  # fmt: skip
        self._staged = []

    def _flush(self, names: list[str]) -> None:
        if len(names) > _MANY and hasattr(os, "sync"):
            os.sync()
            return
        for name in names:
            _sync(self.store / _NEXT / name)

    def abandon(self) -> None:
        """Throw away what was staged; what a journal names is left to the next opening, which knows whether it was decided."""
        self._staged = []
        if not (self.store / _JOURNAL).exists():
            shutil.rmtree(self.store / _NEXT, ignore_errors=True)


@contextmanager
def writing(path: Path) -> Iterator[Folder]:
    """The folder, made when it is not there, for one writer; what an interrupted build left is finished or thrown away first.

    Raises OutputError when it cannot be written, is not kgbuild's or is being written by another process, BuildFolderError when
    its manifest cannot be read or is of a newer version.
    """
    refuse_pipes(path, ("parts",) if (path / "parts").is_dir() else _FOLDERS)  # files of a large one when they are read
    _refuse_foreign(path)
    _refuse_links(path)
    try:
        (path / STORE).mkdir(parents=True, exist_ok=True)
        lock = (path / STORE / _LOCK).open(
            "a+b", buffering=0
        )  # what a full disk does not take must not come back when it is closed
    except OSError as error:
        reason = "it is a file" if path.is_file() else (error.strerror or str(error))
        raise OutputError(f"{path}: cannot be written ({reason}); name another folder with -o") from error
    with lock:
        if not _locked(lock):
            who = _holder(path / STORE / _LOCK)
            raise OutputError(f"{path}: another build{who} is writing this folder; run this one again when it is done")
        with suppress(OSError):  # the lock holds without the number, which only names the process
            lock.truncate(0)
            lock.write(str(os.getpid()).encode())
        try:
            _recover(path)
        except OSError as error:
            raise OutputError(_cannot(path, error)) from error
        if (path / MANIFEST).exists():
            read_manifest(path)
        folder = Folder(path)
        try:
            yield folder
        finally:
            folder.abandon()
            with suppress(OSError):
                lock.truncate(0)


def settled(path: str | Path) -> Path:
    """The folder, ready to be read: a change that was decided and cut off is finished first.

    Raises BuildFolderError when that takes a right to write which this process does not have, and as `refuse_pipes` does.
    """
    folder = Path(path)
    refuse_pipes(folder)
    journal = folder / STORE / _JOURNAL
    if journal.exists():
        _refuse_links(folder)
    until = time.monotonic() + _PATIENCE
    while journal.exists():
        try:
            with (folder / STORE / _LOCK).open("a+b") as lock:
                if _locked(lock):
                    _recover(folder)
                    break
        except OSError as error:
            raise BuildFolderError(
                f"{folder}: an interrupted build has to be finished first, and the folder cannot be written "
                f"({error.strerror or error}); run a kgbuild command where it can"
            ) from error
        if time.monotonic() > until:
            break
        time.sleep(0.02)
    return folder


def interrupted(folder: Path) -> bool:
    """Whether a build was cut off while it moved its files into place, or is at it."""
    return (folder / STORE / _JOURNAL).exists()


def holder(folder: Path) -> str | None:
    """Who is writing the folder, as " (process 123)" or ""; None when nobody is. Nothing is changed."""
    try:
        with (folder / STORE / _LOCK).open("rb") as lock:
            return None if _locked(lock) else _holder(folder / STORE / _LOCK)
    except OSError:
        return None


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a build folder. Raises BuildFolderError when there is none, it cannot be read, or it is of a newer version."""
    path = folder / MANIFEST
    try:
        manifest = _shaped(path)
        if not isinstance(manifest.get("base"), str):
            raise ValueError("not a manifest of kgbuild")
        if is_large(manifest) and "parts" not in manifest:
            raise ValueError("it names no parts")
    except FileNotFoundError as error:
        raise BuildFolderError(f"{folder}: not a build folder; run `kgbuild build INPUT -o {folder}` first") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BuildFolderError(
            f"{path}: cannot be read ({reason}); put it back, or build into another folder"
        ) from error
    version = manifest.get("format", FORMAT)
    if version > LARGE_FORMAT:
        raise BuildFolderError(
            f"{folder}: written by a newer kgbuild (format {version}, this one knows {LARGE_FORMAT}); update kgbuild"
        )
    return manifest


def is_large(manifest: Mapping[str, Any]) -> bool:
    """Whether the folder of this manifest holds its graph in parts."""
    return bool(manifest.get("format", FORMAT) == LARGE_FORMAT)


def listed_files(folder: Path, manifest: Mapping[str, Any] | None = None) -> dict[str, str]:
    """File -> SHA-256 of everything that a build wrote, but the manifest. Raises BuildFolderError when a manifest cannot be read."""
    manifest = read_manifest(folder) if manifest is None else manifest
    if not is_large(manifest):
        return dict(manifest.get("files", {}))
    out: dict[str, str] = dict(manifest["parts"])
    for name in manifest["parts"]:
        out |= _part(folder, name)["files"]
    return out


def listed_articles(folder: Path, manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the manifest says of each article, by id. Raises BuildFolderError when the manifest of a part cannot be read."""
    if not is_large(manifest):
        return list(manifest.get("articles", []))
    return sorted(
        (a for name in manifest["parts"] for a in _part(folder, name)["articles"]), key=lambda a: str(a["id"])
    )


def _part(folder: Path, name: str) -> dict[str, Any]:
    try:
        found = _shaped(folder / name)
        if "files" not in found or "articles" not in found:
            raise ValueError("not a part of a manifest")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BuildFolderError(
            f"{folder / name}: cannot be read ({reason}); put it back, or build into another folder"
        ) from error
    return found


def graph_files(folder: Path) -> list[Path]:
    """The Turtle files that together are the graph, no triple in two of them. Raises BuildFolderError when a manifest cannot be read."""
    if _whole(folder):
        return [folder / "graph.ttl"]
    return [*entity_files(folder), *article_files(folder)]


def article_files(folder: Path) -> list[Path]:
    """The Turtle file of each article, in order."""
    if _whole(folder):
        return sorted(p for p in (folder / "articles").glob("*.ttl") if p.name != "entities.ttl")
    return _listed(folder, "articles/", ".ttl")


def entity_files(folder: Path) -> list[Path]:
    """The Turtle files of what all articles share: entities, clusters, extractors."""
    return [folder / "articles" / "entities.ttl"] if _whole(folder) else _listed(folder, "shared/", ".ttl")


def flat_files(folder: Path) -> list[Path]:
    """The Turtle files of the derived shortcuts; in a large folder a triple may be in several. None when they are missing."""
    if _whole(folder):
        return [folder / "flat.ttl"] if (folder / "flat.ttl").is_file() else []
    return _listed(folder, "flat/", ".ttl")


def aggregate_files(folder: Path) -> list[Path]:
    """The Turtle file of the aggregates; none in a folder that has none.

    Those of a large folder are drawn when they are asked for, and hold until the folder is another one (`views.refresh`).
    """
    if _whole(folder):
        return [folder / "aggregates.ttl"] if (folder / "aggregates.ttl").is_file() else []
    kept = folder / STORE / AGGREGATES
    with suppress(OSError), kept.open("rb") as file:
        if file.readline() == stamp(folder):
            return [kept]
    return []


def stamp(folder: Path) -> bytes:
    """The line that what was drawn of a folder's present state begins with: a comment that names its manifest. Raises BuildFolderError."""
    try:
        return f"# {hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()}\n".encode()
    except OSError as error:
        raise BuildFolderError(f"{folder}: not a build folder; run `kgbuild build INPUT -o {folder}` first") from error


def record_files(folder: Path) -> list[Path]:
    """The files of the records, a JSON line each."""
    if _whole(folder):
        return [folder / "records.jsonl"]
    return [*_listed(folder, "shared/", ".jsonl"), *_listed(folder, "records/", ".jsonl")]


def _whole(folder: Path) -> bool:
    """Whether the graph is in one file: so it is in a folder without a manifest, too."""
    if not (folder / "parts").is_dir() or (folder / "graph.ttl").is_file():
        return True
    return not is_large(read_manifest(folder))


def _listed(folder: Path, start: str, end: str) -> list[Path]:
    return [folder / n for n in sorted(listed_files(folder)) if n.startswith(start) and n.endswith(end)]


def _shaped(path: Path) -> dict[str, Any]:
    """A manifest, or that of a part, each of its keys of its own shape. Raises OSError, and ValueError when it is none of kgbuild's."""
    try:
        manifest = json.loads(path.read_bytes())
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(manifest, dict):
        raise ValueError("not a manifest of kgbuild")
    for name, shape in _SHAPES.items():
        if name in manifest and not shape(manifest[name]):
            raise ValueError(f"its {name!r} is not what kgbuild writes")
    return manifest


def _texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())


def _names(value: Any) -> bool:
    return _texts(value) and all(_NAME.fullmatch(n) and ".." not in n.split("/") for n in value)


def _rows(*names: str) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, list)
        and all(isinstance(row, dict) and all(isinstance(row.get(n), str) for n in names) for row in value)
    )


_SHAPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "format": lambda v: type(v) is int,
    "versions": _texts,
    "counts": lambda v: isinstance(v, dict) and all(type(n) is int for n in v.values()),
    "articles": _rows("id", "source", "sha256"),
    "skipped": _rows("source", "reason"),
    "files": _names,
    "parts": _names,
}
"""Key of a manifest -> whether a value has its shape."""


def refuse_pipes(path: Path, folders: Iterable[str] = _FOLDERS) -> None:
    """Raises BuildFolderError when a pipe, socket or device has the name of a file of the build, at its top or in these of its folders."""
    for pipe in pipes_in(path, (MANIFEST, STORE, *_OURS), (*folders, STORE)):
        raise BuildFolderError(f"{pipe}: {NO_FILE}; take it away")


def _refuse_links(path: Path) -> None:
    """Raises OutputError when a folder of the build, or a file of its store, is a link: what is written there would land outside.

    A folder may come from anywhere, and the lock is emptied, files are taken away. A link in the place of a file of the graph is harmless: the new
    file takes its place.
    """
    inside = (
        *_FOLDERS,
        STORE,
        *(f"{STORE}/{n}" for n in (_LOCK, STATE, f"{STATE}-wal", f"{STATE}-shm", _JOURNAL, _NEXT)),
    )
    for name in inside:
        if (path / name).is_symlink():
            raise OutputError(f"{path / name}: is a link, and a build writes only inside its folder; put the real thing in its place, or name another folder with -o")  # fmt: skip


def _refuse_foreign(path: Path) -> None:
    """Raises OutputError when the folder holds files that a build would overwrite and kgbuild did not write."""
    if (path / MANIFEST).exists() or (path / STORE / STATE).exists():
        if (path / MANIFEST).exists() and not (path / STORE / STATE).exists():
            _refuse_other_manifest(path)
        return
    there = [name for name in _OURS if (path / name).exists()]
    if there:
        raise OutputError(f"{path}: holds {there[0]}, which kgbuild did not write there (no {MANIFEST}); name another folder with -o")  # fmt: skip


def _refuse_other_manifest(path: Path) -> None:
    """Many programs write a manifest.json; one that is a JSON object without kgbuild's keys is theirs."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # a damaged one: `read_manifest` says so
    if not isinstance(manifest, dict) or not isinstance(manifest.get("base"), str):
        raise OutputError(f"{path}: holds a {MANIFEST} that is not kgbuild's; name another folder with -o")


def _recover(path: Path) -> None:
    """Finish or throw away the change an interrupted build left. The caller holds the lock."""
    store = path / STORE
    try:
        journal = _read_journal(store / _JOURNAL)
    except FileNotFoundError:
        shutil.rmtree(store / _NEXT, ignore_errors=True)
        return
    except ValueError:  # damaged: what it meant to move is not known, and the next build writes whatever differs
        (store / _JOURNAL).replace(store / f"{_JOURNAL}.damaged")
        shutil.rmtree(store / _NEXT, ignore_errors=True)
        return
    reached = _generation(store / STATE)
    # A state that cannot be read decides nothing: then the first file that was moved did.
    moved = any(not (store / _NEXT / n).exists() for n in journal["put"])
    if reached >= journal["generation"] if reached is not None else moved:
        _forward(path, journal)
        return
    (store / _JOURNAL).unlink()
    shutil.rmtree(store / _NEXT, ignore_errors=True)


def _read_journal(path: Path) -> dict[str, Any]:
    """Raises ValueError when it is none. A folder may come from anywhere: no name in it may lead out of the folder."""
    try:
        journal = json.loads(path.read_bytes())
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(journal, dict) or type(journal.get("generation")) is not int:
        raise ValueError("not a journal")
    for name in (*_list(journal.get("put")), *_list(journal.get("drop"))):
        if not isinstance(name, str) or not _NAME.fullmatch(name) or ".." in name.split("/"):
            raise ValueError("not a journal")
    return journal


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not a journal")
    return value


def _generation(state: Path) -> int | None:
    try:
        with_state = sqlite3.connect(f"file:{state}?mode=rw", uri=True)
    except sqlite3.Error:
        return None
    try:
        row = with_state.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()
        return int(json.loads(row[0])) if row else 0
    except (sqlite3.Error, ValueError):
        return None
    finally:
        with_state.close()


def _forward(path: Path, journal: Mapping[str, Any]) -> None:
    """Move the staged files into place, the manifest last, and take the journal away. May be called again after a kill."""
    staged = path / STORE / _NEXT
    for name in journal["drop"]:
        with suppress(FileNotFoundError):
            (path / name).unlink()
    folders = {path}
    for name in journal["put"]:
        target = path / name
        if target.parent not in folders:
            target.parent.mkdir(parents=True, exist_ok=True)
            folders.add(target.parent)
        with suppress(FileNotFoundError):  # moved before a kill
            (staged / name).replace(target)
    for folder in folders:
        _sync(folder)
    (path / STORE / _JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(staged, ignore_errors=True)


def _sync(path: Path) -> None:
    """Flush a file, or the entries of a folder, to disk; where folders cannot be opened they need no flush."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        if path.is_dir():
            return
        raise
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.EBADF):
            raise
    finally:
        os.close(handle)


def _locked(lock: BinaryIO) -> bool:
    """Take the lock, without waiting; the system gives it back when the process ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            lock.seek(1 << 20)  # beyond the number, so that others can read it
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # Windows only
            lock.seek(0)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise
    return True


def _holder(lock: Path) -> str:
    try:
        number = lock.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return f" (process {number})" if number.isdecimal() else ""


def _cannot(path: Path, error: OSError) -> str:
    return f"{path}: cannot be written ({error.strerror or error}); free space or name another folder with -o"
