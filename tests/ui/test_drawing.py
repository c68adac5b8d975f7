"""A drawing on a blank sheet: what the page may send, and the editor in a real browser."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import pytest
from PIL import Image
from starlette.middleware import Middleware

from flux2_nb.forms import Field
from flux2_nb.ui import reference_routes
from flux2_nb.ui.drawing_gradio import DrawingView
from flux2_nb.ui.markup import page_scripts, styles
from flux2_nb.ui.reference_files import EVERYONE
from flux2_nb.ui.visitors import Visitors

if TYPE_CHECKING:
    from playwright.sync_api import Page

FIELD = Field("sheet", "drawing", "Layout", help="Where things stand.")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the drawings of this test are kept."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    return tmp_path


def png(colour: str, size: tuple[int, int] = (320, 240)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def drawing_view() -> DrawingView:
    return DrawingView(FIELD, FIELD)


def test_a_drawing_is_a_path_or_nothing(folder: Path) -> None:
    """A blank sheet is None; a drawing is known to the page by its id, and nothing else is taken for one."""
    with gr.Blocks(analytics_enabled=False):
        view = drawing_view()
    path = str(view.files.keep("me", png("white"), "drawing.png"))
    [update] = view.updates(FIELD, path)
    assert view.read([update["value"]]) == path
    assert [view.read([sent]) for sent in (None, "x", {}, {"id": "/etc/passwd"})] == [None] * 4
    assert view.updates(FIELD, None)[0]["value"] is None


@pytest.fixture
def sheet(folder: Path) -> Iterator[tuple[str, list[Any]]]:
    """The address of a page with a sheet and a way to recall a red picture, and the values that the server was told."""
    told: list[Any] = []
    with gr.Blocks(analytics_enabled=False) as page:
        recall = gr.Button("Recall")
        view = drawing_view()
        red = view.files.keep(EVERYONE, png("red", (400, 300)), "red.png")
        view.component.input(lambda raw: told.append(view.read([raw])), view.component, None, queue=False)
        recall.click(lambda: view.updates(FIELD, red)[0], None, view.component, queue=False)
    head = f"<script>{page_scripts()}</script>"
    kwargs = {"middleware": [Middleware(Visitors)], "routes": reference_routes.routes(view.files)}
    _, address, _ = page.launch(app_kwargs=kwargs, css=styles(), head=head, prevent_thread_lock=True, quiet=True)
    yield address, told
    page.close()


def told_after(page: Page, act: Callable[[], None]) -> None:
    """Does something and waits until the server has heard of the drawing that comes of it."""
    with page.expect_response(lambda one: "/gradio_api/" in one.url and one.request.method == "POST"):
        act()


def colours(path: str) -> set[Any]:
    with Image.open(path) as drawn:
        return {colour for _, colour in drawn.convert("RGB").getcolors(1_000_000) or []}


def test_a_sheet_is_drawn_on_and_cleared(sheet: tuple[str, list[Any]], open_page: Callable[..., Page]) -> None:
    """A stroke is kept by itself, on white or on a recalled picture; a cleared sheet is nothing again."""
    (address, told), page = sheet, open_page()
    page.goto(address)
    page.get_by_role("button", name="Draw in blue").click()

    def stroke() -> None:
        area = page.locator("canvas").bounding_box()
        assert area is not None
        page.mouse.move(area["x"] + 20, area["y"] + 20)
        page.mouse.down()
        page.mouse.move(area["x"] + 120, area["y"] + 90, steps=3)
        page.mouse.up()

    told_after(page, stroke)
    assert {(255, 255, 255), (22, 104, 220)} <= colours(told[0])
    told_after(page, page.get_by_role("button", name="Clear").click)
    assert told[1:] == [None]
    page.get_by_role("button", name="Recall").click()
    page.locator("canvas[width='400']").wait_for()
    told_after(page, stroke)
    assert (255, 0, 0) in colours(told[-1])
