"""The scripts and styles of the widgets, each as one text: a notebook's page loads no file of ours."""

from __future__ import annotations

from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "assets"
SHARED = Path(__file__).parents[1] / "assets"
"""Where the editors lie that the Gradio app has too: for lists of rows, and for drawings."""

ROWS = "function rowsEditor(element, props, trigger, watch) {{\n{}\n}}"
SKETCHPAD = "const sketchpad = ((make, button) => {{\n{}\nreturn sketchpad;\n}})(make, toolButton);"
"""How they find what they expect around them."""

PANEL = ("controls", "references", "drawing", "board", "panel")
"""The scripts of a panel; a later one uses what the earlier ones define."""

SHARED_STYLES = ("rows.css", "drawing.css")


@cache
def panel_script() -> str:
    """Return the script of a panel as one module."""
    shared = [ROWS.format(_text(SHARED / "rows.js")), SKETCHPAD.format(_text(SHARED / "canvas.js"))]
    return "\n".join([_text(HERE / "page.js"), *shared, *(_text(HERE / f"{name}.js") for name in PANEL)])


@cache
def panel_styles() -> str:
    """Return the style sheet of a panel, with those of the editors it shares: nested, so that a notebook's yield."""
    shared = "\n".join(_text(SHARED / name) for name in SHARED_STYLES)
    return f"{_text(HERE / 'panel.css')}\n.f2-panel {{\n{shared}\n}}"


@cache
def script(name: str) -> str:
    """Return a script that is a module of its own."""
    return _text(HERE / f"{name}.js")


@cache
def styles(name: str) -> str:
    """Return a style sheet."""
    return _text(HERE / f"{name}.css")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
