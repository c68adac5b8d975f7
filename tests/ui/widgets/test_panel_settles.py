"""The page of a panel: its button sends what is in sight, and waits for it. The kernel is played by the test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from flux2_nb.ui.widgets import Panel
from flux2_nb.ui.widgets.assets import panel_script, panel_styles

if TYPE_CHECKING:
    from playwright.sync_api import Page

WAITING = "Waiting for the picture to arrive …"

KERNEL = """async ([script, styles, state]) => {
  const module = await import(URL.createObjectURL(new Blob([script], {type: 'text/javascript'})));
  const heard = {};
  window.sent = [];
  window.tell = content => heard['msg:custom'].forEach(act => act(content, []));
  const model = {
    get: name => state[name],
    on: (name, act) => { (heard[name] ??= []).push(act); },
    off: () => {},
    send: content => { window.sent.push(content); },
  };
  document.head.append(Object.assign(document.createElement('style'), {textContent: styles}));
  module.default.render({model, el: document.body});
}"""


@pytest.fixture
def shown(make_panel: Callable[..., Panel], open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Shows a panel for editing on a page: `shown("phone")`."""

    def show(device: str = "desktop") -> Page:
        view, page = make_panel("multi-reference", prompt="Make it snow").widget, open_page(device)
        state = {name: getattr(view, name) for name in ("page", "shown", "answered", "plan", "board", "code")}
        page.evaluate(KERNEL, [panel_script(), panel_styles(), json.loads(json.dumps(state))])
        return page

    return show


def acts(page: Page) -> list[str]:
    """What the page has sent so far."""
    return [one["act"] for one in page.evaluate("window.sent")]


def sent(page: Page, act: str, count: int = 1) -> dict[str, Any]:
    """Waits until something was sent, and returns it."""
    page.wait_for_function(
        "([act, count]) => window.sent.filter(one => one.act === act).length >= count", arg=[act, count]
    )
    found: dict[str, Any] = [one for one in page.evaluate("window.sent") if one["act"] == act][count - 1]
    return found


def answer(page: Page, upload: dict[str, Any], problem: str = "") -> None:
    page.evaluate("content => window.tell(content)", {"upload": upload["upload"], "problem": problem})


def add(page: Page, folder: Path, *names: str) -> None:
    for name in names:
        Image.new("RGB", (160, 120), "teal").save(folder / name)
    page.locator('[data-field="references"] input[type=file]').set_input_files([folder / name for name in names])


def waiting(page: Page) -> None:
    page.locator(".f2-run", has_text=WAITING).wait_for()


def test_a_press_waits_for_a_picture(shown: Callable[..., Page], tmp_path: Path) -> None:
    """The run goes out once the kernel has taken the picture in, and once only."""
    page = shown()
    add(page, tmp_path, "a.png")
    upload = sent(page, "upload")
    page.locator(".f2-run").click()
    page.locator(".f2-run").click()
    waiting(page)
    assert "run" not in acts(page)
    answer(page, upload)
    sent(page, "run")
    page.locator(".f2-run", has_not_text=WAITING).wait_for()
    assert acts(page).count("run") == 1


def test_a_picture_that_is_refused_keeps_the_press_back(shown: Callable[..., Page], tmp_path: Path) -> None:
    """One of two pictures is refused by the kernel: nothing is run, and the reason stands under the button."""
    page = shown()
    add(page, tmp_path, "a.png", "b.png")
    first = sent(page, "upload")
    page.locator(".f2-run").click()
    waiting(page)
    answer(page, first, "It is too dark.")
    answer(page, sent(page, "upload", 2))
    page.get_by_text("Nothing was sent. a.png was not added. It is too dark.").wait_for()
    assert "run" not in acts(page)


def test_a_waiting_press_is_taken_back(shown: Callable[..., Page], tmp_path: Path) -> None:
    """Stop takes the press back and stops no run; the next press goes out."""
    page = shown("phone")
    add(page, tmp_path, "a.png")
    upload = sent(page, "upload")
    page.locator(".f2-run").click()
    waiting(page)
    page.get_by_role("button", name="Stop all").click()
    page.get_by_text("Taken back. Nothing was sent.").wait_for()
    answer(page, upload)
    page.locator(".f2-run").click()
    sent(page, "run")
    assert [acts(page).count(one) for one in ("run", "stop")] == [1, 0]


def test_a_file_that_is_too_large_is_not_sent(shown: Callable[..., Page], tmp_path: Path) -> None:
    """It is refused by its size alone, with a sentence, and is no reference, whole or broken."""
    page = shown()
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    page.locator('[data-field="references"] input[type=file]').set_input_files(tmp_path / "huge.png")
    page.get_by_text("huge.png has more than 64 MB").wait_for()
    assert "upload" not in acts(page)


def test_the_last_stroke_goes_first(shown: Callable[..., Page]) -> None:
    """A press right after a stroke sends the drawing, waits until it is there, and then runs."""
    page = shown()
    page.locator("summary", has_text="Draw a layout").click()
    sheet = page.locator('[data-field="drawing"] canvas')
    sheet.scroll_into_view_if_needed()
    area = sheet.bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + 20, area["y"] + 20)
    page.mouse.down()
    page.mouse.move(area["x"] + 90, area["y"] + 60, steps=3)
    page.mouse.up()
    page.keyboard.press("Control+Enter")
    page.locator(".f2-run").click()
    answer(page, sent(page, "upload"))
    sent(page, "run")
    assert [one for one in acts(page) if one != "change"] == ["upload", "run"]


def test_a_double_click_is_one_press(shown: Callable[..., Page]) -> None:
    """The second click of a double click is not counted: each press may cost money."""
    page = shown()
    page.locator(".f2-run").dblclick()
    sent(page, "run")
    assert acts(page).count("run") == 1
