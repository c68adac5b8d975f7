"""The widget of a panel, with the page's messages played by hand: what is shown, and what people do."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from flux2_nb.errors import InvalidRequest
from flux2_nb.ui.widgets import Panel, uploads
from flux2_nb.ui.widgets.kernel import Home
from flux2_nb.ui.widgets.view import PanelView

MakePanel = Callable[..., Panel]


def picture(colour: str = "teal") -> bytes:
    """A small PNG."""
    buffer = BytesIO()
    Image.new("RGB", (96, 64), colour).save(buffer, "PNG")
    return buffer.getvalue()


def upload(view: PanelView, name: str, data: bytes, parts: int = 2) -> None:
    """Send a picture as the page does: in parts."""
    size = -(-len(data) // parts)
    for index in range(parts):
        message = {"act": "upload", "name": name, "upload": data.hex()[-8:], "number": 1, "last": index == parts - 1}
        view.receive(message, [memoryview(data[index * size : (index + 1) * size])])


def field_of(view: PanelView, name: str) -> dict[str, Any]:
    """What the page knows of a field."""
    return next(one for group in view.page["groups"] for one in group["fields"] if one["name"] == name)


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until something holds."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


def test_typing_changes_the_plan(make_panel: MakePanel) -> None:
    """What is typed is a value at once, and the button says what it comes to."""
    made = make_panel("text-to-image")
    made.widget.receive({"act": "change", "name": "prompt", "value": "a fox, no people", "number": 41})
    made.widget.receive({"act": "change", "name": "count", "value": "3", "number": 42})
    assert made.values["prompt"] == "a fox, no people"
    assert made.widget.answered == 42
    assert made.widget.plan["button"] == "Generate · about $0.15, 4 s"
    assert any("no people" in note["text"] for note in made.widget.plan["notes"])


def test_code_changes_the_page(make_panel: MakePanel) -> None:
    """What code sets is shown, and everything the page is told is plain JSON."""
    made = make_panel("text-to-image")
    view = made.widget
    made.values["prompt"] = "a fox"
    assert view.shown["prompt"] == "a fox"
    assert json.loads(json.dumps([view.page, view.shown, view.plan, view.board]))


def test_a_number_that_is_none_is_told_apart(make_panel: MakePanel) -> None:
    """Letters in a number stay in the field, and the plan says what is wrong."""
    made = make_panel("text-to-image", prompt="a fox")
    made.widget.receive({"act": "change", "name": "seed", "value": "seven", "number": 1})
    assert made.widget.shown["seed"] == "seven"
    assert made.widget.plan["text"].startswith("Seed is a number")


def test_another_model_greys_what_it_lacks(make_panel: MakePanel) -> None:
    """Choosing a model narrows the same form, with the reason, and says what there is to know of the model."""
    made = make_panel("text-to-image")
    made.widget.receive({"act": "target", "provider": "quick", "model": "quick-2"})
    assert field_of(made.widget, "seed")["off"] == "It draws its own seed."
    assert made.widget.page["target"] == {"provider": "quick", "model": "quick-2"}
    made.widget.receive({"act": "target", "provider": "sketch"})
    assert made.widget.plan["button"].startswith("Generate · free" if made.values["prompt"] else "Generate")


def test_an_example_fills_the_form(make_panel: MakePanel) -> None:
    """An example's button sets its values and what follows from them."""
    made = make_panel("text-to-image")
    made.widget.receive({"act": "example", "index": 0})
    assert made.values["prompt"] == made.capability.examples[0].values["prompt"]


def test_pictures_come_in_parts_and_keep_their_order(make_panel: MakePanel) -> None:
    """A picture is sent in parts; the page orders pictures by their keys, and no key of its own leads anywhere."""
    made = make_panel("multi-reference")
    for colour in ("red", "blue"):
        upload(made.widget, "references", picture(colour))
    first, second = made.widget.shown["references"]
    swapped = [{**second, "role": ""}, {"image": "/etc/passwd"}, {**first, "role": ""}]
    made.widget.receive({"act": "change", "name": "references", "value": swapped, "number": 9})
    assert [one["image"] for one in made.values["references"]] == [picture("blue"), picture("red")]
    assert first["preview"].startswith("data:image/webp;base64,")


def test_a_drawing_is_a_file(make_panel: MakePanel) -> None:
    """A drawing arrives as a PNG and is the path of a file; a blank sheet is none."""
    made = make_panel("multi-reference")
    upload(made.widget, "drawing", picture())
    with open(made.values["drawing"], "rb") as file:
        assert file.read() == picture()
    made.widget.receive({"act": "change", "name": "drawing", "value": "", "number": 2})
    assert made.values["drawing"] is None


