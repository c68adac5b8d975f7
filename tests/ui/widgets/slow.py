"""The slow provider with everything that a sketch takes; a test's notebook registers it."""

from __future__ import annotations

from flux2_nb import ModelCard
from flux2_nb import provider as registry
from tests.ui import slow


class Slow(slow.Slow):
    """Takes references and a seed, and is free."""

    def cards(self) -> list[ModelCard]:
        (sketch,) = registry.get("sketch").cards()
        return [sketch.model_copy(update={"provider": "slow", "model": "slow-1", "label": "Slow One", "seconds": 90.0})]
