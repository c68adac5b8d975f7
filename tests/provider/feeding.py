"""Playing a provider's flow by hand: replies go in, the steps it took come out. No network, no clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import pytest

from flux2_nb import provider
from flux2_nb.cards import ModelCard
from flux2_nb.catalog import catalog, find_card
from flux2_nb.keys import Account, find_account
from flux2_nb.request import ImageRequest, Reference
from flux2_nb.wire import Download, Flow, Reply, Request, Step, Wait

T = TypeVar("T")

KEY = "canary-key-0123456789abcdef"


class Play(Generic[T]):
    """One flow, fed by hand.

    Attributes:
        steps: What the flow has yielded so far.
    """

    def __init__(self, flow: Flow[T]) -> None:
        self._flow = flow
        self.steps: list[Step] = []

    def through(self, *replies: Reply) -> T:
        """Give each request and download the next reply, to the flow's end; returns what it returns."""
        waiting = list(replies)
        answer: Reply | None = None
        while True:
            try:
                step = self._flow.send(answer)
            except StopIteration as end:
                assert not waiting, f"the flow ended with {len(waiting)} replies unread"
                result: T = end.value
                return result
            self.steps.append(step)
            assert isinstance(step, Wait) or waiting, f"the flow asks for more than it was given: {step}"
            answer = None if isinstance(step, Wait) else waiting.pop(0)

    @property
    def requests(self) -> list[Request]:
        """The requests among the steps."""
        return [step for step in self.steps if isinstance(step, Request)]

    @property
    def waits(self) -> list[Wait]:
        """The pauses among the steps."""
        return [step for step in self.steps if isinstance(step, Wait)]

    @property
    def downloads(self) -> list[str]:
        """The addresses that were downloaded."""
        return [step.url for step in self.steps if isinstance(step, Download)]

    @property
    def paid(self) -> Request:
        """The one request that costs money."""
        (request,) = [request for request in self.requests if request.pays]
        return request


def says(value: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON reply; ``retry_after="3"`` becomes the header ``retry-after``."""
    lines = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, {"content-type": "application/json", **lines}, json.dumps(value).encode())


HTML = Reply(502, {"content-type": "text/html"}, b"<!DOCTYPE html><title>Bad gateway</title>")


def account_of(name: str, **settings: str) -> Account:
    """An account with a canary for each key and id, and the default addresses unless given."""
    chosen = provider.get(name)
    needed = [setting for setting in chosen.settings if setting.default is None]
    made = {one.variable: KEY if one.kind == "secret" else f"the-{one.variable}" for one in needed}
    return find_account(name, chosen.settings, {**made, **settings}, environ={})


def card_of(name: str, model: str | None = None) -> ModelCard:
    """A card of the catalogue; the provider's first without a model."""
    return find_card(provider.get(name).cards(), name, model)


def picture(number: int, size: int = 100, media_type: str = "image/png") -> Reference:
    """A reference of ``size`` bytes that was read and prepared; flows never look into the bytes."""
    data = bytes([number]) * size
    known = {"sha256": hashlib.sha256(data).hexdigest(), "media_type": media_type, "width": 320, "height": 256}
    return Reference(data, name=f"holiday {number}", **known)


def ready(
    card: ModelCard, prompt: str = "a red fox", references: Sequence[Reference] = (), **fields: Any
) -> ImageRequest:
    """A request as the engine hands it to a flow: completed by the card, with a seed."""
    return card.complete(ImageRequest(prompt, references=tuple(references), **{"seed": 7, **fields}))


def cards(name: str) -> pytest.MarkDecorator:
    """Run a test for every card of a provider."""
    found = catalog().of(name)
    return pytest.mark.parametrize("card", found, ids=[card.model for card in found])
