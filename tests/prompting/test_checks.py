"""What the prompt checks find, and what they leave alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.prompting.checks import check
from flux2_nb.prompting.languages import briefs
from flux2_nb.prompting.tables import table


def _found(prompt: str, **settings: object) -> list[tuple[str, str]]:
    return [(finding.kind, prompt[finding.start : finding.end]) for finding in check(prompt, **settings)]


@pytest.mark.parametrize("row", table("checks")["positive"], ids=lambda row: row["things"][0])
def test_each_thing_wished_away_has_its_positive_wording(row: dict[str, object]) -> None:
    """Every row of the table is found behind "no" and answered with its wording."""
    for thing in row["things"]:
        (finding,) = check(f"a quiet street at noon with no {thing}")
        assert (finding.kind, finding.suggestion) == ("negation", row["instead"])


@pytest.mark.parametrize("row", table("checks")["quality"], ids=lambda row: row["words"][0])
def test_each_denied_quality_has_its_positive_wording(row: dict[str, object]) -> None:
    """Every quality of the table is found behind "not"."""
    for word in row["words"]:
        assert [finding.suggestion for finding in check(f"a portrait, not {word}")] == [row["instead"]]


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("no text or logos", ["no text", "logos"]),
        ("a room without any furniture", ["without any furniture"]),
        ("a dancer without shoes", ["without shoes"]),
        ("an empty beach, nobody in sight", ["nobody"]),
        ("avoid text. Do not include people", ["avoid text", "Do not include people"]),
        ("une rue sans voitures dans la ville", ["sans"]),
        ("eine Straße ohne Autos", ["ohne"]),
        ("una calle sin coches", ["sin"]),
        ("uma rua sem carros", ["sem"]),
        ("una strada senza auto", ["senza"]),
        ("一条没有人的街道", ["没有"]),
        ("車なしで", ["なしで"]),
        ("사람이 없는 거리", ["없는"]),
        ("ถนนที่ไม่มีคน", ["ไม่มี"]),
        ("شارع بدون سيارات", ["بدون"]),
        ("बिना लोगों की सड़क", ["बिना"]),
    ],
)
def test_negations_are_found(prompt: str, said: list[str]) -> None:
    """English negations with what they deny, and the negation words of eleven other languages."""
    assert _found(prompt) == [("negation", words) for words in said]


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("a sign that says OPEN 24 HOURS above the door", "OPEN 24 HOURS"),
        ("a poster titled Summer Nights", "Summer Nights"),
        ("a chalkboard reading Fresh Bread Daily in white", "Fresh Bread Daily"),
        ("a t-shirt saying good vibes only in blue", "good vibes only"),
        ("a wall with the words Hello World in red", "Hello World"),
        ("jars labelled salt on a shelf", "salt"),
        ("a mug with HELLO on it", "HELLO"),
    ],
)
def test_text_to_be_written_should_be_quoted(prompt: str, text: str) -> None:
    """The words are found, and the suggestion is the words in quotation marks."""
    (finding,) = check(prompt)
    assert (finding.kind, prompt[finding.start : finding.end], finding.suggestion) == (
        "unquoted_text",
        text,
        f'"{text}"',
    )


@pytest.mark.parametrize(
    "prompt",
    [
        "Dinner at Nobu with friends, house no. 7, a bottle of No. 5",
        "a sign that says 'no parking'",
        'a book titled "No People" on a desk',
        "a woman reading a book by the window, a boy with a book reading quietly",
        "a labelled diagram of a flower with neatly labelled parts",
        "Change the sky without changing anything else",
        "uma canoa no lago",
        "the text at the top in large letters, sans-serif",
        "a girl says goodbye to her dog",
        "a skier avoiding trees",
        "a mechanic tries to fix it. Rain outside.",
        "whether or not the sun shines, a lone oak",
        "a neon sign with LED lights",
        "forget-me-not flowers beside a knot of ropes",
        "a no-frills kitchen, no longer new",
        "a car in color #AA0000, #112233 walls",
        "a palette of #112233, #445566 and #778899",
        "un chat sur le pas de la porte",
        "Improve the lighting by adding a window on the left",
    ],
)
def test_ordinary_prompts_are_left_alone(prompt: str) -> None:
    """Words that look like trouble and are none raise no alarm."""
    assert _found(prompt) == []


@pytest.mark.parametrize("family", ["pro", "flex", "dev", "max", "klein", "klein-base"])
def test_our_own_briefs_are_clean(family: str) -> None:
    """No brief in any language has a finding for any family."""
    assert [finding for brief in briefs() for text in brief.text.values() for finding in check(text, family)] == []


@pytest.mark.parametrize(
    "prompt",
    ["Make it better", "Please improve the lighting.", "Add a hat and make it more professional!", "Fix the image"],
)
def test_vague_instructions_are_found(prompt: str) -> None:
    """The instructions the guides warn of get a concrete alternative."""
    (finding,) = check(prompt, references=1)
    assert finding.kind == "vague"
    assert finding.suggestion


def test_a_colour_without_an_object_is_found() -> None:
    """The code itself is marked, and the suggestion shows the wording."""
    (finding,) = check("use #FF0000 somewhere")
    assert finding.kind == "unbound_hex"
    assert "the car in color #FF0000" in finding.suggestion


def test_length_advice_depends_on_the_family() -> None:
    """A short prompt is fine for pro, which expands it, and too short for klein, unless it edits an image."""
    assert _found("a red fox", family="pro") == []
    assert _found("a red fox", family="klein") == [("length", "")]
    assert _found("image 1 at night", family="klein", references=1) == []
    assert [kind for kind, _ in _found("a fox runs " * 120, family="dev")] == ["length"]


def test_references_and_mentions_must_agree() -> None:
    """A mention without its image and an image without a mention are both found."""
    assert _found("the cat of image 3 and the dog of image 1", references=2) == [
        ("reference", "image 3"),
        ("reference", ""),
    ]
    assert _found("a cat on a wall like image 1") == [("reference", "image 1")]
    assert _found("combine both images into one scene", references=2) == []
    assert _found("turn the sky orange", references=1) == []


def test_the_image_tag_is_reported_where_it_is_removed() -> None:
    """Only dev's pipeline strips it."""
    prompt = "a lake and [IMG] at dawn"
    assert _found(prompt, family="dev") == [("stripped", "[IMG]")]
    assert _found(prompt, family="pro") == []


def test_a_json_prompt_is_searched_inside_its_texts() -> None:
    """Negations and references count in JSON; codes and lengths are the form's business."""
    prompt = json.dumps({"scene": "a street with no people", "color_palette": ["#112233"], "style": "like image 2"})
    assert _found(prompt, family="klein") == [("negation", "no people"), ("reference", "image 2")]


@given(st.text(max_size=120), st.sampled_from(["pro", "klein", "dev", "unheard-of"]), st.integers(0, 10))
def test_any_text_can_be_checked(prompt: str, family: str, references: int) -> None:
    """No text crashes a check, and every finding lies within the prompt and says something."""
    for finding in check(prompt, family, references):
        assert 0 <= finding.start <= finding.end <= len(prompt)
        assert finding.message.endswith(".")
