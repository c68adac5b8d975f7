"""The app as a user would start it, with one provider of the user's own; run by the browser tests in its own process.

Usage::

    python app_under_test.py PORT
"""

from __future__ import annotations

import sys
import time
from typing import ClassVar

from flux2_nb import ImageRequest, ModelCard, Provider, build_app, register_provider
from flux2_nb.catalog import ProviderFacts
from flux2_nb.provider.base import Report
from flux2_nb.provider.sketch import Sketch
from flux2_nb.wire import Delivery

LONGEST = 60
"""Seconds after which the slow provider gives up waiting to be stopped."""


class Slow(Provider):
    """Runs until it is stopped, takes no references and no seed, and charges."""

    name: ClassVar[str] = "slow"
    runs_here: ClassVar[bool] = True
    facts: ClassVar[ProviderFacts] = ProviderFacts(label="A slow provider")

    def cards(self) -> list[ModelCard]:
        price = {"kind": "megapixels", "first": 0.05, "further": 0.01, "source": "a test", "date": "2026-11-22"}
        steps = {"kind": "integer", "minimum": 1, "maximum": 40, "default": 20}
        card = {"provider": "slow", "model": "slow-1", "label": "Slow One", "seconds": 90, "licence": "none"}
        absent = {"seed": "Slow One draws its own seed."}
        return [ModelCard.model_validate({**card, "price": price, "parameters": {"steps": steps}, "absent": absent})]

    def render(self, request: ImageRequest, card: ModelCard, report: Report) -> list[Delivery]:
        end = time.monotonic() + LONGEST
        while time.monotonic() < end:
            report(0.5)
            time.sleep(0.05)
        return Sketch().render(request, card, report)


if __name__ == "__main__":
    register_provider(Slow())
    build_app().launch(server_port=int(sys.argv[1]), quiet=True)
