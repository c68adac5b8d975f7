"""What an unsuccessful answer means: the statuses that mean the same everywhere, and the fields a provider blames."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NoReturn

from ..cards import ModelCard
from ..errors import (
    AuthFailed,
    Flux2Error,
    InsufficientCredit,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
)
from ..keys import Setting
from ..wire import Reply
from .replies import request_id, retry_after, said, shortened

REFERENCE_FIELD = re.compile(r"(input_)?images?(_\d+)?")
"""Under which names the providers take references; they may blame one of them by its number."""

OTHER_FIELDS = {"prompt": "prompt", "width": "width", "height": "height", "aspect_ratio": "aspect_ratio"}
OTHER_FIELDS |= {"output_megapixels": "megapixels", "resolution": "megapixels"}
"""Fields on the wire that are no parameters of a card, and what they are in `ImageRequest`."""


def our_names(blamed: Iterable[str], card: ModelCard | None) -> tuple[str, ...]:
    """Return what the fields that a provider blames are called in `ImageRequest`; others keep the provider's name.

    Args:
        blamed: Names on the wire, such as ``disable_pup`` or ``input_images.2``.
        card: The target; None where it is not known.
    """
    parameters = card.parameters if card else {}
    ours = OTHER_FIELDS | {parameter.wire or name: name for name, parameter in parameters.items()}
    first_parts = [name.partition(".")[0] for name in blamed if name]
    named = ["references" if REFERENCE_FIELD.fullmatch(name) else ours.get(name, name) for name in first_parts]
    return tuple(dict.fromkeys(named))


def fields_in(words: str, card: ModelCard) -> list[str]:
    """Return the names on the wire that a provider mentions in a sentence of its own."""
    known = [*OTHER_FIELDS, *(parameter.wire or name for name, parameter in card.parameters.items())]
    return [name for name in known if re.search(rf"\b{re.escape(name)}\b", words)]


def raise_for_status(
    reply: Reply, *, label: str, words: str, settings: Iterable[Setting], fields: tuple[str, ...] = ()
) -> NoReturn:
    """Raise what an unsuccessful answer to the paid request means.

    Args:
        reply: The answer, with a status that is not 2xx.
        label: The provider's name for people.
        words: The provider's own words, already picked out of the body.
        settings: The provider's settings, to name the variable when the key was refused.
        fields: The fields the provider blames, by our names.
    """
    hint = shortened(words)
    kind, sentence, next_step = _meaning(reply.status, label, settings, fields)
    if kind is InvalidRequest:
        raise InvalidRequest(f"{sentence}{said(hint)}", fields=fields, next_step=next_step)
    error = kind(f"{sentence}{said(hint)}", next_step=next_step)
    if isinstance(error, ProviderError):
        error.provider, error.status, error.hint = label, reply.status, hint
        error.request_id = request_id(reply)
    if isinstance(error, RateLimited):
        error.retry_after = retry_after(reply)
    raise error


def _meaning(
    status: int, label: str, settings: Iterable[Setting], fields: tuple[str, ...]
) -> tuple[type[Flux2Error], str, str]:
    variables = " and ".join(setting.variable for setting in settings if setting.kind == "secret")
    if status in (401, 403):
        return AuthFailed, f"{label} refused the key.", f"Check {variables}, and that the key may use this model."
    if status == 402:
        return InsufficientCredit, f"{label} says the account has no credit left.", "Top it up there."
    if status == 404:
        return InvalidRequest, f"{label} does not know this address or model.", "Check the model and the base URL."
    if status == 413:
        return InvalidRequest, f"{label} says the request is too large.", "Use fewer or smaller reference images."
    if status == 429:
        return RateLimited, f"{label} takes no more requests just now.", "Wait a little and try again."
    if 400 <= status < 500 and status != 408:
        what = f"{label} refused {' and '.join(fields) or 'the request'}."
        return InvalidRequest, what, "Change what it names and try again."
    return (
        OutcomeUnknown,
        f"{label} answered with status {status} and did not say whether the job was taken.",
        "It is counted as spent. Look at your account there before you try again: trying again may cost again.",
    )
