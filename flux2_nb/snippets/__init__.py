"""The very request as code to copy: with curl, in Python, in JavaScript. A key is never in it.

What is shown is derived from what the provider's flow yields, so it cannot differ from what this package sends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .. import provider as registry
from ..catalog import find_card
from ..errors import InvalidRequest, nearest
from ..keys import Secret
from ..request import ImageRequest
from . import curl, javascript, package, python
from .capture import Capture, capture, prepare
from .clients import CLIENTS
from .files import files_of

__all__ = ["languages", "prepared_files", "snippet"]

Writer = tuple[str, Callable[[Capture], str]]
"""A language's label, and what writes it."""

OVER_HTTP: Mapping[str, Writer] = {
    "curl": ("curl", curl.code),
    "python": ("Python (httpx)", python.code),
    "javascript": ("JavaScript (fetch)", javascript.code),
}
"""What every provider over HTTP can be shown in."""

OWN_LABEL = "Python (flux2_nb)"


def languages(provider: str) -> dict[str, str]:
    """Return what a provider's requests can be shown in: name -> label.

    A name begins with the language, such as ``python-replicate``; ``curl`` is a shell script.

    Raises:
        InvalidRequest: When there is no such provider.
    """
    if registry.get(provider).runs_here:
        return {"python": OWN_LABEL}
    return {name: label for name, (label, _) in _writers(provider).items()} | {"python-flux2-nb": OWN_LABEL}


def snippet(
    request: ImageRequest,
    provider: str,
    model: str | None = None,
    language: str = "python",
    *,
    settings: Mapping[str, str | Secret] | None = None,
) -> str:
    """Return a whole script that sends this request and writes the picture to a file.

    The request is completed by the target's card as `Studio.request` does, save that a missing seed stays missing.
    Reference images are named as `prepared_files` names them; keys and account ids are read from the environment.

    Args:
        request: What is asked for.
        provider: Who would run it.
        model: Which model; the provider's first when not given.
        language: One of `languages`.
        settings: Base addresses that differ from the environment's, by variable name.

    Raises:
        InvalidRequest: When the provider, model or language is unknown, or the target does not take the request.
    """
    known = languages(provider)
    if language not in known:
        here = "It draws on this machine, so there is no request to send: its code is python."
        listed = here if registry.get(provider).runs_here else f"There are {', '.join(known)}."
        hint = nearest(language, known) or listed
        raise InvalidRequest(
            f'There is no "{language}" code for {provider}.', field="language", money="", next_step=hint
        )
    chosen = registry.get(provider)
    card = find_card(chosen.cards(), provider, model)
    sent = prepare(request, card)
    if known[language] == OWN_LABEL:
        return package.code(sent, card)
    _, write = _writers(provider)[language]
    return write(capture(sent, chosen, card, settings))


def _writers(provider: str) -> dict[str, Writer]:
    return {**OVER_HTTP, **CLIENTS.get(provider, {})}


def prepared_files(request: ImageRequest, provider: str, model: str | None = None) -> dict[str, bytes]:
    """Return the reference images as they are sent, by the names that a snippet uses; empty when there are none.

    Raises:
        InvalidRequest: When the provider or model is unknown, or the target does not take the request.
    """
    return files_of(prepare(request, find_card(registry.get(provider).cards(), provider, model)))
