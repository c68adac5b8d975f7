"""A saved picture gives its settings back: PNG, WebP, JPEG, an original, a stranger's, a hostile one."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from flux2_nb import capability as registry
from flux2_nb import images
from flux2_nb.errors import Flux2Error, InvalidRequest
from flux2_nb.request import ImageRequest
from flux2_nb.result import ImageResult
from flux2_nb.studio import Studio
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.restore import Restored, prompt_of, restored, settings_in
from flux2_nb.ui.starting import start


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """An app's backend with the offline sketch."""
    backend = Backend(Studio("sketch", home=tmp_path / "home"), tmp_path / "uploads")
    yield backend
    backend.studio.engine.close()


def made(backend: Backend, name: str = "text-to-image", owner: str = "me", **values: Any) -> ImageResult:
    """A picture made with a tab."""
    studio = backend.studio_for("sketch/sketch", owner)
    return start(studio, registry.get(name), values)[0].result()


def read(backend: Backend, data: bytes, owner: str = "me") -> Restored:
    """What the page gets for a picture that a visitor drops."""
    return settings_in(data, backend.history(owner), backend.studio.card)


def plain(format: str = "PNG") -> bytes:
    """A picture without settings."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(buffer, format)
    return buffer.getvalue()


def carrying(settings: Mapping[str, Any], format: str = "PNG") -> bytes:
    """A picture with these settings inside."""
    return images.embed_settings(plain(format), settings)


SETTINGS = {
    "provider": "sketch",
    "model": "sketch",
    "seed": 7,
    "prompt_used": None,
    "request": {"prompt": "a red fox", "width": 1360, "height": 768, "seed": 7},
}


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_every_format_gives_its_settings_back(format: str, backend: Backend) -> None:
    """Prompt, size by name, seed and target come out of a saved picture."""
    capability, values, target, lost = read(backend, carrying(SETTINGS, format))
    assert (capability, target, lost) == ("text-to-image", "sketch/sketch", ())
    told = {name: values[name] for name in ("prompt", "aspect_ratio", "megapixels", "seed")}
    assert told == {"prompt": "a red fox", "aspect_ratio": "16:9", "megapixels": 1.0, "seed": 7}


def test_an_original_is_known_by_its_bytes(backend: Backend) -> None:
    """What the provider delivered holds no settings of ours; the history knows it, and what was typed."""
    result = made(backend, prompt="a fox in snow", aspect_ratio="3:2", seed=11)
    found = read(backend, result.data)
    assert (found.capability, found.values["aspect_ratio"], found.values["seed"]) == ("text-to-image", "3:2", 11)
    assert found.values["prompt"] == "a fox in snow"


def test_another_visitors_original_is_a_stranger(backend: Backend) -> None:
    """The bytes of someone else's picture tell nothing about them."""
    result = made(backend, owner="somebody", prompt="a secret garden", seed=11)
    with pytest.raises(InvalidRequest, match="not one of your originals"):
        read(backend, result.data, owner="me")


def test_a_picture_without_settings_gets_a_sentence(backend: Backend) -> None:
    """So does a file that is no picture at all."""
    with pytest.raises(InvalidRequest, match="holds no settings"):
        read(backend, plain())
    with pytest.raises(InvalidRequest):
        read(backend, b"%PDF-1.7 not a picture")


def test_the_form_it_was_made_with_comes_back(backend: Backend) -> None:
    """A picture of the languages tab brings its brief in every language, not only the one it shows."""
    rows = [{"language": "en", "text": "a lake"}, {"language": "fr", "text": "un lac"}]
    values = {"brief": "", "texts": rows}
    found = read(backend, carrying({**SETTINGS, "form": {"capability": "multilingual", "values": values}}))
    assert (found.capability, found.values["texts"], found.values["seed"]) == ("multilingual", rows, 7)


def test_a_json_prompt_goes_to_its_tab(backend: Backend) -> None:
    """It comes back as it was sent."""
    text = json.dumps({"scene": "a quiet lake", "mood": "still"})
    found = read(backend, carrying({**SETTINGS, "request": {"prompt": text, "width": 1024, "height": 1024}}))
    assert (found.capability, found.values["json"]) == ("json-prompt", text)


def test_a_newer_versions_settings_give_what_is_known(backend: Backend) -> None:
    """An unknown name is left out and told of, without repeating it."""
    request = {**SETTINGS["request"], "<img src=x>": 1}  # type: ignore[dict-item]  # it is a mapping
    found = read(backend, carrying({**SETTINGS, "request": request}))
    assert found.values["prompt"] == "a red fox"
    assert found.lost == ("Some of its settings are unknown to this version of flux2_nb.",)


