"""What people read: events, errors, prices and captions in words. Pure, and the same for every UI."""

from __future__ import annotations

from pathlib import PurePath

from ..cards import ModelCard
from ..errors import MissingKey
from ..prices import Price
from ..result import ImageResult
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

SKETCH_CAPTION = "Sketch, not a FLUX.2 image"
"""Stands under every sketch, wherever it is shown."""

NAME_LENGTH = 40
"""Characters of the prompt in the name of a downloaded file."""

ALT_LENGTH = 140
"""Characters of the prompt in the text that stands for a picture."""


def dollars(usd: float) -> str:
    """Return an amount as people write it: ``$1.20``, ``$0.045``, ``$0.0012``; with no more digits than tell."""
    if usd == 0:
        return "$0"
    if usd >= 1:
        return f"${usd:.2f}"
    digits = 3 if usd >= 0.01 else 4 if usd >= 0.001 else 6
    text = f"{usd:.{digits}f}".rstrip("0")
    return "$" + (text if len(text.partition(".")[2]) >= 2 else f"{usd:.2f}")


def seconds_text(seconds: float) -> str:
    """Return a span of time in words: ``0.2 s``, ``22 s``, ``1 min 40 s``."""
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def estimate_text(usd: float | None) -> str:
    """Return what something would cost: ``free``, ``about $0.045``, ``price not published``."""
    if usd is None:
        return "price not published"
    return f"about {dollars(usd)}" if usd else "free"


def cost_text(usd: float | None, is_reported: bool) -> str:
    """Return what something did cost; an estimate is called one."""
    if usd is None:
        return "cost not known"
    if usd == 0:
        return "free"
    return dollars(usd) if is_reported else f"about {dollars(usd)}"


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
    """Return whether the target can be used now, and a sentence that says so or says what is missing."""
    if not any(setting.default is None for setting in studio.provider.settings):
        return True, "Ready. It needs no key."
    try:
        studio.account()
    except MissingKey as error:
        return False, str(error)
    return True, "Ready. The key was found; what you generate is billed to its account."


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
        return ", ".join([f"Done in {seconds_text(event.seconds)}", *cost])
    if event.is_end:
        return f"{STAGES[event.kind]}. {event.error}" if event.error else STAGES[event.kind]
    if event.kind != "running":
        return stage(event)
    usual = f" of about {seconds_text(typical_seconds)}" if typical_seconds else ""
    return f"{stage(event)}, {seconds_text(event.seconds)}{usual}"


def is_sketch(provider: str) -> bool:
    """Whether pictures of this provider are sketches, which say so wherever they are shown."""
    return provider == "sketch"


def caption(result: ImageResult, card: ModelCard | None = None) -> str:
    """Return the line under a picture: model, provider, size, seed, cost; a sketch says that it is one."""
    what = [SKETCH_CAPTION] if is_sketch(result.provider) else [card.label if card else result.model, result.provider]
    seed = [] if result.seed is None else [f"seed {result.seed}"]
    cost = cost_text(result.cost_usd, result.cost_is_reported)
    return " · ".join([*what, f"{result.width} × {result.height}", *seed, cost])


def alt_text(prompt: str, provider: str) -> str:
    """Return the text that stands for a picture."""
    shown = " ".join(prompt.split())
    shown = shown if len(shown) <= ALT_LENGTH else f"{shown[:ALT_LENGTH].rstrip()}…"
    return f"{'Sketch' if is_sketch(provider) else 'Picture'} for the prompt: {shown}"


def file_name(prompt: str, seed: int | None, format: str) -> str:
    """Return a name for a downloaded picture: the beginning of the prompt, the seed and the true ending."""
    letters = "".join(letter if letter.isalnum() else " " for letter in prompt.lower())
    words = "-".join(letters.split())[:NAME_LENGTH].strip("-") or "picture"
    numbered = words if seed is None else f"{words}-{seed}"
    return str(PurePath(f"{numbered}.{'jpg' if format == 'jpeg' else format}"))
