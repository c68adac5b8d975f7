"""From a form's values to runs under way: the one path both UIs take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..capability.base import Capability, Values
from ..history import Parent
from ..request import ImageRequest
from ..run import Order, Run
from ..studio import Studio
from .recall import kept

if TYPE_CHECKING:
    from ..history import HistoryView


@dataclass(frozen=True)
class Prepared:
    """A run that could begin: checked, complete, not paid for.

    Attributes:
        studio: Its target.
        order: What is asked for, and all there is to know to carry it out.
        label: What tells it from the others of its batch; empty where nothing needs to.
    """

    studio: Studio
    order: Order
    label: str = ""

    @property
    def request(self) -> ImageRequest:
        """What is asked for."""
        return self.order.request

    @property
    def values(self) -> Mapping[str, Any]:
        """The form's values as the history keeps them."""
        return self.order.values


def prepare(studio: Studio, capability: Capability, values: Values) -> list[Prepared]:
    """Check everything that the values come to, and return it ready to begin.

    Raises:
        InvalidRequest: When the values ask for nothing, or for something the target does not take.
        MissingKey: When the provider needs a key that is not there.
    """
    form = capability.form(studio.card)
    complete = form.complete(values)
    requests = [studio.request(request) for request in capability.requests(complete, studio.card)]
    labels = capability.labels(complete, studio.card) or [""] * len(requests)
    told: dict[str, Any] = {
        "values": kept(form, complete),
        "capability": capability.name,
        "template": capability.template(complete),
    }
    orders = [studio.order(one, **told, parents=parents_of(one, studio.history)) for one in requests]
    return [Prepared(studio, order, label) for order, label in zip(orders, labels, strict=True)]


def begin(prepared: Iterable[Prepared]) -> list[Run]:
    """Begin them all; nothing is looked up any more that could keep back some of them."""
    return [one.studio.engine.start(one.order) for one in prepared]


def start(studio: Studio, capability: Capability, values: Values) -> list[Run]:
    """Begin a run for every request that the values come to; nothing begins when one of them cannot be sent.

    Raises:
        InvalidRequest: When the values ask for nothing, or for something the target does not take.
        MissingKey: When the provider needs a key that is not there.
    """
    return begin(prepare(studio, capability, values))


def parents_of(request: ImageRequest, history: HistoryView) -> Sequence[Parent]:
    """Return the pictures of the history that a request edits: those whose bytes are among its references."""
    found = [history.find_original(one.data) for one in request.references if isinstance(one.data, bytes)]
    return tuple(dict.fromkeys(Parent(item.id, "edit") for item in found if item is not None))