async def test_a_click_makes_a_picture(make_panel: MakePanel) -> None:
    """The button starts runs; the page hears of each step, and fetches the picture when it is there."""
    made = make_panel("text-to-image", prompt="a fox", seed=7)
    view, sent = made.widget, []
    view.send = lambda content, buffers=None: sent.append((content, buffers))
    view.receive({"act": "run"})
    await until(lambda: bool(view.board["batches"]) and view.board["batches"][0][0]["is_over"])
    (shot,) = view.board["batches"][0]
    view.receive({"act": "picture", "id": shot["pictures"][0]["id"], "what": "original"})
    ((content, (data,)),) = sent
    assert data == made.result.data
    assert content["name"] == "a-fox-7.png"


async def test_stopping_all(make_panel: MakePanel) -> None:
    """Runs that wait are stopped from the page, and the page says so."""
    made = make_panel("text-to-image", prompt="wait for me", count=2)
    made.widget.receive({"act": "run"})
    await until(lambda: bool(made.widget.board["batches"]))
    made.widget.receive({"act": "stop"})
    await until(lambda: {one["stage"] for one in made.widget.board["batches"][0]} == {"cancelled"})
    assert made.widget.board["problem"] == ""


async def test_a_click_that_cannot_run_says_why(make_panel: MakePanel) -> None:
    """An empty prompt is answered with a sentence in the panel, and kept among its errors."""
    made = make_panel("text-to-image")
    made.widget._received(made.widget, {"act": "run"}, [])
    assert made.widget.board["problem"].startswith("The prompt is empty")
    assert [str(error) for error in made.errors] == [made.widget.board["problem"]]


async def test_a_failed_run_of_a_click_is_kept(make_panel: MakePanel) -> None:
    """A run that was started by a click and fails stands among the errors: nobody else would hear of it."""
    made = make_panel("text-to-image", prompt="fail")
    made.widget._received(made.widget, {"act": "run"}, [])
    await until(lambda: bool(made.errors))
    assert "brush" in str(made.errors[0])
    assert made.widget.board["batches"][0][0]["stage"] == "failed"


async def test_a_callback_that_breaks_is_heard_of(make_panel: MakePanel) -> None:
    """A fault of our own is shown as a sentence, kept, and told to the loop, which prints it in the kernel."""
    made, told = make_panel("text-to-image"), []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
    made.widget._received(made.widget, {"act": "no such act"}, [])
    assert isinstance(made.errors[0], KeyError)
    assert "KeyError" in made.widget.board["problem"]
    assert told == made.errors


async def test_callbacks_of_a_subshell_come_home() -> None:
    """What is called from another thread, with or without a loop of its own, happens on the loop of the kernel."""
    home, seen = Home(lambda error: None), []

    async def in_a_subshell() -> None:
        home.call(lambda: seen.append(threading.current_thread()))

    thread = threading.Thread(target=lambda: asyncio.run(in_a_subshell()))
    thread.start()
    await asyncio.to_thread(thread.join)
    await until(lambda: bool(seen))
    assert seen == [threading.main_thread()]


@pytest.mark.parametrize("language", ["curl", "Python", "JavaScript"])
def test_code_is_written_when_asked_for(make_panel: MakePanel, language: str) -> None:
    """The request as code is there once a person opens it, and follows the form from then on."""
    made = make_panel("text-to-image", prompt="a fox")
    made.choose("bfl", "flux-2-pro")
    assert made.widget.code == []
    made.widget.receive({"act": "code"})
    made.values["prompt"] = "a hound"
    assert "a hound" in next(one["text"] for one in made.widget.code if one["language"] == language)


def test_a_picture_that_is_too_large_is_refused_whole(make_panel: MakePanel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The part that goes beyond the limit is refused, the page is told, and what still comes of it is let fall."""
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    made = make_panel("multi-reference")
    view, sent = made.widget, []
    view.send = lambda content, buffers=None: sent.append(content)
    part = {"act": "upload", "name": "references", "upload": "a", "number": 7, "last": False}
    with pytest.raises(InvalidRequest, match="64 MB"):
        view.receive(part, [b"x" * 1001])
    view.receive({**part, "last": True}, [b"x" * 10])
    assert made.values["references"] == []
    assert [one["upload"] for one in sent] == ["a"]
    assert "64 MB" in sent[0]["problem"]
    assert view.answered == 7


def test_the_page_hears_of_each_picture(make_panel: MakePanel) -> None:
    """When a picture is in the form the page is told, once; one for a field that is not there is a problem."""
    made = make_panel("multi-reference")
    view, sent = made.widget, []
    view.send = lambda content, buffers=None: sent.append(content)
    upload(view, "references", picture())
    assert [one["problem"] for one in sent] == [""]
    with pytest.raises(InvalidRequest):
        upload(view, "no such field", picture("red"))
    assert 'no field "no such field"' in sent[1]["problem"]
