"""JSON prompting: form and editor stay in step and lose nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.capability import get, json_form
from flux2_nb.catalog import catalog
from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.json_prompt import JsonPrompt

CARD = catalog().cards[0]
CAPABILITY = get("json-prompt")

words = st.text(min_size=1, max_size=20)
free = st.recursive(words | st.integers() | st.booleans(), lambda inner: st.lists(inner, max_size=3), max_leaves=4)
prompts = st.fixed_dictionaries(
    {},
    optional={
        "scene": words,
        "subjects": st.lists(
            st.fixed_dictionaries(
                {"description": words}, optional={"position": words, "colors": st.lists(words), "own": free}
            ),
            max_size=3,
        ),
        "style": words | st.fixed_dictionaries({"medium": words}),
        "color_palette": st.lists(st.sampled_from(["#112233", "old rose", "sofa in #445566"]), max_size=3),
        "camera": words | st.fixed_dictionaries({}, optional={"lens": words, "ISO": st.integers(1, 6400), "own": free}),
        "effects": st.lists(words, max_size=2),
        "own_key": free,
    },
)


@given(prompts)
def test_an_untouched_form_changes_nothing(data: dict[str, Any]) -> None:
    """Reading any prompt into the form and writing it back gives the same prompt, own keys and order included."""
    assert json_form.to_data(json_form.to_values(data), data) == data


@given(prompts, words.filter(str.strip))
def test_one_changed_field_changes_one_key(data: dict[str, Any], mood: str) -> None:
    """A change in the form reaches its own key and leaves every other as it was."""
    changed = json_form.to_data({**json_form.to_values(data), "mood": mood}, data)
    assert changed.pop("mood") == mood.strip()
    assert changed == {key: value for key, value in data.items() if key != "mood"}


def test_the_editor_fills_the_form_and_the_form_the_editor() -> None:
    """A change on either side follows on the other."""
    values = CAPABILITY.form(CARD).defaults
    filled = CAPABILITY.sync(
        {**values, "json": '{"scene": "a pier", "color_palette": ["boat in #FF0000"]}'}, "json", CARD
    )
    assert filled["scene"] == "a pier"
    assert filled["color_palette"] == [{"colour": "#FF0000", "target": "boat"}]
    written = CAPABILITY.sync({**values, "camera.lens-mm": 50.0}, "camera.lens-mm", CARD)
    assert json.loads(written["json"])["camera"]["lens-mm"] == 50


def test_a_removed_row_takes_its_own_keys_along() -> None:
    """Keys the form does not show stay with the subject they belong to."""
    data = {"subjects": [{"description": "a cat", "own": 1}, {"description": "a dog", "own": 2}]}
    values = json_form.to_values(data)
    values["subjects"] = values["subjects"][1:]
    assert json_form.to_data(values, data)["subjects"] == [{"description": "a dog", "own": 2}]


def test_an_editor_that_does_not_parse_is_left_alone_and_said() -> None:
    """Half-typed JSON is never overwritten; the note has the line and the column."""
    values = {**CAPABILITY.form(CARD).defaults, "json": '{"scene": "a pier",\n "mood": }'}
    assert CAPABILITY.sync(values, "scene", CARD) == {}
    assert "line 2" in CAPABILITY.notes(values, CARD)[0].text
    with pytest.raises(InvalidRequest, match="line 2"):
        CAPABILITY.requests(values, CARD)


@pytest.mark.parametrize("way", ["json", "minified", "prose"])
def test_the_prompt_is_sent_as_chosen(way: str) -> None:
    """JSON and minified JSON mean the same; prose is no JSON."""
    values = {**CAPABILITY.form(CARD).defaults, "send_as": way}
    (request,) = CAPABILITY.requests(values, CARD)
    if way == "prose":
        assert not request.prompt.startswith("{")
        assert "boat builder" in request.prompt
    else:
        assert JsonPrompt.parse(request.prompt).as_dict() == JsonPrompt.parse(values["json"]).as_dict()
        assert ("\n" in request.prompt) == (way == "json")
