"""The records as one self-contained interactive HTML page: a click on an edge shows the sentence behind it.

The page asks the network for nothing, and its Content-Security-Policy forbids it: only the script and the style whose
hashes it names may run. Everything from an article is data in a JSON block, and reaches the reader as text.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from html import escape
from typing import Any, BinaryIO

from kgbuild.config import Config, data_path
from kgbuild.page.payload import MOST_TEXT, payload
from kgbuild.records import Document, Record

__all__ = ["render", "write"]

_ASSETS = data_path().parent / "page" / "assets"
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def render(records: Iterable[Record], config: Config, most_text: int | None = MOST_TEXT) -> str:
    """The page as HTML text; the same records give the same page in whatever order they come.

    most_text: code points of whole articles in it, None for all.
    """
    records = list(records)
    script, style, template = (_asset(name) for name in ("page.js", "page.css", "page.html"))
    parts = {
        "policy": f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        "title": escape(_title(records)),
        "style": style,
        "data": _json(payload(records, config.base, most_text)),
        "script": script,
    }
    for name, value in parts.items():  # in the template's order, so that no value is searched for a marker
        before, marker, template = template.partition("{{" + name + "}}")
        if not marker:
            raise ValueError(f"page.html has no place for {name}")
        parts[name] = before + value
    return _storable("".join(parts.values()) + template)


def write(records: Iterable[Record], out: BinaryIO, config: Config) -> None:
    """The page as a file: a writer like those of the export room."""
    out.write(render(records, config).encode("utf-8"))


def _title(records: list[Record]) -> str:
    articles = sorted((d for d in records if isinstance(d, Document)), key=lambda d: d.id)
    if len(articles) == 1 and articles[0].headline:
        return f"{articles[0].headline[:120]} · kgbuild"
    return f"{len(articles)} article{'' if len(articles) == 1 else 's'} · kgbuild"


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(value: dict[str, Any]) -> str:
    """JSON that cannot end its script block."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _storable(text: str) -> str:
    """The text with lone surrogates, which no UTF-8 file can hold, shown as U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
