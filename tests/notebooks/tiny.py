"""Small notebooks made in a test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nbformat

from scripts.notebook_tools.course import Notebook, new_cell, text_of


def notebook(*sources: str | Notebook) -> Notebook:
    """A notebook of code cells; a cell may be given whole."""
    cells = [new_cell("code", one) if isinstance(one, str) else one for one in sources]
    return nbformat.v4.new_notebook(cells=cells)


def written(folder: Path, name: str, sources: Sequence[str | Notebook]) -> Path:
    """Such a notebook as a file."""
    path = folder / f"{name}.ipynb"
    path.write_text(text_of(notebook(*sources)), encoding="utf-8")
    return path


def exercise(check: str, solution: str, empty: str = "answer = ...") -> list[Notebook]:
    """The cells of an exercise."""
    fenced = f"<details><summary>A solution</summary>\n\n```python\n{solution}\n```\n\n</details>"
    cells = [("code", empty, "exercise"), ("code", check, "check"), ("markdown", fenced, "solution")]
    return [new_cell(kind, source, [tag]) for kind, source, tag in cells]
