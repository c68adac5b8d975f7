"""Writes the parts of README.md that follow from the code: ``python -m scripts.readme``."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import flux2_nb
from flux2_nb import provider
from flux2_nb.catalog import catalog, markdown_table
from flux2_nb.keys import Setting
from tests.test_architecture import LAYERS, modules

README = Path(__file__).parents[1] / "README.md"


def settings_table() -> str:
    """What each provider must be told, from the providers themselves."""
    rows = ["| provider | variable | | where from |", "|---|---|---|---|"]
    for name in provider.names():
        rows += [f"| `{name}` | {_setting(setting)} |" for setting in provider.get(name).settings]
    return "\n".join(rows)


def _setting(setting: Setting) -> str:
    if setting.default is None:
        return f"`{setting.variable}` | needed | {setting.where}"
    default = f"else `{setting.default}`" if setting.default else "if you use one"
    return f"`{setting.variable}` | optional | {setting.where or default}"


def names_table() -> str:
    """The public names with the first sentence of what each says of itself."""
    return "\n".join(["| name | |", "|---|---|", *(f"| `{name}` | {_sentence(name)} |" for name in flux2_nb.__all__)])


def _sentence(name: str) -> str:
    return first_sentence(inspect.getdoc(getattr(flux2_nb, name)) or "")


def layer_list() -> str:
    """The layers with the first sentence of each module."""
    known = [name or "__init__" for name in LAYERS if name in modules()]
    width = max(map(len, known))
    return "\n".join(["```text", *(f"{name:{width}}  {_module_sentence(name)}" for name in known), "```"])


def _module_sentence(name: str) -> str:
    path = modules()["" if name == "__init__" else name]
    return first_sentence(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").replace("`", "")


def first_sentence(text: str) -> str:
    """The first sentence of a docstring on one line, without the stop it ends with."""
    first = re.split(r"(?<=[.;])\s|\n\n", text, maxsplit=1)[0]
    return re.sub(r"`+", "`", " ".join(first.split())).rstrip(".:;")


BLOCKS: dict[str, Callable[[], str]] = {
    "providers": lambda: markdown_table(catalog().cards),
    "settings": settings_table,
    "layers": layer_list,
    "names": names_table,
}
"""Name of a block -> what stands in it, between ``<!-- name -->`` and ``<!-- /name -->``."""


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """The generated blocks that a text holds: name and content."""
    for match in re.finditer(r"<!-- (\w+) -->(.*?)<!-- /\1 -->", text, re.DOTALL):
        yield match[1], match[2]


def written(text: str) -> str:
    """The text with every block written anew."""
    for name, old in blocks(text):
        new = f"\n{BLOCKS[name]()}\n"
        text = text.replace(f"<!-- {name} -->{old}<!-- /{name} -->", f"<!-- {name} -->{new}<!-- /{name} -->")
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
