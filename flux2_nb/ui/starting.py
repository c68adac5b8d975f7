"""From a form's values to runs under way: the one path both UIs take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..capability.base import Capability, Values
from ..history import Parent
from ..request import ImageRequest
from ..run import Run
from ..studio import Studio
from .recall import kept

if TYPE_CHECKING:
    from ..history import HistoryView


@dataclass(frozen=True)
class Prepared:
    """A run that could begin: checked, complete, not paid for.

    Attributes:
        studio: Its target.
        request: What is asked for.
        capability: The name of the form it was asked with.
        values: The form's values as the history keeps them.
        template: The prompt before anything was worked in.
        label: What tells it from the others of its batch; empty where nothing needs to.
    """

    studio: Studio
    request: ImageRequest
    capability: str
    values: Mapping[str, Any]
    template: str
    label: str = ""


def prepare(studio: Studio, capability: Capability, values: Values) -> list[Prepared]:
    """Check everything that the values come to, and return it ready to begin.

    Raises:
        InvalidRequest: When the values ask for nothing, or for something the target does not take.
        MissingKey: When the provider needs a key that is not there.
    """
    studio.account()
    form = capability.form(studio.card)
    complete = form.complete(values)
    requests = [studio.request(request) for request in capability.requests(complete, studio.card)]
    labels = capability.labels(complete, studio.card) or [""] * len(requests)
    remembered, template = kept(form, complete), capability.template(complete)
    return [
        Prepared(studio, request, capability.name, remembered, template, label)
        for request, label in zip(requests, labels, strict=True)
    ]


def begin(prepared: Iterable[Prepared]) -> list[Run]:
    """Begin them all."""
    return [
        one.studio.start(
            one.request,
            values=one.values,
            capability=one.capability,
            template=one.template,
            parents=parents_of(one.request, one.studio.history),
        )
        for one in prepared
    ]


def start(studio: Studio, capability: Capability, values: Values) -> list[Run]:
    """Begin a run for every request that the values come to; nothing begins when one of them cannot be sent.

    Raises:
        InvalidRequest: When the values ask for nothing, or for something the target does not take.
        MissingKey: When the provider needs a key that is not there.
    """
    return begin(prepare(studio, capability, values))


def run_labels(studio: Studio, capability: Capability, values: Values) -> list[str]:
    """Return a short label for each run of `start`; empty texts where none is needed."""
    return capability.labels(capability.form(studio.card).complete(values), studio.card)


def parents_of(request: ImageRequest, history: HistoryView) -> Sequence[Parent]:
    """Return the pictures of the history that a request edits: those whose bytes are among its references."""
    found = [history.find_original(one.data) for one in request.references if isinstance(one.data, bytes)]
    return tuple(dict.fromkeys(Parent(item.id, "edit") for item in found if item is not None))
