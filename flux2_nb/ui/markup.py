r"""Markup from templates. Every value is escaped by Jinja, and the result goes into the page as ready markup.

Gradio's own templates are not used for values: gr.HTML compiles what Handlebars gave as JavaScript, so that a prompt
holding ``${...}`` or ``\u003c`` would run in the page, escaped or not (found in gradio 6.31).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .pictures import address

HERE = Path(__file__).parent

EDITORS = {
    "rows": ("rows.js",),
    "drawing": ("sending.js", "canvas.js", "drawing.js"),
    "references": ("sending.js", "canvas.js", "dialog.js", "crop.js", "references.js"),
}
"""The editors of our own that a page may hold several times: name -> its scripts, in order."""

IN_SCOPE = "element, props, trigger, watch"
"""What Gradio gives the script of an HTML component to work with (gradio 6.31)."""


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(HERE / "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["address"] = address
    return environment


def render(template: str, **values: Any) -> str:
    """Return a template's markup with these values, each of them escaped."""
    return _environment().get_template(f"{template}.html").render(values)


def styles() -> str:
    """Return every style sheet of the page as one, in the order of their names; ``app.css`` comes first."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((HERE / "assets").glob("*.css")))


def page_scripts() -> str:
    """Return the scripts of the whole page as one, with every editor as a function, however often it stands there."""
    own = [path.read_text(encoding="utf-8") for path in sorted((HERE / "assets" / "page").glob("*.js"))]
    editors = [f"{name}({IN_SCOPE}) {{\n{editor_script(name)}\n}}" for name in EDITORS]
    return "\n".join([*own, f"window.f2Editors = {{{', '.join(editors)}}};"])


def editor_script(name: str) -> str:
    """Return the whole script of an editor; it finds `IN_SCOPE` around it."""
    return "\n".join(asset(part) for part in EDITORS[name])


def begin_editor(name: str, properties: str = "props") -> str:
    """Return the script of a component that begins one of the page's editors.

    Args:
        name: One of `EDITORS`.
        properties: An expression for what the editor finds as its properties.
    """
    return f"f2Editors.{name}(element, {properties}, trigger, watch);"


def asset(name: str) -> str:
    """Return the text of a file that the page holds, such as ``rows.js``."""
    return (HERE / "assets" / name).read_text(encoding="utf-8")
