"""The notebooks of the course, executed: what is saved in them is what running them gives, offline and live."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.notebook_tools import fresh, rules
from scripts.notebook_tools.course import find, read
from scripts.notebook_tools.running import Execution, execute
from scripts.notebook_tools.twins import with_list
from scripts.notebooks import README, double

pytestmark = pytest.mark.timeout(600)

NOTEBOOKS = find()

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def offline() -> dict[Path, Execution]:
    """All of them, executed on the offline sketch."""
    return {one.path: one for one in execute(NOTEBOOKS)}


@pytest.fixture(scope="module")
def live() -> dict[Path, Execution]:
    """All of them, executed against the double of a provider that is paid for."""
    with double("bfl") as environment:
        return {one.path: one for one in execute(NOTEBOOKS, environment)}


@every_notebook
def test_nothing_fails(offline: dict[Path, Execution], path: Path) -> None:
    """It runs whole without a key, makes what it plans, and its checks take its solutions and nothing empty."""
    assert offline[path].problems == []


@every_notebook
def test_saved_outputs_are_fresh(offline: dict[Path, Execution], path: Path) -> None:
    """Every text and every pixel saved in it is what running it gives; after a change: make notebooks."""
    assert fresh.differences(read(path), offline[path].notebook) == []


@every_notebook
def test_live_without_a_change(live: dict[Path, Execution], path: Path) -> None:
    """With a provider's name and key in the environment the same cells run against it, within the cap they set."""
    assert live[path].problems == []


@every_notebook
def test_rules(path: Path) -> None:
    """It keeps to what holds for every notebook."""
    assert rules.problems(rules.Page(path, read(path))) == []


def test_the_whole() -> None:
    """The numbers have no gap, every twin has its notebook, and the README lists them all."""
    readme = README.read_text(encoding="utf-8")
    assert rules.set_problems() == []
    assert with_list(readme, NOTEBOOKS) == readme, "run make notebooks"
