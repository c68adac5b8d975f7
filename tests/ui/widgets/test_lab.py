"""Panels in JupyterLab, in a real Chromium: filled in, run, watched to the end, stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from flux2_nb import capability as registry
from tests.ui.widgets.lab import jupyter_lab, open_notebook, write_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.timeout(300)
PATIENCE = 90_000
"""Milliseconds; a kernel starts, and the machine may have other work."""

SET_UP = """\
import flux2_nb as f2
from tests.ui.widgets.slow import Slow
f2.register_provider(Slow())
panel = f2.panel({name!r})
panel"""


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a JupyterLab and the folder it serves."""
    folder = tmp_path_factory.mktemp("lab")
    with jupyter_lab(folder) as address:
        yield address, folder


def fill(panel: Locator, folder: Path) -> None:
    """Fill in what a capability cannot do without: a prompt where there is a field for it, a picture likewise."""
    prompt = panel.locator('[data-field="prompt"]').get_by_label("Prompt", exact=True)
    if prompt.count():
        prompt.fill("A red fox in fresh snow")
    files = panel.locator('[data-field="references"] input[type=file]')
    if files.count():
        Image.new("RGB", (160, 120), "teal").save(folder / "blue.png")
        files.set_input_files(folder / "blue.png")
        panel.get_by_alt_text("Reference image 1").wait_for()


@pytest.mark.parametrize("name", [one.name for one in registry.capabilities()])
def test_a_panel_in_lab(lab: tuple[str, Path], open_page: Callable[..., Page], name: str) -> None:
    """A panel is filled in, makes a picture that is seen, and another run is stopped, by its names alone."""
    address, folder = lab
    write_notebook(folder / f"{name}.ipynb", [SET_UP.format(name=name)])
    page = open_page()
    page.set_default_timeout(PATIENCE)
    open_notebook(page, address, f"{name}.ipynb")
    panel = page.locator(".f2-panel")
    panel.wait_for()
    fill(panel, folder)
    run = panel.locator(".f2-run").and_(page.get_by_role("button", name="free"))
    run.click()
    panel.get_by_role("status").filter(has_text="Done in").wait_for(state="attached")
    page.wait_for_function("() => document.querySelector('.f2-shot img')?.naturalWidth > 0")
    assert (panel.locator(".f2-shot img").first.get_attribute("alt") or "").startswith("Sketch for the prompt:")

    panel.get_by_label("Provider", exact=True).select_option(label="A slow provider")
    panel.get_by_label("Model", exact=True).filter(has_text="Slow One").wait_for()
    run.click()
    panel.get_by_role("progressbar").first.wait_for()
    panel.get_by_role("button", name="Stop all").click()
    panel.get_by_role("status").filter(has_text="Stopped").wait_for(state="attached")
    assert panel.get_by_role("progressbar").count() == 0
