"""The reference images: what the page may send and is sent, and the editor as people use it, in a real browser."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import pytest
from PIL import Image

from flux2_nb import capability as registry
from flux2_nb.errors import InvalidRequest
from flux2_nb.forms import Field
from flux2_nb.images import read_reference
from flux2_nb.request import Reference
from flux2_nb.studio import Studio
from flux2_nb.ui.reference_files import GONE
from flux2_nb.ui.references_gradio import ReferencesView
from flux2_nb.ui.starting import prepare

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visit = Callable[..., "Page"]

ROLE = Field("role", "choice", "Role", default="", choices=(("as prompted", ""), ("Style", "style")))
PICTURES = Field("references", "references", "Pictures", default=[], most=4, columns=(ROLE,))


def png(size: tuple[int, int] = (320, 240), colour: str = "#336699") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReferencesView]:
    """A field of pictures whose files lie in this test's folder."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    with gr.Blocks(analytics_enabled=False):
        yield ReferencesView(PICTURES, PICTURES)


def test_ids_and_paths_turn_into_each_other(view: ReferencesView) -> None:
    """Pictures reach the page as ids with their sizes, and come back as paths, in order and with their roles."""
    paths = [str(view.files.keep("me", png(size), f"{index}.png")) for index, size in enumerate([(320, 240), (90, 80)])]
    values = [{"image": paths[1], "role": "style"}, {"image": paths[0], "role": ""}]
    [update] = view.updates(PICTURES, values)
    assert [(one["name"], one["size"], one["role"]) for one in update["value"]] == [
        ("1.png", [90, 80], "style"),
        ("0.png", [320, 240], ""),
    ]
    assert not any("uploads" in str(one) for one in update["value"])
    assert view.read([update["value"]]) == values


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "nonsense",
        [7, None, "x"],
        [{"image": "/etc/passwd"}],
        [{"id": "/etc/passwd"}],
        [{"id": "../../../etc/passwd"}],
        [{"id": ["a"]}],
        [{"id": "0" * 16 + "-" + "0" * 30 + ".."}],
    ],
)
def test_nothing_else_the_page_sends_is_believed(sent: Any, view: ReferencesView) -> None:
    """A value that no editor of ours would have sent leads to no picture."""
    assert view.read([sent]) == []


def test_a_made_up_role_becomes_the_default(view: ReferencesView) -> None:
    """Only the roles on offer get through."""
    file_id = view.files.id_of(view.files.keep("me", png(), "a.png"))
    assert [one["role"] for one in view.read([[{"id": file_id, "role": "admin", "more": 1}]])] == [""]


def test_a_picture_that_was_swept_is_missed_in_a_sentence(view: ReferencesView) -> None:
    """A form that is sent after its picture was swept is refused with words, not read from elsewhere or cut short."""
    [one] = view.read([[{"id": "0" * 16 + "-" + "0" * 32, "role": "style"}]])
    with pytest.raises(InvalidRequest, match="added more than a day ago does not exist"):
        read_reference(Reference(one["image"]))
    [update] = view.updates(PICTURES, [one])
    assert [slot["error"][:34] for slot in update["value"]] == ["This picture is no longer here: wh"]
    assert view.read([update["value"]]) == [one]


def test_a_picture_that_goes_while_it_is_shown_is_missed(view: ReferencesView, studio: Studio) -> None:
    """The slot of a picture that was swept keeps its id beside the sentence: read again, it is missed by its number."""
    here, gone = (view.files.keep("me", png(), name) for name in ("here.png", "gone.png"))
    values = [{"image": str(path), "role": ""} for path in (gone, here)]
    shutil.rmtree(gone.parent)
    [update] = view.updates(PICTURES, values)
    assert (update["value"][0]["id"], "error" in update["value"][0]) == (view.files.id_of(gone), True)
    back = view.read([update["value"]])
    assert [one["image"] for one in back] == [GONE, str(here)]
    with pytest.raises(InvalidRequest, match="added more than a day ago does not exist"):
        prepare(studio, registry.get("multi-reference"), {"prompt": "Put both in snow", "references": back})


def test_a_file_from_elsewhere_is_not_shown(view: ReferencesView, tmp_path: Path) -> None:
    """A path in a value, such as one from a dropped file's settings, shows a sentence and not that file."""
    outside = tmp_path / "secret.png"
    outside.write_bytes(png())
    [update] = view.updates(PICTURES, [{"image": str(outside), "role": ""}])
    assert [set(one) for one in update["value"]] == [{"id", "error", "role"}]
    assert [one["image"] for one in view.read([update["value"]])] == [GONE]


def test_a_target_says_how_many_it_takes(view: ReferencesView) -> None:
    """The limit and the reason go to the page, and the pictures stay whatever the target takes."""
    path = view.files.keep("me", png(), "a.png")
    fields = [PICTURES, Field("references", "references", "Pictures", most=1), Field("references", "references", "P")]
    off = Field("references", "references", "Pictures", off="It takes none.", most=4)
    updates = [view.updates(field, [{"image": path, "role": ""}])[0] for field in (*fields, off)]
    assert [one["most"] for one in updates] == [4, 1, 4, 0]
    assert [len(one["value"]) for one in updates] == [1, 1, 1, 1]
    assert updates[-1]["help"] == "It takes none."


