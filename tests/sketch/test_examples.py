"""The product's own examples and briefs: what each sketch shows, in every language, and nothing else."""

from __future__ import annotations

import pytest

from flux2_nb.capability.base import Example
from flux2_nb.capability.json_prompt import JsonPrompting
from flux2_nb.capability.text_to_image import TextToImage
from flux2_nb.prompting.languages import briefs
from flux2_nb.sketch import describe
from flux2_nb.sketch.plan import SketchPlan

# What each brief may show, and the figures of which a sketch must have one of each group.
ALLOWED: dict[str, set[str]] = {
    "bakery": {"shop", "🍞", "🐈", "window", "🚪"},
    "poster": {"tin", "leaf"},
    "lake": {"canoe", "⛰", "🏔", "☀"},
    "market": {"☂", "oldwoman", "🍜", "stall"},
    "balcony": {"robot", "flower", "☀"},
}
KEYS: dict[str, tuple[set[str], ...]] = {
    "bakery": ({"🐈"}, {"shop", "🍞"}),
    "poster": ({"tin"}, {"leaf"}),
    "lake": ({"canoe"}, {"⛰", "🏔"}),
    "market": ({"☂", "stall"}, {"oldwoman"}),
    "balcony": ({"robot"}, {"flower"}),
}
GROUNDS = {"bakery": "street", "poster": "plain", "lake": "sea", "market": "street", "balcony": "terrace"}
TEXTS = {brief.key: brief.text for brief in briefs()}


def figures(plan: SketchPlan) -> list[str]:
    return [subject.figure for subject in plan.subjects]


@pytest.mark.parametrize("language", TEXTS["bakery"])
@pytest.mark.parametrize("key", TEXTS)
def test_a_brief_shows_nothing_that_it_does_not_name(key: str, language: str) -> None:
    """No figure, and no labelled box, stands for a word that names none of the brief's things."""
    plan = describe(TEXTS[key][language])
    assert set(figures(plan)) <= ALLOWED[key]


@pytest.mark.parametrize("key", TEXTS)
def test_a_brief_shows_its_key_things_in_nine_of_ten_languages(key: str) -> None:
    """Cat and bakery, tin and leaf, canoe and mountain, market and woman, robot and flowers are drawn."""
    plans = {language: describe(text) for language, text in TEXTS[key].items()}
    missing = [
        language for language, plan in plans.items() if not all(group & set(figures(plan)) for group in KEYS[key])
    ]
    assert len(missing) <= len(plans) // 10, missing


@pytest.mark.parametrize("key", TEXTS)
def test_a_brief_is_set_in_its_place_in_nine_of_ten_languages(key: str) -> None:
    """Street, lake, market and balcony are the ground of the picture."""
    elsewhere = [language for language, text in TEXTS[key].items() if describe(text).scene.ground != GROUNDS[key]]
    assert len(elsewhere) <= len(TEXTS[key]) // 10, elsewhere


def test_the_poster_brief_writes_its_word_in_every_language() -> None:
    """The one quoted word is the poster's title."""
    plans = [describe(text) for text in TEXTS["poster"].values()]
    assert all(plan.format == "poster" and len(plan.texts) == 1 for plan in plans)


EXAMPLES = {
    "Photograph": ["chef", "tray", "🥐", "oven", "window"],
    "Product": ["🫖", "slab", "🌿"],
    "Interior": ["armchair", "lamp", "shelf", "🐈", "skylight"],
    "Infographic": ["☁", "stream", "🫖", "☕"],
    "Landing page": ["🐦", "🌿"],
    "Poster": ["lighthouse", "⛵", "☀"],
    "Meme": ["🐈", "💻", "mug"],
    "Social post": ["🥧", "plank", "☕"],
    "Interface mockup": ["🪴"],
    "Comic": ["robot", "🌱", "tree"],
}


@pytest.mark.parametrize("example", TextToImage.examples, ids=lambda example: example.label)
def test_an_example_shows_what_it_names(example: Example) -> None:
    """The examples of text to image: materials, light, travel and floors are not drawn as things."""
    assert figures(describe(example.values["prompt"], seed=7)) == EXAMPLES[example.label]


def test_the_json_examples_show_what_they_name() -> None:
    """A boat builder is a man, a cedar plank a plank, and each step of the infographic has its own drawing."""
    workshop, product, steps = (describe(example.values["json"]) for example in JsonPrompting.examples[:3])
    assert figures(workshop) == ["oldman", "plank", "🐈", "rope"]
    assert workshop.scene.ground == "room"
    assert figures(product) == ["🫖", "🍋"]
    assert [section.subjects[0].figure for section in steps.sections] == ["🫖", "🫖", "⌛", "☕"]


def test_words_of_place_and_weather_in_a_list_of_icons_are_drawn() -> None:
    """In an infographic, "rain, river and night" are three pictures; in a picture they set the scene."""
    plan = describe('Infographic "Water" in 4 steps with icons: rain, river, a kettle, night')
    assert [section.subjects[0].figure for section in plan.sections] == ["🌧", "🌊", "🫖", "🌙"]
    assert figures(describe("a kettle by a river, rain, night")) == ["🫖"]


def test_the_main_thing_of_a_product_picture_is_large() -> None:
    """A teapot on a slab takes at least a quarter of the picture's height."""
    example = next(example for example in TextToImage.examples if example.label == "Product")
    teapot = describe(example.values["prompt"], 896, 1120, 7).subjects[0].boxes[0]
    assert teapot[3] - teapot[1] >= 0.25 * 1120
