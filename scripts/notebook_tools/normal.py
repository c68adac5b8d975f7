"""The one form in which a notebook is saved: the same content gives the same bytes, whoever ran it and where."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from flux2_nb import images
from flux2_nb.figures import FIGURE_SIDE

from .course import Notebook, cell_name, tags

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""All a saved notebook says of its kernel: no version, no path."""

EMBEDDED = re.compile(r"data:image/[a-z]+;base64,([A-Za-z0-9+/=]+)")
"""A picture inside HTML."""

KEPT = ("text/html", "text/markdown", "image/jpeg", "application/json", "text/plain")
"""Kinds of output that every viewer shows without a kernel; the others, such as the states of widgets, are dropped."""


def normalise(notebook: Notebook, renamed: Mapping[str, str] | None = None) -> None:
    """Bring a notebook into the form in which it is saved.

    Args:
        notebook: Changed in place.
        renamed: What to write for places that only the machine that ran it has.
    """
    notebook.metadata = METADATA
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for index, cell in enumerate(notebook.cells):
        kept = tags(cell)
        cell.id = cell_name(index)
        cell.metadata = {"tags": kept} if kept else {}
        cell.source = "\n".join(line.rstrip() for line in cell.source.strip("\n").split("\n"))
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [_output(one, renamed or {}) for one in _joined(cell.outputs)]


def _joined(outputs: list[Any]) -> list[Any]:
    """Join what was printed in pieces: how many there are is a matter of chance."""
    joined: list[Any] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last is not None and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _output(output: Any, renamed: Mapping[str, str]) -> Any:
    if output.output_type == "stream":
        output.text = _with_names(output.text, renamed)
    elif output.output_type in ("display_data", "execute_result"):
        output.metadata = {}
        output.data = {kind: _with_names(text, renamed) for kind, text in _shown(output.data).items()}
        if output.output_type == "execute_result":
            output.execution_count = None
    return output


def _shown(data: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what needs no kernel, each picture once and small."""
    small = {kind: data[kind] for kind in KEPT if kind in data}
    if EMBEDDED.search(str(small.get("text/html", ""))):
        small.pop("image/jpeg", None)  # every viewer prefers the HTML, which says what the picture is
    elif picture := next((data[kind] for kind in ("image/jpeg", "image/png") if kind in data), None):
        whole = base64.b64decode(picture)
        small["image/jpeg"] = base64.b64encode(images.thumbnail(whole, FIGURE_SIDE, "JPEG")).decode()
    return small


def _with_names(text: Any, renamed: Mapping[str, str]) -> Any:
    if not isinstance(text, str):
        return text
    for place, name in renamed.items():
        text = text.replace(place, name)
    return text
