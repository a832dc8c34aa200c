"""Where the boxes of a drawn network stand: near what backs them, apart from what opposes them, never one on another.

Stress majorisation (Gansner, Koren and North, "Graph drawing by stress majorization", 2004) on path lengths where an opposition is
longer than a support; components side by side; then boxes pushed apart. Everything starts from the order of the nodes: no chance in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, hypot, pi, sin, sqrt
from typing import Any, Final, TypeAlias

__all__ = ["ALONE", "BESIDE", "FOE", "FRIEND", "KIN", "Box", "Point", "arrange", "bend", "bent", "overlaps"]

Point: TypeAlias = tuple[float, float]
Box: TypeAlias = tuple[float, float]
"""Width and height."""

FRIEND, KIN, FOE = 1.0, 1.3, 2.2
"""Length of a support, of a common camp and of an opposition."""
SWEEPS = 300
PUSHES = 2000
CLEARED = 80
"""Lines of a component up to which boxes are moved off the lines of others; a denser drawing has no room for it."""
ROUNDS = 60


def arrange(
    count: int, links: Mapping[tuple[int, int], float], boxes: Sequence[Box], gap: float, aspect: float = 1.5,
    between: float | None = None,
) -> list[Point]:  # fmt: skip
    """Centres of `count` boxes, no two of them nearer than `gap`; parts that nothing joins `between` apart (None: three times the gap).

    links: (i, j) with i < j -> how far apart the two want to be, a support FRIEND, an opposition FOE, two of one camp KIN; boxes and
    gap are in one unit, the result's too. aspect: of the whole, width to height.
    """
    neighbours: list[dict[int, float]] = [{} for _ in range(count)]
    for (i, j), length in sorted(links.items()):
        neighbours[i][j] = neighbours[j][i] = length
    parts = []
    seen: set[int] = set()
    for start in range(count):
        if start in seen:
            continue
        part, waiting = [], [start]
        seen.add(start)
        while waiting:
            i = waiting.pop()
            part.append(i)
            new = sorted(set(neighbours[i]) - seen)
            seen.update(new)
            waiting += new
        parts.append(sorted(part))
    placed = [_component(part, neighbours, boxes, gap) for part in parts]
    return _packed(parts, placed, boxes, gap * 3 if between is None else between, aspect, count)


def overlaps(points: Sequence[Point], boxes: Sequence[Box], gap: float = 0.0) -> int:
    """Number of pairs of boxes nearer than `gap`."""
    n = len(points)
    return sum(_overlap(points, boxes, gap, i, j) is not None for i in range(n) for j in range(i + 1, n))


ALONE: Final = (0.0, 0.07, -0.07, 0.14, -0.14, 0.22, -0.22, 0.32, -0.32)
"""How far an arrow may bend, the best first, as a share of its length; to its right when more than 0."""
BESIDE: Final = (0.14, 0.1, 0.06, 0.03, 0.2, 0.27, 0.35)
"""The same of an arrow with another the other way, or with a line between the two: always to its right."""
NEAR: Final = 2.5


def bent(a: Point, b: Point, turn: float, share: Any) -> tuple[Any, Any]:
    """The point at a share of the way from a to b along the arrow that bends by `turn` (matplotlib's arc3); of an array of shares, arrays."""
    (ax, ay), (bx, by) = a, b
    cx, cy = (ax + bx) / 2 + turn * (by - ay), (ay + by) / 2 - turn * (bx - ax)
    p, q, r = (1 - share) ** 2, 2 * share * (1 - share), share**2
    return p * ax + q * cx + r * bx, p * ay + q * cy + r * by


def bend(i: int, j: int, points: Sequence[Point], boxes: Sequence[Box], choices: Sequence[float] = ALONE) -> float:
    """The first of the choices with which the arrow from box i to box j runs under the fewest other boxes."""
    import numpy as np

    middles, halves = np.array(points), np.array(boxes) / 2 + NEAR
    others = [k for k in range(len(points)) if k not in (i, j)]
    if not others:
        return choices[0]
    middles, halves = middles[others], halves[others]
    far = hypot(points[i][0] - points[j][0], points[i][1] - points[j][1])
    shares = np.linspace(0.02, 0.98, max(8, int(far / 4)))
    least, best = len(points), choices[0]
    for turn in choices:
        x, y = bent(points[i], points[j], turn, shares)
        on = (np.abs(x[:, None] - middles[:, 0]) < halves[:, 0]) & (np.abs(y[:, None] - middles[:, 1]) < halves[:, 1])
        count = int(on.any(axis=0).sum())
        if count < least:
            least, best = count, turn
        if not count:
            break
    return best


def _component(
    part: Sequence[int], neighbours: Sequence[Mapping[int, float]], boxes: Sequence[Box], gap: float
) -> list[Point]:
    if len(part) == 1:
        return [(0.0, 0.0)]
    number = {i: n for n, i in enumerate(part)}
    distance = _distances([{number[j]: d for j, d in neighbours[i].items()} for i in part])
    shape = _stress(distance)
    own = [boxes[i] for i in part]
    # The unit is the width that lets an average pair of neighbours stand side by side.
    unit = sum(w for w, _ in own) / len(own) + 2 * gap
    lines = sorted((number[i], number[j]) for i in part for j, d in neighbours[i].items() if i < j and d != KIN)
    points = _apart([(x * unit * 0.7, y * unit * 0.6) for x, y in shape], own, gap)
    if len(lines) <= CLEARED:
        for _ in range(ROUNDS):  # a box on the line of two others would seem to be one of its ends
            if not _off_lines(points, own, lines, gap / 3):
                break
            points = _apart(points, own, gap)
        points = _cleared(points, own, lines, gap)
    return points


def _cleared(points: list[Point], boxes: Sequence[Box], lines: Sequence[tuple[int, int]], gap: float) -> list[Point]:
    """Boxes that lines of others still run through moved to near free places, one by one, as long as fewer lines run through boxes."""
    import numpy as np

    at, halves = np.array(points), np.array(boxes) / 2
    ends = np.array(lines, dtype=int).reshape(-1, 2)
    reach = [(r * cos(2 * pi * n / 16), r * sin(2 * pi * n / 16)) for r in range(15, 196, 15) for n in range(16)]
    stuck: set[int] = set()
    for _ in range(4 * len(points)):
        through = _through(at, halves + gap / 4, ends)
        hits = through.sum(axis=0)
        # A box is freed when it moves, or when an end of a line through it does.
        order = sorted((k for k in range(len(points)) if hits[k] and k not in stuck), key=lambda k: (-hits[k], k))
        if not order:
            break
        k = order[0]
        movable = [k, *sorted({int(i) for i in ends[through[:, k]].ravel()})]
        best, total = None, int(through.sum())
        for i in movable:
            for dx, dy in reach:
                apart = np.abs(at - (at[i] + (dx, dy))) - halves - halves[i] - gap
                apart[i] = 1.0
                if (apart < 0).all(axis=1).any():
                    continue
                moved = at.copy()
                moved[i] += (dx, dy)
                count = int(_through(moved, halves + gap / 4, ends).sum())
                key = (count, dx * dx + dy * dy)
                if count < total and (best is None or key < best[0]):
                    best = (key, moved)
        if best is None:
            stuck.add(k)
        else:
            at = best[1]
            stuck.clear()
    return [(round(float(x), 6), round(float(y), 6)) for x, y in at]


def _through(at: Any, halves: Any, ends: Any) -> Any:
    """(lines, boxes): whether a line runs through a box that is not one of its ends."""
    import numpy as np

    a, b = at[ends[:, 0]], at[ends[:, 1]]
    way = b - a
    length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)
    off = at[None, :, :] - a[:, None, :]
    along = (off * way[:, None, :]).sum(axis=2) / (length**2)[:, None]
    beside = np.abs(off[:, :, 1] * way[:, None, 0] - off[:, :, 0] * way[:, None, 1]) / length[:, None]
    reach = (halves[None, :, 0] * np.abs(way[:, None, 1]) + halves[None, :, 1] * np.abs(way[:, None, 0])) / length[
        :, None
    ]
    found = (along > 0) & (along < 1) & (beside < reach)
    found[np.arange(len(ends)), ends[:, 0]] = False
    found[np.arange(len(ends)), ends[:, 1]] = False
    return found


