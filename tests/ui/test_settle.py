"""Generate sends what is in sight: a press waits for pictures, drawings and the form itself, and is made once."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from .conftest import PaidApp

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

Visit = Callable[..., "Page"]
Bought = Callable[[], list[list[tuple[int, int]]]]
ARRIVING = "Waiting for the picture to arrive …"


class Held:
    """Requests of a page that are kept back until they are let go.

    Args:
        page: Whose requests.
        pattern: Which of them.
    """

    def __init__(self, page: Page, pattern: str) -> None:
        self.page = page
        self.pattern = pattern
        self.routes: list[Route] = []
        page.route(pattern, lambda route: self.routes.append(route))

    def wait(self, count: int = 1) -> None:
        """Waits until so many are kept back."""
        while len(self.routes) < count:
            self.page.wait_for_timeout(20)

    def let_go(self) -> None:
        """Lets go what is kept back, and keeps nothing back any more."""
        for route in self.routes:
            route.continue_()
        self.page.unroute(self.pattern)

    def break_off(self) -> None:
        """Has what is kept back fail."""
        for route in self.routes:
            route.abort()
        self.page.unroute(self.pattern)


@pytest.fixture
def editing(visit_paid: Visit) -> Callable[..., Page]:
    """Opens the editor on a provider that charges, with a prompt: `editing("phone")`."""

    def open_editor(device: str = "desktop") -> Page:
        page = visit_paid(device)
        page.locator("input[aria-label='Provider']:visible").click()
        page.get_by_role("option", name="Black Forest Labs").click()
        page.locator(".f2-facts", has_text="$0.03").wait_for(state="attached")
        page.get_by_role("tab", name="Edit and combine").click()
        page.get_by_label("Prompt").locator("visible=true").first.fill("Make it snow")
        return page

    return open_editor


@pytest.fixture
def bought(paid_app: PaidApp) -> Bought:
    """Tells for each request that was paid for meanwhile the sizes of the pictures that came with it."""
    before = len(paid_app.bfl.submits)
    return lambda: [
        [Image.open(io.BytesIO(one)).size for one in job.references] for job in paid_app.bfl.submits[before:]
    ]


def photo(folder: Path, name: str = "photo.png") -> Path:
    """A picture to add."""
    Image.new("RGB", (320, 240), "teal").save(folder / name)
    return folder / name


def add(page: Page, *files: Path) -> None:
    page.locator(".f2-references input[type=file]").set_input_files(list(files))


def press(page: Page) -> None:
    page.locator(".f2-generate:visible").click()


def waiting(page: Page, words: str) -> None:
    """Waits until the button says what it waits for."""
    page.locator(f".f2-generate[data-waiting='{words}']:visible").wait_for()


def finished(page: Page) -> None:
    page.locator(".f2-results:visible .f2-latest .f2-frame img").first.wait_for()


def said(page: Page, text: str) -> None:
    page.locator(".f2-settled:visible", has_text=text).wait_for()


@pytest.mark.parametrize("key", [False, True])
def test_a_press_waits_for_a_picture(key: bool, editing: Callable[..., Page], bought: Bought, tmp_path: Path) -> None:
    """The button says what it waits for; however often it is pressed, one run goes out, and with the picture."""
    page = editing()
    held = Held(page, "**/references?**")
    add(page, photo(tmp_path))
    held.wait()
    for _ in range(3):
        page.keyboard.press("Control+Enter") if key else press(page)
    waiting(page, ARRIVING)
    assert bought() == []
    held.let_go()
    finished(page)
    assert bought() == [[(320, 240)]]
    assert page.locator(".f2-generate[data-waiting]").count() == 0


@pytest.mark.parametrize("way", ["Escape", "Stop"])
def test_a_press_that_waits_is_taken_back(
    way: str, editing: Callable[..., Page], bought: Bought, tmp_path: Path
) -> None:
    """Esc and Stop take a waiting press back; the picture arrives all the same, and the next press sends it."""
    page = editing("phone")
    held = Held(page, "**/references?**")
    add(page, photo(tmp_path))
    held.wait()
    press(page)
    waiting(page, ARRIVING)
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        page.locator(".f2-stop:visible").click()
    said(page, "Taken back. Nothing was sent.")
    assert page.locator(".f2-stop:visible").is_disabled()
    held.let_go()
    page.get_by_role("button", name="Crop image 1").wait_for()
    page.locator(".f2-generate:visible", has_text="about $0.0").wait_for()
    assert bought() == []
    press(page)
    finished(page)
    assert bought() == [[(320, 240)]]


def test_a_picture_that_does_not_arrive_keeps_the_press_back(
    editing: Callable[..., Page], bought: Bought, tmp_path: Path
) -> None:
    """Nothing goes out without a picture that stands in the form: the reason is said, and trying again mends it."""
    page = editing()
    add(page, photo(tmp_path, "first.png"))
    page.get_by_role("button", name="Crop image 1").wait_for()
    held = Held(page, "**/references?**")
    add(page, photo(tmp_path))
    held.wait()
    press(page)
    waiting(page, ARRIVING)
    held.break_off()
    said(page, "Nothing was sent. The picture did not reach the server.")
    press(page)
    said(page, "Nothing was sent. The picture did not reach the server.")
    page.get_by_role("button", name="Try again to add photo.png").click()
    press(page)
    finished(page)
    assert bought() == [[(320, 240), (320, 240)]]


def stroke(page: Page) -> None:
    """Draws a line on the sheet, and leaves the pen down."""
    area = page.locator(".f2-drawing canvas").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + 20, area["y"] + 20)
    page.mouse.down()
    page.mouse.move(area["x"] + 120, area["y"] + 90, steps=3)


def test_the_last_stroke_is_sent(editing: Callable[..., Page], bought: Bought) -> None:
    """A press right after a stroke, even before the pen is up, sends the drawing with it."""
    page = editing()
    page.locator("button:visible", has_text="Draw a layout").click()
    page.locator(".f2-drawing canvas").wait_for()
    page.locator(".f2-drawing canvas").scroll_into_view_if_needed()
    stroke(page)
    page.keyboard.press("Control+Enter")
    page.mouse.up()
    finished(page)
    assert bought() == [[(1024, 768)]]


def test_a_press_waits_for_the_form_to_follow(visit_paid: Visit, paid_app: PaidApp) -> None:
    """What was typed into the form of a JSON prompt is in the JSON that is sent, however soon it is pressed."""
    page = visit_paid()
    before = len(paid_app.bfl.submits)
    page.locator("input[aria-label='Provider']:visible").click()
    page.get_by_role("option", name="Black Forest Labs").click()
    page.locator(".f2-facts", has_text="$0.03").wait_for(state="attached")
    page.get_by_role("tab", name="JSON prompt").click()
    page.get_by_label("Scene").locator("visible=true").first.fill("A lighthouse on a cliff at dawn")
    page.keyboard.press("Control+Enter")
    finished(page)
    [job] = paid_app.bfl.submits[before:]
    assert "A lighthouse on a cliff at dawn" in job.values["prompt"]


def test_a_press_waits_for_the_target(visit_paid: Visit, paid_app: PaidApp) -> None:
    """Who turns to the sketch and presses at once buys nothing: the choice in sight is the one that counts."""
    page = visit_paid()
    before = len(paid_app.bfl.submits)
    page.locator("input[aria-label='Provider']:visible").click()
    page.get_by_role("option", name="Black Forest Labs").click()
    page.locator(".f2-facts", has_text="$0.03").wait_for(state="attached")
    page.get_by_label("Prompt").first.fill("A lighthouse in a storm")
    held = Held(page, "**/gradio_api/run/**")
    page.locator("input[aria-label='Provider']:visible").click()
    page.get_by_role("option", name="Sketch").click()
    press(page)
    waiting(page, "Waiting for the form to follow …")
    held.let_go()
    finished(page)
    assert "Sketch" in page.locator(".f2-caption:visible").first.inner_text()
    assert len(paid_app.bfl.submits) == before


def test_a_picture_that_was_swept_is_missed(
    editing: Callable[..., Page], bought: Bought, paid_app: PaidApp, tmp_path: Path
) -> None:
    """Shown anew, the slot of a picture that is gone says so and keeps its number; the request is refused, not cut."""
    page = editing()
    for name in ("gone.png", "here.png"):
        add(page, photo(tmp_path, name))
        page.locator(".f2-slot-picture img[alt$=' " + name + "']").wait_for()
    page.get_by_role("button", name="Crop image 2").wait_for()
    for path in (paid_app.home / "uploads" / "references").glob("*/*/gone.png"):
        shutil.rmtree(path.parent)
    page.get_by_label("Model", exact=True).locator("visible=true").first.click()
    page.get_by_role("option", name="FLUX.2 [max]").click()
    page.get_by_text("This picture is no longer here").wait_for()
    assert page.locator(".f2-slot-number").all_inner_texts() == ["image 1", "image 2"]
    press(page)
    page.locator(".f2-results:visible .f2-problem", has_text="added more than a day ago").wait_for()
    assert bought() == []
