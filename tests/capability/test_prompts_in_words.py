"""Text to image, several references, several languages: how the values become requests and notes."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from flux2_nb.capability import get
from flux2_nb.catalog import catalog, find_card
from flux2_nb.errors import InvalidRequest

CARDS = catalog().cards
SKETCH = CARDS[0]
DEV = find_card(catalog().of("cloudflare"), "cloudflare", "flux-2-dev")


def picture(width: int = 320, height: int = 240) -> bytes:
    """Return a PNG of a size."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#336699").save(file, "PNG")
    return file.getvalue()


def values_of(name: str, **changes: Any) -> dict[str, Any]:
    """Return an untouched form's values with some changed."""
    return {**get(name).form(SKETCH).defaults, **changes}


def test_several_pictures_have_consecutive_seeds() -> None:
    """Four pictures from seed 41 have the seeds 41 to 44."""
    requests = get("text-to-image").requests(values_of("text-to-image", prompt="a fox", count=4, seed=41), SKETCH)
    assert [request.seed for request in requests] == [41, 42, 43, 44]


def test_without_a_seed_every_run_has_a_new_one() -> None:
    """Two runs of the same form differ in their seeds."""
    values = values_of("text-to-image", prompt="a fox")
    first, second = (get("text-to-image").requests(values, SKETCH)[0].seed for _ in range(2))
    assert first != second


def test_an_empty_prompt_names_its_field() -> None:
    """The error tells the UI where to point."""
    with pytest.raises(InvalidRequest) as caught:
        get("text-to-image").requests(values_of("text-to-image", prompt="  "), SKETCH)
    assert caught.value.field == "prompt"


def test_a_role_writes_its_sentence_once() -> None:
    """The role of an image is said in the prompt unless the prompt says it already, under its number."""
    references = [{"image": picture(), "role": "subject"}, {"image": picture(), "role": "style"}]
    values = values_of("multi-reference", prompt="A quiet harbour with @image1", references=references)
    (request,) = get("multi-reference").requests(values, SKETCH)
    assert request.prompt.startswith("A quiet harbour with image 1")
    assert "image 2" in request.prompt
    assert [reference.role for reference in request.references] == ["subject", "style"]


def test_empty_slots_close_up() -> None:
    """A slot without a picture does not count, so image 2 is the second picture there is."""
    references = [
        {"image": picture(), "role": ""},
        {"image": None, "role": "pose"},
        {"image": picture(), "role": "style"},
    ]
    (request,) = get("multi-reference").requests(
        values_of("multi-reference", prompt="x", references=references), SKETCH
    )
    assert len(request.references) == 2
    assert "style of image 2" in request.prompt


def test_editing_nothing_is_refused() -> None:
    """Without a picture there is a sentence, and nothing is sent."""
    with pytest.raises(InvalidRequest, match="no picture"):
        get("multi-reference").requests(values_of("multi-reference", prompt="make it snow"), SKETCH)


def test_what_will_be_made_smaller_is_said() -> None:
    """Cloudflare's limit of 511 pixels is told with the size that will be sent."""
    references = [{"image": picture(2000, 1000), "role": ""}]
    notes = get("multi-reference").notes(
        values_of("multi-reference", prompt="image 1 at night", references=references), DEV
    )
    assert any("511" in note.text for note in notes)


def test_a_broken_picture_is_a_note_and_not_a_crash() -> None:
    """While the form is being filled, an unreadable file is told in words."""
    references = [{"image": b"not a picture", "role": ""}]
    notes = get("multi-reference").notes(values_of("multi-reference", prompt="x", references=references), DEV)
    assert notes[0].text.startswith("Image 1:")


def test_all_languages_share_one_seed() -> None:
    """Only the language differs between the pictures."""
    requests = get("multilingual").requests(values_of("multilingual"), SKETCH)
    assert len(requests) == 4
    assert len({request.seed for request in requests}) == 1
    assert len({request.prompt for request in requests}) == 4


def test_a_brief_fills_the_languages_chosen() -> None:
    """Choosing another brief translates every row, and keeps which languages there are."""
    values = values_of(
        "multilingual", brief="lake", texts=[{"language": "de", "text": "x"}, {"language": "zh", "text": ""}]
    )
    texts = get("multilingual").sync(values, "brief", SKETCH)["texts"]
    assert [row["language"] for row in texts] == ["de", "zh"]
    assert "Kanu" in texts[0]["text"]


def test_ones_own_words_are_not_overwritten() -> None:
    """Changing a row's language replaces our text, never a person's."""
    capability = get("multilingual")
    ours = capability.form(SKETCH).defaults["texts"][0]["text"]
    rows = [{"language": "fr", "text": ours}, {"language": "de", "text": "Mein eigener Satz"}]
    texts = capability.sync(values_of("multilingual", texts=rows), "texts", SKETCH)["texts"]
    assert texts[0]["text"] != ours
    assert texts[1]["text"] == "Mein eigener Satz"


def test_chinese_text_in_a_picture_is_warned_of_with_its_source() -> None:
    """A quoted Chinese word on dev gets the published figures."""
    rows = [{"language": "zh", "text": "一张海报，写着“慢下来”"}]
    notes = get("multilingual").notes(values_of("multilingual", texts=rows, brief=""), DEV)
    assert any("0.757" in note.text for note in notes)