def _distances(links: Sequence[Mapping[int, float]]) -> Any:
    """Lengths of the shortest paths between all pairs (Dijkstra from each)."""
    import heapq

    import numpy as np

    n = len(links)
    out = np.zeros((n, n))
    for start in range(n):
        best = {start: 0.0}
        heap = [(0.0, start)]
        while heap:
            d, i = heapq.heappop(heap)
            if d > best[i]:
                continue
            for j, length in links[i].items():
                if d + length < best.get(j, float("inf")):
                    best[j] = d + length
                    heapq.heappush(heap, (d + length, j))
        for j, d in best.items():
            out[start, j] = d
    return out


def _stress(distance: Any) -> list[Point]:
    import numpy as np

    n = len(distance)
    # A spiral of the golden angle: evenly spread, and no two nodes on a line with a third.
    turns = [i * pi * (3 - sqrt(5)) for i in range(n)]
    position = np.array([(sqrt(i + 0.5) * cos(t), sqrt(i + 0.5) * sin(t)) for i, t in enumerate(turns)])
    weight = 1.0 / np.where(distance > 0, distance, 1.0) ** 2
    np.fill_diagonal(weight, 0.0)
    total = weight.sum(axis=1)
    for _ in range(SWEEPS):
        for i in range(n):
            step = position[i] - position
            length = np.sqrt((step**2).sum(axis=1))
            scale = np.divide(distance[i], length, out=np.zeros(n), where=length > 1e-9)
            position[i] = (weight[i][:, None] * (position + step * scale[:, None])).sum(axis=0) / total[i]
    position -= position.mean(axis=0)
    # The longest extent lies across the page.
    _, vectors = np.linalg.eigh(position.T @ position)
    turned = position @ vectors[:, ::-1]
    turned *= np.where(turned[np.abs(turned).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    return [(round(float(x), 6), round(float(y), 6)) for x, y in turned]


def _overlap(points: Sequence[Point], boxes: Sequence[Box], gap: float, i: int, j: int) -> tuple[float, float] | None:
    x = (boxes[i][0] + boxes[j][0]) / 2 + gap - abs(points[i][0] - points[j][0])
    y = (boxes[i][1] + boxes[j][1]) / 2 + gap - abs(points[i][1] - points[j][1])
    return (x, y) if x > 1e-9 and y > 1e-9 else None


def _apart(points: list[Point], boxes: Sequence[Box], gap: float) -> list[Point]:
    """Boxes pushed apart, each pair along the shorter way, until none overlap; grown as a whole when that takes long."""
    at = [list(p) for p in points]
    n = len(at)
    for turn in range(PUSHES):
        moved = False
        for i in range(n):
            for j in range(i + 1, n):
                found = _overlap(at, boxes, gap, i, j)  # type: ignore[arg-type]  # lists of two are points
                if found is None:
                    continue
                moved = True
                axis = 0 if found[0] < found[1] else 1
                push = found[axis] / 2 + 1e-6
                sign = 1.0 if at[i][axis] > at[j][axis] or (at[i][axis] == at[j][axis] and i > j) else -1.0
                at[i][axis] += sign * push
                at[j][axis] -= sign * push
        if not moved:
            break
        if turn % 40 == 39:
            at = [[x * 1.06, y * 1.06] for x, y in at]
    return [(x, y) for x, y in at]


def _off_lines(points: list[Point], boxes: Sequence[Box], lines: Sequence[tuple[int, int]], gap: float) -> bool:
    """Boxes that a line between two others runs through, moved off it along its normal; whether any was."""
    moved = False
    for a, b in lines:
        for k, (x, y) in enumerate(points):
            if k in (a, b):
                continue
            (ax, ay), (bx, by) = points[a], points[b]
            dx, dy = bx - ax, by - ay
            length = sqrt(dx * dx + dy * dy) or 1.0
            along = ((x - ax) * dx + (y - ay) * dy) / length**2
            off = ((x - ax) * -dy + (y - ay) * dx) / length
            reach = boxes[k][0] / 2 * abs(dy) / length + boxes[k][1] / 2 * abs(dx) / length + gap
            if 0.0 < along < 1.0 and abs(off) < reach:
                push = (reach - abs(off)) * 1.05 * (1.0 if off >= 0 else -1.0)
                points[k] = (x - dy / length * push, y + dx / length * push)
                moved = True
    return moved


def _packed(
    parts: Sequence[Sequence[int]],
    placed: Sequence[Sequence[Point]],
    boxes: Sequence[Box],
    space: float,
    aspect: float,
    count: int,
) -> list[Point]:
    """Components in rows, the largest first, about as wide as `aspect` asks for."""
    blocks = []
    for part, points in zip(parts, placed, strict=True):
        left = min(x - boxes[i][0] / 2 for i, (x, _) in zip(part, points, strict=True))
        right = max(x + boxes[i][0] / 2 for i, (x, _) in zip(part, points, strict=True))
        low = min(y - boxes[i][1] / 2 for i, (_, y) in zip(part, points, strict=True))
        high = max(y + boxes[i][1] / 2 for i, (_, y) in zip(part, points, strict=True))
        blocks.append((right - left, high - low, left, high, part, points))
    area = sum((w + space) * (h + space) for w, h, *_ in blocks)
    wide = max(max((w for w, *_ in blocks), default=0.0), sqrt(area * aspect))
    out: list[Point] = [(0.0, 0.0)] * count
    x = y = row = 0.0
    for width, height, left, high, part, points in sorted(blocks, key=lambda b: (-len(b[4]), b[4])):
        if x > 0 and x + width > wide:
            x, y, row = 0.0, y - row - space, 0.0
        for i, (px, py) in zip(part, points, strict=True):
            out[i] = (x + px - left, y + py - high)
        x += width + space
        row = max(row, height)
    return out
