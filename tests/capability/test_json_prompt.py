"""JSON prompting: form and editor stay in step and lose nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.capability import get, json_form
from flux2_nb.catalog import catalog, find_card
from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.json_prompt import JsonPrompt, documented_fields

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
    values = json_form.to_values(data)
    values["light"][0]["mood"] = mood
    changed = json_form.to_data(values, data)
    assert changed.pop("mood") == mood.strip()
    assert changed == {key: value for key, value in data.items() if key != "mood"}


def test_every_documented_key_is_on_the_form() -> None:
    """What is documented can be filled in: as a field, in a group, as a column of a row, or as a variable."""
    shown: set[str] = set()
    for field in CAPABILITY.form(CARD):
        shown |= {field.name, *(one.name for one in field.columns)}
        shown |= {f"{field.name}[].{one.name}" for one in field.columns}
    assert {one.path for one in documented_fields()} <= shown


def test_the_editor_fills_the_form_and_the_form_the_editor() -> None:
    """A change on either side follows on the other, and what did not change is left alone."""
    values = CAPABILITY.form(CARD).defaults
    text = (
        '{"scene": "a pier", "color_palette": ["boat in #FF0000"], "application": {"door": "#00FF00", "sky": "grey"}}'
    )
    filled = CAPABILITY.sync({**values, "json": text}, "json", CARD)
    assert filled["scene"] == "a pier"
    assert filled["color_palette"] == [{"colour": "#FF0000", "target": "boat"}]
    assert filled["application"] == [{"colour": "#00FF00", "target": "door"}]
    assert "sections" not in filled
    camera = [{**values["camera"][0], "camera.lens-mm": "50", "camera.angle": "low"}]
    written = CAPABILITY.sync({**values, "camera": camera}, "camera", CARD)
    assert json.loads(written["json"])["camera"]["lens-mm"] == 50
    assert json.loads(written["json"])["camera"]["angle"] == "low"


def test_an_untouched_editor_keeps_its_own_layout() -> None:
    """The JSON that is written has short lists on one line, as a person would write it."""
    values = {**CAPABILITY.form(CARD).defaults, "style": "woodcut"}
    assert CAPABILITY.sync(values, "style", CARD)["json"] == values["json"].replace(
        "documentary photograph on colour negative film", "woodcut"
    )


def test_text_and_object_live_in_one_key() -> None:
    """A style in words keeps its words when it gets a medium, and the other way round."""
    data = {"style": "quiet", "application": "walls and door"}
    values = json_form.to_values(data)
    values["finer"][0]["style.medium"] = "gouache"
    values["application"] = [{"colour": "#00FF00", "target": "door"}]
    both = json_form.to_data(values, data)
    assert both["style"] == {"description": "quiet", "medium": "gouache"}
    assert both["application"] == {"door": "#00FF00", "description": "walls and door"}
    assert json_form.to_values(both)["style"] == "quiet"
    assert json_form.to_data({**json_form.to_values(both), "style": ""}, both)["style"] == {"medium": "gouache"}


def test_rows_take_their_own_keys_along() -> None:
    """Keys the form does not show stay with their subject when rows are removed, moved or rewritten."""
    data = {"subjects": [{"description": "a cat", "own": 1}, {"description": "a dog", "own": 2}]}
    values = json_form.to_values(data)
    cat, dog = values["subjects"]

    def written(*rows: dict[str, str]) -> Any:
        return json_form.to_data({**values, "subjects": list(rows)}, data)["subjects"]

    assert written(dog) == [{"description": "a dog", "own": 2}]
    assert written(dog, cat) == [{"description": "a dog", "own": 2}, {"description": "a cat", "own": 1}]
    assert written({**cat, "description": "a lynx"}, dog)[0] == {"description": "a lynx", "own": 1}
    assert written({**cat, "description": "", "colors": "#112233, #445566"}, dog)[0] == {
        "own": 1,
        "colors": ["#112233", "#445566"],
    }


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


def test_each_way_to_send_has_its_price_in_tokens() -> None:
    """The table says what each costs this model and what it would cut off, which the sketch does not."""
    dev = find_card(catalog().cards, "cloudflare", "flux-2-dev")
    text = json.dumps({"scene": "a pier " * 400, "effects": ["rain"]})
    values = {**CAPABILITY.form(dev).defaults, "json": text}
    table = CAPABILITY.notes(values, dev)[-1].table
    assert table[0] == ("sent as", "tokens", "cut off")
    assert [row[0] for row in table[1:]] == ["JSON", "minified JSON", "prose"]
    assert "pier" in table[1][2]
    assert CAPABILITY.notes(values, CARD)[-1].table[0] == ("sent as", "dev", "klein")


def test_the_seed_and_its_lock_follow_each_other() -> None:
    """A typed seed is kept, on this form as on every other."""
    values = {**CAPABILITY.form(CARD).defaults, "seed": 7}
    assert CAPABILITY.sync(values, "seed", CARD) == {"keep_seed": True}


@pytest.mark.parametrize("target", ["", "roof"])
def test_a_colour_that_a_map_cannot_hold_is_told(target: str) -> None:
    """A second colour for one thing, or for nothing, is in no JSON object: a note says so before it is paid for."""
    data = {"scene": "a house", "color_scheme": {"roof": "#112233"}}
    rows = [{"colour": "#AABBCC", "target": target}, {"colour": "#112233", "target": "roof"}]
    values = {**CAPABILITY.form(CARD).defaults, "json": json.dumps(data), "color_scheme": rows}
    told = [note.text for note in CAPABILITY.notes(values, CARD)]
    assert any("#AABBCC is not in the JSON" in text for text in told)
    assert not any("#112233" in text for text in told)
