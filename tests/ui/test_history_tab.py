"""The History tab: pages by day, search, stars, deletion of one, many and everything; each for its visitor only."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from flux2_nb import capability as registry
from flux2_nb import images
from flux2_nb.errors import InvalidRequest
from flux2_nb.result import ImageResult
from flux2_nb.studio import Studio
from flux2_nb.ui.backend import Backend
from flux2_nb.ui.history_page import Wanted, by_day, day_text, load_page, zone_of
from flux2_nb.ui.history_removal import delete_everything, delete_pictures
from flux2_nb.ui.history_tab import HistoryTab
from flux2_nb.ui.pictures import address
from flux2_nb.ui.reference_files import ReferenceFiles
from flux2_nb.ui.reference_pictures import reference_address
from flux2_nb.ui.starting import start

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    """An app's backend with the offline sketch."""
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    backend = Backend(Studio("sketch", home=tmp_path / "home"), uploads)
    yield backend
    backend.studio.engine.close()


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three pictures."""
    monkeypatch.setattr("flux2_nb.ui.history_page.PAGE", 3)


def make(backend: Backend, prompt: str, owner: str = "me") -> ImageResult:
    """A small picture made with the first tab."""
    values = {"prompt": prompt, "megapixels": 0.5, "seed": 7}
    return start(backend.studio_for("sketch/sketch", owner), registry.get("text-to-image"), values)[0].result()


def ask(
    tab: HistoryTab, handler: str, event: dict[str, str] | None = None, *, owner: str = "me", text: str = ""
) -> Any:
    """What a handler of the tab answers a visitor."""
    request = SimpleNamespace(request=SimpleNamespace(state=SimpleNamespace(owner=owner)))
    inputs = ("", text, "", "", False, "Europe/Paris")
    if event is None:
        return getattr(tab, handler)(request, *inputs)
    return getattr(tab, handler)(request, SimpleNamespace(**event), *inputs)


def prompts(page: Any) -> list[str]:
    """The prompts of a page."""
    return [item.prompt for item in page.items]


@pytest.mark.usefixtures("small_pages")
def test_pages_go_there_and_back(backend: Backend) -> None:
    """Older and newer pages meet without gap or overlap, and the number of all pictures stands on each."""
    for number in range(8):
        make(backend, f"fox {number}")
    history = backend.history("me")
    first = load_page(history, Wanted())
    second = load_page(history, Wanted(), first.older or "")
    third = load_page(history, Wanted(), second.older or "")
    back = load_page(history, Wanted(), third.newer or "")
    assert [prompts(page) for page in (first, second, third)] == [
        ["fox 7", "fox 6", "fox 5"],
        ["fox 4", "fox 3", "fox 2"],
        ["fox 1", "fox 0"],
    ]
    assert (prompts(back), back.total) == (prompts(second), 8)
    assert (first.newer, third.older) == (None, None)
    assert prompts(load_page(history, Wanted(), back.newer or "")) == prompts(first)


@pytest.mark.usefixtures("small_pages")
def test_a_page_keeps_its_place_when_its_neighbour_is_deleted(backend: Backend) -> None:
    """The picture a page begins after may be gone; an emptied page gives way to the first."""
    made = [make(backend, f"fox {number}") for number in range(5)]
    history = backend.history("me")
    place = load_page(history, Wanted()).older or ""
    history.delete([made[2].id])
    assert prompts(load_page(history, Wanted(), place)) == ["fox 1", "fox 0"]
    history.delete([made[0].id, made[1].id])
    assert prompts(load_page(history, Wanted(), place)) == ["fox 4", "fox 3"]


def test_filters_narrow_pictures_and_their_number(backend: Backend) -> None:
    """Text, tab, target and star are counted as they are listed."""
    fox, _ = make(backend, "a fox"), make(backend, "a bear")
    history = backend.history("me")
    history.star(fox.id)
    for wanted in (
        Wanted(text="fox"),
        Wanted(starred=True),
        Wanted("fox", "text-to-image", "sketch/sketch", True),
    ):
        page = load_page(history, wanted)
        assert (prompts(page), page.total) == (["a fox"], 1)
    assert load_page(history, Wanted(target="bfl/flux-2-pro")).total == 0
    assert load_page(history, Wanted(text="???")).total == 0


def test_days_begin_where_the_visitor_is() -> None:
    """Half past eleven in the evening is today or tomorrow, by the zone."""
    late = SimpleNamespace(created=datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert [heading for heading, _ in by_day([late], UTC, now)] == ["Yesterday"]  # type: ignore[list-item]  # as much as it needs
    east = timezone(timedelta(hours=9))
    assert [heading for heading, _ in by_day([late], east, now)] == ["Today"]  # type: ignore[list-item]  # as above
    assert day_text(date(2026, 11, 16), date(2026, 11, 22)) == "Monday 16 November"
    assert day_text(date(2025, 11, 16), date(2026, 11, 22)) == "Sunday 16 November 2025"
    assert zone_of("../../etc/passwd") is UTC


def test_the_detail_tells_what_was_asked_and_offers_what_can_be_done(backend: Backend) -> None:
    """Every way to use a picture is there, with the picture's id and its values as text."""
    result = make(backend, "a <b>fox</b>")
    markup = ask(HistoryTab(backend), "_pick", {"act": "show", "id": result.id})[-1]
    assert "a &lt;b&gt;fox&lt;/b&gt;" in markup
    for how in ("all", "remix", "reference", "seed"):
        assert f'data-how="{how}" data-id="{result.id}"' in markup
    assert 'data-how="branch"' not in markup
    assert "stripped" in markup


