"""Land and borders for a map without a tile server: Natural Earth's 1:50,000,000, thinned out to what a map can show.

Written by `tools/vendor.py` as `land.json`: `arcs` are lines in steps of `1 / unit` degrees, each as its first point
(east, north) and the way to each next one; `land` are rings of arcs by number, `~number` where one is walked backwards;
`borders` are the arcs that two countries share.
"""

import json
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

UNIT = 100
"""Steps of a degree: a kilometre."""
_FARTHEST = 0.02
"""How far, in degrees, a line may be from where it was."""

type Point = tuple[float, float]


def thinned(topology: dict[str, Any]) -> bytes:
    """The outlines of a topology of countries (world-atlas)."""
    arcs = [_steps(_plain(arc)) for arc in _unpacked(topology)]
    [land] = topology["objects"]["land"]["geometries"]
    rings = [ring for polygon in land["arcs"] for ring in polygon]
    coast = {_number(arc) for ring in rings for arc in ring}
    borders = [number for number in range(len(arcs)) if number not in coast]
    told = {"unit": UNIT, "land": rings, "borders": borders, "arcs": arcs}
    return json.dumps(told, separators=(",", ":")).encode() + b"\n"


def _number(arc: int) -> int:
    return ~arc if arc < 0 else arc


def _unpacked(topology: dict[str, Any]) -> list[list[Point]]:
    """The arcs in degrees; in a topology they are steps on a grid."""
    (wide, high), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x, y, line = 0, 0, []
        for east, north in arc:
            x, y = x + east, y + north
            line.append((x * wide + west, y * high + south))
        found.append(line)
    return found


def _plain(line: Sequence[Point]) -> list[Point]:
    """The line without points that it passes nearly anyway (Douglas and Peucker)."""
    kept = {0, len(line) - 1}
    parts = [(0, len(line) - 1)]
    if len(line) > 3 and line[0] == line[-1]:
        far = max(range(len(line)), key=lambda at: _square(line[at], line[0]))
        kept.add(far)
        parts = [(0, far), (far, len(line) - 1)]
    while parts:
        first, last = parts.pop()
        away = {at: _distance(line[at], line[first], line[last]) for at in range(first + 1, last)}
        farthest = max(away, key=away.__getitem__, default=first)
        if away.get(farthest, 0) > _FARTHEST:
            kept.add(farthest)
            parts += [(first, farthest), (farthest, last)]
    return [line[at] for at in sorted(kept)]


def _square(one: Point, other: Point) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def _distance(point: Point, one: Point, other: Point) -> float:
    """How far a point is from a line."""
    length = math.sqrt(_square(one, other))
    if not length:
        return math.sqrt(_square(point, one))
    (x, y), (x1, y1), (x2, y2) = point, one, other
    return float(abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length)


def _steps(line: Sequence[Point]) -> list[int]:
    """Whole steps from point to point; those that lead nowhere are left out."""
    points = [(round(x * UNIT), round(y * UNIT)) for x, y in line]
    steps = [*points[0]]
    for (x1, y1), (x2, y2) in pairwise(points):
        if (x1, y1) != (x2, y2):
            steps += [x2 - x1, y2 - y1]
    return steps
