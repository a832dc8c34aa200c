"""The text of a piece of HTML that is all article, as feeds carry it: paragraphs apart by a blank line."""

from __future__ import annotations

import re
from typing import Any

from kgbuild.sources.words import words

__all__ = ["paragraphs_of"]

_BLOCKS = words(
    "address article aside blockquote br center dd details div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre "
    "section summary table tbody td tfoot th thead title tr ul body html content encoded description"
)
_UNSEEN = words("script style noscript template iframe object embed svg math select button figcaption")


def paragraphs_of(markup: str) -> str:
    """The paragraphs of a piece of HTML, white space in them folded; "" when it holds no text.

    >>> paragraphs_of("<p>Troops <b>left</b>.</p><script>x()</script>They came&nbsp;back.")
    'Troops left.\\n\\nThey came back.'
    """
    from lxml import etree, html

    try:
        # a tree of any depth is walked without recursion below; libxml2 bounds the depth itself
        top = html.fragment_fromstring(markup, create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return ""
    pieces: list[str] = []
    todo: list[tuple[Any, bool]] = [(top, False)]
    while todo:
        node, after = todo.pop()
        tag = node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""
        if after:
            pieces.append("\n" if tag in _BLOCKS else "")
            pieces.append(_inline(node.tail) if node is not top else "")
            continue
        if tag in _BLOCKS:
            pieces.append("\n")
        todo.append((node, True))
        if tag and tag not in _UNSEEN:
            pieces.append(_inline(node.text))
            todo.extend((child, False) for child in reversed(node))
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n\n".join(line for line in lines if line)


def _inline(text: str | None) -> str:
    """Text in which a line end is a space, as in HTML."""
    return re.sub(r"\s+", " ", text or "")
