"""Reading prompts: boxes for unknown nouns, none for other words; clothes, writing, edits, JSON, languages."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flux2_nb.sketch import describe
from flux2_nb.sketch.lexicon import language_of


def figures(prompt: str, references: int = 0) -> list[str]:
    return [subject.figure for subject in describe(prompt, references=references).subjects]


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("an old gramophone on a table", ["gramophone"]),
        ("a xylophone and a cat", ["xylophone"]),
        ("un gramophone sur une table", ["gramophone"]),
        ("ein Grammophon auf dem Tisch", ["Grammophon"]),
        ("un gramófono sobre la mesa", ["gramófono"]),
    ],
)
def test_an_unknown_noun_becomes_a_labelled_box(prompt: str, words: list[str]) -> None:
    """A thing without a drawing is named in the plan and has a box of its own."""
    plan = describe(prompt)
    assert [subject.word for subject in plan.subjects if not subject.drawn] == words
    assert list(plan.unknown) == words
    assert any(words[0] in note for note in plan.notes)


@pytest.mark.parametrize(
    "prompt",
    [
        "a cinematic portrait of a fox, photorealistic, 35mm, shallow depth of field, film grain",
        "a close-up of a fox in a moody atmosphere, the light is soft and the colors are warm",
        "the composition follows the rule of thirds, a fox on the left, a sense of calm",
        "un renard, plan large, lumière douce, une ambiance calme et un style photo",
        "ein Fuchs, Nahaufnahme mit weichem Licht und einer ruhigen Stimmung, Stil der Aufnahme natürlich",
        "un zorro, luz suave, un ambiente tranquilo y el fondo borroso",
        "shot on Kodak film, a fox walking through the frame, high detail, 8k, masterpiece",
    ],
)
def test_words_of_style_and_camera_become_nothing(prompt: str) -> None:
    """Function words, verbs, adjectives, styles and camera terms are neither drawn nor boxed."""
    assert figures(prompt) == ["fox"]


@pytest.mark.parametrize("prompt", ["qwxyz", "አማርኛ ጽሑፍ ብቻ", "ჩემი სახლი"])
def test_a_prompt_in_which_nothing_is_known_still_shows_something(prompt: str) -> None:
    """The prompt's own words stand in a box: never an empty picture."""
    (only,) = describe(prompt).subjects
    assert only.word == prompt
    assert len(only.boxes) == 1


def test_clothes_dress_their_wearer() -> None:
    """A coat named after a woman colours her and is not drawn beside her; without a person it is drawn."""
    dressed = describe("a woman in a red coat").subjects
    assert [(subject.figure, subject.colour) for subject in dressed] == [("woman", "#D62828")]
    assert figures("a red coat on a chair") == ["🧥", "🪑"]


def test_no_people_draws_no_people() -> None:
    """What a prompt excludes is not drawn."""
    assert figures("a street without cars, a bicycle") == ["🚲"]


def test_scene_words_are_not_drawn_again() -> None:
    """Night, beach, snow and city set the scene and are no subjects."""
    for prompt in ("a dog on a beach at night", "a dog in a snowy city", "ein Hund im Wald bei Sonnenuntergang"):
        assert figures(prompt) == ["🐕"]


def test_words_in_quotation_marks_are_written_not_drawn() -> None:
    """Quoted nouns are text; on a thing that carries writing they are written there."""
    plan = describe('a sign that says "Fox & Owl" beside a tree')
    assert [(s.figure, s.writing) for s in plan.subjects] == [("sign", "Fox & Owl"), ("tree", None)]
    assert describe('a tree, the words "Owl Night" above').texts == ("Owl Night",)