def test_an_edit_shows_what_it_was_made_from(backend: Backend, tmp_path: Path) -> None:
    """Its reference images stand beside it and can be held against it, and a branch starts from them."""
    photo = tmp_path / "lamp.png"
    Image.new("RGB", (256, 256), "red").save(photo)
    values = {"prompt": "Make image 1 blue", "references": [{"image": str(photo), "role": ""}]}
    result = start(backend.studio_for("sketch/sketch", "me"), registry.get("multi-reference"), values)[0].result()
    markup = ask(HistoryTab(backend), "_pick", {"act": "show", "id": result.id})[-1]
    given = result.request.references[0].sha256
    assert f'src="{reference_address(given)}"' in markup
    [compared] = re.findall(r"data-compare='([^']+)'", markup)
    assert [one["src"] for one in json.loads(compared)] == [reference_address(given), address(result.id)]
    assert 'data-how="branch"' in markup


def test_a_star_is_set_and_taken_away(backend: Backend) -> None:
    """The button says which it is, for those who hear the page too."""
    result = make(backend, "a fox")
    tab = HistoryTab(backend)
    starred = ask(tab, "_act", {"act": "star", "id": result.id})[-1]
    assert 'aria-pressed="true"' in starred
    assert 'aria-pressed="false"' in ask(tab, "_act", {"act": "star", "id": result.id})[-1]


def test_many_are_deleted_with_a_sentence(backend: Backend) -> None:
    """The rest stays, the prompts can still be taken up, and what happened is said."""
    made = [make(backend, f"fox {number}") for number in range(3)]
    tab = HistoryTab(backend)
    grid, _, past, _ = ask(tab, "_pick", {"act": "delete", "ids": f"{made[0].id} {made[1].id}"})
    assert "2 pictures were deleted." in grid
    assert "What was spent stays counted." in grid
    assert grid.count("f2-tile") == 1
    assert "fox 0" in past
    assert "gone already" in ask(tab, "_pick", {"act": "delete", "ids": made[0].id})[0]


def test_everything_goes_when_it_is_confirmed(backend: Backend, tmp_path: Path) -> None:
    """Pictures, previews, prompts, references and uploads of this visitor; nobody else's, and not the money."""
    photo = tmp_path / "lamp.png"
    Image.new("RGB", (256, 256), "red").save(photo)
    result, other = make(backend, "an unmistakable fox"), make(backend, "an owl", owner="somebody")
    backend.history("me").preview(result.id)
    files = ReferenceFiles(backend.uploads)
    kept = files.keep("me", photo.read_bytes(), "lamp.png")
    upload = backend.uploads / "0123" / "photo.png"
    upload.parent.mkdir()
    upload.write_bytes(b"photo")
    backend.uploaded.note("me", [upload])
    with pytest.raises(InvalidRequest, match="Nothing was deleted"):
        delete_everything(backend, "me", "delete")
    said = delete_everything(backend, "me", " DELETE ")
    assert "1 picture " in said
    assert "2 uploaded files" in said
    assert not kept.exists()
    assert not upload.exists()
    history = backend.history("me")
    assert (history.count(), history.prompts()) == (0, [])
    assert backend.history("somebody").item(other.id).path.is_file()
    assert list((backend.studio.home / "previews").rglob("*.webp")) == []


def test_a_stranger_can_do_nothing_to_a_picture(backend: Backend) -> None:
    """Showing, starring and deleting another visitor's picture is as if it did not exist."""
    result = make(backend, "a secret garden")
    tab = HistoryTab(backend)
    shown = ask(tab, "_pick", {"act": "show", "id": result.id}, owner="somebody")[-1]
    starred = ask(tab, "_act", {"act": "star", "id": result.id}, owner="somebody")[-1]
    deleted = ask(tab, "_pick", {"act": "delete", "ids": result.id}, owner="somebody")[0]
    opened = ask(tab, "_open", owner="somebody")
    assert "secret" not in shown + starred + deleted + "".join(opened)
    item = backend.history("me").item(result.id)
    assert (item.starred, item.path.is_file()) == (False, True)
    assert "nothing to delete" in delete_pictures(backend, "somebody", [result.id])
    delete_everything(backend, "somebody", "DELETE")
    assert backend.history("me").count() == 1


