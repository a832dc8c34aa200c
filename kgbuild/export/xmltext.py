"""Text as XML: escaped, with nothing in it that an XML 1.0 parser refuses."""

from __future__ import annotations

from collections.abc import Mapping

from kgbuild.export.looks import clean
from kgbuild.graph import Value

__all__ = ["attributes", "plain", "typed"]

_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)


def plain(value: Value) -> str:
    """A value as XML Schema writes it: true and false, numbers with a dot."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(value).translate(_IN_TEXT) if isinstance(value, str) else repr(value)


def attributes(values: Mapping[str, Value]) -> str:
    """Attributes of a tag, in the order given, with a space before each."""
    return "".join(
        f' {name}="{clean(value).translate(_IN_ATTRIBUTE) if isinstance(value, str) else plain(value)}"'
        for name, value in values.items()
    )


def typed(rows: list[dict[str, Value]]) -> dict[str, str]:
    """The names that occur in the rows, sorted, each with its type: string, double, integer or boolean."""
    found: dict[str, type] = {}
    for row in rows:
        for name, value in row.items():
            found[name] = type(value)
    names = {str: "string", float: "double", int: "integer", bool: "boolean"}
    return {name: names[found[name]] for name in sorted(found)}
