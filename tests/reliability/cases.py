"""The cases as data, and which tests hold each: found by their marks, without running or importing them."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True)
class Case:
    """One thing that goes wrong, and what must hold then."""

    number: int
    group: str
    fault: str
    expected: str


def cases() -> list[Case]:
    """Every case of cases.toml, in order."""
    text = Path(__file__).with_name("cases.toml").read_text(encoding="utf-8")
    return [Case(**row) for row in tomllib.loads(text)["case"]]


def holders() -> dict[int, list[str]]:
    """The tests of each case as ``folder/file.py::name``, sorted."""
    found: dict[int, list[str]] = {case.number: [] for case in cases()}
    for path in sorted(TESTS.rglob("test_*.py")):
        for number, name in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(number, []).append(f"{path.relative_to(TESTS)}::{name}")
    return found


def _marked(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from ((number, node.name) for mark in node.decorator_list for number in _numbers(mark))


def _numbers(mark: ast.expr) -> list[int]:
    if not (isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.case"):
        return []
    return [argument.value for argument in mark.args if isinstance(argument, ast.Constant)]
