"""Templates with variables."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.templates import combinations, fill, variables

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


def test_variables_are_named_once_in_order() -> None:
    """Blanks inside the braces do not count, and a name may have a space in it."""
    assert variables("{{ object }} on {{the surface}} and {{object}} {single} {{}}") == ["object", "the surface"]


def test_a_missing_value_is_named() -> None:
    """The error names the variable and a near miss among the values."""
    with pytest.raises(InvalidRequest, match=r"\{\{surface\}\}.*\"surfaces\"") as caught:
        fill("a cup on {{surface}}", {"surfaces": "oak"})
    assert caught.value.field == "surface"


@given(TEXT, st.integers() | st.booleans() | st.none() | TEXT)
def test_a_json_template_stays_json(inside: str, outside: object) -> None:
    """Any value, quotes and line breaks and braces included, leaves JSON that holds the value."""
    filled = fill('{"scene": "a {{thing}} here", "camera": {"ISO": {{iso}}}}', {"thing": inside, "iso": outside})
    assert json.loads(filled) == {"scene": f"a {inside} here", "camera": {"ISO": outside}}


@given(TEXT)
def test_prose_takes_values_as_they_are(value: str) -> None:
    """Prose is not escaped, and braces in a value are not searched again."""
    assert fill("{{a}} and {{a}}", {"a": value + "{{b}}", "unused": 1}) == f"{value}{{{{b}}}} and {value}{{{{b}}}}"


def test_combinations_and_ready_sets() -> None:
    """Lists by name multiply, the last changing first; ready sets are taken as they are."""
    pairs = combinations({"a": [1, 2], "b": ["x", "y"]})
    assert pairs == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]
    assert combinations([{"a": 1}, {"a": 2}]) == [{"a": 1}, {"a": 2}]
    assert combinations({"a": []}) == []
