"""What pressing the button would make: how many pictures, of what size, at what price, and what to know before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..capability.base import Capability, Note, Values
from ..errors import Flux2Error
from ..request import ImageRequest
from ..studio import Studio
from .view import estimate_text


@dataclass(frozen=True)
class Plan:
    """What a form's values come to on a target.

    Attributes:
        count: How many pictures; each is one run.
        sizes: The different sizes, as width and height in pixels.
        cost_usd: All of them together; None when the price is not published.
        notes: What a person should know before paying.
        problem: Why nothing can be made of these values; empty when something can.
        first: The first request, for the code that would send it; without a seed where the form leaves it open.
    """

    count: int = 0
    sizes: tuple[tuple[int, int], ...] = ()
    cost_usd: float | None = None
    notes: tuple[Note, ...] = ()
    problem: str = ""
    first: ImageRequest | None = None

    @property
    def size_text(self) -> str:
        """The sizes in words, such as ``4 pictures of 1024 × 768 pixels``."""
        sizes = " and ".join(f"{width} × {height}" for width, height in self.sizes)
        return f"{self.count} picture{'s' if self.count != 1 else ''} of {sizes} pixels"

    @property
    def cost_text(self) -> str:
        """The price in words."""
        return estimate_text(self.cost_usd)


def make_plan(studio: Studio, capability: Capability, values: Values) -> Plan:
    """Return what these values come to; never raises for values, however wrong they are."""
    notes = tuple(capability.notes(values, studio.card))
    try:
        complete = capability.form(studio.card).complete(values)
        requests = capability.requests(complete, studio.card)
        different = _different(requests)
        made = [(studio.request(request), count) for request, count in different]
        prices = [(studio.estimate(request), count) for request, count in made]
    except Flux2Error as error:
        return Plan(notes=notes, problem=" ".join(part for part in (error.what, error.next_step) if part))
    known = [price * count for price, count in prices if price is not None]
    sizes = dict.fromkeys((request.width or 0, request.height or 0) for request, _ in made)
    return Plan(
        len(requests),
        tuple(sizes),
        sum(known) if len(known) == len(prices) else None,
        notes,
        first=_unseeded(requests[0], values),
    )


def _unseeded(request: ImageRequest, values: Values) -> ImageRequest:
    return request if values.get("seed") is not None else request.but(seed=None)


def _different(requests: Sequence[ImageRequest]) -> list[tuple[ImageRequest, int]]:
    """Return the requests that differ in more than prompt and seed, with how many of each: their price is the same."""
    counted: list[tuple[ImageRequest, int]] = []
    for request in requests:
        plain = request.but(prompt="-", seed=None)
        for index, (known, count) in enumerate(counted):
            if known == plain:
                counted[index] = (known, count + 1)
                break
        else:
            counted.append((plain, 1))
    return counted
