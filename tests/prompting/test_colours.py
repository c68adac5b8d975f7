"""Colours in a prompt and what they are tied to."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.colours import bind, bound_colours, gradient, palette, parse_hex, unbound_hex


@pytest.mark.parametrize(
    ("prompt", "hex_", "target"),
    [
        ("a sofa in #2E86AB", "#2E86AB", "sofa"),
        ("the red apple on a table", "#D62828", "apple"),
        ("car in hex #FFAA00", "#FFAA00", "car"),
        ("le fond en couleur #2ECC71", "#2ECC71", "fond"),
        ("The car is #FF0000", "#FF0000", "car"),
        ("coral pink (#FF6B6B) sofa", "#FF6B6B", "sofa"),
        ("a woman in a #F00 dress", "#FF0000", "dress"),
        ("the LEFT chair in #112233", "#112233", "LEFT chair"),
        ("using #2E86AB for the sofa", "#2E86AB", "sofa"),
        ("background: #FF00FF", "#FF00FF", "background"),
        ("沙发颜色为#2E86AB", "#2E86AB", "沙发"),
        ("#2E86AB的沙发", "#2E86AB", "沙发"),
    ],
)
def test_a_code_is_tied_to_its_object(prompt: str, hex_: str, target: str) -> None:
    """A colour finds its object before or after it, in several wordings and languages."""
    (colour,) = bound_colours(prompt)
    assert (colour.hex, colour.target) == (hex_, target)


@pytest.mark.parametrize(
    ("prompt", "name", "target"),
    [
        ("a red canoe on the lake", "red", "canoe"),
        ("un canoë rouge sur le lac", "rouge", "canoë"),
        ("ein rotes Kanu auf dem See", "rotes", "Kanu"),
        ("una canoa roja en el lago", "roja", "canoa"),
        ("uma canoa vermelha no lago", "vermelha", "canoa"),
        ("una canoa rossa sul lago", "rossa", "canoa"),
        ("一只红色的独木舟停在湖边", "红色", "独木舟"),
        ("湖に浮かぶ赤いカヌー", "赤い", "カヌー"),
        ("호수 위의 빨간 카누", "빨간", "카누"),
        ("เรือแคนูสีแดงในทะเลสาบ", "สีแดง", "เรือแคนู"),
        ("زورق أحمر في البحيرة", "أحمر", "زورق"),
        ("झील में लाल डोंगी", "लाल", "डोंगी"),
    ],
)
def test_red_is_found_in_twelve_languages(prompt: str, name: str, target: str) -> None:
    """A named colour is tied to its noun on the side where the language puts it."""
    (colour,) = bound_colours(prompt)
    assert (colour.hex, colour.name, colour.target) == ("#D62828", name, target)


def test_colours_in_a_row_share_their_object() -> None:
    """Codes joined by list words belong to the same thing, before or behind them."""
    assert [c.target for c in bound_colours("stripes in #AA0011 and #00AA11")] == ["stripes", "stripes"]
    assert [c.target for c in bound_colours("a red and white canoe")] == ["canoe", "canoe"]


def test_a_gradient_is_tied_to_what_carries_it() -> None:
    """The documented gradient wording gives both colours to the vase."""
    prompt = gradient("a vase", ["#02eb3c", "#edfa3c"])
    assert [(c.hex, c.target) for c in bound_colours(prompt)] == [("#02EB3C", "vase"), ("#EDFA3C", "vase")]


@pytest.mark.parametrize(
    "prompt",
    [
        "a sign that says 'RED CAR'",
        "an orange on a plate",
        "photo #100 of the series",
        "golden hour over a golden retriever",
        "a film noir set with a rose",
        "Chapter &#1234; and word#FF0000",
        "黄昏的银行",
    ],
)
def test_words_that_are_no_colours_are_left_alone(prompt: str) -> None:
    """Quoted words, fruit, numbers and set phrases are not colours."""
    assert bound_colours(prompt) == []


def test_a_word_is_read_in_the_language_of_its_prompt() -> None:
    """French "rose" is pink, English "rose" a flower."""
    assert palette("une robe rose dans le jardin") == ["#F28CB1"]
    assert palette("the rose in the garden") == []


def test_a_modifier_shifts_the_colour() -> None:
    """Dark and light variants differ from the plain colour, in front of it or behind it."""
    plain, dark, light = palette("a blue door, the dark blue hull and a light blue sail")
    assert int(dark[1:3], 16) < int(plain[1:3], 16) < int(light[1:3], 16)
    assert bound_colours("une robe bleu foncé avec des perles")[0].name == "bleu foncé"


def test_a_name_beside_its_code_is_one_colour() -> None:
    """The code wins and keeps the written name."""
    (colour,) = bound_colours("the sofa in coral pink (#FF6B6B)")
    assert (colour.hex, colour.name, colour.target) == ("#FF6B6B", "coral pink", "sofa")


def test_a_code_with_no_object_is_reported() -> None:
    """The wording the guide warns of is unbound; the one it recommends is not."""
    assert [c.hex for c in unbound_hex("use red #FF0000 in the image")] == ["#FF0000"]
    assert unbound_hex(bind("the car", "#f00")) == []


def test_palette_has_each_colour_once() -> None:
    """A colour used twice is one entry, in order of first use."""
    assert palette("a door in #112233, a wall in #445566, a gate in #112233") == ["#112233", "#445566"]


@pytest.mark.parametrize("text", ["", "2E86AB", "#12", "#12345", "#GGGGGG", "red", "#1234567", "#１２３"])
def test_a_bad_code_gets_a_sentence(text: str) -> None:
    """What is no hex colour is refused with an example of one."""
    with pytest.raises(InvalidRequest, match="such as #2E86AB"):
        parse_hex(text)


def test_an_object_is_needed_to_bind() -> None:
    """A colour cannot be tied to nothing, nor a gradient made of one colour."""
    with pytest.raises(InvalidRequest, match="no object"):
        bind(" ", "#112233")
    with pytest.raises(InvalidRequest, match="two colours"):
        gradient("a vase", ["#112233"])


@given(st.integers(0, 0xFFFFFF), st.booleans())
def test_every_code_reads_back(value: int, lower: bool) -> None:
    """Any six digits parse to the same code in capitals, and a bound code is found again."""
    code = f"#{value:06x}" if lower else f"#{value:06X}"
    assert parse_hex(f" {code} ") == code.upper()
    assert [(c.hex, c.target) for c in bound_colours(bind("the sofa", code))] == [(code.upper(), "sofa")]


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=200)
    | st.from_regex(r"[a-z ]{0,9}#[0-9a-f]{3,6}[ (),]{0,3}red", fullmatch=True)
)
def test_any_text_can_be_searched(text: str) -> None:
    """No text is too odd to search, and every find lies where it says, in order."""
    found = bound_colours(text)
    assert all(0 <= c.start < c.end <= len(text) and re.fullmatch("#[0-9A-F]{6}", c.hex) for c in found)
    assert [c.start for c in found] == sorted(c.start for c in found)
