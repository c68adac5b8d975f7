"""Where things go on a poster, a page, an infographic or a comic: boxes, shared by the plan and the drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flux2_nb.sketch.plan import Box

MOST_PANELS = 6


@dataclass(frozen=True)
class Regions:
    """The boxes of a format, in pixels.

    Attributes:
        picture: Where subjects are drawn.
        title: Where the largest words stand; None where there are none.
        words: Where smaller words stand, in order.
        panels: The cells of an infographic or comic.
        sheet: The window of a page or the body of a telephone.
        inset: Whether the picture is a cell of its own, not the whole frame.
    """

    picture: Box
    title: Box | None = None
    words: tuple[Box, ...] = ()
    panels: tuple[Box, ...] = ()
    sheet: Box | None = None
    inset: bool = False


def regions(kind: str, frame: Box, texts: int, panels: int = 0, right_to_left: bool = False) -> Regions:
    """The boxes of a format.

    Args:
        kind: picture, poster, page, screen, infographic or comic.
        frame: The drawn picture inside its margin.
        texts: How many texts are to be set.
        panels: How many cells an infographic or comic has.
        right_to_left: Whether its language runs so; a page is then mirrored.

    Returns:
        The boxes.
    """
    if kind == "poster":
        return _poster(frame, texts)
    if kind == "page":
        return _page(frame, right_to_left)
    if kind == "screen":
        return _screen(frame)
    if kind == "infographic":
        return _infographic(frame, panels)
    if kind == "comic":
        return Regions(frame, panels=grid(share(frame, 0.02, 0.02, 0.98, 0.98), panels, 0.025))
    return _picture(frame, texts)


def share(box: Box, left: float, top: float, right: float, bottom: float) -> Box:
    """A part of a box, by shares of its width and height."""
    width, height = box[2] - box[0], box[3] - box[1]
    return (box[0] + left * width, box[1] + top * height, box[0] + right * width, box[1] + bottom * height)


def grid(box: Box, count: int, gap: float) -> tuple[Box, ...]:
    """Cells of about square shape that fill a box, row by row; a short last row is stretched."""
    if count < 1:
        return ()
    width, height = box[2] - box[0], box[3] - box[1]
    rows = min(range(1, count + 1), key=lambda r: abs(math.log(width / math.ceil(count / r) / (height / r) / 1.05)))
    space = gap * min(width, height)
    cells: list[Box] = []
    tall = (height - space * (rows - 1)) / rows
    for row in range(rows):
        here = count // rows + (1 if row < count % rows else 0)
        wide = (width - space * (here - 1)) / here
        y = box[1] + row * (tall + space)
        cells += [(box[0] + i * (wide + space), y, box[0] + i * (wide + space) + wide, y + tall) for i in range(here)]
    return tuple(cells)


def _picture(frame: Box, texts: int) -> Regions:
    if not texts:
        return Regions(frame)
    words = tuple(share(frame, 0.12, 0.20 + 0.07 * i, 0.88, 0.265 + 0.07 * i) for i in range(min(texts - 1, 2)))
    return Regions(share(frame, 0, 0.21 + 0.07 * len(words), 1, 1), share(frame, 0.08, 0.05, 0.92, 0.19), words)


def _poster(frame: Box, texts: int) -> Regions:
    small = tuple(
        share(frame, 0.08, 0.885 + 0.0, 0.92, 0.965) if texts == 2 else cell for cell in _row(frame, texts - 1)
    )
    return Regions(share(frame, 0.05, 0.31, 0.95, 0.855), share(frame, 0.07, 0.05, 0.93, 0.29), small)


def _row(frame: Box, count: int) -> tuple[Box, ...]:
    """Small texts side by side at the foot, at most three; more of them stand above."""
    count = min(max(0, count), 3)
    return tuple(
        share(frame, 0.06 + 0.88 * i / count + 0.01, 0.885, 0.06 + 0.88 * (i + 1) / count - 0.01, 0.965)
        for i in range(count)
    )


def _page(frame: Box, right_to_left: bool) -> Regions:
    wide = frame[2] - frame[0] > 1.05 * (frame[3] - frame[1])
    sheet = share(frame, 0.04, 0.05, 0.96, 0.97)
    if wide:
        columns = ((0.05, 0.48), (0.54, 0.95))
        text, image = (columns[1], columns[0]) if right_to_left else columns
        return Regions(
            share(sheet, image[0], 0.22, image[1], 0.70),
            share(sheet, text[0], 0.23, text[1], 0.44),
            (share(sheet, text[0], 0.46, text[1], 0.54), share(sheet, text[0] + 0.01, 0.605, text[0] + 0.20, 0.68)),
            tuple(share(sheet, 0.05 + 0.305 * i, 0.77, 0.335 + 0.305 * i, 0.95) for i in range(3)),
            sheet,
            inset=True,
        )
    return Regions(
        share(sheet, 0.06, 0.17, 0.94, 0.48),
        share(sheet, 0.06, 0.50, 0.94, 0.60),
        (share(sheet, 0.06, 0.61, 0.94, 0.66), share(sheet, 0.06, 0.705, 0.42, 0.755)),
        tuple(share(sheet, 0.06 + 0.30 * i, 0.80, 0.34 + 0.30 * i, 0.96) for i in range(3)),
        sheet,
        inset=True,
    )


def _screen(frame: Box) -> Regions:
    height = 0.94 * (frame[3] - frame[1])
    width = min(0.9 * (frame[2] - frame[0]), height * 0.52)
    x, y = (frame[0] + frame[2] - width) / 2, frame[1] + 0.03 * (frame[3] - frame[1])
    sheet = (x, y, x + width, y + height)
    return Regions(
        share(sheet, 0.08, 0.19, 0.92, 0.52),
        share(sheet, 0.08, 0.085, 0.92, 0.165),
        (share(sheet, 0.08, 0.54, 0.92, 0.60), share(sheet, 0.14, 0.885, 0.86, 0.945)),
        tuple(share(sheet, 0.08, 0.63 + 0.08 * i, 0.92, 0.695 + 0.08 * i) for i in range(3)),
        sheet,
        inset=True,
    )


def _infographic(frame: Box, panels: int) -> Regions:
    cells = grid(share(frame, 0.05, 0.22, 0.95, 0.96), panels, 0.05)
    return Regions(
        share(frame, 0.05, 0.22, 0.95, 0.96),
        share(frame, 0.06, 0.04, 0.94, 0.15),
        (share(frame, 0.1, 0.15, 0.9, 0.2),),
        cells,
    )
