"""The very request a provider's flow would send, taken from the flow itself, with names in place of keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .. import images
from ..cards import ModelCard
from ..errors import InvalidRequest
from ..keys import Account, Secret, find_account
from ..provider.base import Provider
from ..request import ImageRequest
from ..wire import FilePart, Json, Reply, Request, Step, Wait
from .marks import Marks, Name


@dataclass(frozen=True)
class Upload:
    """A request that uploads a reference image before the paid one; ``name`` stands for the address it gets."""

    name: Name
    request: Request


@dataclass(frozen=True)
class Capture:
    """What a flow sends up to the paid request.

    Attributes:
        provider: Whose flow it is.
        card: The target.
        sent: What is asked for, complete.
        marks: Finds the names in the texts.
        uploads: What is sent first.
        paid: The request that makes the picture.
    """

    provider: Provider
    card: ModelCard
    sent: ImageRequest
    marks: Marks
    uploads: tuple[Upload, ...]
    paid: Request

    @property
    def requests(self) -> list[Request]:
        """All requests in order."""
        return [*(upload.request for upload in self.uploads), self.paid]

    @property
    def files(self) -> list[FilePart]:
        """The reference images that are sent, image 1 first, each once."""
        parts = [value for request in self.requests for value in _leaves(request) if isinstance(value, FilePart)]
        return sorted({part.name: part for part in parts}.values(), key=lambda part: (len(part.name), part.name))

    @property
    def variables(self) -> list[str]:
        """The environment variables that hold what is not shown, each once."""
        texts = [value for request in self.requests for value in _leaves(request) if isinstance(value, str)]
        names = [name for text in texts for name in self.marks.names(text) if not name.local]
        return list(dict.fromkeys(name.text for name in names))


def prepare(request: ImageRequest, card: ModelCard) -> ImageRequest:
    """Return the request as it is sent: references read and fitted, size and every parameter explicit."""
    read = request.but(references=tuple(images.read_reference(one) for one in request.references))
    done = card.complete(read)
    return done.but(references=tuple(images.prepare(one, card.references) for one in done.references))


def capture(
    sent: ImageRequest, provider: Provider, card: ModelCard, settings: Mapping[str, str | Secret] | None = None
) -> Capture:
    """Run a flow up to its paid request, and no further.

    Args:
        sent: The request as `prepare` returns it.
        provider: Who would run it.
        card: The target.
        settings: Addresses that differ from the environment's; keys in here are not looked at.

    Raises:
        InvalidRequest: When the flow asks its server for something that only a real answer can tell.
    """
    marks = Marks([json.dumps(sent.to_dict(), ensure_ascii=False)])
    flow = provider.submit(sent, card, _account(provider, marks, settings or {}))
    uploads: list[Upload] = []
    step: Step = next(flow)
    while not (isinstance(step, Request) and step.pays):
        if isinstance(step, Wait):
            step = flow.send(None)
            continue
        if not isinstance(step, Request) or step.form is None or provider.recipe is None or not provider.recipe.upload:
            what = (
                f"{provider.facts.label} is asked something before the request is sent, so it cannot be shown as code."
            )
            raise InvalidRequest(what, money="")
        name = Name(f"upload_{len(uploads) + 1}", local=True)
        uploads.append(Upload(name, step))
        step = flow.send(_uploaded(provider.recipe.upload, marks.mark(name)))
    flow.close()
    return Capture(provider, card, sent, marks, tuple(uploads), step)


def _account(provider: Provider, marks: Marks, settings: Mapping[str, str | Secret]) -> Account:
    """The provider's settings with names for keys and ids; addresses are as they are."""
    hidden = {one.variable: marks.mark(Name(one.variable)) for one in provider.settings if one.kind != "url"}
    needed = {one.variable: hidden[one.variable] for one in provider.settings if one.kind == "secret"}
    needed |= {one.variable: hidden[one.variable] for one in provider.settings if one.default is None}
    found = find_account(provider.name, provider.settings, {**settings, **needed})
    return Account(provider.name, {name: hidden.get(name, value) for name, value in found.values.items()})


def _uploaded(path: str, address: str) -> Reply:
    answer: Json = address
    for part in reversed(path.split(".")):
        answer = {part: answer}
    return Reply(201, {"content-type": "application/json"}, json.dumps(answer).encode())


def _leaves(request: Request) -> Iterator[Json]:
    yield request.url
    yield from request.headers.values()
    yield from (request.query or {}).values()
    yield from (request.form or {}).values()
    yield from _inside(request.json)


def _inside(value: Json) -> Iterator[Json]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _inside(item)
    else:
        yield value
