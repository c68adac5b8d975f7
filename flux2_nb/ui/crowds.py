"""How many runs may be under way at once: a page that presses without end fills neither memory nor anybody's wait."""

from __future__ import annotations

from ..engine import Engine
from ..errors import InvalidRequest

MOST_OF_ONE = 64
"""Runs of one visitor, over all tabs: eight presses of the most pictures a form makes."""

MOST_OF_ALL = 1000
"""Runs of everybody together."""


def refuse_crowd(engine: Engine, owner: str, more: int) -> None:
    """Refuse further runs where there are too many already.

    Args:
        engine: Whose runs are counted.
        owner: Who asks.
        more: How many are asked for.

    Raises:
        InvalidRequest: Says how many there are.
    """
    mine, everybodys = len(engine.runs(owner)), len(engine.runs())
    if mine + more > MOST_OF_ONE:
        raise InvalidRequest(
            f"You have {mine} pictures under way, and {MOST_OF_ONE} at once is the most.",
            next_step="Wait until some are there, or stop them.",
        )
    if everybodys + more > MOST_OF_ALL:
        raise InvalidRequest(
            f"There are {everybodys} pictures under way for everybody here, which is the most at once.",
            next_step="Try again in a minute.",
        )
