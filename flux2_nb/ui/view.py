"""What people read: events, errors, prices and captions in words. Pure, and the same for every UI."""

from __future__ import annotations

from pathlib import PurePath

from .. import provider
from ..cards import ModelCard
from ..errors import MissingKey
from ..figures import SKETCH_CAPTION, cost_text, dollars, is_sketch
from ..prices import Price
from ..result import ImageResult, is_device_name
from ..run import Event, EventKind
from ..studio import Studio

STAGES: dict[EventKind, str] = {
    "queued": "Queued",
    "submitted": "Accepted, waiting for its turn",
    "running": "Running",
    "saving": "Saving",
    "done": "Done",
    "cancelled": "Stopped",
    "failed": "Failed",
    "unknown": "Outcome unknown",
}
"""Event kind -> the word for it."""

NAME_LENGTH = 40
"""Characters of the prompt in the name of a downloaded file."""


def seconds_text(seconds: float) -> str:
    """Return a span of time in words: ``0.2 s``, ``22 s``, ``1 min 40 s``."""
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def estimate_text(usd: float | None, known: float = 0.0) -> str:
    """Return what something would cost: ``free``, ``about $0.045``, ``price not published``.

    Args:
        usd: The estimate; None when not all of it is published.
        known: What the published part comes to.
    """
    if usd is None:
        return f"more than {dollars(known)}, not all prices are published" if known else "price not published"
    return f"about {dollars(usd)}" if usd else "free"


def action_text(action: str, cost: str, seconds: float | None) -> str:
    """Return the words on the button with what pressing it comes to: ``Generate · about $0.045, 6 s``.

    Args:
        action: What the button does.
        cost: The estimate in words.
        seconds: The usual time; None when nobody has published one.
    """
    return f"{action} · {', '.join([cost, *([] if seconds is None else [seconds_text(seconds)])])}"


def price_text(price: Price) -> str:
    """Return how a target is billed, in one line."""
    if price.kind == "free":
        return "free"
    if price.kind == "unknown":
        return "not published"
    if price.kind == "tiles":
        per_step = " and step" if price.per_step else ""
        text = f"{dollars(price.first)} a 512 x 512 tile{per_step}"
        return text + (f", {dollars(price.input)} a reference tile" if price.input else "")
    text = f"{dollars(price.run + price.first)} for the first megapixel"
    if price.further:
        text += f", {dollars(price.further)} each further one"
    return text + (f", {dollars(price.input)} a reference megapixel" if price.input else "")


def price_source(price: Price) -> str:
    """Return where and when a price was read, and whether it is confirmed; empty where there is nothing to tell."""
    if price.kind == "free" or not price.source:
        return ""
    text = f"{price.source}, {price.date}" if price.date else price.source
    return text if price.confirmed else f"unconfirmed; {text}"


def readiness(studio: Studio) -> tuple[bool, str]:
    """Return whether the target can be used now, and a sentence that says with whose key, or what is missing."""
    if not any(setting.default is None for setting in studio.provider.settings):
        return True, "Ready. It needs no key."
    try:
        account = studio.account()
    except MissingKey as error:
        verb = "is" if len(error.variables) == 1 else "are"
        return False, f"Not ready: {' and '.join(error.variables)} {verb} not set. The offline sketch needs no key."
    if account.is_visitors:
        return True, "Ready. Your own key: what you generate is billed to your account."
    return True, "Ready. The host's key: what you generate is billed to its account."


def stage(event: Event) -> str:
    """Return where a run stands, in a few words; the provider's own word stands beside ours."""
    if event.kind == "running" and event.note:
        return event.note.rstrip(".")
    return STAGES[event.kind]


def status(event: Event, typical_seconds: float | None = None) -> str:
    """Return a run's status line.

    Args:
        event: The newest event of the run.
        typical_seconds: How long such a run usually takes, where it is known.
    """
    if event.kind == "done":
        cost = [cost_text(one.cost_usd, one.cost_is_reported) for one in event.results[:1]]
        done = ", ".join([f"Done in {seconds_text(event.seconds)}", *cost])
        return f"{done}. {event.note}" if event.note else done
    if event.is_end:
        return f"{STAGES[event.kind]}. {event.error}" if event.error else STAGES[event.kind]
    if event.kind != "running":
        return stage(event)
    usual = f" of about {seconds_text(typical_seconds)}" if typical_seconds else ""
    return f"{stage(event)}, {seconds_text(event.seconds)}{usual}"


def target_name(card: ModelCard) -> str:
    """Return how a target is called beside others: ``FLUX.2 [pro], Black Forest Labs``."""
    label = provider.get(card.provider).facts.label
    return "Sketch" if is_sketch(card.provider) else f"{card.label or card.model}, {label}"


def model_choices(studio: Studio) -> list[tuple[str, str]]:
    """Return the models of a studio's provider; two of the same label show their slugs."""
    cards = list(studio.provider.cards())
    labels = [card.label or card.model for card in cards]
    return [
        (label if labels.count(label) == 1 else f"{label} ({card.model})", card.model)
        for label, card in zip(labels, cards, strict=True)
    ]


def caption(
    result: ImageResult, card: ModelCard | None = None, *, with_target: bool = True, with_cost: bool = True
) -> str:
    """Return the line under a picture: model, provider, size, seed, cost; a sketch says that it is one.

    Args:
        result: The picture.
        card: Its target, for the name of the model.
        with_target: False where model and provider stand beside it already.
        with_cost: False where the cost stands beside it already.
    """
    target = [card.label if card else result.model, result.provider] if with_target else []
    what = [SKETCH_CAPTION] if is_sketch(result.provider) else target
    seed = [] if result.seed is None else [f"seed {result.seed}"]
    cost = [cost_text(result.cost_usd, result.cost_is_reported)] if with_cost else []
    return " · ".join([*what, f"{result.width} × {result.height}", *seed, *cost])


def file_name(prompt: str, seed: int | None, format: str) -> str:
    """Return a name for a downloaded picture: the beginning of the prompt, the seed and the true ending."""
    letters = "".join(letter if letter.isalnum() else " " for letter in prompt.lower())
    words = "-".join(letters.split())[:NAME_LENGTH].strip("-") or "picture"
    words = f"picture-{words}" if is_device_name(words) else words
    numbered = words if seed is None else f"{words}-{seed}"
    return str(PurePath(f"{numbered}.{'jpg' if format == 'jpeg' else format}"))
