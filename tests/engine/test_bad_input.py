"""Bad input gets a sentence a person can act on, and costs nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from flux2_nb import errors
from flux2_nb.capability import get
from flux2_nb.shortcuts import read_settings
from flux2_nb.studio import Studio
from tests.doubles.double import Double

StudioAt = Callable[..., Studio]


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a picture as the bytes of a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def animated() -> bytes:
    """Return a GIF of three frames."""
    frames = [Image.new("RGB", (80, 80), colour) for colour in ("red", "green", "blue")]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


REFUSED: list[Any] = [
    pytest.param({"prompt": ""}, "The prompt is empty", id="empty prompt"),
    pytest.param({"prompt": "  \n "}, "The prompt is empty", id="blank prompt"),
    pytest.param({"prompt": "a", "gidance": 3}, 'Did you mean "guidance"', id="misspelt parameter"),
    pytest.param({"prompt": "a", "steps": 0}, "from 1 to 200", id="steps below range"),
    pytest.param({"prompt": "a", "steps": 51}, "steps goes from 1 to 50", id="steps above the card's range"),
    pytest.param({"prompt": "a", "guidance": float("nan")}, "from 0 to 30", id="guidance that is no number"),
    pytest.param({"prompt": "a", "seed": -1}, "from 0 to 4294967295", id="negative seed"),
    pytest.param({"prompt": "a", "seed": 2**40}, "from 0 to 4294967295", id="huge seed"),
    pytest.param({"prompt": "a", "seed": "7"}, "whole number", id="seed as text"),
    pytest.param({"prompt": "a", "width": 1000, "height": 1001}, "nearest size is 992 x 1008", id="size between steps"),
    pytest.param({"prompt": "a", "width": 8000, "height": 8000}, "nearest size is 2048 x 2048", id="size too large"),
    pytest.param({"prompt": "a", "width": 1024}, "Width and height go together", id="half a size"),
    pytest.param({"prompt": "a", "aspect_ratio": "wide"}, "not of the form 16:9", id="ratio in words"),
    pytest.param({"prompt": "a", "aspect_ratio": "match"}, "no reference image", id="nothing to match"),
    pytest.param({"prompt": "a", "output_format": "tiff"}, "png, jpeg and webp", id="unknown format"),
    pytest.param({"prompt": "a", "references": [b""]}, "empty", id="empty file"),
    pytest.param({"prompt": "a", "references": [b"not a picture at all"]}, "not a picture", id="no picture"),
    pytest.param({"prompt": "a", "references": ["/nowhere/cat.png"]}, "cat.png", id="missing file"),
    pytest.param({"prompt": "a", "references": [animated()]}, "animat", id="animated"),
    pytest.param(
        {"prompt": "a", "references": [encoded(Image.new("RGB", (400, 300)), "JPEG")[:500]]}, "image", id="truncated"
    ),
    pytest.param(
        {"prompt": "a", "references": [encoded(Image.new("1", (12000, 12000)), "PNG")]}, "12000", id="picture bomb"
    ),
    pytest.param(
        {"prompt": "a", "references": [encoded(Image.new("RGB", (64, 64)), "PNG")] * 11}, "at most 8", id="too many"
    ),
]


@pytest.mark.case(24, 28, 33)
@pytest.mark.parametrize(("parameters", "words"), REFUSED)
def test_it_is_refused_in_words(
    parameters: dict[str, Any], words: str, bfl_double: Double, studio_at: StudioAt
) -> None:
    """The sentence says what is wrong and what would fit, and the provider hears nothing."""
    model = "flux-2-flex" if {"steps", "guidance", "gidance"} & set(parameters) else "flux-2-pro"
    with pytest.raises(errors.InvalidRequest) as caught:
        studio_at(bfl_double, "bfl", model).generate(**parameters)
    assert words in str(caught.value)
    assert "Nothing was spent." in str(caught.value)
    assert not bfl_double.requests


CONVERTED: list[Any] = [
    pytest.param(encoded(Image.new("CMYK", (400, 300), (0, 200, 200, 0)), "JPEG"), (400, 300), id="CMYK"),
    pytest.param(encoded(Image.new("I;16", (400, 300), 40000), "PNG"), (400, 300), id="16-bit"),
    pytest.param(encoded(Image.new("LA", (400, 300), (90, 128)), "PNG"), (400, 300), id="grey with transparency"),
    pytest.param(
        encoded(
            Image.new("RGB", (400, 300), "teal"),
            "JPEG",
            exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
        ),
        (300, 400),
        id="rotated",
    ),
]


@pytest.mark.parametrize(("picture", "size"), CONVERTED)
def test_unusual_pictures_arrive_as_ordinary_ones(
    picture: bytes, size: tuple[int, int], replicate_double: Double, studio_at: StudioAt
) -> None:
    """CMYK, 16-bit and transparent pictures are converted, and a rotated one arrives upright without its EXIF."""
    studio_at(replicate_double, "replicate").generate("image 1 at night", references=[picture])
    arrived = Image.open(io.BytesIO(replicate_double.submits[0].references[0]))
    assert arrived.size == size
    assert arrived.mode in ("RGB", "RGBA", "L", "LA")
    assert not arrived.getexif()


def test_json_that_does_not_parse_names_line_and_column() -> None:
    """The JSON tab says where the mistake is."""
    capability = get("json-prompt")
    card = Studio().card
    with pytest.raises(errors.InvalidRequest, match=r"line 2.*column"):
        capability.requests({**capability.form(card).defaults, "json": '{"scene": "x",\n oops}'}, card)


def test_an_unknown_model_offers_the_nearest() -> None:
    """A misspelt model or provider is offered the one that was probably meant."""
    with pytest.raises(errors.InvalidRequest, match="flux-2-pro"):
        Studio("bfl", "flux-2-por")
    with pytest.raises(errors.InvalidRequest, match="replicate"):
        Studio("replicat")


@pytest.mark.parametrize("provider", ["cloudflare", "replicate", "bfl"])
def test_a_missing_key_names_the_variable_the_page_and_the_sketch(provider: str, tmp_path: Path) -> None:
    """Without a key there is the variable to set, where to get one, and the way on without."""
    studio = Studio(provider, home=tmp_path)
    assert not studio.is_ready
    with pytest.raises(errors.MissingKey) as caught:
        studio.generate("a fox")
    for variable in caught.value.variables:
        assert variable in str(caught.value)
    assert "get one at" in str(caught.value)
    assert "sketch" in str(caught.value)


def test_a_picture_without_settings_says_so(tmp_path: Path) -> None:
    """Reading settings out of a plain picture is a sentence."""
    with pytest.raises(errors.InvalidRequest, match="holds no settings"):
        read_settings(encoded(Image.new("RGB", (64, 64)), "PNG"))


def test_a_saved_picture_gives_its_request_back(bfl_double: Double, studio_at: StudioAt, tmp_path: Path) -> None:
    """Saved with settings, a picture makes the very request again; saved without, it is the provider's own bytes."""
    result = studio_at(bfl_double, "bfl").generate("a fox in Zürich, 雪", seed=5, aspect_ratio="16:9")
    assert read_settings(result.save(tmp_path / "with.png")) == result.request
    assert result.save(tmp_path / "without.png", settings=False).read_bytes() == result.data
    with pytest.raises(FileExistsError):
        result.save(tmp_path / "with.png")
