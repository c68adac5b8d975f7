"""Reference images in the prompt."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.roles import (
    canvas_sentence,
    compose,
    mentioned,
    missing_mentions,
    normalise_mentions,
    role,
    roles,
    unwritten,
    write,
)

ALSO = canvas_sentence()
NAMES = st.sampled_from([row.name for row in roles()])


def test_each_role_writes_its_image_number() -> None:
    """Roles follow the prompt as sentences, numbered by position."""
    text = compose("A portrait in a garden", ["subject", None, "style"])
    assert text.startswith("A portrait in a garden. The main subject is the one from image 1")
    assert text.endswith("Apply the visual style of image 3 to the whole picture.")
    assert "image 2" not in text


def test_what_the_prompt_says_is_not_said_twice() -> None:
    """A role the prompt gives that image already adds nothing; the same role for another image does."""
    prompt = "The woman from image 1 in the style of image 2"
    assert compose(prompt, ["subject", "style"]) == prompt
    assert "style of image 1" in compose(prompt, ["style", "style"])


def test_a_json_prompt_keeps_its_form() -> None:
    """Sentences go under a key of their own, and the prompt stays JSON."""
    data = json.loads(compose('{"scene":"a garden"}', ["subject"]))
    assert list(data) == ["scene", "reference_images"]
    assert "image 1" in data["reference_images"][0]


@given(
    st.text(st.characters(codec="utf-8"), max_size=60) | st.just('{"scene":"a lake"}'),
    st.lists(st.none() | NAMES, max_size=6),
)
def test_composing_twice_adds_nothing(prompt: str, chosen: list[str | None]) -> None:
    """Compose is idempotent, and afterwards every image with a role is mentioned."""
    once = compose(prompt, chosen)
    assert compose(once, chosen) == once
    assert {number for number, name in enumerate(chosen, 1) if name} <= mentioned(once)


TYPED = st.text(st.characters(codec="utf-8"), max_size=60)
CHOSEN = st.lists(st.none() | NAMES, max_size=4)


@given(TYPED, CHOSEN, CHOSEN)
def test_another_role_replaces_the_sentence_of_the_first(typed: str, first: list[str], second: list[str]) -> None:
    """What stands in the prompt depends on the roles as they are now; with none, it is what the person typed."""
    assume(unwritten(typed) == typed)
    once = write(typed, first, [ALSO])
    assert write(once, second) == write(typed, second)
    assert write(once, []) == typed
    assert write(once, first, [ALSO]) == once


@given(CHOSEN)
def test_what_is_written_needs_no_more_words(chosen: list[str | None]) -> None:
    """A prompt that shows its roles is sent as it is shown."""
    shown = write("A portrait in a garden", chosen, [ALSO])
    assert compose(shown, chosen, [ALSO]) == shown


def test_words_around_a_written_sentence_stay() -> None:
    """A person may type on behind a sentence of ours; a sentence that was changed is theirs from then on."""
    shown = write("A portrait", ["style"])
    assert write(f"{shown} In a garden.\nAt dusk.", []) == "A portrait\nIn a garden.\nAt dusk."
    changed = shown.replace("whole picture", "whole garden")
    assert write(changed, []) == changed


def test_moving_a_picture_renumbers_its_sentence() -> None:
    """The number in a sentence follows the picture's place."""
    assert write(write("A portrait", ["style", None]), [None, "style"]) == write("A portrait", [None, "style"])


def test_a_json_prompt_is_not_written_into() -> None:
    """Lines behind its closing brace would break it."""
    assert write('{"scene": "a lake"}', ["style"]) == '{"scene": "a lake"}'


def test_an_unknown_role_is_refused_with_the_nearest() -> None:
    """A misspelt role gets the one that was meant."""
    with pytest.raises(InvalidRequest, match='Did you mean "background"'):
        role("backgroud")


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("put @image1 on @img2", "put image 1 on image 2"),
        ("[image 3] and <image2> and img_1", "image 3 and image 2 and image 1"),
        ("Image #1 beside image1", "Image 1 beside image 1"),
        ("mail me@image1.com, pilgrimage 3", "mail me@image1.com, pilgrimage 3"),
    ],
)
def test_other_syntax_becomes_plain_words(written: str, normal: str) -> None:
    """Tags of other tools turn into the wording FLUX.2 documents."""
    assert normalise_mentions(written) == normal


@pytest.mark.parametrize(
    ("prompt", "numbers"),
    [
        ("images 1, 2 and 4", {1, 2, 4}),
        ("images 1-3", {1, 2, 3}),
        ("the hat of the second image", {2}),
        ("把图1的猫放到图2里", {1, 2}),
        ("画像1の服、이미지 2, الصورة 3, Bild 4", {1, 2, 3, 4}),
        ('a sign reading "image 5", image 16:9, image 2K', set()),
    ],
)
def test_mentions_are_found(prompt: str, numbers: set[int]) -> None:
    """Numbers count in lists, ranges, ordinals and other languages, and not in quotes, ratios and sizes."""
    assert mentioned(prompt) == numbers


def test_missing_mentions() -> None:
    """Images the prompt does not name are listed, unless it speaks of all of them."""
    assert missing_mentions("the cat of image 2", 3) == [1, 3]
    assert missing_mentions("combine both images", 2) == []


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_normalising_is_stable(prompt: str) -> None:
    """Normalising twice changes nothing more."""
    once = normalise_mentions(prompt)
    assert normalise_mentions(once) == once
