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
    """Return the scripts that concern the whole page as one; those of a single component are not among them."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((HERE / "assets" / "page").glob("*.js")))


def asset(name: str) -> str:
    """Return the text of a file that the page holds, such as ``rows.js``."""
    return (HERE / "assets" / name).read_text(encoding="utf-8")
