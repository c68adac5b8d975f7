from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flux2_nb.history import History

from .making import Clock

Reopen = Callable[[], History]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history(tmp_path: Path, clock: Clock) -> Iterator[History]:
    history = History(tmp_path / "home", clock=clock)
    yield history
    history.close()


@pytest.fixture
def reopen(tmp_path: Path) -> Iterator[Reopen]:
    """Opens the folder ``tmp_path`` as another process would, and closes it after the test."""
    opened: list[History] = []

    def another() -> History:
        opened.append(History(tmp_path))
        return opened[-1]

    yield another
    for history in opened:
        history.close()
