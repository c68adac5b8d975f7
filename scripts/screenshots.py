"""Take the README's pictures of the app: start it in an empty folder, work with it in a browser, keep what it shows.

Usage::

    python -m scripts.screenshots [FOLDER]
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SETTLED = 1500
"""Milliseconds after which the form has followed a click."""

COLOURS = 256
"""A palette of so many colours keeps a page of sketches under 400 kB."""


def text_to_image(page: Page) -> None:
    page.get_by_role("button", name="Poster", exact=True).click()
    page.locator(".f2-plan:visible", has_text="880").wait_for()
    generate(page)


def on_a_phone(page: Page) -> None:
    text_to_image(page)
    page.locator(".f2-results:visible figure").evaluate("one => one.scrollIntoView({block: 'end'})")
    page.mouse.wheel(0, 60)


def editing(page: Page) -> None:
    open_tab(page, "Edit and combine")
    page.get_by_role("button", name="Insert", exact=True).click()
    page.locator(".f2-slot img").nth(1).wait_for()
    page.wait_for_timeout(SETTLED)
    generate(page)


def languages(page: Page) -> None:
    open_tab(page, "Languages")
    page.get_by_role("button", name="Mountain lake").click()
    page.wait_for_timeout(SETTLED)
    # Two languages whose letters every machine can show.
    while page.locator(".f2-row:visible").count() > 2:
        page.locator(".f2-row:visible .f2-remove").last.click()
    page.locator(".f2-plan:visible", has_text="2 pictures").wait_for()
    generate(page)


def json_prompt(page: Page) -> None:
    open_tab(page, "JSON prompt")
    page.get_by_role("button", name="Workshop", exact=True).click()
    page.wait_for_timeout(SETTLED)
    generate(page)


def history(page: Page) -> None:
    for name in ("Photograph", "Poster", "Product", "Infographic", "Interior", "Comic"):
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_timeout(SETTLED)
        generate(page)
    open_tab(page, "History")
    page.locator(".f2-tile").nth(4).wait_for()
    page.locator(".f2-tile").nth(4).click()
    page.locator(".f2-detail img").wait_for()
    page.wait_for_timeout(SETTLED)


def open_tab(page: Page, title: str) -> None:
    page.get_by_role("tab", name=title).click()
    page.wait_for_timeout(SETTLED)


def generate(page: Page) -> None:
    done = page.locator(".f2-results:visible .f2-shot img").count()
    page.locator(".f2-generate:visible").click()
    page.wait_for_function("done => document.querySelectorAll('.f2-results .f2-shot img').length > done", arg=done)
    page.locator(".f2-stop:visible:disabled").wait_for()


DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DARK: dict[str, Any] = {**DESKTOP, "color_scheme": "dark"}

PICTURES: dict[str, tuple[dict[str, Any], Callable[[Page], None]]] = {
    "app.png": (DESKTOP, text_to_image),
    "app-editing.png": (DESKTOP, editing),
    "app-languages.png": (DESKTOP, languages),
    "app-json.png": (DESKTOP, json_prompt),
    "app-history.png": (DARK, history),
    "app-phone.png": (PHONE, on_a_phone),
}
"""File -> the device, and what to do before the picture is taken."""


@contextmanager
def app() -> Iterator[str]:
    """Serve the app from an empty folder; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as home:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FLUX2_")}
        command = [sys.executable, str(ROOT / "demo_app.py"), "--port", str(port)]
        process = subprocess.Popen(command, env={**environment, "FLUX2_HOME": home}, cwd=ROOT)
        try:
            wait_for(address, process)
            yield address
        finally:
            process.terminate()
            process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The app did not start.")


def small(png: bytes) -> bytes:
    """Return the picture with a palette: what the README shows need not be exact."""
    buffer = io.BytesIO()
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.quantize(COLOURS, Image.Quantize.MEDIANCUT).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def main(folder: Path) -> None:
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with app() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name, (device, work) in PICTURES.items():
            page = browser.new_context(**device, reduced_motion="reduce").new_page()
            page.goto(address)
            page.locator(".f2-generate:visible").wait_for()
            page.wait_for_load_state("networkidle")
            work(page)
            page.evaluate(
                "Promise.all([...document.querySelectorAll('.gradio-container img')].map(one => one.decode()))"
            )
            page.mouse.move(0, 0)
            if device is not PHONE:
                page.evaluate("scrollTo(0, 0)")
            data = small(page.screenshot(animations="disabled"))
            (folder / name).write_bytes(data)
            print(f"{folder / name}: {len(data) / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
