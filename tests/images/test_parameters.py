"""The "parameters" text of other programs, read as far as it makes sense here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from flux2_nb.images import read_settings
from flux2_nb.images.parameters import parameters_text, read_parameters

from . import pictures

FOREIGN = """a lighthouse at dusk,
oil on canvas
Negative prompt: blurry, people
Steps: 20, Sampler: Euler a, CFG scale: 7.5, Seed: 965400086, Size: 512x768, Model: "some, model", Version: v1.9"""


def test_a_foreign_text_is_read() -> None:
    """Prompt, seed, steps, guidance and size are taken; the negative prompt is handed back beside the request."""
    assert read_parameters(FOREIGN) == {
        "request": {
            "prompt": "a lighthouse at dusk,\noil on canvas",
            "steps": 20,
            "guidance": 7.5,
            "seed": 965400086,
            "width": 512,
            "height": 768,
        },
        "negative_prompt": "blurry, people",
    }


@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt"])
def test_it_is_found_in_a_foreign_png(kind: str) -> None:
    """All three text chunks of PNG are looked into."""
    info = PngImagePlugin.PngInfo()
    if kind == "iTXt":
        info.add_itxt("parameters", FOREIGN, zip=True)
    else:
        info.add_text("parameters", FOREIGN, zip=kind == "zTXt")
    settings = read_settings(pictures.plain("png", pnginfo=info))
    assert settings is not None
    assert settings["request"]["seed"] == 965400086


@pytest.mark.parametrize("order", ["utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("format", ["jpeg", "webp"])
def test_it_is_found_in_a_foreign_user_comment(format: str, order: str) -> None:
    """JPEG and WebP hold it in EXIF, in either byte order."""
    tags = Image.Exif()
    tags.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + FOREIGN.encode(order)
    settings = read_settings(pictures.plain(format, exif=tags.tobytes()))
    assert settings is not None
    assert settings["request"]["prompt"].startswith("a lighthouse")


def test_values_that_no_request_takes_are_left_out() -> None:
    """A seed beyond 32 bits or a size beyond reason does not lose the rest."""
    text = "a fox\nSteps: 900, CFG scale: 7, Seed: 99999999999, Size: 99999x10"
    assert read_parameters(text) == {"request": {"prompt": "a fox", "guidance": 7}}


def test_a_text_without_values_is_all_prompt() -> None:
    """A last line that names no known value belongs to the prompt."""
    assert read_parameters("a fox\nNote: keep it simple") == {"request": {"prompt": "a fox\nNote: keep it simple"}}


@pytest.mark.parametrize("text", ["", " \n", "Steps: 20, Seed: 1, Size: 8x8", "\0"])
def test_without_a_prompt_there_are_no_settings(text: str) -> None:
    """Values alone make no request."""
    assert read_parameters(text) is None


prompts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(str.strip).filter(bool)


@given(prompt=prompts, seed=st.integers(0, 2**32 - 1))
def test_what_we_write_is_read_again(prompt: str, seed: int) -> None:
    """Our own text reads back, apart from the negative prompt that FLUX.2 does not have."""
    text = parameters_text({"seed": seed, "model": "flux-2-pro", "request": {"prompt": prompt}}, 1024, 768)
    settings = read_parameters(text)
    assert settings is not None
    assert settings["request"] == {"prompt": prompt, "seed": seed, "width": 1024, "height": 768}
