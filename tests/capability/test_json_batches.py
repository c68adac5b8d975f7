"""JSON prompting: one thing changed, and templates with variables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.capability import get, json_variables, json_variations
from flux2_nb.catalog import catalog
from flux2_nb.errors import InvalidRequest

CARD = catalog().cards[0]
CAPABILITY = get("json-prompt")


def values_of(data: dict[str, Any], path: str = "", others: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    """A form with this JSON and perhaps a change."""
    change = [{"path": path, "values": "\n".join(others)}]
    return {**CAPABILITY.form(CARD).defaults, "json": json.dumps(data), "change": change, **more}


def prompts_of(values: dict[str, Any]) -> list[Any]:
    """What is sent for it, read again."""
    return [json.loads(request.prompt) for request in CAPABILITY.requests(values, CARD)]


def test_one_thing_changes_under_one_seed() -> None:
    """The prompt as it is comes first, then one picture for each value; only that value and no seed differs."""
    data = {"scene": "a pier", "mood": "calm, patient", "camera": {"ISO": 100}}
    values = values_of(data, "mood", ["stormy", "calm, patient", "merry"])
    requests = CAPABILITY.requests(values, CARD)
    moods = ["calm, patient", "stormy", "merry"]
    assert [json.loads(request.prompt) for request in requests] == [{**data, "mood": mood} for mood in moods]
    assert len({request.seed for request in requests}) == 1
    assert CAPABILITY.labels(values, CARD) == moods


def test_numbers_stay_numbers() -> None:
    """A changed ISO is a number as before."""
    values = values_of({"camera": {"ISO": 100}}, "camera.ISO", ["400"])
    assert [one["camera"]["ISO"] for one in prompts_of(values)] == [100, 400]


def test_a_swapped_colour_stays_bound_to_its_object() -> None:
    """A lone hex code replaces the code in the text and not the text."""
    data = {"color_palette": ["the boat in color #FF0000"], "subjects": [{"colors": ["#112233"]}]}
    palette = prompts_of(values_of(data, "color_palette[0]", ["#0a0"]))
    assert [one["color_palette"] for one in palette] == [["the boat in color #FF0000"], ["the boat in color #00AA00"]]
    subject = prompts_of(values_of(data, "subjects[0].colors[0]", ["#445566"]))
    assert subject[1]["subjects"][0]["colors"] == ["#445566"]


def test_the_paths_of_the_prompt_are_offered_in_words() -> None:
    """What can be changed follows the editor, own keys among it; a path that is gone is no longer chosen."""
    data = {"subjects": [{"position": "left"}], "camera": {"lens": "35mm"}, "own_key": "x", "variables": {"A": "b"}}
    followed = CAPABILITY.sync(values_of(data, "mood"), "json", CARD)
    (change,) = followed["change"]
    assert change["choices"] == [
        ["nothing", ""],
        ["Subject 1: position", "subjects[0].position"],
        ["Camera: lens", "camera.lens"],
        ["Own key", "own_key"],
    ]
    assert change["path"] == ""


def test_a_path_that_is_gone_is_a_sentence() -> None:
    """A change of what is not there says so and costs nothing."""
    with pytest.raises(InvalidRequest, match="no mood any more"):
        CAPABILITY.requests(values_of({"scene": "a pier"}, "mood", ["calm"]), CARD)


def test_every_combination_of_variables_is_a_picture() -> None:
    """Several values multiply, a single one goes into each; labels name what differs; the values are not sent."""
    data = {
        "scene": "a {{COLOUR}} {{THING}} in {{PLACE}}",
        "variables": {"COLOUR": ["red", "blue"], "THING": ["cup", "jug"], "PLACE": "Rome"},
    }
    values = values_of(data)
    expected = [("red", "cup"), ("red", "jug"), ("blue", "cup"), ("blue", "jug")]
    assert prompts_of(values) == [{"scene": f"a {colour} {thing} in Rome"} for colour, thing in expected]
    assert CAPABILITY.labels(values, CARD) == [f"{colour}, {thing}" for colour, thing in expected]
    assert CAPABILITY.template(values) == values["json"]


def test_a_list_of_objects_is_one_picture_each() -> None:
    """Row by row: each object is one set of values."""
    sets = [{"A": "cup", "B": "Rome"}, {"A": "jug", "B": "Oslo"}]
    values = values_of({"scene": "{{A}} in {{B}}", "variables": sets})
    assert [one["scene"] for one in prompts_of(values)] == ["cup in Rome", "jug in Oslo"]


@given(st.text(min_size=1).filter(str.strip))
def test_any_value_leaves_json(value: str) -> None:
    """Quotes, braces and backslashes in a value arrive as they are."""
    ((_, data),) = json_variables.filled({"scene": "a {{X}}", "variables": {"X": value}})
    assert data == {"scene": f"a {value}"}


def test_variables_are_rows_that_follow_the_json() -> None:
    """A variable typed anywhere gets a row; what is typed in the row stands in the JSON."""
    values = values_of({"scene": "a {{THING}}"})
    rows = CAPABILITY.sync(values, "json", CARD)["variables"]
    assert rows == [{"name": "THING", "values": ""}]
    typed = {**values, "variables": [{"name": "THING", "values": "cup\n jug \n"}]}
    written = CAPABILITY.sync(typed, "variables", CARD)["json"]
    assert json.loads(written)["variables"] == {"THING": ["cup", "jug"]}
    cleared = {**typed, "json": written, "variables": [{"name": "THING", "values": ""}]}
    assert "variables" not in json.loads(CAPABILITY.sync(cleared, "variables", CARD)["json"])


def test_rows_of_a_list_of_objects_stay_one() -> None:
    """Sets of values written as a list stay a list when a row is edited."""
    data = {"scene": "{{A}} {{B}}", "variables": [{"A": "1", "B": "x"}, {"A": "2", "B": "y"}]}
    rows = json_variables.to_rows(data)
    assert rows == [{"name": "A", "values": "1\n2"}, {"name": "B", "values": "x\ny"}]
    assert json_variables.from_rows(rows, data) == data
    changed = json_variables.from_rows([rows[0], {"name": "B", "values": "x\nz"}], data)
    assert changed["variables"] == [{"A": "1", "B": "x"}, {"A": "2", "B": "z"}]


def test_objects_with_different_keys_keep_their_places() -> None:
    """Where an object has no value for a variable the line is empty, and editing another moves nothing."""
    data = {"scene": "{{A}} {{B}}", "variables": [{"A": "1"}, {"A": "2", "B": "y"}, {"B": "z"}]}
    rows = json_variables.to_rows(data)
    assert rows == [{"name": "A", "values": "1\n2"}, {"name": "B", "values": "\ny\nz"}]
    changed = json_variables.from_rows([{"name": "A", "values": "1\n3"}, rows[1]], data)
    assert changed["variables"] == [{"A": "1"}, {"A": "3", "B": "y"}, {"B": "z"}]


def test_a_missing_value_is_named() -> None:
    """A template without a value says which, in the notes as well."""
    values = values_of({"scene": "a {{COLOUR}} cup", "variables": {"COLOUR": " "}})
    with pytest.raises(InvalidRequest, match=r"a value for \{\{COLOUR\}\}"):
        CAPABILITY.requests(values, CARD)
    assert "{{COLOUR}}" in CAPABILITY.notes(values, CARD)[0].text


@pytest.mark.parametrize(
    ("values", "count"),
    [
        (values_of({"scene": "{{A}} {{B}}", "variables": {"A": list("abc"), "B": list("xyz")}}), "9"),
        (values_of({"scene": "{{A}}", "mood": "calm", "variables": {"A": list("abc")}}, "mood", ["b", "c"]), "9"),
        (values_of({"scene": "{{A}}", "variables": {"A": list("abc")}}, count=3), "9"),
        (
            values_of(
                {
                    "scene": "".join(f"{{{{{n}}}}}" for n in "ABCDEF"),
                    "variables": {key: list("0123456789") for key in "ABCDEF"},
                }
            ),
            "1000000",
        ),
    ],
)
def test_too_many_pictures_are_refused(values: dict[str, Any], count: str) -> None:
    """Combinations are counted before they are made, and refused with their number."""
    with pytest.raises(InvalidRequest, match=f"makes {count} pictures.*at most 8"):
        CAPABILITY.requests(values, CARD)


def test_a_change_and_variables_multiply() -> None:
    """Each changed prompt is filled with each set of values; two seeds make two of each."""
    data = {"scene": "a {{X}}", "mood": "calm", "variables": {"X": ["cup", "jug"]}}
    values = values_of(data, "mood", ["wild"], count=2)
    labels = ["calm · cup", "calm · jug", "wild · cup", "wild · jug"]
    assert CAPABILITY.labels(values, CARD) == labels * 2
    seeds = [request.seed for request in CAPABILITY.requests(values, CARD)]
    assert len(set(seeds[:4])) == len(set(seeds[4:])) == 1


free = st.recursive(
    st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=5), free, max_size=4))
def test_a_change_back_changes_nothing(data: dict[str, Any]) -> None:
    """Putting what stands at a path there again gives the same prompt, for any keys."""
    for path, value in json_variations.leaves(data):
        written = next(way for label, way in json_variations.choices(data) if way == json_variations.written(path))
        assert json_variations.varied(data, written, [json_variations.value_at(data, written)])[0].keys() == data.keys()
        assert value is not None
