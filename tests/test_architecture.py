"""The shape of the package: who may import whom, and how long a file and a function may grow."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "flux2_nb"

LAYERS = (
    "lazily",
    "errors",
    "reminder",
    "samples",
    "keys",
    "logs",
    "tracebacks",
    "wire",
    "encoding",
    "addresses",
    "request",
    "sizes",
    "prices",
    "cards",
    "catalog",
    "images",
    "figures",
    "result",
    "prompting",
    "sketch",
    "provider.base",
    "provider",
    "http",
    "fetching",
    "history",
    "run",
    "purchase",
    "arrival",
    "bookkeeping",
    "execution",
    "engine",
    "studio",
    "shortcuts",
    "snippets",
    "live",
    "forms",
    "capability",
    "ui.view",
    "ui",
    "lessons",
    "",  # the package's own __init__.py: the public names
)
"""A module imports only from layers above its own line, or from its own package. The README lists the same."""

ONLY_IMPORTERS = {
    "httpx": "http",
    "sqlalchemy": "history",
    "gradio": "ui",
    "ipywidgets": "ui",
    "anywidget": "ui",
}
"""A library and the one layer that may import it."""

NOT_INSTALLED_BY_US = {"google"}  # Colab's own package, there or not

MAY_PRINT = ("live",)
LONGEST_FILE = 400
LONGEST_FUNCTION = 50


@dataclass(frozen=True)
class Import:
    """One import statement's target, and whether it runs when the module is loaded."""

    target: str
    line: int
    at_load: bool


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its name without the package's own: `provider.base`, and `""` for the top."""
    found = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT / PACKAGE).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


@cache
def tree(module: str) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def layer(module: str) -> str | None:
    """The layer a module belongs to: the longest entry that is its name or a package around it, if there is one."""
    entries = [entry for entry in LAYERS if module == entry or (entry and module.startswith(f"{entry}."))]
    return max(entries, key=len, default=None)


def imports(module: str) -> Iterator[Import]:
    """What a module imports."""
    is_package = modules()[module].name == "__init__.py"
    name = f"{PACKAGE}.{module}".rstrip(".")
    return read_imports(tree(module), name if is_package else name.rpartition(".")[0])


def read_imports(code: ast.AST, package: str, at_load: bool = True) -> Iterator[Import]:
    """The imports of code that lies in a package, in and outside functions; what only type checkers see is left out."""
    for node in ast.iter_child_nodes(code):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, at_load) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Import(target, node.lineno, at_load) for target in _targets(node, package))
        lazy = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from read_imports(node, package, at_load and not lazy)


def _targets(node: ast.ImportFrom, package: str) -> Iterator[str]:
    around = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    base = ".".join([*around, *([node.module] if node.module else [])])
    for alias in node.names:
        whole = f"{base}.{alias.name}"
        yield whole if inner(whole) in modules() else base


def inner(target: str) -> str | None:
    """A target's name within the package; None when it lies outside."""
    return target.removeprefix(PACKAGE).removeprefix(".") if target.split(".")[0] == PACKAGE else None


def test_every_module_has_a_layer() -> None:
    """A new module is given its place in LAYERS, so that its imports are a decision."""
    homeless = [module for module in modules() if layer(module) is None]
    empty = [entry for entry in LAYERS if entry not in {layer(module) for module in modules()}]
    assert not homeless, "put them into LAYERS"
    assert not empty, "take them out of LAYERS"


def test_imports_point_to_lower_layers() -> None:
    """No module imports from a layer that stands later than its own."""
    upward = [
        f"{module}:{each.line} imports {each.target}"
        for module in modules()
        for each in imports(module)
        if (name := inner(each.target)) is not None and _height(name) > _height(module)
    ]
    assert not upward


def _height(module: str) -> int:
    own = layer(module)
    return LAYERS.index(own) if own is not None else -1


def test_no_import_cycles() -> None:
    """Modules can be loaded in some order, within packages too."""
    graph = {
        module: {name for each in imports(module) if each.at_load and (name := inner(each.target)) and name != module}
        for module in modules()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these import each other in a ring: {' > '.join(error.args[1])}")


@pytest.mark.parametrize(("library", "home"), ONLY_IMPORTERS.items())
def test_a_library_has_one_importer(library: str, home: str) -> None:
    """A library that may be replaced one day, or that is heavy, is imported in one place."""
    importers = {
        module
        for module in modules()
        for each in imports(module)
        if each.target.split(".")[0] == library and not f"{module}.".startswith(f"{home}.")
    }
    assert not importers, f"only {PACKAGE}.{home} imports {library}"


def test_every_library_is_declared() -> None:
    """What the package imports is named in pyproject.toml, not there by way of something else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = sum(project["optional-dependencies"].values(), project["dependencies"])
    declared = {_plain(re.split(r"[^\w.-]", line)[0]) for line in lines}
    known = packages_distributions()
    undeclared = {
        f"{module} imports {library}"
        for module in modules()
        for each in imports(module)
        if (library := each.target.split(".")[0]) not in {PACKAGE, *sys.stdlib_module_names, *NOT_INSTALLED_BY_US}
        and declared.isdisjoint(map(_plain, known.get(library, [])))
    }
    assert not undeclared


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_files_stay_short() -> None:
    """A file holds one idea."""
    lengths = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in modules().items()}
    long = {module: lines for module, lines in lengths.items() if lines > LONGEST_FILE}
    assert not long, "is there more than one idea in them?"


def test_functions_stay_short() -> None:
    """A function fits on a screen, its docstring included."""
    long = {
        f"{module}.{node.name}": node.end_lineno - node.lineno + 1
        for module in modules()
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    }
    assert not long


def test_a_library_does_not_print() -> None:
    """Only a command prints."""
    lines = [
        f"{module}:{node.lineno}"
        for module in modules()
        if layer(module) not in MAY_PRINT
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Name) and node.id == "print"
    ]
    assert not lines


EXAMPLE = """
from . import base
from .. import wire
from ..catalog import catalog
import flux2_nb.keys
if TYPE_CHECKING:
    from .. import studio
def later():
    from PIL import Image
"""


def test_the_reader_of_imports_sees_all_kinds() -> None:
    """It resolves dots, looks into functions and passes over what only type checkers see: the rules rest on it."""
    seen = [(each.target, each.at_load) for each in read_imports(ast.parse(EXAMPLE), "flux2_nb.provider")]
    assert seen == [
        ("flux2_nb.provider.base", True),
        ("flux2_nb.wire", True),
        ("flux2_nb.catalog", True),
        ("flux2_nb.keys", True),
        ("PIL", False),
    ]
