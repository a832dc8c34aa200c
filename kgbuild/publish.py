"""A build folder into any SPARQL 1.1 store, by the Graph Store Protocol: in batches, with retries, resumed where it broke off.

The graph holds no blank nodes, so posting a batch twice adds nothing, and a batch whose answer was lost is simply sent again.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import pyoxigraph as ox

from kgbuild.errors import BuildFolderError, KgbuildError, UsageError
from kgbuild.files import whole_file
from kgbuild.folder import aggregate_files, flat_files, graph_files, settled

__all__ = ["Target", "publish"]

BATCH: Final = 10_000
"""Triples of one request: about two megabytes, which stores take without a setting changed."""
TRIES: Final = 6
WAIT: Final = 0.5
"""Seconds before the second try; doubled before each further one."""
TIMEOUT: Final = 120
AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may well succeed."""

Progress = Callable[[int, int], None]
"""Called after each batch with the number of batches done and of all."""


@dataclass(frozen=True)
class Target:
    """Where to publish: the address of a Graph Store, the graph's IRI (None: the store's default graph), and who asks.

    `user` and `password` are used when the store asks for them, by HTTP Basic or Digest.
    """

    url: str
    graph: str | None = None
    user: str | None = None
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
            raise UsageError("give the http or https address of a Graph Store, without a user in it (see --user)")
        try:
            ox.NamedNode(self.graph or "urn:x")
        except ValueError as error:
            raise UsageError(f"--graph: {error}") from error

    @property
    def address(self) -> str:
        """The address of the graph in the store (indirect graph identification)."""
        name = "default" if self.graph is None else f"graph={quote(self.graph, safe='')}"
        return f"{self.url}{'&' if urlsplit(self.url).query else '?'}{name}"


def publish(
    folder: str | Path, target: Target, batch: int = BATCH, add: bool = False, progress: Progress | None = None
) -> tuple[int, int]:
    """Put the graph of a build folder and its shortcuts into the target; (triples in all, triples sent in this run).

    What the target graph held is replaced, unless `add`. A run that is broken off leaves a file `.publish-....json` in the
    folder, from which the next one to the same target goes on; it starts anew when the graph has changed since. Raises
    KgbuildError when the store refuses or stays away, BuildFolderError when the folder holds no graph.
    """
    folder = settled(folder)
    lines = _lines(folder)
    content = hashlib.sha256("".join(lines).encode()).hexdigest()
    state = {"target": target.address, "content": content, "batch": batch, "add": add}
    journal = folder / f".publish-{hashlib.sha256(target.address.encode()).hexdigest()[:16]}.json"
    batches = [lines[i : i + batch] for i in range(0, len(lines), batch)]
    done = _done(journal, state, len(batches))
    client = _Client(target)
    sent = 0
    for number, part in enumerate(batches[done:], done + 1):
        replace = number == 1 and not add
        client.send("PUT" if replace else "POST", "".join(part).encode())
        sent += len(part)
        with whole_file(journal) as handle:
            handle.write(json.dumps({**state, "done": number}).encode())
        if progress is not None:
            progress(number, len(batches))
    journal.unlink(missing_ok=True)
    return len(lines), sent


def _lines(folder: Path) -> list[str]:
    """The triples of the graph, its shortcuts and, where there are any, its aggregates as sorted lines of N-Triples."""
    found: set[str] = set()
    for path in (*graph_files(folder), *(flat_files(folder) or [folder / "flat.ttl"]), *aggregate_files(folder)):
        try:
            content = path.read_bytes()
            found.update(f"{q.triple} .\n" for q in ox.parse(content, format=ox.RdfFormat.TURTLE))
        except FileNotFoundError as error:
            raise BuildFolderError(f"{folder}: no {path.name}; run `kgbuild build INPUT -o {folder}` first") from error
        except (OSError, SyntaxError) as error:
            raise BuildFolderError(f"{path}: cannot be read ({error}); build the folder again") from error
    return sorted(found)


def _done(journal: Path, state: dict[str, object], batches: int) -> int:
    """Batches that an earlier run to the same target, with the same graph, is known to have brought there."""
    try:
        before = json.loads(journal.read_text(encoding="utf-8"))
        done = before.pop("done")
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return 0
    return done if before == state and isinstance(done, int) and 0 < done < batches else 0


class _Client:
    """Sends batches, again when that may help."""

    def __init__(self, target: Target) -> None:
        self._target = target
        handlers: list[urllib.request.BaseHandler] = []
        if target.user is not None:
            passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
            passwords.add_password(None, target.url, target.user, target.password)
            handlers += [
                urllib.request.HTTPDigestAuthHandler(passwords),
                urllib.request.HTTPBasicAuthHandler(passwords),
            ]
        self._opener = urllib.request.build_opener(_NoRedirect(), *handlers)

    def send(self, method: str, body: bytes) -> None:
        """One batch of N-Triples, which is Turtle, the one form that every store reads. Raises KgbuildError."""
        headers = {"Content-Type": "text/turtle; charset=utf-8", "Accept": "*/*"}
        trouble = ""
        for tried in range(TRIES):
            if tried:
                time.sleep(WAIT * 2 ** (tried - 1))
            request = urllib.request.Request(self._target.address, data=body, headers=headers, method=method)
            try:
                with self._opener.open(request, timeout=TIMEOUT) as answer:
                    answer.read()
                    return
            except urllib.error.HTTPError as error:
                trouble = f"{error.code} {error.reason}"
                if error.code not in AGAIN:
                    raise KgbuildError(f"{self._target.url}: {_advice(error)}") from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                trouble = str(getattr(error, "reason", error)) or type(error).__name__
        raise KgbuildError(
            f"{self._target.url}: gave up after {TRIES} tries ({trouble}); run the command again, it goes on where it stopped"
        )


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A batch and a password go where the user said, nowhere else."""

    def redirect_request(self, *_: object) -> None:
        """Never follow."""


def _advice(error: urllib.error.HTTPError) -> str:
    first = " ".join(error.read(2000).decode("utf-8", "replace").split())[:160]
    said = f"{error.code} {error.reason}" + (f": {first}" if first else "")
    if error.code in (401, 403):
        return f"{said}; give --user, and the password in KGBUILD_PASSWORD"
    if error.code in (301, 302, 303, 307, 308):
        return f"it sends on to {error.headers.get('Location', '?')[:120]}; give that address if you trust it"
    if error.code in (404, 405, 415):
        return f"{said}; is this the address of a Graph Store that can be written?"
    return said
