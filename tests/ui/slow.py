"""A provider that reports half of the way and stays there, until it is stopped."""

from __future__ import annotations

import time
from typing import ClassVar

from flux2_nb import ImageRequest, ModelCard, Provider
from flux2_nb.catalog import ProviderFacts
from flux2_nb.provider.base import Report
from flux2_nb.wire import Delivery

LONGEST = 120
"""Seconds after which it gives up waiting to be stopped."""


class Slow(Provider):
    """Runs until it is stopped; its cards are a subclass's."""

    name: ClassVar[str] = "slow"
    runs_here: ClassVar[bool] = True
    facts: ClassVar[ProviderFacts] = ProviderFacts(label="A slow provider")

    def render(self, request: ImageRequest, card: ModelCard, report: Report) -> list[Delivery]:
        end = time.monotonic() + LONGEST
        while time.monotonic() < end:
            report(0.5)
            time.sleep(0.05)
        raise TimeoutError("nobody stopped it")
