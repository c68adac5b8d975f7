"""What a form would make and cost before the button is pressed, how its runs begin, and how its values come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from flux2_nb import capability as registry
from flux2_nb.errors import InvalidRequest
from flux2_nb.studio import Studio
from flux2_nb.ui.plan import make_plan
from flux2_nb.ui.recall import kept, recalled
from flux2_nb.ui.starting import prepare, start

TEXT = registry.get("text-to-image")
EDIT = registry.get("multi-reference")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio of the offline sketch."""
    studio = Studio("sketch", home=tmp_path / "home")
    yield studio
    studio.engine.close()


def test_a_plan_counts_sizes_and_adds_up_prices(studio: Studio) -> None:
    """Three pictures cost three times one, at the size the card makes of ratio and megapixels."""
    values = {"prompt": "a fox", "aspect_ratio": "16:9", "count": 3}
    plan = make_plan(studio.with_target("bfl", "flux-2-pro"), TEXT, values)
    assert (plan.size_text, plan.cost_text) == ("3 pictures of 1360 × 768 pixels", "about $0.09")
    assert make_plan(studio, TEXT, values).cost_text == "free"


def test_the_button_follows_the_plan(studio: Studio) -> None:
    """The button says what pressing it comes to, for the rounds that its limit makes, or only what it does."""
    pro = studio.with_target("bfl", "flux-2-pro")
    assert make_plan(pro, TEXT, {"prompt": "a fox"}).button_text("Generate") == "Generate · about $0.03, 6 s"
    pro.concurrency = 2
    assert make_plan(pro, TEXT, {"prompt": "a fox", "count": 3}).seconds == 2 * (pro.card.seconds or 0)
    assert make_plan(pro, TEXT, {"prompt": ""}).button_text("Generate") == "Generate"


def test_a_plan_leaves_the_seed_open_unless_it_is_set(studio: Studio) -> None:
    """The code shown beside a form names a seed only where the form does, so that it does not change on every key."""
    seeds = [make_plan(studio, TEXT, {"prompt": "a fox", "seed": seed}).first for seed in (None, 7)]
    assert [request.seed for request in seeds if request] == [None, 7]


def test_a_plan_of_nothing_says_why(studio: Studio) -> None:
    """Values that cannot be sent give a sentence instead of an error."""
    assert make_plan(studio, TEXT, {"prompt": " "}).problem.startswith("The prompt is empty")
    assert "goes from 1 to 8" in make_plan(studio, TEXT, {"prompt": "a fox", "count": 99}).problem


def test_nothing_begins_when_one_request_is_wrong(studio: Studio) -> None:
    """A batch is checked as a whole before its first run."""
    with pytest.raises(InvalidRequest):
        start(studio, TEXT, {"prompt": "a fox", "aspect_ratio": "7:1"})
    assert not studio.runs()


def test_labels_name_the_runs_of_a_batch(studio: Studio) -> None:
    """Each language's picture carries its name."""
    values = {"texts": [{"language": "en", "text": "a fox"}, {"language": "fr", "text": "un renard"}]}
    prepared = prepare(studio, registry.get("multilingual"), values)
    assert [one.label for one in prepared] == [
        "English",
        "Français (French)",
    ]


def test_values_come_back_with_their_pictures(studio: Studio, tmp_path: Path) -> None:
    """What a picture was made with fills the form again: reference bytes by hash, out of the history, in a new file."""
    picture = tmp_path / "cat.png"
    Image.new("RGB", (320, 240), "#336699").save(picture)
    values = {"prompt": "Put image 1 in snow", "references": [{"image": str(picture), "role": "style"}]}
    [run] = start(studio, EDIT, values)
    item = studio.history.item(run.result(30).id)
    assert str(tmp_path) not in str(item.values)
    back, lost = recalled(item.values, studio.history, tmp_path / "uploads")
    assert (back["prompt"], back["references"][0]["role"], lost) == ("Put image 1 in snow", "style", [])
    assert Path(back["references"][0]["image"]).read_bytes() == picture.read_bytes()


def test_a_lost_picture_is_told(studio: Studio, tmp_path: Path) -> None:
    """A reference that is no longer in the history leaves its slot empty and says so."""
    values = {"references": [{"image": b"gone", "role": ""}]}
    back, lost = recalled(kept(EDIT.form(studio.card), values), studio.history, tmp_path)
    assert back == {"references": [{"image": None, "role": ""}]}
    assert len(lost) == 1


def test_a_prompt_that_looks_like_a_path_is_kept_as_text(studio: Studio) -> None:
    """Only fields that hold pictures are read from files."""
    assert kept(TEXT.form(studio.card), {"prompt": __file__}) == {"prompt": __file__}
