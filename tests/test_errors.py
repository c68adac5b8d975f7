"""The errors: one tree, one sentence each, safe to send to another process."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb import errors
from flux2_nb.errors import (
    Expired,
    Flux2Error,
    InvalidRequest,
    MissingKey,
    ProviderError,
    RateLimited,
    Unsupported,
    nearest,
)

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Flux2Error)]

NEEDED: dict[type[Flux2Error], dict[str, Any]] = {
    Unsupported: {"field": "steps", "provider": "bfl", "model": "flux-2-pro"},
    MissingKey: {"provider": "bfl", "variables": ("BFL_API_KEY",)},
}
"""What some errors cannot be made without."""


def made(kind: type[Flux2Error], what: str = "It went wrong.") -> Flux2Error:
    return kind(what, next_step="Try again.", **NEEDED.get(kind, {}))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_survives_pickling_and_copying(kind: type[Flux2Error]) -> None:
    """Type, sentence, money and every attribute come back, as errors cross process borders."""
    error = made(kind)
    error.money = "spent"
    if isinstance(error, ProviderError):
        error.status, error.hint, error.request_id = 429, "their words", "abc"
    if isinstance(error, RateLimited):
        error.retry_after, error.retryable = 3.5, False
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(again) is kind
        assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


def test_the_drawn_tree_is_the_tree() -> None:
    """Every error stands once in the module's text, as deep as it is in the code."""
    lines = re.findall(r"^( *)(?:- )?([A-Z]\w+[a-z]\w*)\b(?=  |$)", errors.__doc__ or "", re.MULTILINE)
    depths = sorted({len(indent) for indent, _ in lines})
    drawn = {name: depths.index(len(indent)) for indent, name in lines}
    assert drawn == {kind.__name__: len([base for base in kind.__mro__ if base in KINDS]) - 1 for kind in KINDS}


def test_a_message_says_what_money_and_what_next() -> None:
    """The three parts stand in this order, and an empty one leaves no gap."""
    assert str(Expired("It is gone.", next_step="Make it again.")) == "It is gone. It was billed. Make it again."
    assert str(Flux2Error("It went wrong.")) == "It went wrong."


def test_a_bad_value_is_also_a_value_error() -> None:
    """Code that knows nothing of this package catches it as what it is."""
    with pytest.raises(ValueError, match="too wide"):
        raise InvalidRequest("It is too wide.", field="width")


@given(st.text(max_size=200), st.sampled_from(KINDS))
def test_any_words_survive_pickling(words: str, kind: type[Flux2Error]) -> None:
    """Quotes, line breaks and letters of any script are no obstacle."""
    assert str(pickle.loads(pickle.dumps(made(kind, words)))) == str(made(kind, words))


@pytest.mark.parametrize(
    ("name", "hint"), [("sed", 'Did you mean "seed"?'), ("guidence", 'Did you mean "guidance"?'), ("xyz", "")]
)
def test_the_nearest_name_is_offered(name: str, hint: str) -> None:
    """A slip of the pen is understood, and nothing is guessed of nonsense."""
    assert nearest(name, ["seed", "guidance", "steps"]) == hint
