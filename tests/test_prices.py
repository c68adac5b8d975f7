"""Prices: counted as a bill counts them, and never less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.cards import ModelCard
from flux2_nb.catalog import catalog
from flux2_nb.prices import Price

PRICED = [card for card in catalog().cards if card.price.kind != "unknown"]

MP = Price(kind="megapixels", run=0.015, first=0.03, further=0.015, input=0.01)

TILES = Price(kind="tiles", first=0.0004, input=0.0002, per_step=True)


@pytest.mark.parametrize(
    ("width", "height", "inputs", "dollars"),
    [
        (256, 256, [], 0.045),
        (1024, 1024, [], 0.045),
        (1024, 1040, [], 0.06),
        (2048, 2048, [], 0.09),
        (1024, 1024, [(64, 64)], 0.055),
        (1024, 1024, [(1024, 1024), (1025, 1024)], 0.075),
    ],
)
def test_started_megapixels_are_counted(width: int, height: int, inputs: list[tuple[int, int]], dollars: float) -> None:
    """Per run, for the first and each further output megapixel, and for each input megapixel."""
    assert MP.estimate(width, height, inputs) == pytest.approx(dollars)


@pytest.mark.parametrize(
    ("size", "inputs", "steps", "dollars"),
    [
        ((512, 512), [], 1, 0.0004),
        ((1024, 1024), [], 25, 0.04),
        ((1040, 512), [], 10, 0.012),
        ((1024, 1024), [(511, 511), (100, 40)], 10, 0.02),
    ],
)
def test_started_tiles_are_counted_per_step(
    size: tuple[int, int], inputs: list[tuple[int, int]], steps: int, dollars: float
) -> None:
    """A tile is 512 x 512 pixels, out and in, times the steps."""
    assert TILES.estimate(*size, inputs, steps) == pytest.approx(dollars)


def test_tiles_without_steps_count_once() -> None:
    """klein is billed per tile, however many steps it takes."""
    assert Price(kind="tiles", first=0.0003).estimate(1024, 1024, steps=4) == pytest.approx(0.0012)


def test_free_is_nothing_and_unknown_is_not_free() -> None:
    """A price that nobody publishes is None, never zero."""
    assert Price(kind="free").estimate(1024, 1024) == 0.0
    assert Price().estimate(1024, 1024) is None


@pytest.mark.parametrize("card", PRICED, ids=lambda card: card.target)
@given(width=st.integers(64, 4096), height=st.integers(64, 4096), more=st.integers(0, 2048))
def test_more_pixels_never_cost_less(card: ModelCard, width: int, height: int, more: int) -> None:
    """On every priced card the estimate grows with the size and with each reference."""
    price = card.price.estimate(width, height)
    larger = card.price.estimate(width + more, height)
    referred = card.price.estimate(width, height, [(more + 64, 64)])
    assert price is not None
    assert larger is not None
    assert referred is not None
    assert 0 <= price <= larger
    assert price <= referred


@pytest.mark.parametrize("card", catalog().cards, ids=lambda card: card.target)
def test_every_price_says_where_it_was_read(card: ModelCard) -> None:
    """A price without a source and a date is not shown as one."""
    assert card.price.kind in ("free", "unknown") or (card.price.source and card.price.date)
