"""Several pictures of one batch are drawn at the same time."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
from concurrent.futures import ThreadPoolExecutor
from flux2_nb import sketch
prompts = ["a red fox under birches", "zwei Katzen am Fenster", "trois pommes sur la table", "tres barcos en el mar"]
with ThreadPoolExecutor(4) as pool:
    pictures = list(pool.map(lambda prompt: sketch.draw(prompt, 256, 192, 7), prompts * 2))
assert [one.tobytes() for one in pictures[:4]] == [one.tobytes() for one in pictures[4:]]
"""


def test_first_drawings_may_happen_together() -> None:
    """Four threads draw at once in a fresh process, where every table is still unread, and equal prompts look equal."""
    for _ in range(3):
        subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=60)
