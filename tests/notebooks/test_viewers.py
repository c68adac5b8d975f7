"""A saved notebook where no kernel runs: what GitHub, nbviewer and a reopened JupyterLab have to show."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from nbconvert import HTMLExporter

from scripts.notebook_tools.course import code_cells, find, read
from scripts.notebook_tools.fresh import shown

every_notebook = pytest.mark.parametrize("path", find(), ids=lambda path: path.stem)


@every_notebook
def test_every_picture_is_on_the_page(path: Path) -> None:
    """As a web page it shows every picture that is saved, each with words that stand for it."""
    page, _ = HTMLExporter().from_filename(str(path))
    pictures = [picture for _, cell in code_cells(read(path)) for picture in shown(cell).pictures]
    assert pictures
    assert all(base64.b64encode(picture).decode() in page for picture in pictures)
    assert "No description has been provided for this image" not in page


@every_notebook
def test_no_output_is_blank(path: Path) -> None:
    """Every output has something that needs no kernel: words, a table or a picture."""
    outputs = [output for _, cell in code_cells(read(path)) for output in cell.outputs]
    for output in outputs:
        assert output.get("text") or output.data.get("text/plain") or output.data.get("text/html")
