"""The notebooks as files, and the small questions that every tool asks of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
CLEAN = "clean"
"""The folder, beside the notebooks, of their twins."""

SETUP = """\
import flux2_nb as f2
from flux2_nb import lessons

lab = lessons.start()
lab"""
"""The first code cell of every notebook."""

SKIPPED = "skip-execution"
"""The tag of a cell that is there to be read; nbclient knows it by the same name."""

FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)

Notebook = Any
"""A notebook as nbformat reads it, which has no types."""

Cell = Any
"""One of its cells."""


@dataclass(frozen=True)
class Exercise:
    """A task for the reader: the empty cell, the cell that checks the answer, and a solution.

    Attributes:
        at: Where its empty cell stands, counted from 0.
        empty: The source of the empty cell.
        check: The source of the cell that checks.
        solution: Code that stands in the place of the empty cell.
    """

    at: int
    empty: str
    check: str
    solution: str


def find(names: Iterable[str] = (), folder: Path = FOLDER) -> list[Path]:
    """Return the notebooks whose file names begin with one of ``names``, in teaching order; all when none is named.

    Raises:
        SystemExit: When there is none for a name.
    """
    every = sorted(folder.glob("[0-9]*.ipynb"))
    wanted = [Path(name).name for name in names]
    missing = [name for name in wanted if not any(path.name.startswith(name) for path in every)]
    if missing:
        raise SystemExit(f"There is no notebook {missing[0]} in {folder}.")
    return [path for path in every if not wanted or path.name.startswith(tuple(wanted))]


def read(path: Path) -> Notebook:
    """Read a notebook."""
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # nbformat has no types


def text_of(notebook: Notebook) -> str:
    """Return a notebook as the text of its file."""
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]  # nbformat has no types


def new_cell(kind: str, source: str, tags: Iterable[str] = ()) -> Cell:
    """Return a new cell: ``markdown`` or ``code``."""
    make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
    cell = make(source)  # type: ignore[no-untyped-call]  # nbformat has no types
    if tags:
        cell.metadata["tags"] = list(tags)
    return cell


def tags(cell: Cell) -> list[str]:
    """Return the tags of a cell."""
    return list(cell.metadata.get("tags", []))


def cell_name(index: int) -> str:
    """Return the id of a cell by its place, such as ``c07``."""
    return f"c{index:02d}"


def code_cells(notebook: Notebook) -> list[tuple[int, Cell]]:
    """Return the code cells with their places."""
    return [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]


def headings(notebook: Notebook) -> Iterator[tuple[int, int, str]]:
    """Yield every heading of the prose: the place of its cell, its level, its words."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            for match in re.finditer(r"^(#{1,6}) +(.+?) *$", FENCE.sub("", cell.source), re.MULTILINE):
                yield index, len(match[1]), match[2]


def title(notebook: Notebook) -> str:
    """Return the first heading; empty when there is none."""
    return next((words for _, level, words in headings(notebook) if level == 1), "")


def exercises(notebook: Notebook) -> list[Exercise]:
    """Return the exercises: each an ``exercise`` cell, a ``check`` cell and a ``solution``, one after the other.

    Raises:
        ValueError: When one is not made so; names the cell.
    """
    return [_exercise(notebook.cells, index) for index, cell in enumerate(notebook.cells) if "exercise" in tags(cell)]


def _exercise(cells: list[Cell], at: int) -> Exercise:
    following = [*cells[at + 1 : at + 3], new_cell("code", ""), new_cell("code", "")][:2]
    check, solution = following
    if "check" not in tags(check):
        raise ValueError(f"{cell_name(at)}: an exercise cell is followed by its check, a code cell tagged `check`.")
    code = FENCE.search(solution.source)
    if "solution" not in tags(solution) or code is None:
        raise ValueError(f"{cell_name(at)}: a check is followed by a markdown cell tagged `solution` with fenced code.")
    return Exercise(at, cells[at].source, check.source, code[1])