def open_editor(page: Page) -> Page:
    page.get_by_role("tab", name="Edit and combine").click()
    page.locator(".f2-slot-add:visible").wait_for()
    return page


@pytest.fixture
def photos(tmp_path: Path) -> list[str]:
    """Files of three sizes."""
    sizes = {"a.png": (640, 480), "b.png": (480, 640), "c.png": (800, 800)}
    for (name, size), colour in zip(sizes.items(), ("red", "blue", "green"), strict=True):
        (tmp_path / name).write_bytes(png(size, colour))
    return [str(tmp_path / name) for name in sizes]


def choose_files(page: Page, *files: str, count: int | None = None) -> None:
    page.locator(".f2-references input[type=file]").set_input_files(list(files))
    ready(page).nth((count or len(files)) - 1).wait_for()


def ready(page: Page) -> Locator:
    """The slots whose pictures the server has."""
    return page.locator(".f2-slot").filter(has=page.get_by_role("button", name="Crop"))


def sizes(page: Page) -> list[str]:
    return page.locator(".f2-slot-size").all_inner_texts()


def plan(page: Page, text: str) -> None:
    page.locator(".f2-plan:visible", has_text=text).wait_for()


def test_pictures_are_added_moved_and_removed(visit: Visit, photos: list[str]) -> None:
    """The numbers follow the order; a button keeps the focus while it moves a picture; removing one closes the gap."""
    page = open_editor(visit())
    page.get_by_label("Prompt").locator("visible=true").first.fill("Make it snow in image 1")
    choose_files(page, *photos)
    plan(page, "1184 × 880")
    later = page.get_by_role("button", name="Move image 1 later")
    later.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert sizes(page) == ["480 × 640", "800 × 800", "640 × 480"]
    assert page.evaluate("document.activeElement.ariaLabel") == "Move image 3 earlier"
    assert page.locator(".f2-slot-number").all_inner_texts() == ["image 1", "image 2", "image 3"]
    plan(page, "880 × 1184")
    page.get_by_role("button", name="Remove image 1").click()
    plan(page, "1024 × 1024")
    assert sizes(page) == ["800 × 800", "640 × 480"]
    page.locator(".f2-generate:visible").click()
    page.locator(".f2-results:visible .f2-frame img").first.wait_for()


def test_a_picture_is_dragged_to_its_place(visit: Visit, photos: list[str]) -> None:
    """The mouse takes a picture by its number to another place, and nothing is sent again."""
    page = open_editor(visit())
    choose_files(page, *photos)
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" and "/references" in one.url else None)
    start, end = (page.locator(".f2-slot-number").nth(index).bounding_box() for index in (2, 0))
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 10, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 20, steps=8)
    page.mouse.up()
    assert sizes(page) == ["800 × 800", "640 × 480", "480 × 640"]
    page.get_by_label("Role of image 2").select_option("style")
    page.get_by_role("button", name="Move image 2 earlier").click()
    assert page.get_by_label("Role of image 1").input_value() == "style"
    assert sent == []


def test_a_picture_is_cropped_in_place(visit: Visit, photos: list[str]) -> None:
    """The frame keeps to its shape, the server cuts, the size says so, and the whole picture comes back."""
    page = open_editor(visit())
    choose_files(page, photos[0])
    page.get_by_role("button", name="Crop image 1").click()
    page.get_by_label("Shape").select_option(label="1:1")
    assert page.locator(".f2-outcome").inner_text() == "480 × 480 pixels"
    frame = page.get_by_role("group", name="The part to keep")
    frame.focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowLeft")
    cut = page.locator(".f2-outcome").inner_text().removesuffix(" pixels")
    assert cut != "480 × 480"
    page.get_by_role("button", name="Crop", exact=True).last.click()
    page.locator("dialog").wait_for(state="detached")
    assert sizes(page) == [cut]
    assert page.evaluate("document.activeElement.ariaLabel") == "Crop image 1"
    page.get_by_role("button", name="Undo the last change of image 1").click()
    assert sizes(page) == ["640 × 480"]
    page.get_by_role("button", name="Crop image 1").click()
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")


