"""The shortest way to do a thing: functions over a studio with the defaults of the environment."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import images
from . import provider as registry
from .cards import ModelCard
from .errors import InvalidRequest
from .request import ImageRequest
from .result import ImageResult
from .studio import Studio


def generate(prompt: str | ImageRequest, **parameters: Any) -> ImageResult:
    """Make one picture with FLUX2_PROVIDER, else the offline sketch; see `Studio.generate`."""
    return Studio().generate(prompt, **parameters)


async def agenerate(prompt: str | ImageRequest, **parameters: Any) -> ImageResult:
    """Make one picture with FLUX2_PROVIDER, else the offline sketch; see `Studio.agenerate`."""
    return await Studio().agenerate(prompt, **parameters)


def providers() -> list[str]:
    """Return the names of all providers, your own among them."""
    return registry.names()


def models(provider: str | None = None) -> list[ModelCard]:
    """Return the model cards of one provider, or of all."""
    names = [provider] if provider else registry.names()
    return [card for name in names for card in registry.get(name).cards()]


def cost(requests: Iterable[str | ImageRequest], studio: Studio | None = None) -> float | None:
    """Return what many requests would cost together in US dollars; None when one of the prices is not published."""
    target = studio or Studio()
    prices = [target.estimate(request) for request in requests]
    known = [price for price in prices if price is not None]
    return sum(known) if len(known) == len(prices) else None


def read_settings(path: str | Path | bytes) -> ImageRequest:
    """Read the request back out of a picture that was saved with its settings.

    Raises:
        InvalidRequest: When the picture holds none.
    """
    settings = images.read_settings(path)
    if settings is None:
        raise InvalidRequest(
            "The picture holds no settings.", money="", next_step="Save with settings=True to keep them."
        )
    return images.request_from_settings(settings)
