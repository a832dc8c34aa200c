"""Which column of a table of articles is what, and the article of a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from kgbuild.config import Config
from kgbuild.errors import UsageError
from kgbuild.records import Skipped
from kgbuild.sources.article import Article, Hints
from kgbuild.sources.words import in_order

__all__ = ["FIELDS", "column_of", "no_text", "row_article", "with_columns"]

FIELDS = {
    "text": "text_field", "title": "title_field", "date": "date_field", "publisher": "publisher_field", "url": "url_field",
}  # fmt: skip
"""The word of `--columns` for each column that can be named -> its setting."""

# In the order of preference, lower case, with "_" for spaces and hyphens.
_USUAL = {
    "text": in_order("text body content article article_text full_text fulltext maintext articlebody story"),
    "title": in_order("title headline heading"),
    "published": in_order(
        "published date published_at publication_date date_published datepublished date_publish publishedat pub_date "
        "pubdate datetime timestamp"
    ),
    "publisher": in_order(
        "publisher source source_name sourcename site sitename outlet publication newspaper source_domain"
    ),
    "url": in_order("url link source_url sourceurl uri web_url permalink"),
}


def with_columns(config: Config, columns: str) -> Config:
    """The settings with columns named as in "text=body,title=headline". Raises UsageError with what can be named.

    >>> with_columns(Config(), "text=body, date=day").date_field
    'day'
    """
    named: dict[str, str] = {}
    for pair in filter(None, (p.strip() for p in columns.split(","))):
        field, mark, column = (part.strip() for part in pair.partition("="))
        if field not in FIELDS or not mark or not column:
            raise UsageError(f"--columns {pair[:80]!r}: write FIELD=COLUMN, with FIELD one of {', '.join(FIELDS)}")
        setting = FIELDS[field]
        before = named.get(setting, getattr(config, setting))
        if before not in (None, column):
            raise UsageError(f"--columns names two columns for {field}: {before!r} and {column!r}")
        named[setting] = column
    return replace(config, **named)  # type: ignore[arg-type]  # the values are those of string settings


def no_text(source: str, names: Sequence[str], config: Config) -> Skipped:
    """Why a table without the text's column gives nothing."""
    found = ", ".join(name[:40] for name in names[:20])
    wanted = config.text_field or "text"
    return Skipped(source, f"no column {wanted!r}; columns found: {found}; name the text's with --columns text=COLUMN")


def row_article(row: Mapping[str, Any], where: str, what: str, config: Config) -> Article | Skipped:
    """The article of a row (column -> value), or why it has none; `what` names the row in a reason."""
    names = list(row)
    column = column_of(names, "text", config)
    if column is None or row[column] is None or row[column] == "":
        return Skipped(where, f"{what} has no {config.text_field or 'text'!r}")
    if not isinstance(row[column], str):
        return Skipped(where, f"{what}: {column!r} is not a string")
    text: str = row[column]
    if not text.strip():
        return Skipped(where, f"{what}: {column!r} is empty")
    hints = {
        field: value_of(row, column_of(names, field, config)) for field in ("title", "published", "publisher", "url")
    }
    return Article(where, text, Hints(**hints), join_title=True)


def column_of(names: Iterable[str], field: str, config: Config) -> str | None:
    """The column that holds a field: the configured one as written, else the first usual name in any case."""
    named = {
        "text": config.text_field, "title": config.title_field, "published": config.date_field,
        "publisher": config.publisher_field, "url": config.url_field,
    }[field]  # fmt: skip
    names = list(names)
    if named is not None:
        return named if named in names else None
    folded = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in reversed(names)}
    return next((folded[usual] for usual in _USUAL[field] if usual in folded), None)


def value_of(row: Mapping[str, Any], column: str | None) -> str | None:
    """A row's value as text; None where it is missing, blank, or of a kind that says nothing."""
    value = row.get(column) if column is not None else None
    if isinstance(value, dict):  # {"source": {"name": "Daily Wire"}}, as news services write it
        value = value.get("name")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and value.strip() else None
