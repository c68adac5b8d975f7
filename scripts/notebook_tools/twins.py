"""What is made from notebooks: twins without words, the list in their README, and a skeleton for a new one."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat

from .course import CLEAN, SETUP, Cell, Notebook, headings, new_cell, read, tags, text_of, title
from .normal import normalise

LIST = re.compile(r"(<!-- course -->\n).*?(<!-- /course -->)", re.DOTALL)
"""The part of the README that is made here."""


def twin(notebook: Notebook) -> Notebook:
    """Return the same code without the words: headings stay, prose, solutions and outputs go."""
    clean = copy.deepcopy(notebook)
    clean.cells = [cell for one in notebook.cells if (cell := _without_words(one)) is not None]
    normalise(clean)
    return clean


def _without_words(cell: Cell) -> Cell | None:
    if cell.cell_type == "code":
        return new_cell("code", cell.source, tags(cell))
    words = [f"{'#' * level} {text}" for _, level, text in headings(nbformat.v4.new_notebook(cells=[cell]))]  # type: ignore[no-untyped-call]  # nbformat has no types
    return new_cell("markdown", "\n\n".join(words)) if words and "solution" not in tags(cell) else None


def twin_of(path: Path) -> Path:
    """Return where the twin of a notebook lies."""
    return path.parent / CLEAN / path.name


def course_list(paths: Sequence[Path]) -> str:
    """Return the course as a table: notebook, what it is about, its twin."""
    return "\n".join(["| | | |", "|---|---|---|", *map(_row, paths), ""])


def _row(path: Path) -> str:
    return f"| {path.stem[:2]} | [{title(read(path))}]({path.name}) | [code only]({CLEAN}/{path.name}) |"


def with_list(readme: str, paths: Sequence[Path]) -> str:
    """Return the README with its list of notebooks made anew."""
    return LIST.sub(lambda match: f"{match[1]}{course_list(paths)}{match[2]}", readme)


def skeleton(words: str) -> Notebook:
    """Return a notebook of this title with every part in its place."""
    exercise = [
        new_cell("markdown", "### Exercise 1: what to do\n\nOne to three sentences. Say what `answer` is to be."),
        new_cell("code", "# The goal in one line.\nanswer = ...", ["exercise"]),
        new_cell("code", 'lab.check(answer, {"it has a prompt": lambda made: made.prompt})', ["check"]),
        new_cell("markdown", SOLUTION, ["solution"]),
    ]
    again = [new_cell(one.cell_type, one.source.replace("Exercise 1", "Exercise 2"), tags(one)) for one in exercise]
    cells = [
        new_cell("markdown", f"# {words}\n\nWhat FLUX.2 can do here, and what you will have made.\n\n{GOALS}"),
        new_cell("code", SETUP),
        new_cell("code", "lab.plan(minutes=20, pictures=1)"),
        new_cell("markdown", "## The first idea\n\nTwo to four sentences."),
        new_cell("code", 'f2.generate("a red fox in fresh snow", seed=7)'),
        *exercise,
        *again,
        new_cell("markdown", "## What went wrong?\n\n**The likeliest trouble.** What to do about it."),
        new_cell("markdown", "## Next\n\n[The next notebook](README.md)"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call]  # nbformat has no types
    normalise(notebook)
    return notebook


GOALS = "## You will\n\n- do one thing,\n- and another,\n- and a third."

SOLUTION = """\
<details><summary>A solution</summary>

```python
answer = f2.ImageRequest("a red fox in fresh snow")
```

</details>"""


def write(path: Path, notebook: Notebook) -> None:
    """Write a notebook and its twin."""
    path.write_text(text_of(notebook), encoding="utf-8")
    twin_of(path).parent.mkdir(exist_ok=True)
    twin_of(path).write_text(text_of(twin(notebook)), encoding="utf-8")
