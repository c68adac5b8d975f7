"""How long the offline provider takes for a sketch of 1 MP: the drawing alone, and the whole way into the history."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path

from flux2_nb import sketch
from flux2_nb.studio import Studio

from .table import Row, within
from .timing import by_turns

PROMPTS = (
    "A red fox in fresh snow beside a quiet river, soft morning light",
    "Three yellow apples and a teapot on a wooden table by the window, warm evening light",
    "一只猫坐在窗边看雨, 蓝色的夜晚",
    'A bakery at night, the sign above the door reads "Morning Loaf", rain on the street',
)
SIDE = 1024
MOST = 0.150


def run(quick: bool = False) -> list[Row]:
    """Draw four prompts by turns, each with a new seed; single-threaded and warm."""
    seeds = count()
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio("sketch", home=Path(folder))

        def draw() -> None:
            number = next(seeds)
            sketch.draw(PROMPTS[number % len(PROMPTS)], SIDE, SIDE, number, ())

        def generate() -> None:
            number = next(seeds)
            studio.generate(PROMPTS[number % len(PROMPTS)], width=SIDE, height=SIDE, seed=number)

        for _ in PROMPTS:
            draw()
        drawn, generated = by_turns([draw, generate], 8 if quick else 24)
        studio.engine.close()
    return [
        within("a sketch of 1 MP, drawn", drawn, MOST),
        within("the same as generate: drawn, encoded, journaled and stored", generated, MOST),
    ]


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
