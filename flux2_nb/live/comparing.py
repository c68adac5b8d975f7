"""Where a provider differs from what this package assumes, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..errors import BadReply, InvalidRequest
from ..provider.base import Answer, Provider
from ..result import ImageResult
from ..wire import Json
from .plan import Call
from .watching import Exchange


def in_exchanges(exchanges: Iterable[Exchange], provider: Provider, refused: bool = False) -> list[str]:
    """Compare what came with what the provider documents: statuses, fields, states.

    Args:
        exchanges: What passed on the wire.
        provider: Whose answers they are.
        refused: True when the paid request was meant to be refused.
    """
    found: list[str] = []
    for exchange in exchanges:
        if refused and exchange.kind == "submit":
            continue  # how the call ends tells enough
        if not exchange.reply.ok:
            found.append(
                f"{exchange.kind}: answered with status {exchange.reply.status}, where a success was expected."
            )
        elif exchange.kind in provider.documented:
            found += _in_body(exchange, provider.documented[exchange.kind])
    return list(dict.fromkeys(found))


def _in_body(exchange: Exchange, documented: Answer) -> Iterator[str]:
    try:
        body = exchange.reply.object()
    except BadReply:
        yield f"{exchange.kind}: answered with {exchange.reply.media_type or 'no type'}, which is no JSON object."
        return
    known = {*documented.always, *documented.perhaps}
    for path in _paths(body, known):
        if path not in known:
            yield f'{exchange.kind}: the field "{path}" is not documented.'
    for path in documented.always:
        if _is_missing(body, path):
            yield f'{exchange.kind}: the documented field "{path}" is missing.'
    state = body.get("status")
    if documented.states and state not in documented.states:
        yield f'{exchange.kind}: the state "{state}" is not documented.'


def _paths(value: Json, known: set[str], around: str = "") -> Iterator[str]:
    """Every field of an answer, descending only where fields below are documented."""
    for name, item in value.items():
        path = f"{around}{name}"
        yield path
        if isinstance(item, dict) and any(one.startswith(f"{path}.") for one in known):
            yield from _paths(item, known, f"{path}.")


def _is_missing(body: Json, path: str) -> bool:
    """Whether a field lacks where what is around it is there."""
    *around, last = path.split(".")
    for name in around:
        body = body.get(name)
        if not isinstance(body, dict):
            return False
    return last not in body


def in_result(call: Call, result: ImageResult) -> list[str]:
    """Compare a picture with what was asked for: size, format, seed and price."""
    asked, found = call.request, []
    if (result.width, result.height) != (asked.width, asked.height):
        found.append(f"asked for {asked.width} x {asked.height} pixels, got {result.width} x {result.height}.")
    if asked.output_format not in (None, result.format):
        found.append(f"asked for {asked.output_format}, got {result.format}.")
    if asked.seed not in (None, result.seed):
        found.append(f"asked for seed {asked.seed}, got {result.seed}.")
    if result.cost_is_reported and result.cost_usd is not None and result.cost_usd > call.worst_usd + 1e-9:
        found.append(f"estimated at ${call.worst_usd:g}, billed ${result.cost_usd:g}.")
    return found


def in_end(call: Call, end: ImageResult | Exception) -> list[str]:
    """Compare how a call ended with how it should have."""
    if isinstance(end, ImageResult):
        return [f"it was taken and cost up to ${call.worst_usd:g}."] if call.refused else in_result(call, end)
    if call.refused and isinstance(end, InvalidRequest):
        return []
    return [f"it ended with {type(end).__name__}: {end}"]
