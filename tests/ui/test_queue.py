"""The results side in a real browser: true cost, the queue, coming back, the same press twice, and comparing."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.doubles import Fate

from .conftest import PaidApp

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Visit = Callable[..., "Page"]

READY_PRICE = {"Black Forest Labs": "$0.03", "Replicate": "first megapixel", "A slow provider": "$0.05"}
"""What the line of facts says once the form has followed the choice."""


def choose(page: Page, provider: str) -> None:
    page.locator("input[aria-label='Provider']:visible").click()
    page.get_by_role("option", name=provider).click()
    page.locator(".f2-facts", has_text=READY_PRICE[provider]).wait_for()


def ask(page: Page, prompt: str, count: int = 1) -> None:
    """Fills in the form and waits until the plan has followed."""
    page.get_by_label("Prompt").first.fill(prompt)
    if count > 1:
        page.get_by_label("How many").first.fill(str(count))
        page.get_by_label("How many").first.press("Tab")
    page.locator(".f2-plan:visible", has_text=f"{count} picture").wait_for()


def press(page: Page) -> None:
    page.locator(".f2-generate:visible").click()


def finished(page: Page, count: int = 1) -> None:
    """Waits until so many pictures of the newest batch are there and nothing is under way."""
    done = "count => document.querySelectorAll('.f2-results .f2-latest .f2-frame img').length === count"
    page.wait_for_function(done, arg=count)
    page.locator(".f2-stop:visible:disabled").wait_for()


def queue(page: Page, text: str) -> None:
    page.locator(".f2-queue:visible", has_text=text).wait_for()


def menu(page: Page) -> Locator:
    """Opens the menu of the newest picture by keyboard."""
    page.locator(".f2-results:visible .f2-latest .f2-menu summary").first.focus()
    page.keyboard.press("Enter")
    return page.locator(".f2-items:visible")


def test_what_was_sent_is_what_is_downloaded(visit_paid: Visit, paid_app: PaidApp) -> None:
    """A paid picture shows its true cost, and "Download original" gives what the provider sent, byte for byte."""
    page = visit_paid()
    before = len(paid_app.bfl.submits)
    choose(page, "Black Forest Labs")
    ask(page, "A lighthouse in a storm")
    page.locator(".f2-generate:visible", has_text="Generate · about $0.03, 6 s").wait_for()
    press(page)
    finished(page)
    assert page.locator(".f2-latest .f2-done").inner_text().endswith(", $0.03")
    assert page.locator(".f2-session").inner_text() == "This session: 1 picture, $0.03"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download original").click()
    [job] = paid_app.bfl.submits[before:]
    assert Path(download.value.path()).read_bytes() == paid_app.bfl.delivered[job.id]


def test_the_rewritten_prompt_is_shown_and_taken(visit_paid: Visit) -> None:
    """What the provider made of the prompt stands under the picture, and one click puts it into the form."""
    page = visit_paid()
    choose(page, "Black Forest Labs")
    ask(page, "A lighthouse in a storm")
    press(page)
    finished(page)
    rewritten = page.locator(".f2-used-text").inner_text()
    assert rewritten.startswith("A lighthouse in a storm, ")
    page.get_by_role("button", name="Use this prompt").click()
    page.wait_for_function("text => document.querySelector('textarea')?.value === text", arg=rewritten)


def test_one_of_two_is_cancelled_at_the_provider(visit_paid: Visit, paid_app: PaidApp) -> None:
    """Stopping one run cancels it there; the other one finishes, and the batch says what became of both."""
    page = visit_paid()
    paid_app.replicate.fate = Fate(pending=math.inf)
    choose(page, "Replicate")
    before, asked_before = len(paid_app.replicate.submits), len(paid_app.replicate.requests)
    ask(page, "A lighthouse in a storm", count=2)
    press(page)
    queue(page, "2 running")
    page.wait_for_function("() => document.querySelectorAll('.f2-running').length === 2")
    page.get_by_role("button", name="Stop this one").first.click()
    page.locator(".f2-cancelled").wait_for()
    assert "at Replicate" in page.locator(".f2-cancelled").inner_text()
    for job in paid_app.replicate.submits[before:]:
        job.fate = Fate()
    page.locator(".f2-latest .f2-frame img").wait_for()
    queue(page, "1 picture, 1 stopped")
    assert [call.stage for call in paid_app.replicate.requests[asked_before:]].count("cancel") == 1


def test_a_run_outlives_its_page(visit_paid: Visit, paid_app: PaidApp) -> None:
    """A page that is loaded anew shows the run under way, and its picture when it comes; it is bought once."""
    page = visit_paid()
    paid_app.bfl.fate = Fate(pending=math.inf)
    before = len(paid_app.bfl.submits)
    choose(page, "Black Forest Labs")
    ask(page, "A lighthouse in a storm")
    press(page)
    page.locator(".f2-running").wait_for()
    page.reload()
    page.locator(".f2-running").wait_for()
    queue(page, "1 running")
    [job] = paid_app.bfl.submits[before:]
    job.fate = Fate()
    finished(page)
    assert page.locator(".f2-session").inner_text() == "This session: 1 picture, $0.03"


def test_a_double_click_buys_one_picture(visit_paid: Visit, paid_app: PaidApp) -> None:
    """Two clicks in a moment are one press, whether the first one waited for the form or went out at once."""
    page = visit_paid()
    before = len(paid_app.bfl.submits)
    choose(page, "Black Forest Labs")
    ask(page, "A lighthouse in a storm")
    page.locator(".f2-generate:visible").dblclick()
    finished(page)
    assert len(paid_app.bfl.submits) - before == 1


def test_several_models_side_by_side(visit_paid: Visit, paid_app: PaidApp) -> None:
    """The models that are ticked make the same request with one seed, each under its name, at one price together."""
    page = visit_paid()
    choose(page, "Black Forest Labs")
    ask(page, "A lighthouse in a storm")
    page.locator("button:visible", has_text="Other models too").click()
    page.get_by_label("FLUX.2 [max], Black Forest Labs · about $0.07").check()
    page.get_by_label("Sketch · free").check()
    page.locator(".f2-generate:visible", has_text="about $0.10").wait_for()
    press(page)
    finished(page, 3)
    labels = page.locator(".f2-latest .f2-label").all_inner_texts()
    assert labels == ["FLUX.2 [pro], Black Forest Labs", "Sketch", "FLUX.2 [max], Black Forest Labs"]
    seeds = [caption.rpartition("seed ")[2] for caption in page.locator(".f2-latest .f2-caption").all_inner_texts()]
    assert len(set(seeds)) == 1
    assert page.locator(".f2-queue:visible p").inner_text().endswith(": $0.10")


def test_clicks_add_up_and_stop_all_ends_them(visit: Visit) -> None:
    """Each click adds to the queue; "Stop all" ends what runs and what waits, and nothing was spent."""
    page = visit()
    choose(page, "A slow provider")
    ask(page, "A lighthouse", count=3)
    press(page)
    queue(page, "3 running")
    page.get_by_label("How many").first.fill("4")
    page.get_by_label("How many").first.press("Tab")
    page.locator(".f2-plan:visible", has_text="4 pictures").wait_for()
    page.keyboard.press("Control+Enter")
    queue(page, "4 running, 3 waiting")
    page.get_by_role("button", name="Stop all").click()
    page.locator(".f2-stop:visible:disabled").wait_for()
    assert page.locator(".f2-cancelled").count() == 7
    assert page.locator(".f2-session").inner_text() == "This session: 0 pictures, 7 stopped, nothing spent"


def test_a_menu_closes_on_escape_and_stops_nothing(visit: Visit) -> None:
    """Escape in an open menu closes it and leaves the run that is under way; a second one stops the run."""
    page = visit()
    open_tab = page.get_by_role("tab", name="Text to image")
    ask(page, "A lighthouse")
    press(page)
    finished(page)
    choose(page, "A slow provider")
    page.locator("button:visible", has_text="Other models too").click()
    page.get_by_label("Sketch · free").check()
    page.locator(".f2-plan:visible", has_text="2 pictures").wait_for()
    press(page)
    page.locator(".f2-latest:not(.f2-single) .f2-done").wait_for()
    assert menu(page).is_visible()
    page.keyboard.press("Escape")
    page.locator(".f2-items:visible").wait_for(state="hidden")
    assert page.locator(".f2-running").count() == 1
    open_tab.focus()
    page.keyboard.press("Escape")
    page.locator(".f2-cancelled").wait_for()


def test_a_picture_is_sent_on(visit: Visit) -> None:
    """By keyboard: a seed is kept, and the picture becomes image 1 of an edit, which is held against it afterwards."""
    page = visit()
    ask(page, "A lighthouse")
    press(page)
    finished(page)
    seed = page.locator(".f2-caption").inner_text().rpartition("seed ")[2]
    menu(page).get_by_role("button", name="Keep this seed").press("Enter")
    page.locator("button:visible", has_text="Settings").first.click()
    kept = page.get_by_label("Seed").locator("visible=true").first
    page.wait_for_function("([one, seed]) => one.value === seed", arg=[kept.element_handle(), seed])
    menu(page).get_by_role("button", name="Use as a reference").press("Enter")
    page.locator("[role=tab][aria-selected=true]:has-text('Edit and combine')").wait_for()
    page.get_by_label("Prompt").locator("visible=true").first.fill("Make it snow")
    page.locator(".f2-plan:visible", has_text="1 picture of 1024 × 1024").wait_for()
    press(page)
    page.locator(".f2-results:visible .f2-latest .f2-frame img").wait_for()
    page.get_by_role("button", name="Before and after").click()
    slider = page.get_by_label("How much of the left picture is shown")
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "51 % of image 1 as it was given"
    sizes = page.locator(".f2-duel img").evaluate_all(
        "all => Promise.all(all.map(one => one.decode().then(() => one.naturalWidth)))"
    )
    assert sizes == [1024, 1024]
    page.keyboard.press("Escape")
    assert page.locator("dialog").count() == 0


def test_any_two_of_a_batch_are_compared(visit: Visit) -> None:
    """Both sides are chosen from the batch, and stand whole beside each other when that is wanted."""
    page = visit()
    ask(page, "A lighthouse", count=3)
    press(page)
    finished(page, 3)
    page.get_by_role("button", name="Compare two of them").click()
    page.get_by_label("Left picture", exact=True).select_option("picture 2")
    shown = page.locator(".f2-duel img").evaluate_all("all => all.map(one => one.alt.split(':')[0])")
    assert shown == ["picture 2", "picture 3"]
    page.get_by_role("button", name="Side by side").click()
    boxes = [one.bounding_box() for one in page.locator(".f2-duel img").all()]
    assert all(box["width"] > 200 and box["height"] > 200 for box in boxes)
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
