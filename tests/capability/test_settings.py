"""The settings that capabilities share: the seed and its lock, and how many pictures."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.capability import settings
from flux2_nb.cards import ModelCard
from flux2_nb.catalog import catalog
from flux2_nb.errors import InvalidRequest
from flux2_nb.forms import Form
from flux2_nb.request import MAX_SEED

SKETCH = catalog().cards[0]
SEEDLESS = SKETCH.model_copy(
    update={
        "parameters": {name: one for name, one in SKETCH.parameters.items() if name != "seed"},
        "absent": {"seed": "this model draws its own seed."},
    }
)


def after(values: dict[str, Any], changed: str, value: Any) -> dict[str, Any]:
    """Return the values after a person changed one."""
    now = {**values, changed: value}
    return {**now, **settings.sync_seed(now, changed)}


def test_the_lock_draws_a_seed_where_there_is_none() -> None:
    """Closing the lock over an empty seed shows the seed that every run will use."""
    values = after({"seed": None, "keep_seed": False}, "keep_seed", True)
    assert 0 <= values["seed"] <= MAX_SEED


def test_a_typed_seed_is_kept_until_the_lock_is_opened() -> None:
    """Typing a seed closes the lock; opening the lock empties the seed."""
    typed = after({"seed": None, "keep_seed": False}, "seed", 7)
    assert typed == {"seed": 7, "keep_seed": True}
    assert after(typed, "keep_seed", False) == {"seed": None, "keep_seed": False}


def test_an_emptied_seed_opens_the_lock() -> None:
    """A lock over nothing would promise what no run can keep."""
    assert after({"seed": 7, "keep_seed": True}, "seed", None) == {"seed": None, "keep_seed": False}


def test_closing_the_lock_over_a_seed_keeps_that_seed() -> None:
    """A seed that is there already is not drawn anew."""
    assert settings.sync_seed({"seed": 0, "keep_seed": True}, "keep_seed") == {}


@given(
    st.lists(
        st.tuples(st.just("seed"), st.none() | st.integers(0, MAX_SEED))
        | st.tuples(st.just("keep_seed"), st.booleans())
        | st.tuples(st.just("prompt"), st.text(max_size=3)),
        max_size=8,
    )
)
def test_the_lock_is_closed_exactly_while_there_is_a_seed(changes: list[tuple[str, Any]]) -> None:
    """Whatever is changed in whatever order, lock and seed tell the same."""
    values: dict[str, Any] = {"seed": None, "keep_seed": False}
    for name, value in changes:
        values = after(values, name, value)
        assert values["keep_seed"] == (values["seed"] is not None)


@pytest.mark.parametrize(("card", "reason"), [(SKETCH, ""), (SEEDLESS, "this model draws its own seed.")])
def test_seed_and_lock_are_greyed_together(card: ModelCard, reason: str) -> None:
    """A target without a seed says so at both; one that takes it greys neither."""
    assert [field.off for field in settings.seed_fields(card)] == [reason, reason]


@given(st.integers(0, MAX_SEED), st.integers(1, settings.MOST_IMAGES))
def test_seeds_are_consecutive_and_never_too_large(first: int, count: int) -> None:
    """Each picture has the seed after the one before it; behind the largest comes 0."""
    seeds = settings.seeds({"seed": first}, count, SKETCH, fresh=1)
    assert list(seeds) == [(first + step) % (MAX_SEED + 1) for step in range(count)]


@given(st.integers(0, MAX_SEED), st.integers(1, settings.MOST_IMAGES))
def test_a_target_without_a_seed_gets_none(fresh: int, count: int) -> None:
    """No seed is sent where none is taken, however many pictures there are."""
    assert list(settings.seeds({"seed": None}, count, SEEDLESS, fresh)) == [None] * count


@pytest.mark.case(33)
@pytest.mark.parametrize("value", [True, "7", math.nan, math.inf, 1.5, -1, 2**63])
def test_a_number_that_is_none_is_refused(value: Any) -> None:
    """A form takes only numbers of the kind and range it shows, whoever fills it in."""
    with pytest.raises(InvalidRequest, match=r"Seed (is a number|is a whole number|goes from)"):
        Form(tuple(settings.seed_fields(SKETCH))).complete({"seed": value})
