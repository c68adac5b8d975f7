"""The JSON prompt: reading, writing, prose and its table of fields."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.colours import bound_colours
from flux2_nb.prompting.json_prompt import (
    Camera,
    JsonField,
    JsonPrompt,
    Part,
    Subject,
    documented_fields,
    is_json_prompt,
)

WORKSHOP = """{
  "scene": "a tiny harbour workshop, early morning",
  "subjects": [
    {"type": "boat builder", "description": "An old boat builder in an apron", "position": "center foreground",
     "pose": "leaning over the bench", "colors": ["#2E86AB"], "color_match": "exact", "mood of hands": "calm"},
    {"description": "a grey cat", "position": "left"}
  ],
  "weather": {"wind": "light"},
  "style": "documentary photograph",
  "color_palette": ["#112233", "worn brass"],
  "camera": {"angle": "low", "lens-mm": 85, "f-number": 5.6, "ISO": 200, "depth_of_field": "shallow", "focus": "hands"},
  "effects": ["rain", "film grain"]
}"""

KEYS = st.sampled_from(
    [f.path for f in documented_fields() if "." not in f.path] + ["extra", "copy", "_order", "model_fields", "été", ""]
)
LETTERS = st.characters(codec="utf-8")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS | st.text(LETTERS, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(LETTERS, max_size=5), inner, max_size=3),
    max_leaves=8,
)
TEXTS = st.text(LETTERS)
SUBJECT_KEYS = st.sampled_from(["position", "type", "pose", "extra"])
PARTS = {
    "subjects": st.lists(st.dictionaries(SUBJECT_KEYS, TEXTS, max_size=4)),
    "camera": st.dictionaries(st.sampled_from(["ISO", "lens-mm", "iso", "lens_mm"]), st.integers() | TEXTS),
    "weather": VALUES,
    "mood": TEXTS,
}
VALID = st.permutations(list(PARTS)).flatmap(lambda keys: st.fixed_dictionaries({key: PARTS[key] for key in keys}))


def _pairs(text: str) -> Any:
    """JSON with objects as lists of pairs, so that order counts."""
    return json.loads(text, object_pairs_hook=list)


def _field_at_fault(text: str) -> str | None:
    """The field a text is refused for; None when it is accepted."""
    try:
        JsonPrompt.parse(text)
    except InvalidRequest as error:
        return error.field
    return None


@given(VALID, st.sampled_from([2, None]))
def test_round_trip_keeps_every_key_in_order(data: dict[str, Any], indent: Any) -> None:
    """Keys, order and values come back as they were, documented or not, even where a key resembles an attribute."""
    text = json.dumps(data, ensure_ascii=False)
    assert _pairs(JsonPrompt.parse(text).to_json(indent)) == _pairs(text)


@given(st.dictionaries(KEYS, VALUES, max_size=8))
def test_any_object_comes_back_or_is_refused_by_field(data: dict[str, Any]) -> None:
    """What is accepted round-trips and has prose; what is refused is refused for one of its own keys."""
    text = json.dumps(data, ensure_ascii=False)
    field = _field_at_fault(text)
    if field is not None:
        assert re.split(r"[.\[]", field)[0] in data
        return
    prompt = JsonPrompt.parse(text)
    assert _pairs(prompt.to_json()) == _pairs(text)
    assert isinstance(prompt.to_prose(), str)


@given(st.text(st.characters(codec="utf-8"), max_size=60) | st.text('{}[]":,\\ \n1ae', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text crashes the reader, and ``is_json_prompt`` agrees with it."""
    assert is_json_prompt(text) == (_field_at_fault(text) is None)


def test_minified_and_pretty_hold_the_same() -> None:
    """Minified has no blanks between tokens, pretty two per level, and both the same content."""
    prompt = JsonPrompt.parse(WORKSHOP)
    assert prompt.to_json(None).startswith('{"scene":"a tiny harbour workshop, early morning","subjects":[{"type":')
    assert prompt.to_json().startswith('{\n  "scene": "a tiny')
    assert _pairs(prompt.to_json(None)) == _pairs(prompt.to_json()) == _pairs(WORKSHOP)


def test_letters_of_every_script_stay() -> None:
    """Non-ASCII text is written as it is, which also costs fewer tokens."""
    assert JsonPrompt.parse('{"scene": "雨の夜市"}').to_json(None) == '{"scene":"雨の夜市"}'


def test_aliases_reach_the_camera() -> None:
    """The keys with hyphens and capitals are attributes of the camera."""
    camera = JsonPrompt.parse(WORKSHOP).camera
    assert isinstance(camera, Camera)
    assert (camera.lens_mm, camera.f_number, camera.iso) == (85, 5.6, 200)


