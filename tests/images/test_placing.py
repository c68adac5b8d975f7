"""A picture on a larger plain canvas."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.cards import ReferenceRule
from flux2_nb.catalog import catalog
from flux2_nb.errors import InvalidRequest
from flux2_nb.images import Margins, canvas_size, decode, fitted_size, place, prepare
from flux2_nb.request import Reference
from flux2_nb.sizes import MEGAPIXEL

from . import pictures

PLAIN = (128, 128, 128)
RULES = [card.references for card in catalog().cards]
SHARES = st.floats(0, 2)


@given(
    st.integers(256, 8000),
    st.floats(0.5, 2),
    st.builds(Margins, SHARES, SHARES, SHARES, SHARES),
    st.sampled_from(RULES),
    st.sampled_from([0.5, 1.0, 2.0, 4.0]),
)
def test_a_canvas_fits_its_target(
    width: int, tall: float, margins: Margins, rule: ReferenceRule, amount: float
) -> None:
    """It is made of whole squares, sent as it is, no larger than the result, and near the shape that was asked for."""
    height = round(width * tall)
    wide, high = canvas_size(width, height, margins, rule, amount)
    assert wide % 16 == 0
    assert high % 16 == 0
    assert fitted_size(wide, high, rule) == (wide, high)
    assert wide * high <= amount * MEGAPIXEL
    whole = margins.around(width, height)
    assert abs(math.log(wide / high / (whole[0] / whole[1]))) < math.log(1 + 16 / min(wide, high))


def test_the_picture_keeps_its_place_and_its_colours() -> None:
    """What stood left of the margin stands there still, upright, and the rest is plain."""
    reference = Reference(pictures.file(pictures.corners((320, 320)), "png"), role="base", name="house.png")
    placed = place(reference, Margins(right=1.0), (640, 320))
    image = decode(placed.data).convert("RGB")
    assert image.size == (placed.width, placed.height) == (640, 320)
    assert image.getpixel((80, 80)) == pictures.CORNERS["red"]
    assert image.getpixel((330, 160)) == PLAIN
    assert image.getpixel((639, 0)) == PLAIN
    assert image.getpixel((310, 160)) != PLAIN
    assert (placed.role, placed.name) == ("base", "house.png")


def test_a_canvas_is_sent_pixel_for_pixel() -> None:
    """Nothing is resized a second time on the way to the target."""
    rule = ReferenceRule(max_side=511)
    reference = Reference(pictures.plain("jpeg", (900, 700)))
    size = canvas_size(900, 700, Margins(0.3, 0.3), rule, 1.0)
    placed = place(reference, Margins(0.3, 0.3), size)
    assert prepare(placed, rule) == placed


def test_a_picture_that_cannot_be_read_is_refused() -> None:
    """The sentence names the picture."""
    with pytest.raises(InvalidRequest, match="HTML"):
        place(Reference(b"<!doctype html>"), Margins(1), (64, 64))
