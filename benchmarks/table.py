"""What a measurement says, and the Markdown table it is said in."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

HEADINGS = ("row", "ours", "other", "ratio", "aim", "met")
MET = {True: "yes", False: "**no**", None: ""}


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: What was measured.
        ours: Our figure, as text with its unit.
        other: Who it is compared with and their figure; empty where there is nobody.
        ratio: Ours by theirs; below 1 is faster.
        aim: What we want, as text.
        met: Whether we have it; None without an aim.
    """

    name: str
    ours: str
    other: str = ""
    ratio: float | None = None
    aim: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return (self.name, self.ours, self.other, ratio, self.aim, MET[self.met])


def against(name: str, ours: Sequence[float], label: str, other: Sequence[float], most: float | None = None) -> Row:
    """Compare the medians of two series of seconds; ``most`` is the greatest ratio that is wanted."""
    ratio = median(ours) / median(other)
    aim, met = ("", None) if most is None else (f"≤ {most:g}", ratio <= most)
    return Row(name, shown(ours), f"{label}: {shown(other)}", ratio, aim, met)


def within(name: str, ours: Sequence[float], most: float) -> Row:
    """Compare the median of a series of seconds with a limit."""
    return Row(name, shown(ours), aim=f"< {most * 1000:g} ms", met=median(ours) < most)


def told(pairs: Iterable[tuple[str, str]]) -> list[Row]:
    """Return rows for measurements that are a name and a figure, without an aim."""
    return [Row(name, figure) for name, figure in pairs]


def shown(times: Sequence[float]) -> str:
    """Return the median of seconds and the range of the middle half, in the unit that suits them."""
    ordered = sorted(times)
    quarter, middle = len(ordered) // 4, median(ordered)
    unit, scale, digits = ("s", 1, 2) if middle >= 2 else ("ms", 1000, 0 if middle >= 0.1 else 1)
    best, low, high = (f"{seconds * scale:.{digits}f}" for seconds in (middle, ordered[quarter], ordered[-1 - quarter]))
    return f"{best} {unit}" if len(ordered) == 1 else f"{best} {unit} ({low} to {high})"


def heading() -> str:
    """Return the two lines with which the table begins."""
    return f"{_line(HEADINGS)}\n{_line('---' for _ in HEADINGS)}"


def line(row: Row) -> str:
    """Return one line of the table."""
    return _line(row.cells())


def machine() -> str:
    """Return what the figures depend on, as one line."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("httpx", "SQLAlchemy", "Pillow"))
    return (
        f"{os.cpu_count()} cores ({platform.machine()}, load {os.getloadavg()[0]:.1f} at the start), "
        f"{platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}"
    )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
