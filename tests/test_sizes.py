"""Sizes: what comes out of the rules is what the target takes, for every card of the catalogue."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flux2_nb.cards import ModelCard
from flux2_nb.catalog import catalog
from flux2_nb.sizes import MEGAPIXEL, Size, SizeRule

every_card = pytest.mark.parametrize("card", catalog().cards, ids=[card.target for card in catalog().cards])

SIDES = st.integers(1, 16384) | st.floats(1, 16384)

PIXELS = SizeRule(minimum=64, maximum=2048, multiple=16, max_megapixels=4.0)

NAMED = SizeRule(kind="ratio", minimum=64, maximum=4096, ratios=("1:1", "16:9"), megapixels=(0.5, 1.0))


@every_card
@given(width=SIDES, height=SIDES)
def test_the_nearest_size_is_always_allowed(card: ModelCard, width: float, height: float) -> None:
    """Whatever is asked for, the answer is within the bounds, on the grid, and its own nearest."""
    rule = card.size
    size = rule.nearest(width, height)
    assert rule.minimum <= min(size.width, size.height)
    assert max(size.width, size.height) <= rule.maximum
    assert size.width % rule.multiple == size.height % rule.multiple == 0
    assert rule.kind == "ratio" or size.width * size.height <= rule.max_megapixels * MEGAPIXEL
    assert rule.nearest(size.width, size.height) == size
    assert rule.allows(size.width, size.height)


@every_card
def test_every_size_on_the_menu_is_allowed(card: ModelCard) -> None:
    """Choosing a ratio and an amount never ends in a size that is refused, nor under another name."""
    assert [card.size.nearest(size.width, size.height) for size in card.size.sizes()] == card.size.sizes()


@every_card
def test_a_size_on_the_menu_has_its_ratio_and_amount(card: ModelCard) -> None:
    """The grid changes the ratio by less than 5 percent, and no more pixels are made (and billed) than were chosen."""
    for amount in card.size.megapixels:
        for ratio in card.size.ratios:
            size = card.size.by_ratio(ratio, amount)
            across, down = (int(part) for part in ratio.split(":"))
            assert abs(math.log(size.width / size.height * down / across)) < 0.05 or _at_the_edge(card.size, size)
            assert size.width * size.height <= amount * MEGAPIXEL or card.size.kind == "ratio"


def _at_the_edge(rule: SizeRule, size: Size) -> bool:
    """Whether a bound, and not the grid, decided: a very wide picture on a target with a short longest side."""
    return max(size.width, size.height) > rule.maximum - rule.multiple or min(size.width, size.height) == rule.minimum


@given(ratio=st.floats(1 / 8, 8), amount=st.floats(0.25, 4))
def test_an_amount_of_pixels_is_a_limit(ratio: float, amount: float) -> None:
    """Whatever shape is asked for, a little less is made rather than a little more, and the shape is kept."""
    size = PIXELS.within(ratio, amount)
    assert PIXELS.allows(size.width, size.height)
    assert 0.8 * amount * MEGAPIXEL < size.width * size.height <= amount * MEGAPIXEL or _at_the_edge(PIXELS, size)
    assert abs(math.log(size.width / size.height / ratio)) < 0.1 or _at_the_edge(PIXELS, size)


def test_a_square_stays_a_square() -> None:
    """Both sides give way together."""
    assert PIXELS.by_ratio("1:1", 2.0) == Size(width=1440, height=1440)


@given(width=st.integers(4, 128).map(lambda n: n * 16), height=st.integers(4, 128).map(lambda n: n * 16))
def test_a_size_that_fits_stays_as_it_is(width: int, height: int) -> None:
    """What the target takes is not changed."""
    assume(width * height <= PIXELS.max_megapixels * MEGAPIXEL)
    assert PIXELS.nearest(width, height) == Size(width=width, height=height)


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ((1010, 1010), (1008, 1008)),
        ((4096, 4096), (2048, 2048)),
        ((4000, 1000), (2048, 512)),
        ((10, 20), (64, 128)),
        ((16384, 1), (2048, 64)),
        ((1, 1), (64, 64)),
    ],
)
def test_a_size_beyond_the_bounds_keeps_its_ratio(asked: tuple[int, int], nearest: tuple[int, int]) -> None:
    """Too large is made smaller, too small larger, in shape as far as the bounds let it."""
    size = PIXELS.nearest(*asked)
    assert (size.width, size.height) == nearest


def test_a_named_size_carries_its_names() -> None:
    """Where sizes go by ratio, the names that go on the wire come along."""
    assert NAMED.by_ratio("16:9", 1.0) == Size(width=1360, height=768, aspect_ratio="16:9", megapixels=1.0)
    assert NAMED.nearest(1300, 700) == NAMED.by_ratio("16:9", 1.0)
    assert NAMED.nearest(16384, 1) == NAMED.by_ratio("16:9", 0.5)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (PIXELS, "64 to 2048 pixels a side, multiples of 16, at most 4 MP"),
        (NAMED, "one of the ratios 1:1, 16:9 at 0.5, 1 MP"),
    ],
)
def test_a_rule_says_itself_in_words(rule: SizeRule, words: str) -> None:
    """The words of the error are those of the rule."""
    assert rule.describe() == words
