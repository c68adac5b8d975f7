"""Editing: what roles, composers and recipes write into the prompt, and what is told of the pictures before paying."""

from __future__ import annotations

import io
import itertools
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from flux2_nb import images, samples
from flux2_nb.capability import get
from flux2_nb.capability.base import Example
from flux2_nb.capability.edit_recipes import recipes
from flux2_nb.cards import ModelCard
from flux2_nb.catalog import catalog
from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting.roles import canvas_sentence, role

EDITING = get("multi-reference")
CARDS = {card.target: card for card in catalog().cards}
SKETCH, CLOUDFLARE = CARDS["sketch/sketch"], CARDS["cloudflare/flux-2-dev"]


@pytest.fixture
def photo(tmp_path: Path) -> Any:
    """Makes a picture file of a size."""
    numbers = itertools.count()

    def make(width: int = 320, height: int = 240, format: str = "png") -> str:
        path = tmp_path / f"photo{next(numbers)}.{format}"
        Image.new("RGB", (width, height), "#336699").save(path)
        return str(path)

    return make


def form(card: ModelCard = SKETCH, **values: Any) -> dict[str, Any]:
    """The untouched form with some values."""
    return {**EDITING.form(card).defaults, "prompt": "A portrait in a garden", **values}


def after(values: dict[str, Any], changed: str, card: ModelCard = SKETCH, **change: Any) -> dict[str, Any]:
    """The form after a person changed a field."""
    now = {**values, **change}
    return {**now, **EDITING.sync(now, changed, card)}


def texts(values: dict[str, Any], card: ModelCard) -> list[str]:
    """The words of the notes."""
    return [note.text for note in EDITING.notes(values, card)]


def fates(values: dict[str, Any], card: ModelCard) -> list[str]:
    """What the table of the notes says will happen to each picture."""
    return [row[2] for note in EDITING.notes(values, card) for row in note.table[1:]]


def test_a_role_is_written_where_a_person_sees_it(photo: Any) -> None:
    """The prompt in the form is the prompt that is sent: role after role, and back to what was typed."""
    path = photo()
    values = form()
    for name in ("style", "subject", ""):
        values = after(values, "references", references=[{"image": path, "role": name}])
        sentence = role(name).sentence.format(n=1) if name else ""
        assert values["prompt"] == "\n".join(part for part in ("A portrait in a garden", sentence) if part)
        assert EDITING.requests(values, SKETCH)[0].prompt == values["prompt"]


def test_what_is_sent_is_shown_where_it_differs(photo: Any) -> None:
    """A sentence that a person deleted is added all the same while the role stands, and a note says so."""
    values = form(references=[{"image": photo(), "role": "style"}])
    sent = EDITING.requests(values, SKETCH)[0].prompt
    assert role("style").sentence.format(n=1) in sent
    assert f"Will be sent as: {sent}" in texts(values, SKETCH)
    shown = after(values, "references")
    assert not any(text.startswith("Will be sent") for text in texts(shown, SKETCH))


def test_the_composer_writes_a_line_and_takes_it_back(photo: Any) -> None:
    """Change and ticks become one line in the documented form; without them the prompt is what it was."""
    values = after(form(), "change", change="replace the hat with a crown")
    assert values["prompt"].endswith("\nReplace the hat with a crown. Change nothing else.")
    values = after(values, "keep_face", keep_face=True)
    assert values["prompt"].endswith("Keep the face exactly as in the original.")
    values = after(after(values, "change", change=""), "keep_face", keep_face=False)
    assert values["prompt"] == "A portrait in a garden"


def test_the_composer_shows_what_the_prompt_says() -> None:
    """An edit typed into the prompt ticks what it keeps; words that are no edit change nothing."""
    values = after(form(), "prompt", prompt="Make it snow. Keep the pose and the text exactly as in the original.")
    assert values["change"] == "Make it snow."
    assert [name for name in values if name.startswith("keep_") and values[name]] == ["keep_pose", "keep_text"]
    assert EDITING.sync(form(), "prompt", SKETCH) == {}


