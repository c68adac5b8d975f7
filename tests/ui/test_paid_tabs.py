"""Every tab against a provider that charges: what the form shows is what is bought, in its order, and nothing twice."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.doubles import Fate

from .conftest import PaidApp
from .test_browser import open_tab, plan
from .test_json_tab import TWO, opened
from .test_queue import ask, finished, press, queue

if TYPE_CHECKING:
    from playwright.sync_api import Page

Visit = Callable[..., "Page"]


def choose(page: Page, provider: str, price: str) -> None:
    """Chooses a provider, and waits until its price is shown."""
    page.locator("input[aria-label='Provider']:visible").click()
    page.get_by_role("option", name=provider).click()
    page.locator(".f2-facts", has_text=price).wait_for()


def test_references_are_bought_in_their_order(visit_paid: Visit, paid_app: PaidApp, tmp_path: Path) -> None:
    """Pictures that were moved arrive in the order of their numbers; the true cost takes the place of the estimate."""
    sizes = ((640, 480), (480, 640), (800, 800))
    files = [tmp_path / f"{width}.png" for width, _ in sizes]
    for file, size in zip(files, sizes, strict=True):
        Image.new("RGB", size, "teal").save(file)
    before = len(paid_app.bfl.submits)
    page = visit_paid()
    choose(page, "Black Forest Labs", "$0.03")
    open_tab(page, "Edit and combine")
    page.get_by_label("Prompt").locator("visible=true").first.fill("Put image 1 into image 2")
    page.locator(".f2-references input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Crop").nth(2).wait_for()
    page.get_by_role("button", name="Move image 1 later").press("Enter")
    plan(page, "880 × 1184")
    page.locator(".f2-generate:visible", has_text="about $0.075").wait_for()  # each reference as a whole megapixel
    press(page)
    finished(page)
    [job] = paid_app.bfl.submits[before:]
    assert [Image.open(io.BytesIO(one)).size for one in job.references] == [(480, 640), (640, 480), (800, 800)]
    assert page.locator(".f2-session").inner_text() == "This session: 1 picture, $0.048"


def test_a_text_is_bought_in_each_language(visit_paid: Visit, paid_app: PaidApp) -> None:
    """Each language is a request of its own with the same seed, and the pictures stand side by side."""
    before = len(paid_app.cloudflare.submits)
    page = visit_paid()
    choose(page, "Cloudflare", "$0.00041")
    open_tab(page, "Languages")
    page.get_by_role("button", name="Mountain lake").click()
    page.locator(".f2-row:visible").nth(3).wait_for()
    for _ in range(2):
        page.locator(".f2-row:visible .f2-remove").last.click()
    plan(page, "2 pictures of")
    texts = page.locator(".f2-row:visible textarea").evaluate_all("all => all.map(one => one.value)")
    press(page)
    finished(page, 2)
    jobs = paid_app.cloudflare.submits[before:]
    assert {job.values["prompt"] for job in jobs} == set(texts)
    assert len({job.seed for job in jobs}) == 1
    assert page.locator(".f2-results:visible .f2-label").all_inner_texts() == ["English", "Français (French)"]


def test_the_json_of_the_editor_is_bought(visit_paid: Visit, paid_app: PaidApp) -> None:
    """What form and editor hold together arrives as JSON, keys of one's own too."""
    before = len(paid_app.bfl.submits)
    page = opened(visit_paid, json.dumps(TWO))
    choose(page, "Black Forest Labs", "$0.03")
    page.get_by_label("Subject 2: Description").fill("a red boat")
    page.locator(".f2-main:visible .cm-content", has_text="a red boat").wait_for()
    plan(page, "1 picture")
    press(page)
    finished(page)
    [job] = paid_app.bfl.submits[before:]
    wanted = json.loads(json.dumps(TWO))
    wanted["subjects"][1]["description"] = "a red boat"
    assert json.loads(job.values["prompt"]) == wanted


def test_all_are_cancelled_at_the_provider(visit_paid: Visit, paid_app: PaidApp) -> None:
    """ "Stop all" cancels every job there, and the page tells of each that money may have been spent."""
    paid_app.replicate.fate = Fate(pending=math.inf)
    before = [call.stage for call in paid_app.replicate.requests].count("cancel")
    page = visit_paid()
    choose(page, "Replicate", "first megapixel")
    ask(page, "A lighthouse in a storm", count=2)
    press(page)
    queue(page, "2 running")
    page.wait_for_function("() => document.querySelectorAll('.f2-running').length === 2")
    page.get_by_role("button", name="Stop all").click()
    page.locator(".f2-cancelled").nth(1).wait_for()
    assert [call.stage for call in paid_app.replicate.requests].count("cancel") - before == 2
    assert all("at Replicate" in text for text in page.locator(".f2-cancelled").all_inner_texts())
