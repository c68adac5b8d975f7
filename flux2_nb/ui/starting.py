"""From a form's values to runs under way: the one path both UIs take."""

from __future__ import annotations

from ..capability.base import Capability, Values
from ..run import Run
from ..studio import Studio
from .recall import kept


def start(studio: Studio, capability: Capability, values: Values) -> list[Run]:
    """Begin a run for every request that the values come to; nothing begins when one of them cannot be sent.

    Raises:
        InvalidRequest: When the values ask for nothing, or for something the target does not take.
        MissingKey: When the provider needs a key that is not there.
    """
    form = capability.form(studio.card)
    complete = form.complete(values)
    requests = [studio.request(request) for request in capability.requests(complete, studio.card)]
    remembered = kept(form, complete)
    template = capability.template(complete)
    return [
        studio.start(request, values=remembered, capability=capability.name, template=template) for request in requests
    ]


def run_labels(studio: Studio, capability: Capability, values: Values) -> list[str]:
    """Return a short label for each run of `start`; empty texts where none is needed."""
    return capability.labels(capability.form(studio.card).complete(values), studio.card)
