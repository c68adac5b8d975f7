"""What the live check will do, and what that costs at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PIL import Image

from .. import images
from ..cards import ModelCard
from ..errors import BudgetExceeded, InvalidRequest
from ..provider.base import Provider
from ..request import ImageRequest, Reference

CAP_USD = 0.10
"""The most that one live check may spend."""

REFERENCE_SIDE = 256
"""Pixels a side of the reference image that is sent."""

SEED = 7


@dataclass(frozen=True)
class Call:
    """One picture that is asked for.

    Attributes:
        name: What it is, for the report.
        request: Complete for the card.
        card: The target; for the refused call, one that lets the bad value through to the provider.
        worst_usd: What it costs at most.
        refused: True when the provider is expected to refuse it, free of charge.
    """

    name: str
    request: ImageRequest
    card: ModelCard
    worst_usd: float
    refused: bool = False


def plan(provider: Provider) -> list[Call]:
    """Return the calls: the cheapest model at its smallest size, from words, with a reference, and out of range.

    Raises:
        BudgetExceeded: When the provider publishes no price, or the calls could cost more than the cap.
        InvalidRequest: When it is not a provider over the network.
    """
    if provider.runs_here:
        raise InvalidRequest(f"{provider.name} runs on this machine: there is nothing to check.", field="provider")
    card = _cheapest(provider)
    plain = _smallest(card, "a small paper boat on calm water, soft morning light")
    calls = [_call("a picture from words", plain, card)]
    if card.references.maximum:
        picture = images.read_reference(Reference(Image.radial_gradient("L").resize((REFERENCE_SIDE, REFERENCE_SIDE))))
        edit = plain.but(prompt="a paper lantern that glows like image 1", references=(picture,))
        calls.append(_call("a picture from words and a reference", edit, card))
    calls.append(_out_of_range(plain, card))
    total = sum(call.worst_usd for call in calls)
    if total > CAP_USD:
        raise BudgetExceeded(f"The calls would cost up to ${total:.3f}, and the cap is ${CAP_USD:.2f}.")
    return calls


def _cheapest(provider: Provider) -> ModelCard:
    prices = {}
    for card in provider.cards():
        price = card.estimate(_smallest(card, "a boat"))
        if price is not None:
            prices[card.model] = (price, card)
    if not prices:
        raise BudgetExceeded(
            f"{provider.facts.label} publishes no price for any of its models, so the cap cannot be held.",
            next_step="Add the price to the catalogue first.",
        )
    return min(prices.values(), key=lambda found: found[0])[1]


def _smallest(card: ModelCard, prompt: str) -> ImageRequest:
    size = card.size.nearest(card.size.minimum, card.size.minimum)
    seed = SEED if "seed" in card.parameters else None
    return card.complete(ImageRequest(prompt, width=size.width, height=size.height, seed=seed))


def _call(name: str, request: ImageRequest, card: ModelCard, refused: bool = False) -> Call:
    return Call(name, request, card, card.estimate(request) or 0.0, refused)


def _out_of_range(request: ImageRequest, card: ModelCard) -> Call:
    """A call with one value just beyond what the card allows; its price is counted in case it is taken after all."""
    for name, parameter in card.parameters.items():
        if name == "seed" or parameter.fixed or parameter.maximum is None:
            continue
        wide = parameter.model_copy(update={"maximum": None})
        loose = card.model_copy(update={"parameters": {**card.parameters, name: wide}})
        return _bad(loose, request, name, int(parameter.maximum) + 1)
    rule = card.size.model_copy(update={"minimum": 1, "kind": "pixels"})
    return _bad(card.model_copy(update={"size": rule}), request, "width", card.size.minimum // 2)


def _bad(loose: ModelCard, request: ImageRequest, name: str, value: int) -> Call:
    changes: dict[str, Any] = {name: value}
    if name == "width":
        changes["height"] = value
    elif name not in type(request).model_fields:
        changes = {"extra": {**request.extra, name: value}}
    return _call(
        f"{name} = {value}, which is out of range", loose.complete(request.but(**changes)), loose, refused=True
    )
