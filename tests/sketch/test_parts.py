"""The parts of the engine: type in its scripts, references, figures, and the tables they read."""

from __future__ import annotations

import io
from random import Random

import pytest
from PIL import Image, ImageChops, ImageStat

from flux2_nb.sketch import draw, figures, lettering, masks
from flux2_nb.sketch.canvas import Canvas
from flux2_nb.sketch.matching import stem, tokens
from flux2_nb.sketch.palette import palette_of
from flux2_nb.sketch.plan import Scene
from flux2_nb.sketch.references import which_is_ground
from flux2_nb.sketch.tables import table, words_table

SCRIPTS = {
    "Latin": "Good morning",
    "Greek": "Καλημέρα",
    "Cyrillic": "Доброе утро",
    "Arabic": "صباح الخير",
    "Hebrew": "בוקר טוב",
    "Devanagari": "शुभ प्रभात",
    "Thai": "สวัสดีตอนเช้า",
    "Chinese": "早上好",
    "Japanese": "おはようございます",
    "Korean": "좋은 아침",
}


def sheet() -> Canvas:
    return Canvas((300, 120), palette_of(Scene()), Random(1))


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_set_inside_its_box(script: str) -> None:
    """Letters of each script are drawn, and none outside the box they are given."""
    canvas, blank = sheet(), sheet()
    lettering.write(canvas, SCRIPTS[script], (40, 20, 260, 100), (0, 0, 0))
    left, top, right, bottom = ImageChops.difference(canvas.image, blank.image).getbbox() or (0, 0, 0, 0)
    assert right - left > 60
    assert left >= 39
    assert right <= 261
    assert top >= 16
    assert bottom <= 104


def test_no_letter_of_a_script_is_a_missing_box() -> None:
    """Each script's font has its letters: two of them do not look alike, as two missing-letter boxes would."""
    for first, second in (("早", "晚"), ("아", "침"), ("ص", "ب"), ("श", "भ"), ("ส", "ว"), ("お", "は")):
        shapes = [lettering.font_for(letter, 40, 500).getmask(letter).getbbox() for letter in (first, second)]
        pixels = [bytes(lettering.font_for(letter, 40, 500).getmask(letter)) for letter in (first, second)]
        assert all(shapes)
        assert pixels[0] != pixels[1]


def test_arabic_is_shaped_and_runs_from_right_to_left() -> None:
    """Joined letters are narrower than the same letters apart, and text set at the start stands at the right."""
    font = lettering.font_for("صباح", 60, 500)
    assert font.getlength("صباح", direction="rtl") < sum(font.getlength(letter) for letter in "صباح")
    canvas, blank = sheet(), sheet()
    lettering.write(canvas, "صباح", (10, 10, 290, 60), (0, 0, 0), align="start", largest=24)
    left = (ImageChops.difference(canvas.image, blank.image).getbbox() or (0,))[0]
    assert left > 150


def test_long_text_is_broken_into_lines_and_never_spilt() -> None:
    """A long text takes several lines; one that fits at no size is cut with an ellipsis."""
    setting = lettering.fitted("one two three four five six seven eight nine ten", 200, 120)
    assert len(setting.lines) > 1
    assert setting.width <= 200
    assert setting.height <= 120
    assert lettering.fitted("x" * 400, 60, 10).lines[0].endswith("…")