def test_extending_sends_the_picture_on_a_canvas(photo: Any) -> None:
    """The canvas is the reference of the request, the result takes its shape, and the prompt asks to go on."""
    values = form(references=[{"image": photo(480, 480), "role": ""}], aspect_ratio="1:1")
    values = after(values, "extend_to", extend_to="16:9")
    assert (values["extend_left"], values["extend_right"], values["extend_top"]) == (39, 39, 0)
    assert canvas_sentence() in values["prompt"]
    request = EDITING.requests(values, SKETCH)[0]
    canvas = request.references[0]
    assert canvas.width / canvas.height == pytest.approx(16 / 9, rel=0.02)
    assert images.decode(canvas.data).convert("RGB").getpixel((0, 0)) == (128, 128, 128)
    size = SKETCH.size_of(request)
    assert size.width / size.height == pytest.approx(16 / 9, rel=0.02)
    assert f"placed on {canvas.width} × {canvas.height}; gives the result its shape" in fates(values, SKETCH)


@pytest.mark.parametrize(("anchor", "sides"), [("left", (0, 78)), ("right", (78, 0)), ("centre", (39, 39))])
def test_the_anchor_says_where_the_new_room_is(photo: Any, anchor: str, sides: tuple[int, int]) -> None:
    """A picture that stands left has all the new room on its right."""
    values = form(references=[{"image": photo(480, 480), "role": ""}], extend_to="16:9")
    values = after(values, "extend_from", extend_from=anchor)
    assert (values["extend_left"], values["extend_right"]) == sides


def test_not_extending_takes_all_of_it_back(photo: Any) -> None:
    """Amounts, sentence and name of the ratio go; a margin set by hand is named as such."""
    before = form(references=[{"image": photo(), "role": ""}])
    values = after(before, "extend_left", extend_left=50)
    assert values["extend_to"] == "own"
    assert after(values, "extend_left", extend_left=0) == {**before, "aspect_ratio": "match"}
    assert after(values, "extend_to", extend_to="") == {**before, "aspect_ratio": "match"}


def test_a_picture_extended_into_a_ribbon_is_refused(photo: Any) -> None:
    """The models take no picture with sides of more than 8 to 1."""
    values = form(references=[{"image": photo(640, 160), "role": ""}], extend_left=200)
    with pytest.raises(InvalidRequest, match="8 times"):
        EDITING.requests(values, SKETCH)


def test_a_drawing_is_the_last_reference(photo: Any) -> None:
    """It has the role that was chosen for it, with its sentence in the prompt, and counts against the limit."""
    given = [{"image": photo(), "role": ""} for _ in range(CLOUDFLARE.references.maximum)]
    drawing = photo(640, 480)
    values = after(form(references=given[:1]), "drawing", drawing=drawing)
    request = EDITING.requests(values, SKETCH)[0]
    assert [one.role for one in request.references] == [None, "layout"]
    assert role("layout").sentence.format(n=2) in request.prompt
    values = after(values, "drawn_as", drawn_as="pose")
    assert role("pose").sentence.format(n=2) in values["prompt"]
    assert role("layout").sentence.format(n=2) not in values["prompt"]
    assert "takes at most 4 pictures, and here are 5." in " ".join(texts({**values, "references": given}, CLOUDFLARE))


def test_a_drawing_alone_is_enough() -> None:
    """A layout drawn from nothing is image 1."""
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(file, "PNG")
    assert len(EDITING.requests(form(drawing=file.getvalue()), SKETCH)[0].references) == 1


def test_what_becomes_of_each_picture_is_told(photo: Any) -> None:
    """Sizes as Cloudflare takes them and as open weights read them, with the reason said once."""
    values = form(
        CLOUDFLARE,
        prompt="The bag of image 1 in image 2 and image 3",
        references=[{"image": photo(*size), "role": ""} for size in ((2016, 1512), (400, 304))]
        + [{"image": photo(320, 240, "gif"), "role": ""}],
    )
    assert fates(values, CLOUDFLARE) == [
        "sent as 511 × 383; cropped to 496 × 368; gives the result its shape",
        "sent as it is",
        "converted from GIF",
    ]
    assert len([text for text in texts(values, CLOUDFLARE) if "511 pixels a side" in text]) == 1


