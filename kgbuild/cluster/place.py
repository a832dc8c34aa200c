"""Where a cluster's files are: a folder on shared disk, or any store fsspec knows (s3://, gs://, memory://); each file whole or not there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgbuild.errors import OutputError, UsageError
from kgbuild.files import regular

__all__ = ["Place"]


class Place:
    """Files by name ("annotated/00000.parquet") under a path or URL; every error is an OutputError."""

    def __init__(self, url: str) -> None:
        """Raises UsageError when fsspec, or what it needs for this kind of URL, is not installed."""
        self.url = url
        self._local = "://" not in url
        if self._local:
            self._root = str(Path(url).absolute())
            return
        try:
            from fsspec.core import url_to_fs

            self._fs, self._root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise UsageError(f"{url}: cannot be reached ({error}); pip install 'kgbuild[cluster]' and what fsspec needs for it") from error  # fmt: skip

    def write(self, name: str, content: bytes) -> None:
        """The file with this content; whoever looks meanwhile sees the old one or none."""
        path = f"{self._root}/{name}"
        try:
            if not self._local:
                self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
                self._fs.pipe_file(path, content)  # an object store shows an object when it is whole
                return
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            part = Path(f"{path}.{uuid.uuid4().hex}.part")  # a lost worker's and its successor's must not meet
            with part.open("wb") as handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            part.replace(path)
        except OSError as error:
            raise OutputError(f"{self.url}/{name}: cannot be written ({error.strerror or error}); free space or name another place") from error  # fmt: skip

    def read(self, name: str) -> bytes | None:
        """The content; None when there is no such file."""
        path = f"{self._root}/{name}"
        try:
            return regular(Path(path)).read_bytes() if self._local else bytes(self._fs.cat_file(path))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutputError(f"{self.url}/{name}: cannot be read ({error.strerror or error})") from error

    def names(self, folder: str) -> list[str]:
        """The names of the files in a folder, in order; temporary ones left out."""
        path = f"{self._root}/{folder}"
        try:
            paths = map(str, Path(path).iterdir()) if self._local else self._fs.ls(path, detail=False)
            found = [p.rpartition("/")[2] for p in paths]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise OutputError(f"{self.url}/{folder}: cannot be read ({error.strerror or error})") from error
        return sorted(n for n in found if not n.endswith(".part"))

    def remove(self, folder: str = "") -> None:
        """All in a folder, or all of it."""
        path = f"{self._root}/{folder}".rstrip("/")
        if self._local:
            shutil.rmtree(path, ignore_errors=True)
        elif self._fs.exists(path):
            self._fs.rm(path, recursive=True)

    def finish(self, name: str, content: bytes, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Write a partition and then its receipt, `facts` with its checksum: only a partition with a receipt is done."""
        receipt = {**facts, "file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        self.write(name, content)
        self.write(_receipt(name), (json.dumps(receipt, ensure_ascii=False, indent=1) + "\n").encode())
        return receipt

    def finished(self, name: str, key: str) -> dict[str, Any] | None:
        """The receipt of a partition that is done, made under this key, and still what was written."""
        line = self.read(_receipt(name))
        try:
            receipt = json.loads(line) if line is not None else None
        except ValueError:
            return None
        if not isinstance(receipt, dict) or receipt.get("key") != key:
            return None
        return receipt if self.proven(name, str(receipt.get("sha256"))) is not None else None

    def proven(self, name: str, digest: str) -> bytes | None:
        """The content of a file whose SHA-256 this is; None when it is not, or not there."""
        content = self.read(name)
        return content if content is not None and hashlib.sha256(content).hexdigest() == digest else None


def _receipt(name: str) -> str:
    return name.rpartition(".")[0] + ".json"
