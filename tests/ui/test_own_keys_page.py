"""A visitor's own key in a real browser: used where it was given, and found nowhere it could be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.doubles import BflDouble, CloudflareDouble

from .conftest import open_at, running_app

if TYPE_CHECKING:
    from playwright.sync_api import Page

CANARY = "canary-key-that-must-not-be-found-0042"
OTHER = "another-key-that-must-not-be-found-0043"


def choose(page: Page, name: str, price: str) -> None:
    page.locator("input[aria-label='Provider']:visible").click()
    page.get_by_role("option", name=name).click()
    page.locator(".f2-facts", has_text=price).wait_for()


def give_in(page: Page, values: dict[str, str]) -> None:
    page.locator(".f2-key summary").click()
    for variable, value in values.items():
        page.locator(f"[data-variable={variable}]").fill(value)
    page.get_by_role("button", name="Use for this session").click()
    page.locator(".f2-facts", has_text="Your own key").wait_for()


def everything_the_browser_knows(page: Page, address: str) -> str:
    """Storage, cookies, the page with what its boxes hold, and what the server tells of itself."""
    kept = page.evaluate(
        "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.documentElement.outerHTML,"
        " [...document.querySelectorAll('input, textarea')].map(one => one.value)])"
    )
    session = page.evaluate("window.gradio_config?.session_hash ?? ''")
    told = [
        page.request.get(address + one).text()
        for one in (
            "",
            "config",
            "gradio_api/info",
            "gradio_api/queue/status",
            "gradio_api/runs",
            f"gradio_api/deep_link?session_hash={session}",
        )
    ]
    return "\n".join([str(kept), str(page.context.cookies()), *told])


def files_with(text: str, folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [str(path) for path in files if text.encode() in path.read_bytes()]


def test_a_visitors_key_is_found_nowhere(open_page: Callable[..., Page], tmp_path: Path) -> None:
    """A key that was used is in no storage, address, page, log, database or file; a stranger cannot use it."""
    account = "0123456789abcdef0123456789abcdef"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with CloudflareDouble(key=CANARY) as cloudflare:
        environment = {"CLOUDFLARE_BASE_URL": cloudflare.environ["CLOUDFLARE_BASE_URL"], "TMPDIR": str(temporary)}
        with running_app(tmp_path / "home", environment) as address:
            page = open_at(address, open_page())
            choose(page, "Cloudflare", "$0.00041")
            give_in(page, {"CLOUDFLARE_ACCOUNT_ID": account, "CLOUDFLARE_API_TOKEN": CANARY})
            page.get_by_label("Prompt").first.fill("a fox")
            page.locator(".f2-plan:visible", has_text="1 picture").wait_for()
            page.locator(".f2-generate:visible").click()
            page.locator(".f2-frame img:visible").first.wait_for()
            page.get_by_role("button", name="Check key").click()
            page.locator(".f2-key-said", has_text="The key works.").wait_for()
            known = everything_the_browser_knows(page, address)
            assert len(cloudflare.submits) == 1

            stranger = open_at(address, open_page())
            choose(stranger, "Cloudflare", "$0.00041")
            stranger.locator(".f2-no", has_text="CLOUDFLARE_API_TOKEN").wait_for()

            page.get_by_role("button", name="Forget").click()
            page.locator(".f2-no", has_text="CLOUDFLARE_API_TOKEN").wait_for()
            assert page.locator(":focus").inner_text() == "Use your own key"
        assert not cloudflare.leaks
    assert CANARY not in known
    assert files_with(CANARY, tmp_path) == []


def test_a_key_in_the_environment_is_offered_and_not_used(open_page: Callable[..., Page], tmp_path: Path) -> None:
    """The page starts with the sketch; a provider whose key the host has says that it is ready, and who pays."""
    with BflDouble(key=OTHER) as bfl, running_app(tmp_path / "home", bfl.environ) as address:
        page = open_at(address, open_page())
        assert page.locator("input[aria-label='Provider']").input_value() == "Sketch (offline)"
        page.get_by_label("Prompt").first.fill("a fox")
        page.locator(".f2-plan:visible", has_text="1 picture").wait_for()
        page.locator(".f2-generate:visible").click()
        page.locator(".f2-frame img:visible").first.wait_for()
        choose(page, "Black Forest Labs (ready)", "The host's key: what you generate is billed to its account.")
        assert not bfl.submits
