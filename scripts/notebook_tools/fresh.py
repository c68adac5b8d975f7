"""Whether what is saved in a notebook is what running it gives: text by text, pixel by pixel."""

from __future__ import annotations

import base64
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageChops

from flux2_nb import images

from .course import Cell, Notebook, cell_name
from .normal import EMBEDDED

TOLERANCE = 2
"""Levels of 255 that a pixel may differ by: none did in our runs; another processor may round otherwise."""


@dataclass(frozen=True)
class Shown:
    """What a cell shows.

    Attributes:
        text: All its words, with a mark in the place of each picture.
        pictures: The files of its pictures.
    """

    text: str
    pictures: tuple[bytes, ...]


def differences(saved: Notebook, executed: Notebook) -> list[str]:
    """Return in which cells a saved notebook differs from the same one executed and normalised, and how."""
    if len(saved.cells) != len(executed.cells):
        return [f"It has {len(saved.cells)} cells, and {len(executed.cells)} when run."]
    found = [] if saved.metadata == executed.metadata else ["Its metadata is not as it is saved."]
    for index, (old, new) in enumerate(zip(saved.cells, executed.cells, strict=True)):
        found += [f"{cell_name(index)}: {problem}" for problem in _cell_differences(old, new)]
    return found


def _cell_differences(old: Cell, new: Cell) -> Iterator[str]:
    frame = ("id", "cell_type", "metadata", "source", "execution_count")
    changed = [name for name in frame if old.get(name) != new.get(name)]
    if changed:
        yield f"its {', '.join(changed)} is not as it is saved"
    before, after = shown(old), shown(new)
    if before.text != after.text:
        yield f"the text differs:\n{_text_difference(before.text, after.text)}"
    if len(before.pictures) != len(after.pictures):
        yield f"{len(before.pictures)} pictures are saved, and {len(after.pictures)} when run"
        return
    for number, (one, other) in enumerate(zip(before.pictures, after.pictures, strict=True), start=1):
        if problem := _picture_difference(one, other):
            yield f"picture {number} differs: {problem}"


def shown(cell: Cell) -> Shown:
    """Return what a cell shows."""
    texts: list[str] = []
    pictures: list[bytes] = []
    for output in cell.get("outputs", []):
        texts.append(f"[{output.output_type} {output.get('name', '')}]")
        for kind, content in sorted(output.get("data", {"text": output.get("text", output.get("evalue", ""))}).items()):
            text, found = _parted(kind, content)
            texts.append(f"{kind}: {text}")
            pictures += found
    return Shown("\n".join(texts), tuple(pictures))


def _parted(kind: str, content: Any) -> tuple[str, list[bytes]]:
    if kind.startswith("image/"):
        return "(picture)", [base64.b64decode(content)]
    return EMBEDDED.sub("(picture)", str(content)), [base64.b64decode(one) for one in EMBEDDED.findall(str(content))]


def _text_difference(old: str, new: str) -> str:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "saved", "run", lineterm="", n=0)
    return "\n".join(f"    {line[:300]}" for line in lines)


def _picture_difference(old: bytes, new: bytes) -> str:
    """Say how two pictures differ; empty when they do not."""
    if old == new:
        return ""
    before, after = (images.decode(one).convert("RGB") for one in (old, new))
    if before.size != after.size:
        return f"{before.size} pixels are saved, and {after.size} when run"
    apart = _largest_difference(before, after)
    return f"by up to {apart} of 255 levels" if apart > TOLERANCE else ""


def _largest_difference(one: Image.Image, other: Image.Image) -> int:
    bands = ImageChops.difference(one, other).getextrema()
    return max(int(band[1]) for band in bands if isinstance(band, tuple))
