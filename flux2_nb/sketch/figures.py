"""What is known of a figure: its size beside other things, where it belongs, what it holds, where it is written on."""

from __future__ import annotations

from functools import cache

from flux2_nb.sketch.tables import table


@cache
def size_of(figure: str) -> float:
    """The height of a thing beside a standing person."""
    return next((float(size) for size, figures in table("figures")["size"].items() if figure in figures.split()), 0.6)


@cache
def belongs(figure: str) -> str:
    """Where a thing belongs by itself: celestial, sky, water, far, wall or ground."""
    return next((place for place, figures in table("figures")["place"].items() if figure in figures.split()), "ground")


def is_worn(figure: str) -> bool:
    """Whether a person wears it."""
    return figure in table("figures")["worn"]["figures"].split()


def is_person(figure: str) -> bool:
    """Whether it can wear and hold things."""
    return figure in table("figures")["worn"]["people"].split()


def comes_in_pairs(figure: str) -> bool:
    """Whether its plural is one thing ("sneakers", "glasses")."""
    return figure in table("figures")["worn"]["pairs"].split()


def holds(figure: str) -> bool:
    """Whether other things stand in it."""
    return figure in table("figures")["holds"]["figures"].split()


def writing_area(figure: str) -> tuple[float, float, float, float] | None:
    """Where words are written on it, as shares of its box: left, top, right, bottom; None where they are not."""
    area = table("figures")["writing"].get(figure)
    return None if area is None else (area[0], area[1], area[2], area[3])


def seat(figure: str) -> float:
    """How far below its top others stand on it, as a share of its height."""
    return float(table("figures")["seat"].get(figure, 0.04))


@cache
def buildings() -> frozenset[str]:
    """Figures whose drawing has a door and windows."""
    return frozenset(table("figures")["part"]["of"].split())


def is_part(figure: str) -> bool:
    """Whether it is a part of a building where there is one."""
    return figure in table("figures")["part"]["figures"].split()


def is_closed(figure: str) -> bool:
    """Whether what it holds is not seen."""
    return figure in table("figures")["holds"]["closed"].split()


def is_flat(figure: str) -> bool:
    """Whether it is so flat that its height says nothing of its size."""
    return figure in table("figures")["flat"]["figures"].split()


def stands_close(figure: str) -> bool:
    """Whether several stand overlapping, as trees and mountains do."""
    return figure in table("figures")["close"]["figures"].split()


def light_of(figure: str) -> tuple[float, float] | None:
    """Where a thing shines in the dark, as shares of its box; None when it does not."""
    spot = table("figures")["light"].get(figure)
    return None if spot is None else (float(spot[0]), float(spot[1]))
