"""A served build folder for tests: the command line in a process of its own, and a plain HTTP client beside it."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import arland

from kgbuild.pipeline import KnowledgeGraph

ROOT = Path(__file__).resolve().parents[2]
BASE = "https://w3id.org/kgbuild/"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def media(self) -> str:
        return self.headers["content-type"].partition(";")[0]


@dataclass(frozen=True)
class Endpoint:
    """Where a server answers, and its folder."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(self, method: str, path: str, body: bytes | None = None, timeout: float = 60, **headers: str) -> Reply:
        """One request; header names with _ for -."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=named)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, **headers)

    def query(self, text: str, accept: str = "text/csv", timeout: float = 60, **parameters: str | list[str]) -> Reply:
        form = urlencode({"query": text, **{k.replace("_", "-"): v for k, v in parameters.items()}}, doseq=True)
        kind = "application/x-www-form-urlencoded"
        return self.send("POST", "/sparql", form.encode(), timeout=timeout, Content_Type=kind, Accept=accept)


def build_arland(folder: Path) -> Path:
    """The hand-made records as a build folder."""
    return KnowledgeGraph(records=arland.RECORDS).save(folder)


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Endpoint]:
    """The folder served on a free port; ended, and seen to end well, afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kgbuild", "serve", str(folder), "--port", "0", *options],
        cwd=ROOT,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    line = process.stderr.readline().decode()
    found = re.search(r"http://127\.0\.0\.1:([0-9]+)/", line)
    assert found, line + process.stderr.read().decode()
    try:
        yield Endpoint(int(found[1]), folder, process)
    finally:
        process.terminate()
        try:
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.stderr.close()
