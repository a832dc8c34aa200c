"""Where the boxes of a drawn network stand: near what backs them, apart from what opposes them, never one on another.

Stress majorisation (Gansner, Koren and North, "Graph drawing by stress majorization", 2004) on path lengths where an opposition is
longer than a support; components side by side; then boxes pushed apart. Everything starts from the order of the nodes: no chance in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, pi, sin, sqrt
from typing import Any, TypeAlias

__all__ = ["FOE", "FRIEND", "KIN", "Box", "Point", "arrange", "overlaps"]

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
    return points


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