def test_pictures_that_pass_unchanged_need_no_words(photo: Any) -> None:
    """No table without something in it."""
    assert fates(form(references=[{"image": photo(640, 480), "role": ""}]), SKETCH) == []


def test_open_weights_read_a_megapixel(photo: Any) -> None:
    """The measured example: 1500 x 1000 is read at 1248 x 832."""
    values = form(references=[{"image": photo(1500, 1000), "role": ""}])
    assert fates(values, CARDS["bfl/flux-2-klein-4b"]) == ["read at 1248 × 832; gives the result its shape"]


def test_the_budget_of_nine_megapixels_is_told(photo: Any) -> None:
    """Pictures and result count together on pro; its source is named, and less is no warning."""
    large = {"image": photo(3000, 2600), "role": ""}
    prompt = "The bag of image 1 on the bench of image 2"
    over = " ".join(texts(form(prompt=prompt, references=[large, large]), CARDS["bfl/flux-2-pro"]))
    assert "come to 15.9 MP" in over
    assert "Black Forest Labs" in over
    assert "9 MP" not in " ".join(texts(form(references=[large]), CARDS["bfl/flux-2-pro"]))


def test_a_refused_picture_is_named(photo: Any) -> None:
    """Its number and what to do about it."""
    values = form(references=[{"image": photo(), "role": ""}, {"image": photo(48, 48), "role": ""}])
    assert any(text.startswith("Image 2: ") and "at least 64" in text for text in texts(values, SKETCH))


def test_pictures_left_out_of_the_prompt_are_one_warning(photo: Any) -> None:
    """Equal sentences are merged."""
    values = form(prompt="Like image 1", references=[{"image": photo(), "role": ""} for _ in range(3)])
    assert [text for text in texts(values, SKETCH) if "mention" in text] == [
        "Images 2 and 3 are given and the prompt does not mention them. Say what each is for, or give it a role."
    ]


@pytest.mark.parametrize("recipe", [pytest.param(one, id=one.label) for one in recipes()])
def test_a_recipe_runs_with_samples(recipe: Any) -> None:
    """One click fills an empty form with pictures, roles and a prompt that every target takes without a warning."""
    for card in CARDS.values():
        values = form(card)
        values |= EDITING.fill(values, recipe.example, card)
        request = EDITING.requests(EDITING.form(card).complete(values), card)[0]
        read = request.but(references=[images.read_reference(one) for one in request.references])
        assert card.complete(read).prompt == values["prompt"]
        assert [note.text for note in EDITING.notes(values, card) if note.level == "warning"] == []
        assert any(recipe.needs in text for text in texts(values, card))


def test_a_recipe_keeps_a_persons_pictures(photo: Any) -> None:
    """Their pictures stay and get the recipe's roles; what is missing is said in words."""
    mine = photo()
    values = form(references=[{"image": mine, "role": "style"}])
    insert = next(one for one in EDITING.examples if one.label == "Insert")
    values |= EDITING.fill(values, insert, SKETCH)
    assert values["references"] == [{"image": mine, "role": "base"}]
    assert any(text.startswith("This wants image 1: a place, image 2:") for text in texts(values, SKETCH))


def test_the_next_recipe_takes_the_samples_of_the_last_away() -> None:
    """Samples make way for samples, and so do the last recipe's margins and ticks."""
    values = form()
    for label in ("Replace", "Extend", "Logo"):
        values |= EDITING.fill(values, next(one for one in EDITING.examples if one.label == label), SKETCH)
    fresh = form()
    fresh |= EDITING.fill(fresh, next(one for one in EDITING.examples if one.label == "Logo"), SKETCH)
    assert values == fresh
    assert [Path(one["image"]).stem for one in values["references"]] == ["jacket", "logo"]
    assert samples.is_sample(values["references"][0]["image"])


def test_an_example_of_ones_own_fills_as_everywhere() -> None:
    """Examples that are no recipe set their values and what follows from them."""
    own = Example("Mine", {"prompt": "Make it snow. Change nothing else."})
    assert EDITING.fill(form(), own, SKETCH)["change"] == "Make it snow."
