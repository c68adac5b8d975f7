"""Pages in a real Chromium, as a pytest plugin. What a page asks of any other machine, or loads
against its own content policy, fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from .guard import on_this_machine

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_INSTALL = "Chromium is not installed. On Debian or Ubuntu: sudo apt-get install -y chromium"

POLICY = "Content Security Policy"

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)

DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that use a browser and runs them last: Playwright's sync API leaves asyncio no room beside it."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; without it they are skipped, or fail where REQUIRE_BROWSER is set."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        (pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip)(HOW_TO_INSTALL)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of a fresh visitor: `open_page("phone")`; the devices are desktop, phone and dark."""
    contexts = []
    outside: list[str] = []
    refused: list[str] = []

    def open_page(device: str = "desktop", **options: Any) -> Page:
        context = browser.new_context(**{"reduced_motion": "reduce", **DEVICES[device], **options})
        context.on("request", lambda request: outside.append(request.url) if _leaves(request.url) else None)
        context.on("console", lambda said: refused.append(said.text) if POLICY in said.text else None)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not outside, f"the page asked for {outside}"
    assert not refused, f"the page's content policy refused: {refused}"


@pytest.fixture
def desktop_page(open_page: Callable[..., Page]) -> Page:
    """A page of 1280 x 900."""
    return open_page("desktop")


@pytest.fixture
def phone_page(open_page: Callable[..., Page]) -> Page:
    """A touch page of 390 x 844."""
    return open_page("phone")


@pytest.fixture
def dark_page(open_page: Callable[..., Page]) -> Page:
    """A page of 1280 x 900 for a visitor who prefers dark colours."""
    return open_page("dark")


def _leaves(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and not on_this_machine(parts.hostname)
