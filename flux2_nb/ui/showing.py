"""Several pictures at once in a notebook: in a grid, or one before and one after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import images
from ..figures import Figure
from ..request import Reference
from ..result import ImageResult

if TYPE_CHECKING:
    from .widgets.slider import Slider

MOST_COLUMNS = 4

SIDES = {1: 384, 2: 384, 3: 288}
"""Columns -> longest side in pixels of each picture; four and more are 192, so that a saved notebook stays small."""

NARROWEST = 192


def show(results: Iterable[Any] | ImageResult, columns: int | None = None, labels: Sequence[str] = ()) -> Grid:
    """Show pictures in a grid, each with its caption.

    Args:
        results: Results, or pictures of any kind that a reference may be: paths, bytes, Pillow images.
        columns: How many stand side by side; as many as there are pictures, up to 4, when not given.
        labels: A heading for each, such as its language; may be shorter than the list.

    Raises:
        InvalidRequest: When one of them is no picture.
    """
    given = [results] if isinstance(results, ImageResult) else list(results)
    figures = [figure_of(one, f"Picture {index}") for index, one in enumerate(given, start=1)]
    padded = [*labels, *[""] * (len(figures) - len(labels))][: len(figures)]
    return Grid(tuple(figures), tuple(padded), max(1, columns or min(len(figures), MOST_COLUMNS)))


def compare(before: Any, after: Any, labels: tuple[str, str] = ("Before", "After")) -> Comparison:
    """Show two pictures: one over the other with a slider where a kernel runs, side by side in the saved output.

    Args:
        before: A result, or a picture of any kind that a reference may be: a path, bytes, a Pillow image.
        after: Likewise.
        labels: What to call them.

    Raises:
        InvalidRequest: When one of them is no picture.
    """
    return Comparison((figure_of(before, labels[0]), figure_of(after, labels[1])), labels)


def figure_of(picture: Any, name: str) -> Figure:
    """Return a picture with its words; one that is no result is called by its file's name, else by ``name``."""
    if isinstance(picture, ImageResult):
        return picture.figure
    reference = picture if isinstance(picture, Reference) else Reference(picture)
    called = reference.name or (Path(reference.source).name if isinstance(reference.source, str) else name)
    read = images.read_reference(reference)
    return Figure(read.data, called, f"{called} · {read.width} × {read.height}")


def figure(result: ImageResult) -> str:
    """Return a result as HTML with its caption."""
    return result.figure.html()


@dataclass(frozen=True)
class Grid:
    """Pictures in rows.

    Attributes:
        figures: The pictures with their words.
        labels: A heading for each; may be empty.
        columns: How many stand side by side.
    """

    figures: tuple[Figure, ...]
    labels: tuple[str, ...]
    columns: int

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Show the grid in Jupyter as a table, the one layout that no viewer of notebooks takes away."""
        side = SIDES.get(self.columns, NARROWEST)
        return {"text/html": _table(self.figures, self.labels, self.columns, side), "text/plain": self.text}

    @property
    def text(self) -> str:
        """The captions, one a line."""
        pairs = zip(self.labels, self.figures, strict=True)
        return "\n".join(": ".join(part for part in (label, one.caption) if part) for label, one in pairs)


@dataclass(frozen=True)
class Comparison:
    """Two pictures of the same thing.

    Attributes:
        figures: Before and after.
        labels: What they are called.
    """

    figures: tuple[Figure, Figure]
    labels: tuple[str, str]

    @cached_property
    def widget(self) -> Slider | None:
        """One picture over the other with a slider between them; None where anywidget is not installed."""
        try:
            from .widgets.slider import Slider
        except ImportError:
            return None
        return Slider(self.figures, self.labels)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show the slider where a kernel runs, else both pictures side by side."""
        still = Grid(self.figures, self.labels, 2)._repr_mimebundle_()
        if self.widget is None:
            return dict(still)
        live = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        return {**(live[0] if isinstance(live, tuple) else live or {}), **still}


def _table(figures: Sequence[Figure], labels: Sequence[str], columns: int, side: int) -> str:
    cells = [
        f"<td align='left' valign='top'>{f'<strong>{escape(label)}</strong><br>' if label else ''}{one.html(side)}</td>"
        for label, one in zip(labels, figures, strict=True)
    ]
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    lines = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table>{lines}</table>"
