"""Files written whole or not at all: a temporary file beside the target, flushed to disk, then moved over it."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from kgbuild.errors import OutputError

__all__ = ["NO_FILE", "named", "pipes_in", "real", "regular", "whole_file"]

NO_FILE = "a pipe, socket or device, not a file"

_BYTES = 0xDC80
_KEPT = 0x10FF00
"""Bytes of a file's name that are no text, which Python shows as lone surrogates, are kept as private characters: a database takes no surrogates."""


def real(path: str | os.PathLike[str]) -> str:
    """The whole path without links, as text that can be stored anywhere; `named` makes it a path again."""
    return os.path.realpath(path).translate({_BYTES + n: _KEPT + n for n in range(128)})


def named(text: str) -> str:
    """The path that `real` gave."""
    return text.translate({_KEPT + n: _BYTES + n for n in range(128)})


def regular(path: Path) -> Path:
    """The path of a file that can be read to its end. Raises OSError when there is none: a pipe would keep its reader waiting for ever."""
    if _endless(path):
        raise OSError(errno.EINVAL, NO_FILE, str(path))
    return path


def pipes_in(folder: Path, names: Container[str], inside: Iterable[str]) -> Iterator[Path]:
    """What is neither a file nor a folder of these names in a folder, and of any name in its folders `inside`."""
    for name in ("", *inside):
        with suppress(OSError):  # not there, or no folder: whoever needs it says so
            for entry in os.scandir(folder / name):
                # the entry knows what it is without another look, unless it is a link
                if (name or entry.name in names) and (entry.is_symlink() or not (entry.is_file() or entry.is_dir())):
                    with suppress(OSError):  # a link that leads nowhere
                        if _endless(Path(entry.path)):
                            yield Path(entry.path)


def _endless(path: Path) -> bool:
    mode = path.stat().st_mode
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A binary file that replaces `path` when the block ends well, and leaves it untouched when it does not.

    Raises OutputError with what to do when the folder cannot be written or the disk is full.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False)  # noqa: SIM115 (moved, not closed, at the end)
    except OSError as error:
        raise OutputError(_cannot(path, error)) from error
    done = False
    try:
        with handle:
            yield handle  # type: ignore[misc]  # typeshed's wrapper is a BinaryIO in all but name
            handle.flush()
            os.fsync(handle.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(handle.name).chmod(0o666 & ~umask)
        Path(handle.name).replace(path)
        done = True
    except OSError as error:
        raise OutputError(_cannot(path, error)) from error
    finally:
        if not done:
            with suppress(OSError):
                Path(handle.name).unlink()


def _cannot(path: Path, error: OSError) -> str:
    return f"{path}: cannot be written ({error.strerror or error}); free space or name another folder with -o"
