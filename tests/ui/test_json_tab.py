"""The tab of JSON prompts in a real browser: form and editor in step, rows, palette, variables, one thing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .test_browser import generate, open_tab, plan

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visit = Callable[..., "Page"]

TWO = {
    "scene": "a quiet lake",
    "own": 7,
    "subjects": [{"description": "a heron", "id": "h"}, {"description": "a boat"}],
}


def editor(page: Page) -> Locator:
    """The JSON editor of the open tab."""
    return page.locator(".f2-main:visible .cm-content")


def write(page: Page, text: str) -> None:
    """Puts a text in the place of what the editor holds."""
    editor(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def written(page: Page) -> dict[str, Any]:
    """The JSON in the editor."""
    data: dict[str, Any] = json.loads(editor(page).inner_text())
    return data


def opened(visit: Visit, text: str, device: str = "desktop") -> Page:
    """The tab with this JSON in the editor and in the form."""
    page = visit(device)
    open_tab(page, "JSON prompt")
    write(page, text)
    page.wait_for_function("() => document.querySelector('.f2-row textarea')?.value === 'a heron'")
    return page


def test_form_and_editor_stay_in_step(visit: Visit) -> None:
    """Each follows the other, keys of one's own are kept, a mistake is named by line and column and the form stays."""
    page = opened(visit, json.dumps(TWO))
    page.locator("button:visible", has_text="Light and mood").click()
    page.get_by_label("Mood", exact=True).locator("visible=true").fill("still")
    editor(page).filter(has_text='"mood": "still"').wait_for()
    assert written(page) == {**TWO, "mood": "still"}
    generate(page)
    write(page, '{"scene": "a quiet lake"\n"mood": "still"}')
    plan(page, "line 2, column 1")
    assert page.get_by_label("Subject 1: Description").input_value() == "a heron"
    page.locator(".f2-generate:visible").click()
    page.locator(".f2-problem:visible", has_text="line 2, column 1").wait_for()
    assert page.locator(".f2-results:visible .f2-frame img").count() == 1


def test_rows_are_moved_folded_and_removed_by_keyboard(visit: Visit) -> None:
    """A row moves with its own keys and keeps the focus; what few rows need is folded; a removed row leaves no hole."""
    page = opened(visit, json.dumps(TWO))
    page.get_by_label("Move subject 2 up").press("Enter")
    editor(page).filter(has_text="a boat").wait_for()
    page.wait_for_function("() => document.activeElement.ariaLabel === 'Move subject 1 down'")
    page.wait_for_function("() => /boat[^]*heron/.test(document.querySelector('.f2-main .cm-content').innerText)")
    assert [one["description"] for one in written(page)["subjects"]] == ["a boat", "a heron"]
    assert written(page)["subjects"][1]["id"] == "h"
    page.locator(".f2-fold summary", has_text="More (1 filled in)").click()
    page.get_by_label("Subject 2: Pose").fill("one leg raised")
    editor(page).filter(has_text="one leg raised").wait_for()
    page.get_by_label("Remove subject 1").press("Enter")
    page.wait_for_function("() => document.activeElement.ariaLabel === 'Remove subject 1'")
    page.wait_for_function("() => !document.querySelector('.f2-main .cm-content').innerText.includes('boat')")
    assert written(page)["subjects"] == [{"description": "a heron", "id": "h", "pose": "one leg raised"}]


def test_a_row_is_dragged_by_its_number(visit: Visit) -> None:
    """The order follows the mouse as well."""
    page = opened(visit, json.dumps(TWO))
    page.locator(".f2-number:visible").nth(1).drag_to(
        page.locator(".f2-row:visible").first, target_position={"x": 5, "y": 5}
    )
    page.wait_for_function("() => /boat[^]*heron/.test(document.querySelector('.f2-main .cm-content').innerText)")


def test_colours_are_typed_picked_and_named(visit: Visit) -> None:
    """A palette takes a short code and a name beside its picker, bound to an object; a code in a text has a picker."""
    page = opened(visit, json.dumps({**TWO, "subjects": [{"description": "a heron", "colors": ["#112233"]}]}))
    page.get_by_role("button", name="Add colour").locator("visible=true").first.click()
    page.get_by_label("colour 1: code or name").first.fill("#0a0")
    page.get_by_label("colour 1: Used for").first.fill("the boat")
    editor(page).filter(has_text="the boat in color #00AA00").wait_for()
    page.get_by_label("colour 1: code or name").first.fill("navy blue")
    editor(page).filter(has_text="the boat in color #1B2A52").wait_for()
    page.get_by_label("Change #112233").fill("#445566")
    editor(page).filter(has_text="#445566").wait_for()
    assert written(page)["subjects"][0]["colors"] == ["#445566"]


def test_one_thing_is_changed_under_one_seed(visit: Visit) -> None:
    """A field of the JSON is chosen, other values are given, and the pictures stand side by side with their values."""
    page = opened(visit, json.dumps({**TWO, "mood": "still"}))
    page.locator("button:visible", has_text="Change one thing").click()
    page.get_by_label("Change", exact=True).locator("visible=true").select_option(label="Mood")
    page.get_by_label("Other values").locator("visible=true").fill("stormy\nmerry")
    plan(page, "3 pictures")
    generate(page)
    page.locator(".f2-label:visible").nth(2).wait_for()
    assert page.locator(".f2-label:visible").all_inner_texts() == ["still", "stormy", "merry"]


def test_a_template_makes_every_combination(visit: Visit) -> None:
    """Variables get rows of values, the plan counts the combinations, and a missing value is a sentence."""
    page = visit()
    open_tab(page, "JSON prompt")
    page.get_by_role("button", name="Template", exact=True).click()
    plan(page, "4 pictures")
    page.get_by_label("variable 1: Values").fill("cup")
    plan(page, "2 pictures")
    generate(page)
    page.locator(".f2-label:visible").nth(1).wait_for()
    assert page.locator(".f2-label:visible").all_inner_texts() == ["wooden table", "beach"]
    page.get_by_label("variable 1: Values").fill("")
    plan(page, "The template needs a value for {{THING}}")


def test_the_rows_fit_a_phone(visit: Visit) -> None:
    """On a phone each field of a row has a line of its own, and nothing is wider than the window."""
    page = visit("phone")
    page.get_by_role("tab", name="JSON prompt").locator("visible=true").click()
    cells = page.locator(".f2-main:visible .f2-row").first.locator("> .f2-cell")
    lefts = {round(cell.bounding_box()["x"]) for cell in cells.all()}  # type: ignore[index]  # they are in sight
    assert len(lefts) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
