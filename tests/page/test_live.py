"""The page served: its one address, and nothing beside it."""

from __future__ import annotations

from made_records import made_records

from kgbuild.config import Config
from kgbuild.page import render
from kgbuild.page.live import application


def test_the_page_is_at_the_root() -> None:
    statuses: list[str] = []
    answer = application(made_records(), Config())
    body = b"".join(answer({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda s, h, *_: statuses.append(s)))  # type: ignore[arg-type,func-returns-value]
    assert body.decode() == render(made_records(), Config(), most_text=None)
    for method, path in (("POST", "/"), ("GET", "/graph.ttl"), ("GET", "/../etc/passwd")):
        answer({"REQUEST_METHOD": method, "PATH_INFO": path}, lambda s, h, *_: statuses.append(s))  # type: ignore[arg-type,func-returns-value]
    assert statuses == ["200 OK", "404 Not Found", "404 Not Found", "404 Not Found"]
