"""What pressing the button would make: how many pictures, of what size, at what price, and what to know before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..capability.base import Capability, Note, Values
from ..errors import Flux2Error
from ..request import ImageRequest
from ..studio import Studio
from .view import action_text, estimate_text


@dataclass(frozen=True)
class Plan:
    """What a form's values come to on a target.

    Attributes:
        count: How many pictures; each is one run.
        sizes: The different sizes, as width and height in pixels.
        cost_usd: All of them together; None when not every price is published.
        known_usd: What the published prices come to.
        seconds: How long they usually take, as many side by side as the provider allows; None when nobody has said.
        notes: What a person should know before paying.
        problem: Why nothing can be made of these values; empty when something can.
        first: The first request, for the code that would send it; without a seed where the form leaves it open.
    """

    count: int = 0
    sizes: tuple[tuple[int, int], ...] = ()
    cost_usd: float | None = None
    known_usd: float = 0.0
    seconds: float | None = None
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
        return estimate_text(self.cost_usd, self.known_usd)

    def button_text(self, action: str) -> str:
        """The words on the button: what it does, and what that comes to where it can be done."""
        return action if self.problem else action_text(action, self.cost_text, self.seconds)


def make_plan(studio: Studio, capability: Capability, values: Values) -> Plan:
    """Return what these values come to; never raises for values, however wrong they are."""
    plan = priced(studio, capability, values)
    notes = [*_key_notes(studio, values), *capability.notes(values, studio.card)]
    return replace(plan, notes=tuple({note.text: note for note in notes}.values()))


def _key_notes(studio: Studio, values: Values) -> list[Note]:
    """A warning where one of the keys at hand stands in any field: only the studio knows them all."""
    warning = studio.key_warning(str(dict(values)))
    return [Note("warning", warning)] if warning else []


def priced(studio: Studio, capability: Capability, values: Values) -> Plan:
    """Return what `make_plan` does without the notes, which take longer than all the rest."""
    try:
        complete = capability.form(studio.card).complete(values)
        requests = capability.requests(complete, studio.card)
        made = [(studio.request(request), count) for request, count in _different(requests)]
        prices = [(studio.estimate(request), count) for request, count in made]
    except Flux2Error as error:
        return Plan(problem=" ".join(part for part in (error.what, error.next_step) if part))
    known = [price * count for price, count in prices if price is not None]
    sizes = dict.fromkeys((request.width or 0, request.height or 0) for request, _ in made)
    return Plan(
        len(requests),
        tuple(sizes),
        sum(known) if len(known) == len(prices) else None,
        sum(known),
        _seconds(studio, [request for request, _ in made], len(requests)),
        first=_unseeded(requests[0], values),
    )


def together(plans: Sequence[Plan]) -> Plan:
    """Return what several plans that are carried out side by side come to; the first one's notes stay."""
    times = [plan.seconds for plan in plans]
    known = sum(plan.known_usd for plan in plans)
    usual = [time for time in times if time is not None]
    return replace(
        plans[0],
        count=sum(plan.count for plan in plans),
        sizes=tuple(dict.fromkeys(size for plan in plans for size in plan.sizes)),
        cost_usd=None if any(plan.cost_usd is None for plan in plans) else known,
        known_usd=known,
        seconds=max(usual) if len(usual) == len(times) else None,
        problem=next((plan.problem for plan in plans if plan.problem), ""),
    )


def _seconds(studio: Studio, requests: Sequence[ImageRequest], count: int) -> float | None:
    """Return the usual time of so many pictures; the slowest of them counts for each."""
    known = [seconds for one in requests if (seconds := studio.card.typical_seconds(one)) is not None]
    rounds = math.ceil(count / max(1, studio.concurrency))
    return max(known) * rounds if len(known) == len(requests) and known else None


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