def test_a_key_set_later_is_written_last() -> None:
    """An attribute set after parsing joins the keys that were there."""
    prompt = JsonPrompt.parse('{"mood": "calm", "scene": "a lake"}')
    prompt.lighting = "dawn"
    assert list(prompt.as_dict()) == ["mood", "scene", "lighting"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a": 1,}', "line 1, column"),
        ('{\n  "a": "x"\n  "b": 1\n}', "line 3, column 3"),
        ("{'a': 1}", "line 1, column 2"),
        ('{"a": "one\ntwo"}', "line break"),
        ('{"a": 1} tail', "follows the end"),
        ("", "line 1, column 1"),
        ('{"a": NaN}', "NaN"),
        ('{"a": 1e999}', "too large"),
        ('{"a": ' + "7" * 5000 + "}", "too many digits"),
        ('{"a": "\\ud800"}', "character pair"),
        ('{"mood": "a", "mood": "b"}', '"mood" appears twice'),
        ('["a"]', "must be an object"),
        ("[" * 100_000, "32 levels deep at line 1"),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, "32 levels deep"),
    ],
)
def test_broken_json_gets_a_sentence_with_its_place(text: str, place: str) -> None:
    """Each way to break JSON is told apart and told where."""
    with pytest.raises(InvalidRequest, match=place.replace("(", r"\(")):
        JsonPrompt.parse(text)


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        ('{"scene": 5}', "scene", "scene must be text or an object, not a number"),
        ('{"subjects": "x"}', "subjects", "must be a list, not text"),
        ('{"subjects": [{"description": "a"}, {"position": 5}]}', "subjects[1].position", "must be text, not a number"),
        ('{"style": {"medium": []}}', "style.medium", "must be text, not a list"),
        ('{"camera": {"ISO": true}}', "camera.ISO", "a number or text, not true or false"),
        (
            '{"composition": {"depth_layers": [{"elements": 3}]}}',
            "composition.depth_layers[0].elements",
            "not a number",
        ),
    ],
)
def test_a_wrong_type_names_its_field(text: str, field: str, message: str) -> None:
    """The error carries the path of the field and says what belongs there."""
    with pytest.raises(InvalidRequest, match=message) as caught:
        JsonPrompt.parse(text)
    assert caught.value.field == field


def test_brackets_inside_text_are_no_depth() -> None:
    """Only real nesting counts."""
    assert JsonPrompt.parse(json.dumps({"scene": '[{"' * 100})).scene == '[{"' * 100


def test_prose_places_subjects_and_ties_colours() -> None:
    """Places stand in front, colours are tied to the subject, the camera is one sentence, extras are labelled."""
    text = JsonPrompt.parse(WORKSHOP).to_prose()
    assert (
        "In the center foreground, an old boat builder in an apron in exact color #2E86AB, leaning over the bench"
        in text
    )
    assert "On the left, a grey cat." in text
    assert "Camera: low angle, 85mm lens, f/5.6, ISO 200, shallow depth of field, focus on hands." in text
    assert "Color palette: color #112233 and worn brass." in text
    assert "Effects: rain and film grain." in text
    assert "Weather: wind light." in text
    assert bound_colours(text)[0].target == "apron"


def test_prose_of_an_infographic_quotes_its_titles() -> None:
    """Words to be written are in quotation marks, sections numbered."""
    data = {
        "title": "How a Boat Is Built",
        "sections": [{"heading": "Frame", "content": "oak ribs", "visual": "bare ribs"}],
    }
    text = JsonPrompt.parse(json.dumps(data)).to_prose()
    assert text == 'An infographic titled "How a Boat Is Built". Section 1 "Frame": oak ribs, shown as bare ribs.'


def test_prose_fills_a_prompt_template() -> None:
    """A template with its variables becomes its filled text."""
    data = {
        "prompt_template": "Portrait of a {{CRAFT}}",
        "variables": {"CRAFT": "weaver"},
        "colors": {"accent": "#E63946"},
    }
    assert JsonPrompt.parse(json.dumps(data)).to_prose() == "Portrait of a weaver. Color palette: accent color #E63946."


@given(
    st.dictionaries(
        st.sampled_from(["scene", "background", "mood", "weather", "title", "style"]), st.text("abcxyz", min_size=3)
    )
)
def test_prose_says_every_text_it_is_given(data: dict[str, str]) -> None:
    """No text of the top level is lost on the way to prose."""
    prose = JsonPrompt.model_validate(data).to_prose().lower()
    assert all(text in prose for text in data.values())


def _models_at(path: str) -> list[type[Part]]:
    owner = path.rpartition(".")[0]
    named: dict[str, list[type[Part]]] = {"": [JsonPrompt], "subjects[]": [Subject], "camera": [Camera]}
    if owner in named:
        return named[owner]
    return [part for part in Part.__subclasses__() if part not in (JsonPrompt, Subject, Camera)]


@pytest.mark.parametrize("field", documented_fields(), ids=lambda field: field.path)
def test_every_documented_field_is_modelled(field: JsonField) -> None:
    """The table of fields and the models agree."""
    key = field.path.rpartition(".")[2]
    assert any(key in {f.alias or name for name, f in model.model_fields.items()} for model in _models_at(field.path))
    assert field.help.endswith(".")
    assert field.kind in {"text", "list", "number", "palette", "rows", "object"}


def test_every_modelled_field_is_documented() -> None:
    """No model has a field that the table does not describe."""
    keys = {part.removesuffix("[]") for field in documented_fields() for part in field.path.split(".")}
    models: list[type[Part]] = [JsonPrompt, *(part for part in Part.__subclasses__() if part is not JsonPrompt)]
    assert {f.alias or name for model in models for name, f in model.model_fields.items()} <= keys


def test_the_examples_of_the_fields_make_a_valid_prompt() -> None:
    """Every example can be put where its path says and parses."""
    for field in documented_fields():
        value: Any = field.example
        for key in reversed(field.path.split(".")):
            value = {key.removesuffix("[]"): [value] if key.endswith("[]") else value}
        JsonPrompt.parse(json.dumps(value))