def test_a_target_that_is_not_here_leaves_the_present_one(backend: Backend) -> None:
    """The prompt still comes back."""
    found = read(backend, carrying({**SETTINGS, "provider": "nowhere", "model": "flux-9"}))
    assert (found.target, found.values["prompt"]) == ("", "a red fox")
    assert "not on offer here" in found.lost[0]


def test_a_reference_comes_back_as_a_file(backend: Backend, tmp_path: Path) -> None:
    """The reference image of an edit is written where the page may show it, and belongs to its visitor."""
    photo = tmp_path / "lamp.png"
    Image.new("RGB", (256, 256), "red").save(photo)
    result = made(
        backend, "multi-reference", prompt="Make image 1 blue", references=[{"image": str(photo), "role": ""}]
    )
    token = backend.pending.keep("me", read(backend, result.data))
    found = restored(backend, "me", token)
    [one] = found.values["references"]
    assert Path(one["image"]).read_bytes() == photo.read_bytes()
    assert Path(one["image"]).is_relative_to(backend.uploads)
    assert backend.uploaded.forget("me") == 1


def test_a_reference_that_is_gone_gets_a_sentence(backend: Backend) -> None:
    """The rest comes back without it."""
    request = {"prompt": "Make image 1 blue", "references": [{"sha256": "ab" * 32, "name": "lamp.png"}]}
    found = read(backend, carrying({**SETTINGS, "request": request}))
    after = restored(backend, "me", backend.pending.keep("me", found))
    assert (after.capability, after.values["references"][0]["image"]) == ("multi-reference", None)
    assert "no longer in the history" in after.lost[0]


@pytest.mark.parametrize(
    "form",
    [
        {"capability": "multi-reference", "values": {"references": [{"image": "/etc/passwd", "role": ""}]}},
        {"capability": "multi-reference", "values": {"references": [{"image": {"sha256": "../../x"}, "role": ""}]}},
        {"capability": "text-to-image", "values": {"prompt": {"a": 1}, "count": 1e9, "aspect_ratio": ["16:9"]}},
        {"capability": "text-to-image", "values": {"prompt": "x" * 200_000, "count": True, "megapixels": "1"}},
        {"capability": "multilingual", "values": {"texts": [{"language": "en", "text": 7, "evil": 1}] * 3}},
    ],
)
def test_hostile_values_stay_out(form: dict[str, Any], backend: Backend) -> None:
    """Paths, wrong kinds and endless texts in a stranger's picture never reach the form; their labels are named."""
    found = read(backend, carrying({**SETTINGS, "form": form}))
    assert set(found.values) <= {"seed", "keep_seed"}
    assert found.lost[0].startswith("Left out, because it does not fit here: ")


def test_markup_in_a_prompt_is_only_text(backend: Backend) -> None:
    """A prompt comes back letter by letter; what is said of the rest repeats nothing of the file."""
    prompt = "<img src=x onerror=alert(1)> ${1+1} {{value}}"
    found = read(backend, carrying({**SETTINGS, "model": "<b>", "request": {"prompt": prompt, "<i>": 1}}))
    assert found.values["prompt"] == prompt
    assert "<" not in "".join(found.lost)


@pytest.mark.parametrize("settings", [{}, {"request": 7}, {"request": {"prompt": ""}}, {"form": 1, "request": []}])
def test_settings_that_are_none_get_a_sentence(settings: dict[str, Any], backend: Backend) -> None:
    """Nothing in the file leads to anything but an error a person can read."""
    with pytest.raises(Flux2Error):
        read(backend, carrying(settings))


def test_a_token_serves_its_visitor_once(backend: Backend) -> None:
    """Neither a stranger nor a second click gets what waits."""
    token = backend.pending.keep("me", read(backend, carrying(SETTINGS)))
    with pytest.raises(InvalidRequest):
        restored(backend, "somebody", token)
    assert restored(backend, "me", token).values["prompt"] == "a red fox"
    with pytest.raises(InvalidRequest):
        restored(backend, "me", token)


def test_a_past_prompt_brings_its_words_only(backend: Backend) -> None:
    """Also when its picture was deleted; the settings of the form are left as they are."""
    result = made(backend, prompt="a fox worth keeping", aspect_ratio="16:9", seed=3)
    backend.history("me").delete([result.id])
    found = prompt_of(backend, "me", result.run_id)
    assert (found.capability, found.values, found.target) == ("text-to-image", {"prompt": "a fox worth keeping"}, "")
    with pytest.raises(Flux2Error):
        prompt_of(backend, "somebody", result.run_id)


def test_a_plain_calls_prompt_goes_to_the_first_tab(backend: Backend) -> None:
    """What a notebook asked for without a form is found and used too."""
    result = backend.studio.generate(ImageRequest("a fox from a notebook", seed=5))
    assert read(backend, result.data).values["prompt"] == "a fox from a notebook"
    assert prompt_of(backend, "me", result.run_id).values == {"prompt": "a fox from a notebook"}