def test_the_first_title_leads_and_roles_are_kept() -> None:
    """Titles, buttons and brands are told by the word before them, in French as in English."""
    plan = describe("Page d'accueil « Mirabelle », bouton « Commander », titre « Le pain du matin », un croissant")
    assert plan.format == "page"
    assert (plan.text("title"), plan.text("button")) == ("Le pain du matin", "Commander")
    assert plan.texts[0] == "Le pain du matin"


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("a movie poster with a fox", "poster"),
        ("Plakat mit einem Fuchs", "poster"),
        ("海报，一只狐狸", "poster"),
        ("a landing page for a bakery", "page"),
        ("صفحة هبوط لمقهى", "page"),
        ("a mobile app screen with a plant", "screen"),
        ("infographic about tea in three steps", "infographic"),
        ("una infografía del té", "infographic"),
        ("a comic strip of a cat", "comic"),
        ("une bande dessinée avec un chat", "comic"),
        ("a fox in the snow", "picture"),
    ],
)
def test_pages_and_prints_are_recognised(prompt: str, kind: str) -> None:
    """Posters, pages, screens, infographics and comics get their own layout."""
    assert describe(prompt).format == kind


def test_an_edit_adds_only_what_is_new() -> None:
    """With a reference, "the table" is in the picture already; "a cat" is added."""
    assert figures("Add a black cat sitting on the table", references=1) == ["🐈"]
    assert figures("Ajoute un chat sur la table", references=1) == ["🐈"]
    assert figures("Make it night", references=1) == []
    assert describe("Make it night", references=1).scene.light == "night"


def test_json_subjects_keep_their_own_colours_and_places() -> None:
    """Each subject of a JSON prompt has its count, colour and position from its own fields."""
    prompt = {
        "subjects": [
            {"description": "two robots", "position": "left foreground", "colors": ["#2EC4B6"]},
            {"description": "a theremin", "position": "right background"},
        ],
        "lighting": "golden hour",
    }
    plan = describe(json.dumps(prompt))
    robot, box = plan.subjects
    assert (robot.figure, robot.count, robot.colour, robot.column, robot.depth) == (
        "robot",
        2,
        "#2EC4B6",
        "left",
        "foreground",
    )
    assert (box.figure, box.column, box.depth) == ("", "right", "background")
    assert plan.scene.light == "sunset"


def test_json_sections_become_numbered_cells() -> None:
    """A JSON infographic has a cell for each section, with its heading and the thing its visual names."""
    rows = [
        {"heading": "Pick", "content": "By hand", "visual": "a leaf"},
        {"heading": "Dry", "content": "In the sun", "visual": "the sun"},
    ]
    plan = describe(json.dumps({"type": "infographic", "title": "Tea", "sections": rows}))
    assert plan.texts[0] == "Tea"
    assert [(s.heading, s.words, s.subjects[0].figure) for s in plan.sections] == [
        ("Pick", "By hand", "leaf"),
        ("Dry", "In the sun", "☀"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a red fox in the snow", "en"),
        ("un renard roux dans la neige", "fr"),
        ("ein roter Fuchs im Schnee", "de"),
        ("un zorro rojo en la nieve", "es"),
        ("una volpe rossa nella neve", "it"),
        ("uma raposa vermelha na neve", "pt"),
        ("雪中的红狐", "zh"),
        ("雪の中の赤い狐", "ja"),
        ("눈 속의 붉은 여우", "ko"),
        ("ثعلب أحمر في الثلج", "ar"),
        ("बर्फ में एक लाल लोमड़ी", "hi"),
        ("สุนัขจิ้งจอกในหิมะ", "th"),
        ("рыжая лиса в снегу", "ru"),
        ("lis w śniegu", "pl"),
    ],
)
def test_the_language_is_guessed(text: str, code: str) -> None:
    """A short prompt shows its language by its script, its small words and its nouns."""
    assert language_of(text) == code


VALUES = st.recursive(
    st.one_of(st.text(max_size=12), st.sampled_from(["a cat", "left foreground", "#FF0000", "night", "poster"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["description", "position", "colors", "action", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["scene", "subjects", "style", "camera", "sections", "title", "type", "mood", "extra"]),
        VALUES,
        max_size=5,
    )
)
def test_no_json_breaks_the_plan(data: dict[str, object]) -> None:
    """Any JSON, valid as a prompt or not, gives a plan."""
    assert describe(json.dumps(data)).width == 1024
