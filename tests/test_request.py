"""The request: checked when made, frozen, and the same again after a journey through JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from flux2_nb.errors import InvalidRequest
from flux2_nb.request import MAX_PROMPT_CHARACTERS, MAX_SEED, ImageRequest, Reference

PROMPTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)

REFERENCES = st.builds(
    Reference,
    role=st.none() | PROMPTS,
    name=PROMPTS,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    media_type=st.sampled_from(["image/png", "image/jpeg", "image/webp"]),
    width=st.integers(64, 8192),
    height=st.integers(64, 8192),
)

SIZES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"width": st.integers(1, 16384), "height": st.integers(1, 16384)}),
    st.fixed_dictionaries(
        {"aspect_ratio": st.sampled_from(["1:1", "16:9", "match"]), "megapixels": st.floats(0.1, 16)}
    ),
)

OTHERS = st.fixed_dictionaries(
    {},
    optional={
        "seed": st.integers(0, MAX_SEED),
        "steps": st.integers(1, 200),
        "guidance": st.floats(0, 30),
        "prompt_upsampling": st.booleans(),
        "safety_tolerance": st.integers(0, 6),
        "output_format": st.sampled_from(["png", "jpeg", "webp"]),
        "extra": st.dictionaries(PROMPTS, st.booleans() | st.integers(-(2**53), 2**53) | PROMPTS, max_size=3),
    },
)


@given(PROMPTS, SIZES, OTHERS, st.lists(REFERENCES, max_size=3))
def test_a_request_survives_its_journey_through_json(
    prompt: str, size: dict[str, Any], others: dict[str, Any], references: list[Reference]
) -> None:
    """Whatever is asked for, in any script, it comes back equal and with the same key."""
    request = ImageRequest(prompt, references=references, **size, **others)
    again = ImageRequest.from_dict(json.loads(json.dumps(request.to_dict())))
    assert (again, again.key) == (request, request.key)


def test_the_bytes_of_a_reference_stay_behind() -> None:
    """A journal entry holds the hash, not the picture and not the path on this machine."""
    reference = Reference(b"canary bytes", name="fox.png", sha256="ab", width=64, height=64, media_type="image/png")
    text = json.dumps(ImageRequest("a fox", references=[reference, Reference(Path("/home/ada/fox.png"))]).to_dict())
    assert "canary" not in text
    assert "/home/ada" not in text


def test_unset_fields_are_left_out() -> None:
    """The smallest request is its prompt."""
    assert ImageRequest("a fox").to_dict() == {"prompt": "a fox"}


@pytest.mark.parametrize(
    "change", [{"prompt": "a hare"}, {"seed": 8}, {"width": 512, "height": 512}, {"extra": {"a": 1}}]
)
def test_another_request_has_another_key(change: dict[str, Any]) -> None:
    """Equal keys mean equal requests."""
    request = ImageRequest("a fox", seed=7)
    assert request.but().key == request.key != request.but(**change).key


def test_a_request_is_frozen_and_copies_are_checked() -> None:
    """It is changed by making another, which obeys the same rules."""
    request = ImageRequest("a fox")
    with pytest.raises(ValidationError, match="frozen"):
        request.prompt = "a hare"
    with pytest.raises(InvalidRequest, match="Seed"):
        request.but(seed=-1)


@pytest.mark.case(33)
@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"prompt": ""}, "prompt", "empty"),
        ({"prompt": " \n\t"}, "prompt", "empty"),
        ({"prompt": "a\0b"}, "prompt", "NUL"),
        ({"prompt": "half \ud83e"}, "prompt", "half a character at position 6"),
        ({"prompt": "x" * (MAX_PROMPT_CHARACTERS + 1)}, "prompt", "100,001 characters"),
        ({"prompt": 5}, "prompt", "valid string"),
        ({"width": 512}, "", "go together"),
        ({"height": 512}, "", "go together"),
        ({"width": 512, "height": 512, "aspect_ratio": "1:1"}, "", "not both"),
        ({"width": 0, "height": 64}, "width", "Width is a whole number from 1 to 16384, not 0"),
        ({"width": 512.0, "height": 512}, "width", "whole number"),
        ({"width": "512", "height": 512}, "width", "whole number"),
        ({"width": True, "height": 512}, "width", "whole number"),
        ({"aspect_ratio": "wide"}, "aspect_ratio", "not of the form 16:9"),
        ({"aspect_ratio": "0:9"}, "aspect_ratio", "not of the form 16:9"),
        ({"aspect_ratio": "16:9:1"}, "aspect_ratio", "not of the form 16:9"),
        ({"aspect_ratio": "-1:2"}, "aspect_ratio", "not of the form 16:9"),
        ({"megapixels": 0.0}, "megapixels", "Megapixels is a number above 0 and up to 16, not 0.0"),
        ({"megapixels": float("nan")}, "megapixels", "up to 16, not nan"),
        ({"seed": -1}, "seed", "Seed is a whole number from 0 to 4294967295, not -1"),
        ({"seed": MAX_SEED + 1}, "seed", "from 0 to 4294967295"),
        ({"guidance": float("inf")}, "guidance", "Guidance is a number from 0 to 30, not inf"),
        ({"prompt_upsampling": 1}, "prompt_upsampling", "valid boolean"),
        ({"output_format": "gif"}, "output_format", "png, jpeg and webp"),
        ({"sed": 7}, "sed", 'Did you mean "seed"?'),
        ({"negative_prompt": "blur"}, "negative_prompt", "is not a parameter"),
    ],
)
def test_a_bad_value_is_a_sentence_with_its_field(fields: dict[str, Any], field: str, words: str) -> None:
    """Each mistake is named with the field it is in, and costs nothing."""
    with pytest.raises(InvalidRequest, match=words) as caught:
        ImageRequest(**{"prompt": "a fox", **fields})
    assert (caught.value.field, caught.value.money) == (field, "none")


def test_a_long_bad_value_is_shown_short() -> None:
    """A megabyte in the wrong field does not become a megabyte of message."""
    with pytest.raises(InvalidRequest) as caught:
        ImageRequest("a fox", steps="9" * 1_000_000)
    assert len(str(caught.value)) < 200


def test_jpg_is_jpeg() -> None:
    """The common short name is taken."""
    assert ImageRequest("a fox", output_format="jpg").output_format == "jpeg"


@pytest.mark.parametrize("given", ["fox.png", Path("fox.png"), b"bytes", ["fox.png"], (Path("fox.png"),)])
def test_a_single_reference_needs_no_list(given: Any) -> None:
    """A path, a path object, bytes or a list of them all become references."""
    (reference,) = ImageRequest("a fox", references=given).references
    assert reference.source in ("fox.png", b"bytes")


def test_a_reference_without_its_bytes_says_so() -> None:
    """What came back from history knows only the hash."""
    with pytest.raises(InvalidRequest, match=r"fox\.png are not at hand"):
        _ = Reference(name="fox.png", sha256="ab").data
    assert not Reference("fox.png").is_read
    assert Reference(b"bytes", sha256="ab").is_read


def test_a_request_of_a_newer_version_is_refused() -> None:
    """A name nobody knows is not dropped in silence."""
    with pytest.raises(InvalidRequest, match="lora"):
        ImageRequest.from_dict({"prompt": "a fox", "lora": "x"})