def test_a_picture_is_drawn_on(visit: Visit, photos: list[str]) -> None:
    """What is drawn with mouse and keyboard is on the picture afterwards, at its own size, and can be taken back."""
    page = open_editor(visit())
    choose_files(page, photos[0])
    plain = page.locator(".f2-slot-picture img").get_attribute("src")
    page.get_by_role("button", name="Draw on image 1").click()
    page.get_by_role("button", name="Box").click()
    page.get_by_role("button", name="Draw in yellow").click()
    sheet = page.locator("dialog canvas").bounding_box()
    assert sheet is not None
    page.mouse.move(sheet["x"] + 20, sheet["y"] + 20)
    page.mouse.down()
    page.mouse.move(sheet["x"] + sheet["width"] / 2, sheet["y"] + sheet["height"] / 2, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Arrow").click()
    page.locator("dialog canvas").focus()
    for key in ("Enter", "Shift+ArrowRight", "Shift+ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Undo", exact=True).click()
    page.get_by_role("button", name="Use drawing").click()
    page.locator("dialog").wait_for(state="detached")
    page.wait_for_function("src => document.querySelector('.f2-slot-picture img').src !== src", arg=plain)
    source = page.locator(".f2-slot-picture img").evaluate("one => one.src")
    drawn = Image.open(io.BytesIO(page.request.get(source.replace("/preview", "/full")).body())).convert("RGB")
    assert drawn.size == (640, 480)
    assert {drawn.getpixel((320, 100)), drawn.getpixel((600, 400))} == {(255, 210, 30), (255, 0, 0)}
    page.get_by_role("button", name="Undo the last change of image 1").click()
    page.get_by_role("button", name="Undo the last change of image 1").wait_for(state="hidden")


def test_files_are_dropped_and_pasted(visit: Visit) -> None:
    """A file that is dropped or pasted is added; one that is no picture says why and is not counted."""
    page = open_editor(visit())
    page.evaluate(
        """async () => {
          const sheet = Object.assign(document.createElement('canvas'), {width: 200, height: 100});
          const blob = await new Promise(done => sheet.toBlob(done));
          const files = new DataTransfer();
          files.items.add(new File([blob], 'dropped.png', {type: 'image/png'}));
          files.items.add(new File(['<svg xmlns="http://www.w3.org/2000/svg"/>'], 'evil.png', {type: 'image/png'}));
          const target = document.querySelector('.f2-slot-add');
          target.dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}));
          const clip = new DataTransfer();
          clip.items.add(new File([blob], 'pasted.png', {type: 'image/png'}));
          const paste = {clipboardData: clip, bubbles: true, cancelable: true};
          document.body.dispatchEvent(new ClipboardEvent('paste', paste));
        }"""
    )
    ready(page).nth(1).wait_for()
    page.get_by_text("evil.png is an SVG drawing").wait_for()
    assert page.locator(".f2-slot-number").all_inner_texts() == ["image 1", "not added", "image 2"]


def test_nobody_else_sees_a_picture(visit: Visit, photos: list[str]) -> None:
    """What was cropped out of a visitor's picture is shown to that visitor, and to no other who knows the address."""
    page, other = open_editor(visit()), visit("phone")
    choose_files(page, photos[0])
    page.get_by_role("button", name="Crop image 1").click()
    page.get_by_role("button", name="Crop", exact=True).last.click()
    page.locator("dialog").wait_for(state="detached")
    address = page.locator(".f2-slot-picture img").evaluate("one => one.src")
    assert [one.request.get(address).status for one in (page, other)] == [200, 404]


def test_pictures_stay_when_a_target_takes_none(visit: Visit, photos: list[str]) -> None:
    """A model without references keeps the pictures in sight with the reason; with another they count again."""
    page = open_editor(visit())
    choose_files(page, photos[0])
    page.locator("input[aria-label='Provider']:visible").click()
    page.get_by_role("option", name="A slow provider").click()
    page.locator(".f2-facts", has_text="$0.05").wait_for()
    page.get_by_text("This model takes no reference images.").wait_for()
    assert page.locator(".f2-slot-add").is_hidden()
    page.locator("input[aria-label='Provider']:visible").click()
    page.get_by_role("option", name="Sketch").click()
    page.locator(".f2-slot-add:visible").wait_for()
    assert sizes(page) == ["640 × 480"]


def test_the_editor_fits_a_phone(visit: Visit, photos: list[str]) -> None:
    """Slots, crop and drawing fit 390 pixels, and touch moves a picture by its buttons."""
    page = open_editor(visit("phone"))
    choose_files(page, *photos)
    page.get_by_role("button", name="Move image 1 later").tap()
    assert sizes(page)[0] == "480 × 640"
    for name in ("Crop image 1", "Draw on image 1"):
        page.get_by_role("button", name=name).tap()
        page.locator("dialog").wait_for()
        assert page.locator("dialog").evaluate("one => one.scrollWidth <= one.clientWidth")
        page.get_by_role("button", name="Cancel").tap()
        page.locator("dialog").wait_for(state="detached")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_editor_works_when_the_target_came_first(visit: Visit, photos: list[str]) -> None:
    """Who chooses a provider before the tab was ever open finds the editor whole: room, roles and all."""
    page = visit()
    for label, ready_text in (("A slow provider", "$0.05"), ("Sketch", "Ready. It needs no key.")):
        page.locator("input[aria-label='Provider']:visible").click()
        page.get_by_role("option", name=label).click()
        page.locator(".f2-facts", has_text=ready_text).wait_for()
    open_editor(page)
    choose_files(page, photos[0])
    page.get_by_label("Role of image 1").select_option("style")
