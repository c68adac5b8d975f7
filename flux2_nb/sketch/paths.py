"""Paths as in SVG, flattened to points: M, L, C, Q and Z with absolute coordinates, and E for an ellipse."""

from __future__ import annotations

import itertools
import math
import re

Point = tuple[float, float]
Line = list[Point]

_PARTS = re.compile(r"[MLCQZE]|-?\d+(?:\.\d+)?")
_STEPS = 10
_ROUND = 36
_COUNTS = {"M": 2, "L": 2, "C": 6, "Q": 4, "E": 4, "Z": 0}


def flatten(path: str, scale: tuple[float, float] = (1.0, 1.0)) -> list[Line]:
    """Turn a path into lines of points.

    Args:
        path: Such as ``M 0 0 C 1 0 2 1 2 2 Z``; a command letter may be left out when it repeats.
        scale: What to multiply x and y with.

    Returns:
        One line for each ``M`` and each ``E``.
    """
    lines: list[Line] = []
    parts = _PARTS.findall(path)
    command, index = "M", 0
    while index < len(parts):
        if parts[index] in _COUNTS:
            command, index = parts[index], index + 1
        count = _COUNTS[command]
        numbers = [float(part) for part in parts[index : index + count]]
        index += count
        _add(lines, command, list(zip(numbers[::2], numbers[1::2], strict=True)))
        if command == "Z" and index < len(parts) and parts[index] not in _COUNTS:
            raise ValueError(f"The path {path!r} has numbers after Z.")
    return [[(x * scale[0], y * scale[1]) for x, y in line] for line in lines]


def _add(lines: list[Line], command: str, points: list[Point]) -> None:
    if command == "M":
        lines.append([points[0]])
    elif command == "E":
        (cx, cy), (rx, ry) = points
        turns = [2 * math.pi * step / _ROUND for step in range(_ROUND + 1)]
        lines.append([(cx + rx * math.cos(turn), cy + ry * math.sin(turn)) for turn in turns])
    elif command == "Z":
        lines[-1].append(lines[-1][0])
    else:
        curve = [lines[-1][-1], *points]
        steps = 1 if command == "L" else _STEPS
        lines[-1] += [_on_curve(curve, step / steps) for step in range(1, steps + 1)]


def _on_curve(points: list[Point], at: float) -> Point:
    """De Casteljau's rule: a point of a Bezier curve of any degree."""
    while len(points) > 1:
        points = [(a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at) for a, b in itertools.pairwise(points)]
    return points[0]
