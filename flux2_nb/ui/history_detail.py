"""One picture of the history with everything there is to know of it, as markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from .. import capability as registry
from .. import images
from ..figures import SKETCH_CAPTION, alt_text, cost_text, is_sketch
from ..history import HistoryItem, HistoryView
from .markup import render
from .pictures import address
from .reference_pictures import reference_address

SIGNED = (
    "The provider signed this file. The signature holds in the original; it breaks in the other two, which are changed."
)


@dataclass(frozen=True)
class Given:
    """A reference image of a picture.

    Attributes:
        address: Where it is shown.
        label: What the prompt calls it, and its role.
    """

    address: str
    label: str


def detail(history: HistoryView, image_id: str, zone: tzinfo) -> str:
    """Return the markup of one picture.

    Raises:
        Flux2Error: When there is none of that id, or the history cannot be read.
    """
    item = history.item(image_id)
    references, alt = _references(item, history), alt_text(item.prompt, item.provider)
    return render(
        "detail",
        problem="",
        item=item,
        rows=settings_of(item, zone),
        references=references,
        compared=_compared(references, item, alt),
        alt=alt,
        signed=SIGNED if images.has_signature(item.path.read_bytes()) else "",
        sketch=SKETCH_CAPTION if is_sketch(item.provider) else "",
    )


def no_detail(problem: str = "") -> str:
    """Return the markup that stands where no picture is chosen."""
    return render("detail", item=None, problem=problem)


def settings_of(item: HistoryItem, zone: tzinfo) -> list[tuple[str, str]]:
    """Return what a person wants to know of a picture, as pairs of name and value; unset ones are left out."""
    made = item.created.astimezone(zone)
    told = {
        "Made with": next((one.title for one in registry.capabilities() if one.name == item.capability), ""),
        "Target": f"{item.model} on {item.provider}" if not is_sketch(item.provider) else "",
        "Size": f"{item.width} × {item.height} pixels, {item.format.upper()}, {item.size_bytes / 1e6:.1f} MB",
        "Seed": "" if item.seed is None else str(item.seed),
        "Cost": cost_text(item.cost_usd, item.cost_is_reported),
        "Made": f"{made.day} {made:%B %Y, %H:%M} {made.tzname() or ''}".strip(),
    }
    return [(name, value) for name, value in told.items() if value]


def _references(item: HistoryItem, history: HistoryView) -> list[Given]:
    given = history.run(item.run_id).request.references
    return [
        Given(reference_address(one.sha256), f"Image {number}" + (f", {one.role}" if one.role else ""))
        for number, one in enumerate(given, start=1)
    ]


def _compared(references: Sequence[Given], item: HistoryItem, alt: str) -> list[dict[str, str]]:
    """Return what a picture can be held against, and the picture itself last: each with address, name and text."""
    given = [
        {"src": one.address, "name": f"image {number} as it was given", "alt": one.label}
        for number, one in enumerate(references, start=1)
    ]
    return [*given, {"src": address(item.id), "name": "the result", "alt": alt}]
