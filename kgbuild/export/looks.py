"""How the drawn formats (GEXF, DOT) show kinds and status: colour, line and shape, never colour alone."""

from __future__ import annotations

import re

from kgbuild.graph import Edge

__all__ = ["NODE_COLOUR", "clean", "colour", "line"]

NODE_COLOUR = {
    "Person": "#4e79a7", "State": "#b07aa1", "Organization": "#76b7b2", "Group": "#9c755f",
    "Place": "#8c8c8c", "City": "#8c8c8c", "Topic": "#d3a625",
}  # fmt: skip

_STANCE = {"Against": "#c8321e", "For": "#1a7f5a"}
_OTHER = {"event": "#5b6573", "said": "#3a6ea5", "tie": "#b0b0b0", "stance": "#8a6d00"}

_LINE = {"Denied": "dashed", "Disputed": "dashed", "Expected": "dotted", "Hypothetical": "dotted"}

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def colour(edge: Edge) -> str:
    """Red against, green for, and one colour for each other kind of edge, as #rrggbb."""
    polarity = edge.evidence.polarity if edge.evidence else None
    return _STANCE.get(polarity or "", _OTHER[edge.kind])


def line(edge: Edge) -> str:
    """solid for what somebody says is so; dashed when denied or disputed, dotted when expected or hypothetical."""
    status = edge.evidence.status if edge.evidence else "Reported"
    return _LINE.get(status, "solid")


def clean(text: str) -> str:
    """The text with characters no XML, DOT or CSV file may hold (controls, lone surrogates) shown as U+FFFD."""
    return _ILLEGAL.sub("�", text)
