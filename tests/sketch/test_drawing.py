"""The drawing: same request, same pixels; any prompt at any size; colours as asked; honest on its face."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from flux2_nb.sketch import describe, draw

FOX = "a red fox in fresh snow under birch trees at dawn"


def digest(picture: Image.Image) -> str:
    return hashlib.sha256(picture.tobytes()).hexdigest()


@pytest.mark.parametrize("prompt", [FOX, "三只猫在桌子上", 'a poster "NORDLYS"', "a comic of a cat and a robot"])
def test_equal_requests_give_equal_pixels(prompt: str) -> None:
    """The same prompt, size and seed give the same picture to the last pixel."""
    assert digest(draw(prompt, 320, 240, 5)) == digest(draw(prompt, 320, 240, 5))


def test_another_process_gives_the_same_pixels() -> None:
    """Nothing depends on the hash seed of the process."""
    code = (
        "import hashlib; from flux2_nb.sketch import draw; "
        f"print(hashlib.sha256(draw({FOX!r}, 320, 240, 5).tobytes()).hexdigest())"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": "77"}, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == digest(draw(FOX, 320, 240, 5))


def test_another_seed_gives_another_arrangement() -> None:
    """The seed moves the subjects, not only the grain."""
    boxes = {tuple(s.boxes for s in describe("a cat and a dog", 640, 480, seed).subjects) for seed in range(6)}
    assert len(boxes) == 6
    assert digest(draw(FOX, 320, 240, 1)) != digest(draw(FOX, 320, 240, 2))


@pytest.mark.parametrize("size", [(64, 64), (65, 999), (512, 384), (768, 1344), (2048, 64), (1000, 700)])
def test_the_picture_has_the_size_asked_for(size: tuple[int, int]) -> None:
    """Odd, tall, wide and small sizes come out exactly."""
    picture = draw(FOX, *size, seed=1)
    assert picture.size == size
    assert picture.mode == "RGB"


def dominant(picture: Image.Image, box: tuple[float, float, float, float]) -> tuple[int, int, int]:
    """The commonest colour inside a box that is neither paper nor ink."""
    left, top, right, bottom = box
    inset = (right - left) * 0.12, (bottom - top) * 0.12
    patch = picture.crop(
        (round(left + inset[0]), round(top + inset[1]), round(right - inset[0]), round(bottom - inset[1]))
    )
    few = patch.quantize(6, Image.Quantize.MEDIANCUT, kmeans=2).convert("RGB")
    colours = sorted(few.getcolors() or [], reverse=True)
    vivid = [colour for _, colour in colours if isinstance(colour, tuple) and max(colour) - min(colour) > 34]
    return vivid[0][0], vivid[0][1], vivid[0][2]


def distance(colour: tuple[int, int, int], hex_: str) -> float:
    asked = [int(hex_[i : i + 2], 16) for i in (1, 3, 5)]
    return sum((a - b) ** 2 for a, b in zip(colour, asked, strict=True)) ** 0.5


COLOURED = [
    ("a sofa in color #2A6F97", "sofa", "#2A6F97"),
    ("a mug in #E4572E on a table", "mug", "#E4572E"),
    ("ein Auto in der Farbe #3A7D44", "🚗", "#3A7D44"),
    ("une théière de couleur #8E44AD", "🫖", "#8E44AD"),
    ("a yellow umbrella", "☂", "#F4C430"),
    ("a red apple", "🍎", "#D62828"),
    ("a perfume bottle in color #D81159, studio", "perfume", "#D81159"),
    ("una casa azul", "🏠", "#2F6FD0"),
    ("一辆红色的汽车", "🚗", "#D62828"),
    ("a robot in #2EC4B6, city street at night", "robot", "#2EC4B6"),
]


@pytest.mark.parametrize(("prompt", "figure", "hex_"), COLOURED, ids=[row[0] for row in COLOURED])
def test_the_fill_has_the_colour_asked_for(prompt: str, figure: str, hex_: str) -> None:
    """The commonest colour in the thing's box is close to the one bound to it: RGB distance under 60 of 441."""
    subject = next(s for s in describe(prompt, 640, 480, 4).subjects if s.figure == figure)
    assert subject.colour == hex_
    assert distance(dominant(draw(prompt, 640, 480, 4), subject.boxes[0]), hex_) < 60


def test_a_night_is_dark_and_a_day_is_light() -> None:
    """Night turns the paper dark."""
    means = [
        sum(draw(f"a house in a meadow {when}", 160, 120, 1).convert("L").tobytes()) / (160 * 120)
        for when in ("at noon", "at night")
    ]
    assert means[0] > 180
    assert means[1] < 100


def test_black_and_white_has_no_hue() -> None:
    """A prompt for black and white gets greys only."""
    red, green, blue = draw("a red car on a street, black and white", 240, 180, 1).split()
    assert (
        max(ImageChops.difference(red, green).getextrema()[1], ImageChops.difference(green, blue).getextrema()[1]) <= 6
    )


def test_the_mark_is_in_the_lower_margin() -> None:
    """The word "sketch" stands outside the frame, below on the right, in every format."""
    for prompt in (
        FOX,
        'a poster "NORDLYS"',
        "a landing page for a bakery",
        "infographic about tea",
        "a mobile app screen",
        "a comic of a cat",
    ):
        margin = draw(prompt, 640, 480, 2).crop((520, 458, 626, 479)).convert("L")
        assert margin.getextrema()[1] - margin.getextrema()[0] > 120


@settings(max_examples=30, deadline=None)
@given(
    prompt=st.text(max_size=120), width=st.integers(64, 2048), height=st.integers(64, 2048), seed=st.integers(0, 2**32)
)
def test_no_prompt_breaks_the_drawing(prompt: str, width: int, height: int, seed: int) -> None:
    """Any text, at any size, gives a picture of that size."""
    assert draw(prompt, width, height, seed).size == (width, height)


WORDS = st.sampled_from(
    [
        *("a", "the", "two", "three", "of", "and", ",", ".", "on", "under", "behind", "holding", "left", "right"),
        *(
            "cat",
            "dog",
            "fox",
            "table",
            "sofa",
            "umbrella",
            "woman",
            "vase",
            "tulips",
            "gramophone",
            "red",
            "night",
            "snow",
        ),
        *("poster", "comic", "infographic", "landing page", "image 1", "in color #FF0000", '"Hello"'),
        *("猫", "桌子", "上", "三只", "кот", "على", "قطة"),
    ]
)


@settings(max_examples=80, deadline=None)
@given(words=st.lists(WORDS, max_size=25), size=st.sampled_from([(64, 64), (2048, 64), (64, 700), (333, 250)]))
def test_no_mix_of_known_words_breaks_the_drawing(words: list[str], size: tuple[int, int]) -> None:
    """Relations, counts, formats and quotations in any order give a picture."""
    assert draw(" ".join(words), *size, seed=3).size == size


@settings(max_examples=40, deadline=None)
@given(prompt=st.text(max_size=200))
def test_a_plan_never_breaks(prompt: str) -> None:
    """Describing any text gives as many boxes as things, all inside the picture."""
    plan = describe(prompt, 512, 512)
    assert all(len(s.boxes) == s.count for s in plan.subjects) or plan.format in ("comic", "infographic")