def test_earlier_prompts_are_listed_once_and_narrowed(backend: Backend) -> None:
    """The newest use of each prompt leads, and what is searched for narrows them too."""
    for prompt in ("a fox", "a bear", "a fox"):
        make(backend, prompt)
    history = backend.history("me")
    assert [one.text for one in history.prompts()] == ["a fox", "a bear"]
    past = ask(HistoryTab(backend), "_narrow", text="bear")[2]
    assert "a bear" in past
    assert "a fox" not in past


def test_selecting_downloading_and_deleting_in_the_browser(visit: Visit) -> None:
    """A range is selected with Shift, comes as a zip, and is deleted after a second question; the rest stays."""
    page = visit()
    page.get_by_label("Prompt").first.fill("A red fox")
    page.get_by_label("How many").first.fill("4")
    page.locator(".f2-plan:visible", has_text="4 pictures").wait_for()
    page.locator(".f2-generate:visible").click()
    page.locator(".f2-stop:visible:disabled").wait_for()
    page.locator(".f2-latest .f2-frame img").nth(3).wait_for()
    page.get_by_role("tab", name="History").click()
    page.locator(".f2-tile").nth(3).wait_for()
    page.get_by_role("button", name="Select", exact=True).click()
    page.locator(".f2-check").nth(0).check()
    page.locator(".f2-check").nth(2).click(modifiers=["Shift"])
    page.get_by_text("3 selected").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as zip").click()
    assert download.value.suggested_filename == "pictures.zip"
    page.locator("[data-do=ask]").click()
    page.locator("[data-do=delete]").click()
    page.get_by_text("3 pictures were deleted.").wait_for()
    assert page.locator(".f2-tile").count() == 1


def test_the_filters_fit_a_phone(visit: Visit) -> None:
    """On a phone every filter stands inside the window, with its words."""
    page = visit("phone")
    page.get_by_role("tab", name="History").locator("visible=true").click()
    words = page.get_by_text("Starred only")
    words.wait_for()
    boxes = [one.bounding_box() for one in (words, *page.locator(".f2-search .block:visible").all())]
    width = page.evaluate("innerWidth")
    assert len(boxes) == 5
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)


FILE = """([text, name]) => {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, {type: 'image/png'}));
  return carried;
}"""
"""Makes what a mouse carries that drags a file."""


def drop(page: Page, data: bytes, where: str) -> None:
    """Drops a file on a place of the page."""
    carried = page.evaluate_handle(FILE, [base64.b64encode(data).decode(), "saved.png"])
    page.locator(where).first.dispatch_event("drop", {"dataTransfer": carried})


def test_what_could_not_be_brought_back_is_told(visit: Visit) -> None:
    """Settings of a model that is not on offer fill the form, and a note above it says what stayed out."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(buffer, "PNG")
    settings = {"provider": "nowhere", "model": "flux-9", "request": {"prompt": "A lighthouse at dusk"}}
    page = visit()
    note = page.locator(".f2-left-out")
    assert note.evaluate("one => one.offsetHeight") == 0, "an empty note takes room"
    drop(page, images.embed_settings(buffer.getvalue(), settings), ".f2-header")
    note.get_by_text("made with a model that is not on offer here").wait_for()
    assert page.locator(".f2-form textarea").first.input_value() == "A lighthouse at dusk"


def test_a_picture_gives_its_settings_back(visit: Visit, tmp_path: Path) -> None:
    """Dropped anywhere or chosen by the button it fills the form; a drop on a place for references stays there."""
    page = visit()
    page.get_by_label("Prompt").first.fill("A lighthouse at dusk")
    page.locator(".f2-plan:visible", has_text="1 picture").wait_for()
    page.locator(".f2-generate:visible").click()
    page.locator(".f2-latest .f2-frame img").first.wait_for()
    page.get_by_role("tab", name="History").click()
    page.locator(".f2-tile").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download with settings").click()
    saved = tmp_path / "saved.png"
    download.value.save_as(saved)
    is_back = "() => document.querySelector('.f2-form textarea')?.value === 'A lighthouse at dusk'"

    page.reload()
    page.locator(".f2-generate:visible").wait_for()
    drop(page, saved.read_bytes(), ".f2-header")
    page.wait_for_function(is_back)

    page.reload()
    page.get_by_role("tab", name="History").click()
    page.locator(".f2-from-file input").set_input_files(str(saved))
    page.wait_for_function(is_back)

    page.get_by_role("tab", name="Edit and combine").click()
    page.locator(".f2-references:visible").first.wait_for()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    drop(page, saved.read_bytes(), ".f2-references:visible")
    page.wait_for_timeout(300)
    assert not [url for url in asked if url.endswith("/restore")]
