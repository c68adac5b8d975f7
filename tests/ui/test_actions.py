"""What a finished picture is taken for: its settings, its seed, its prompt, or the picture itself."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from flux2_nb import capability as registry
from flux2_nb.errors import InvalidRequest
from flux2_nb.history import Parent
from flux2_nb.studio import Studio
from flux2_nb.ui.actions import ACTIONS, Desk, used
from flux2_nb.ui.reference_pictures import reference_address, reference_routes
from flux2_nb.ui.starting import start
from flux2_nb.ui.visitors import Visitors

TEXT = registry.get("text-to-image")
EDIT = registry.get("multi-reference")
WAIT = 60


@pytest.fixture
def desk(studio: Studio, tmp_path: Path) -> Desk:
    """What an action works with, with no reference image in the form."""
    return Desk(studio.history, tmp_path / "uploads", studio.card)


def made(studio: Studio, values: dict[str, object]) -> str:
    """The id of a picture that was made with these values of the text form."""
    [run] = start(studio, TEXT, values)
    return run.result(WAIT).id


def edited(studio: Studio, references: list[object], prompt: str = "Make it snow") -> str:
    """The id of a picture that was edited from these."""
    [run] = start(studio, EDIT, {"prompt": prompt, "references": [{"image": one, "role": ""} for one in references]})
    return run.result(WAIT).id


def photograph(colour: str) -> bytes:
    """A picture from outside."""
    file = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(file, "PNG")
    return file.getvalue()


def test_all_settings_make_the_same_again(studio: Studio, desk: Desk) -> None:
    """The form gets what was typed and the seed that was drawn, for the target that made it."""
    image = made(studio, {"prompt": "a fox", "aspect_ratio": "16:9"})
    found = used("all", image, desk)
    assert (found.capability, found.target) == ("text-to-image", "sketch/sketch")
    assert (found.values["prompt"], found.values["aspect_ratio"]) == ("a fox", "16:9")
    assert found.values["seed"] == studio.history.item(image).seed


def test_a_remix_leaves_the_seed_open(studio: Studio, desk: Desk) -> None:
    """A remix has everything but the seed, and does not keep one."""
    found = used("remix", made(studio, {"prompt": "a fox", "seed": 7}), desk)
    assert (found.values["prompt"], found.values["seed"]) == ("a fox", None)
    assert not found.values.get("keep_seed")


def test_a_seed_alone_changes_nothing_else(studio: Studio, desk: Desk) -> None:
    """Only the seed comes, kept, and the target stays as it is."""
    found = used("seed", made(studio, {"prompt": "a fox", "seed": 7}), desk)
    assert (found.values["seed"], found.target) == (7, "")
    assert set(found.values) <= {"seed", "keep_seed"}


def test_a_rewritten_prompt_goes_into_the_prompt(studio: Studio, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider's own words fill the prompt; where there are none the action says so."""
    image = made(studio, {"prompt": "a fox"})
    with pytest.raises(InvalidRequest, match="did not rewrite"):
        used("prompt", image, desk)
    item = replace(studio.history.item(image), prompt_used="a fox, in careful detail")
    monkeypatch.setattr(type(desk.history), "item", lambda self, image_id, owner=None: item)
    found = used("prompt", image, desk)
    assert (found.capability, found.values) == ("text-to-image", {"prompt": "a fox, in careful detail"})


def test_a_picture_becomes_the_next_reference(studio: Studio, desk: Desk, tmp_path: Path) -> None:
    """The original bytes stand after the pictures that are there, and the same picture is not added twice."""
    there = tmp_path / "there.png"
    there.write_bytes(photograph("red"))
    image = made(studio, {"prompt": "a fox"})
    desk = replace(desk, present=[{"image": str(there), "role": "style"}])
    found = used("reference", image, desk)
    first, second = found.values["references"]
    assert (found.capability, first) == ("multi-reference", {"image": str(there), "role": "style"})
    assert Path(second["image"]).read_bytes() == studio.history.item(image).path.read_bytes()
    again = used("reference", image, replace(desk, present=found.values["references"]))
    assert len(again.values["references"]) == 2


def test_a_branch_goes_back_to_the_photograph(studio: Studio, desk: Desk) -> None:
    """An edit of an edit leads to what the first one was made from, not to the picture in between."""
    original = photograph("blue")
    first = edited(studio, [original])
    second = edited(studio, [studio.history.item(first).path.read_bytes()], "Add a boat")
    [reference] = used("branch", second, desk).values["references"]
    assert Path(reference["image"]).read_bytes() == original


def test_a_picture_that_was_no_edit_is_its_own_origin(studio: Studio, desk: Desk) -> None:
    """Branching from a picture without references takes the picture itself."""
    image = made(studio, {"prompt": "a fox"})
    [reference] = used("branch", image, desk).values["references"]
    assert Path(reference["image"]).read_bytes() == studio.history.item(image).path.read_bytes()


def test_an_edit_knows_its_parent(studio: Studio) -> None:
    """A run whose reference is a picture of the history records it; one from outside has none."""
    image = made(studio, {"prompt": "a fox"})
    child = edited(studio, [studio.history.item(image).path.read_bytes()])
    assert studio.history.item(child).parents == (Parent(image, "edit"),)
    assert studio.history.item(edited(studio, [photograph("green")])).parents == ()


@pytest.mark.parametrize("how", ACTIONS)
def test_another_owners_picture_gives_nothing(how: str, studio: Studio, desk: Desk) -> None:
    """Whatever is asked for, a picture that is not the owner's is as if it did not exist."""
    image = made(studio, {"prompt": "a fox"})
    with pytest.raises(InvalidRequest, match="There is no picture"):
        used(how, image, replace(desk, history=studio.engine.history.for_owner("somebody else")))


def test_an_unknown_action_is_refused(studio: Studio, desk: Desk) -> None:
    """What a page makes up is answered with a sentence."""
    with pytest.raises(InvalidRequest, match="nothing called"):
        used("__class__", made(studio, {"prompt": "a fox"}), desk)


def test_a_reference_is_shown_to_its_owner_only(studio: Studio) -> None:
    """The address of a reference gives the bytes as they were given, to nobody but its owner, and runs nothing."""
    original = photograph("blue")
    image = edited(studio, [original])
    sha256 = studio.history.run(studio.history.item(image).run_id).request.references[0].sha256

    def site(owner: str) -> TestClient:
        routes = reference_routes(studio.engine.history.for_owner)
        return TestClient(Starlette(routes=routes, middleware=[Middleware(Visitors, owner=owner)]))

    answer = site("me").get(f"/{reference_address(sha256)}")
    assert (answer.content, answer.headers["content-type"]) == (original, "image/png")
    assert answer.headers["content-security-policy"] == "sandbox"
    assert site("somebody else").get(f"/{reference_address(sha256)}").status_code == 404
