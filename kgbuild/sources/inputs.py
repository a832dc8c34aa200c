"""From what the user names (files, folders, globs, "-") to the files to read, in one order whatever the order of
naming."""

from __future__ import annotations

import errno
import glob
import hashlib
import os
import re
import stat
from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from kgbuild.errors import InputError
from kgbuild.records import Skipped
from kgbuild.sources.packed import packing_of

__all__ = ["STDIN", "Found", "find_files", "printable", "sidecar_of"]

STDIN = "-"
SIDECAR = ".meta.json"
_ABOUT = re.compile(
    r"(?:read[-_ ]?me|licen[cs]e|copying|notice|attribution|authors|credits|changelog|contributing)(?:[-_. ].*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read: where it is, its name in records (relative to the folder named), its extension without the dot, and its packing
    (gzip, zstd, "" for none), whose extension is not the file's. `alone`: named by itself, not found in a folder.

    `path` is None for standard input. `extension` is "" where the content must tell.
    """

    path: Path | None
    source: str
    extension: str
    packing: str = ""
    alone: bool = False


def find_files(inputs: Sequence[str], extensions: Container[str]) -> tuple[list[Found], list[Skipped]]:
    """The files behind the inputs, ordered by source name, each once; and what was passed over, with reasons.

    A folder is read to the bottom. In folders and globs, hidden entries, notices about the folder (README, LICENSE, ATTRIBUTION
    ...) and files of other extensions are passed over. A file named by itself is read whatever its name when it has no
    extension (as text). An input that does not exist, or a glob that matches nothing, is passed over beside others; alone, it
    raises InputError.
    """
    found: list[Found] = []
    skipped: list[Skipped] = []
    missing: list[tuple[str, InputError]] = []
    for name in inputs:
        if name == STDIN:
            found.append(Found(None, STDIN, ""))
            continue
        try:
            paths = _named(name)
        except InputError as error:
            missing.append((name, error))
            continue
        for path, source in paths:
            if path.is_dir():
                _walk(path, source, extensions, found, skipped)
            else:
                _take(path, source or path.name, extensions, found, skipped, alone=not source)
    if missing and not found:
        raise missing[0][1]
    skipped.extend(Skipped(printable(name)[:200], str(error).removeprefix(f"{name}: ")) for name, error in missing)
    once = _once(found, skipped)
    return once, sorted(set(skipped), key=lambda s: (s.source, s.reason))


def sidecar_of(path: Path) -> Path | None:
    """The file with an article's metadata beside it: "<name>.meta.json", with or without the article's extensions."""
    bare, _ = packing_of(path.name)
    for name in dict.fromkeys((path.name, bare, Path(bare).stem)):
        candidate = path.with_name(name + SIDECAR)
        if candidate.is_file():
            return candidate
    return None


def _named(name: str) -> list[tuple[Path, str]]:
    """Paths of one input with the source name of each ("" for the path's own)."""
    if not name:
        raise InputError("an input without a name; name a file, a folder, a glob or - for standard input")
    if re.match(r"[a-z][a-z0-9+.-]+://", name, re.IGNORECASE):
        raise InputError(f"{name}: a web address; save the page and name the file")
    try:
        path = Path(name)
        if os.path.lexists(path):
            return [(path, "")]
        if glob.has_magic(name):
            matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 (Path.glob takes no absolute pattern)
            if matches:
                root = Path(re.split(r"[*?\[]", name, maxsplit=1)[0])
                root = root if name[: len(str(root)) + 1].endswith(os.sep) else root.parent
                return [(Path(m), Path(os.path.relpath(m, root)).as_posix()) for m in matches]
            raise InputError(f"{name}: no file matches")
    except (OSError, ValueError) as error:
        raise InputError(f"{name[:200]!r}: not a path ({error})") from error
    raise InputError(f"{name}: no such file or folder")


_BUILD = {"manifest.json", "records.jsonl", "graph.ttl"}
"""What makes a folder one that kgbuild wrote: its own output must not be read as news."""


def _walk(folder: Path, prefix: str, extensions: Container[str], found: list[Found], skipped: list[Skipped]) -> None:
    """Every file under `folder`; links to folders after real folders, each folder once, so that loops end."""
    seen: set[Path] = set()
    links: list[tuple[Path, str]] = [(folder, prefix)]
    while links:
        start, inside = links.pop(0)
        real = Path(os.path.realpath(start))
        if real in seen:
            skipped.append(Skipped(inside or folder.name, "a link to a folder that is read already"))
            continue
        stack = [(start, inside)]
        while stack:
            current, at = stack.pop()
            seen.add(Path(os.path.realpath(current)))
            try:
                entries = sorted(os.scandir(current), key=lambda e: e.name)
            except OSError as error:
                skipped.append(Skipped(at or folder.name, f"folder cannot be read ({_why(error)})"))
                continue
            if {e.name for e in entries} >= _BUILD:
                skipped.append(Skipped(at or folder.name, "a build folder: it holds a graph, not articles"))
                continue
            for entry in reversed(entries):
                source = printable(f"{at}/{entry.name}" if at else entry.name)
                path = Path(entry.path)
                if entry.name.startswith("."):
                    skipped.append(Skipped(source, "hidden"))
                elif entry.is_dir(follow_symlinks=False):
                    stack.append((path, source))
                elif entry.is_symlink() and path.is_dir():
                    links.append((path, source))
                else:
                    _take(path, source, extensions, found, skipped, alone=False)
        links.sort(key=lambda link: link[1])


def _take(
    path: Path, source: str, extensions: Container[str], found: list[Found], skipped: list[Skipped], alone: bool
) -> None:
    bare, packing = packing_of(path.name)
    extension = Path(bare).suffix[1:].lower()
    source = printable(source)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        skipped.append(
            Skipped(source, "a link that leads nowhere" if path.is_symlink() else f"cannot be read ({_why(error)})")
        )
        return
    if not stat.S_ISREG(mode):
        skipped.append(Skipped(source, "not a regular file (a pipe, socket or device)"))
    elif path.name.lower().endswith(SIDECAR):
        if not _has_article(path, extensions):
            skipped.append(Skipped(source, "metadata of no article: no file beside it has this name"))
    elif not alone and _ABOUT.fullmatch(path.name):
        skipped.append(Skipped(source, "about the folder, not an article"))
    elif extension in extensions or (alone and not extension):
        found.append(Found(path, source, extension or ("" if packing else "txt"), packing, alone))
    else:
        what = path.name[len(Path(bare).stem) :].lower()
        skipped.append(Skipped(source, f"no reader for {printable(what) or 'files without an extension'}"))


def _has_article(sidecar: Path, extensions: Container[str]) -> bool:
    """Whether an article that the sidecar belongs to lies beside it."""
    name = sidecar.name[: -len(SIDECAR)]
    try:
        beside = sorted(entry.name for entry in sidecar.parent.iterdir())
    except OSError:
        return False
    return any(
        other == name or (Path(bare).suffix[1:].lower() in extensions and name in (bare, Path(bare).stem))
        for other in beside
        for bare in (packing_of(other)[0],)
    )


def _once(found: list[Found], skipped: list[Skipped]) -> list[Found]:
    """Each file once, a real name before a link; files of one name from several folders are ordered by content."""
    by_real: dict[str, list[Found]] = {}
    for item in found:
        by_real.setdefault(os.path.realpath(item.path) if item.path is not None else STDIN, []).append(item)
    kept: list[Found] = []
    for items in by_real.values():
        first = min(items, key=lambda f: (f.path is not None and f.path.is_symlink(), f.source))
        kept.append(first)
        others = {item.source for item in items} - {first.source}
        skipped.extend(Skipped(other, f"the same file as {first.source}") for other in sorted(others))
    names = Counter(item.source for item in kept)
    return sorted(kept, key=lambda f: (f.source, _digest(f) if names[f.source] > 1 else ""))


def _digest(item: Found) -> str:
    if item.path is None:
        return ""
    total = hashlib.sha256()
    for path in (item.path, sidecar_of(item.path)):
        if path is not None:
            try:
                with path.open("rb") as file:
                    total.update(hashlib.file_digest(file, "sha256").digest())
            except OSError as error:
                total.update(errno.errorcode.get(error.errno or 0, "?").encode())
    return total.hexdigest()


def printable(name: str) -> str:
    """A file's name, or what else is not ours, on one line of Unicode: it may hold line ends and bytes that are no characters at all."""
    return "".join(c if c.isprintable() else "\ufffd" for c in name.encode("utf-8", "replace").decode("utf-8"))


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
