"""Reference images in the prompt."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.roles import change_keep, compose, mentioned, missing_mentions, normalise_mentions, role, roles

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


def test_change_and_keep() -> None:
    """An edit says what changes and what stays, or that nothing else does."""
    assert change_keep("replace the bicycle", ["the pose", "the light"]) == (
        "Replace the bicycle. Keep the pose and the light exactly as in the original."
    )
    assert change_keep("Make it night.", []) == "Make it night. Change nothing else."
    with pytest.raises(InvalidRequest, match="nothing to change"):
        change_keep("  ", ["the pose"])


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_normalising_is_stable(prompt: str) -> None:
    """Normalising twice changes nothing more."""
    once = normalise_mentions(prompt)
    assert normalise_mentions(once) == once
