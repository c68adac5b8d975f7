"""Too many runs at once are refused in words, for one visitor and for all together."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from flux2_nb.engine import Engine
from flux2_nb.errors import InvalidRequest
from flux2_nb.ui.crowds import MOST_OF_ALL, MOST_OF_ONE, refuse_crowd


def engine(**counts: int) -> Engine:
    """An engine in which so many runs of each owner are under way."""

    def runs(owner: str | None = None) -> list[Any]:
        return [None] * (sum(counts.values()) if owner is None else counts.get(owner, 0))

    return cast(Engine, SimpleNamespace(runs=runs))


@pytest.mark.case(36)
def test_a_visitor_has_so_many_at_once() -> None:
    """The last that fits is taken, one more is refused; another visitor is not concerned."""
    busy = engine(me=MOST_OF_ONE - 2)
    refuse_crowd(busy, "me", 2)
    refuse_crowd(busy, "another", 3)
    with pytest.raises(InvalidRequest, match="You have 62 pictures under way"):
        refuse_crowd(busy, "me", 3)


@pytest.mark.case(36)
def test_everybody_together_has_so_many_at_once() -> None:
    """When the app is full a newcomer is told so, and to come back."""
    with pytest.raises(InvalidRequest, match=r"for everybody here.*Nothing was spent.*in a minute"):
        refuse_crowd(engine(them=MOST_OF_ALL), "me", 1)