def test_chinese_without_its_font_package_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the optional font package is missing, the plan says so and the picture is still drawn."""
    from flux2_nb.sketch import describe

    monkeypatch.setattr(lettering, "find_spec", lambda name: None)
    assert any("manimgx-fonts-cjk" in note for note in describe('a poster "早上好"').notes)
    assert draw('a poster "早上好"', 200, 150, 1).size == (200, 150)


def encoded(colour: str, size: tuple[int, int] = (60, 40), kind: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, kind)
    return data.getvalue()


def mean(picture: Image.Image, box: tuple[int, int, int, int]) -> list[float]:
    return ImageStat.Stat(picture.crop(box)).mean


def test_an_edit_has_the_first_reference_as_its_ground() -> None:
    """The frame is filled with the first reference, little changed."""
    red, green, blue = mean(draw("Make the sky brighter", 320, 240, 1, [encoded("#2060C0")]), (60, 120, 260, 200))
    assert blue > 150
    assert red < 100
    assert green < 150


def test_other_references_lie_on_it_as_prints() -> None:
    """The second reference appears as a small print in the lower left."""
    picture = draw("Put the thing from image 2 into image 1", 640, 480, 1, [encoded("#2060C0"), encoded("#C02020")])
    red, _, blue = mean(picture, (60, 380, 110, 420))
    assert red > blue


def test_a_reference_named_as_background_is_the_ground() -> None:
    """Roles decide: "the background from image 2" makes image 2 the ground."""
    prompt = "The subject from image 1 in front of the background from image 2"
    assert which_is_ground(prompt, 2) == 1
    assert which_is_ground("a cat like image 1 and a hat like image 2", 2) == 0
    red, _, blue = mean(draw(prompt, 640, 480, 1, [encoded("#2060C0"), encoded("#C02020")]), (300, 200, 600, 300))
    assert red > blue


def test_references_change_the_pixels_and_equal_ones_do_not() -> None:
    """The references are part of the request."""
    first, second, third = (
        draw("a cat", 160, 120, 1, [encoded(colour)]).tobytes() for colour in ("#2060C0", "#2060C0", "#C02020")
    )
    assert first == second
    assert first != third


def test_a_reference_that_cannot_be_read_is_a_grey_sheet() -> None:
    """Bytes that are no picture do not break the drawing."""
    assert draw("a cat", 160, 120, 1, [b"not a picture", encoded("red", kind="JPEG")]).size == (160, 120)


@pytest.mark.parametrize("figure", [*table("drawings"), "🐕", "🍎", "🐈", "⛵", "🫖"])
def test_every_figure_has_ink_and_something_to_fill(figure: str) -> None:
    """A drawing's masks hold lines, and a body or a cover larger than the lines."""
    drawn = masks.masks(figure, round(160 * masks.aspect(figure)), 160, 3.0)
    ink, cover = (sum(mask.tobytes()) for mask in (drawn.ink, drawn.cover))
    assert ink > 0
    assert cover > 0
    assert drawn.ink.size == drawn.body.size == drawn.tone.size == drawn.cover.size


def test_silhouettes_are_closed() -> None:
    """What a character of the font encloses is filled: the middle of an apple, a house and a boat is body."""
    for figure in ("🍎", "🏠", "🚗", "🫖", "🐕"):
        body = masks.masks(figure, 100, 100, 2.0).body
        assert body.getpixel((50, 62)) == 255, figure
        assert body.getpixel((0, 0)) == 0, figure


def test_every_figure_of_the_hand_made_tables_can_be_drawn() -> None:
    """The tables name only drawings we have and characters the font has."""
    named = set(table("nouns")) | {f for row in table("figures")["size"].values() for f in row.split()}
    missing = [f for f in named if f.isascii() and not masks.is_own(f)]
    assert missing == []
    tofu = masks.emoji_font(40, 400).getmask("\U000e0fff").getbbox()
    assert [f for f in named if not f.isascii() and masks.emoji_font(40, 400).getmask(f).getbbox() == tofu] == []


def test_the_word_table_stays_small_and_wide() -> None:
    """It holds forty languages, and a colour for nearly every character it names."""
    words, tints = words_table()["words"], words_table()["tints"]
    assert len(words) >= 40
    named = set(words["en"])
    assert len(named - set(tints)) < 0.05 * len(named)


def test_tokens_and_stems() -> None:
    """Scripts without spaces split by character; word forms share a stem."""
    assert [t.text for t in tokens("三只cats, แมว")] == ["三", "只", "cats", "แ", "ม", "ว"]
    assert stem("foxes", "en") == stem("fox", "en")
    assert stem("häuser", "de") == stem("haus", "de")
    assert stem("лисы", "ru") == stem("лиса", "ru")


def test_natural_sizes_are_ordered() -> None:
    """A mountain is larger than a tree, a tree than a dog, a dog than an apple."""
    sizes = [figures.size_of(figure) for figure in ("⛰", "tree", "🐕", "🍎")]
    assert sizes == sorted(sizes, reverse=True)
