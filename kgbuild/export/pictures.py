"""Pictures for print, as SVG and PNG: what the drawings share, and the way to their bytes.

Colour never stands alone: support is blue and solid, opposition vermilion and dashed (Okabe and Ito's palette, told apart by all
readers). The same records give the same bytes for one release of matplotlib.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from kgbuild.aggregate import Aggregates
from kgbuild.config import Config
from kgbuild.errors import KgbuildError, UsageError
from kgbuild.export.looks import clean
from kgbuild.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["AGAINST", "FOR", "INK", "PALE", "PICTURES", "STYLE", "picture", "shown", "sign", "write_png", "write_svg"]

FOR, AGAINST, MIXED = "#0072B2", "#D55E00", "#666666"
INK, PALE = "#222222", "#8a8a8a"
STYLE: Final = {1: (FOR, "solid"), -1: (AGAINST, (0, (4.0, 2.0))), 0: (MIXED, (0, (4.0, 1.5, 1.0, 1.5)))}
"""Sign of a stance -> colour and line."""

EVEN: Final = 0.1
"""Means nearer to 0 than this are drawn as neither for nor against."""

PICTURES: Final = ("network", "relations", "map", "timeline", "matrix")
DPI: Final = 200

_SETTINGS = {
    "svg.hashsalt": "kgbuild", "svg.fonttype": "path", "text.parse_math": False, "font.family": ["DejaVu Sans"], "font.size": 8.0,
    "axes.edgecolor": PALE, "axes.linewidth": 0.6, "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK,
    "ytick.color": INK, "axes.unicode_minus": True, "path.simplify": False,
}  # fmt: skip


def write_svg(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """The signed network as SVG."""
    out.write(picture(Aggregates(records), "svg"))


def write_png(records: Sequence[Record], out: BinaryIO, config: Config) -> None:
    """The signed network as PNG."""
    out.write(picture(Aggregates(records), "png"))


def picture(
    found: Aggregates, form: str, view: str = "network", pair: tuple[str, str] | None = None, window: str = "month"
) -> bytes:
    """One of PICTURES as svg or png. `pair` holds the two ids that a time line is of, and to whose neighbourhood other views narrow.

    Raises UsageError for an unknown view or a pair that nothing dated joins, KgbuildError when matplotlib is not installed.
    """
    if view not in PICTURES:
        raise UsageError(f"no picture called {view!r}; known: {', '.join(PICTURES)}")
    with _settings():
        if view == "network":
            from kgbuild.export.draw_network import draw
        elif view == "relations":
            from kgbuild.export.draw_relations import draw
        elif view == "map":
            from kgbuild.export.draw_map import draw
        elif view == "matrix":
            from kgbuild.export.draw_matrix import draw
        elif pair is None:
            from kgbuild.export.draw_course import draw
        else:
            from kgbuild.export.draw_timeline import draw
        figure = draw(found, pair, window)
        out = io.BytesIO()
        metadata = {"Date": None, "Creator": "kgbuild"} if form == "svg" else {"Software": None}
        figure.savefig(out, format=form, dpi=DPI, metadata=metadata, facecolor="white")
    return out.getvalue()


def sign(mean: float | None) -> int:
    """1 for, -1 against, 0 neither."""
    return 0 if mean is None or abs(mean) < EVEN else 1 if mean > 0 else -1


def shown(name: str, length: int = 34) -> str:
    """A name as a picture shows it: printable, on one line, cut when it is very long."""
    flat = "".join(c if c.isprintable() else " " for c in clean(name))
    flat = " ".join(flat.split()) or "?"
    return flat if len(flat) <= length else flat[: length - 1].rstrip() + "…"


@contextmanager
def _settings() -> Iterator[Any]:
    try:
        import matplotlib
    except ImportError as error:
        raise KgbuildError("pictures need matplotlib: pip install 'kgbuild[plot]'") from error
    # Whatever matplotlibrc a user has, a graph looks the same; a name in a script the font lacks is drawn as boxes, without a warning.
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **_SETTINGS}), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield matplotlib
