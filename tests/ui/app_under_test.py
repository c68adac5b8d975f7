"""The app as a user would start it, with one provider of the user's own; run by the browser tests in its own process.

Usage::

    python app_under_test.py PORT
"""

from __future__ import annotations

import sys

from flux2_nb import ModelCard, build_app, register_provider
from tests.ui import slow


class Slow(slow.Slow):
    """Takes no references and no seed, and charges."""

    def cards(self) -> list[ModelCard]:
        price = {"kind": "megapixels", "first": 0.05, "further": 0.01, "source": "a test", "date": "2026-11-22"}
        steps = {"kind": "integer", "minimum": 1, "maximum": 40, "default": 20}
        card = {"provider": "slow", "model": "slow-1", "label": "Slow One", "seconds": 90, "licence": "none"}
        absent = {"seed": "Slow One draws its own seed."}
        return [ModelCard.model_validate({**card, "price": price, "parameters": {"steps": steps}, "absent": absent})]


if __name__ == "__main__":
    register_provider(Slow())
    build_app().launch(server_port=int(sys.argv[1]), quiet=True)
