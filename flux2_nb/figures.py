"""A picture with its caption and the text that stands for it, as it is shown and as a saved notebook keeps it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from html import escape

from . import images

FIGURE_SIDE = 384
"""Longest side in pixels of a picture in a notebook's saved output; such a JPEG of a photograph is about 50 kB."""

SKETCH_CAPTION = "Sketch, not a FLUX.2 image"
"""Stands under every sketch, wherever it is shown."""

AI_CAPTION = "AI-generated"
"""Stands under every other picture in what leaves the app: saved notebooks, and the list in a zip."""

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


def cost_text(usd: float | None, is_reported: bool) -> str:
    """Return what something did cost; an estimate is called one."""
    if usd is None:
        return "cost not known"
    if usd == 0:
        return "free"
    return dollars(usd) if is_reported else f"about {dollars(usd)}"


def is_sketch(provider: str) -> bool:
    """Whether pictures of this provider are sketches, which say so wherever they are shown."""
    return provider == "sketch"


def caption_text(provider: str, model: str, size: tuple[int, int], seed: int | None, cost: str) -> str:
    """Return the line under a picture: how it was made, by whom, size, seed, cost; a sketch says that it is one.

    Time is left out, so that a notebook's saved outputs are the same from run to run.
    """
    what = [SKETCH_CAPTION] if is_sketch(provider) else [AI_CAPTION, model, provider]
    seeded = [] if seed is None else [f"seed {seed}"]
    return " · ".join([*what, f"{size[0]} × {size[1]}", *seeded, cost])


def alt_text(prompt: str, provider: str) -> str:
    """Return the text that stands for a picture."""
    shown = " ".join(prompt.split())
    shown = shown if len(shown) <= ALT_LENGTH else f"{shown[:ALT_LENGTH].rstrip()}…"
    return f"{'Sketch' if is_sketch(provider) else f'{AI_CAPTION} picture'} for the prompt: {shown}"


@dataclass(frozen=True)
class Figure:
    """A picture with its words.

    Attributes:
        data: A whole picture file.
        alt: The text that stands for it.
        caption: The line under it; may be empty.
    """

    data: bytes = field(repr=False)
    alt: str
    caption: str = ""

    def small(self, side: int = FIGURE_SIDE) -> bytes:
        """Return a JPEG with this longest side in pixels; the same picture always gives the same bytes."""
        return images.thumbnail(self.data, side, "JPEG")

    def html(self, side: int = FIGURE_SIDE) -> str:
        """Return the picture as HTML without scripts, style sheets and files: what notebooks show without a kernel."""
        address = f"data:image/jpeg;base64,{base64.b64encode(self.small(side)).decode()}"
        words = f"<figcaption><small>{escape(self.caption)}</small></figcaption>" if self.caption else ""
        return f'<figure style="margin:0"><img src="{address}" alt="{escape(self.alt)}">{words}</figure>'

    def bundle(self) -> dict[str, str]:
        """Return the picture as HTML, as a JPEG for what shows no HTML, and as a line of text."""
        jpeg = base64.b64encode(self.small()).decode()
        return {"text/html": self.html(), "image/jpeg": jpeg, "text/plain": self.caption or self.alt}
