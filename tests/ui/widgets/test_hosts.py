"""Panels where people meet them, in a real Chromium: filled in, run, watched to the end, stopped; and reopened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

from flux2_nb import capability as registry
from flux2_nb.capability.base import Capability
from tests.ui.widgets.hosts import HOSTS, add_kernel, jupyter, run_all, visit, write_notebook
from tests.ui.widgets.kernels import LOCKED, ROOT, search_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.timeout(300)

CAPABILITIES = registry.capabilities()

KERNELS = [LOCKED, "7.2.0"]
"""In 7.0 to 7.3 JupyterLab's clicks come on a thread of their own; those of 6 come as those of the locked one do."""

SET_UP = """\
import ipykernel
import flux2_nb as f2
from tests.ui.widgets.slow import Slow
f2.register_provider(Slow())
print("ipykernel", ipykernel.__version__)"""

SHOWN = "() => [...document.querySelectorAll('.f2-shot img, .jp-OutputArea img')].map(one => one.naturalWidth)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the server serves."""
    return tmp_path_factory.mktemp("jupyter")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The address of a Jupyter server."""
    with jupyter(folder) as address:
        yield address


@pytest.fixture(scope="module", params=KERNELS)
def lab(request: pytest.FixtureRequest, browser: Browser, address: str, folder: Path) -> Iterator[Page]:
    """A notebook in JupyterLab with a panel of every capability, run in one of the kernels."""
    kernel = request.param
    add_kernel(folder, kernel, search_path(kernel))
    cells = [SET_UP, *(f"f2.panel({one.name!r})" for one in CAPABILITIES)]
    write_notebook(folder / f"{kernel}.ipynb", cells, kernel)
    with visit(browser, address, HOSTS["lab"], f"{kernel}.ipynb") as page:
        run_all(page, HOSTS["lab"])
        if kernel != LOCKED:
            page.get_by_text(f"ipykernel {kernel}", exact=True).wait_for()
        yield page


def panel_of(page: Page, capability: Capability) -> Locator:
    """The panel of a capability on a page."""
    panel = page.locator(".f2-panel").filter(has=page.get_by_role("heading", name=capability.title, exact=True))
    panel.wait_for()
    return panel


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


def press(panel: Locator) -> None:
    """Press the button that runs it; its words hold the price."""
    panel.locator(".f2-run").and_(panel.get_by_role("button", name="free")).click()


def makes_a_picture(panel: Locator, folder: Path) -> None:
    """Fill a panel in, run it, watch it to the end, and see its picture."""
    fill(panel, folder)
    press(panel)
    panel.get_by_role("status").filter(has_text="Done in").wait_for(state="attached")
    picture = panel.locator(".f2-shot img").first
    picture.wait_for()
    picture.evaluate("picture => picture.decode()")
    assert (picture.get_attribute("alt") or "").startswith("Sketch for the prompt:")


def is_stopped(panel: Locator) -> None:
    """Run a panel on a provider that does not end by itself, and stop it."""
    panel.get_by_label("Provider", exact=True).select_option(label="A slow provider")
    panel.get_by_label("Model", exact=True).filter(has_text="Slow One").wait_for()
    press(panel)
    panel.get_by_role("progressbar").first.wait_for()
    panel.get_by_role("button", name="Stop all").click()
    panel.get_by_role("status").filter(has_text="Stopped").wait_for(state="attached")
    assert panel.get_by_role("progressbar").count() == 0


@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda one: one.name)
def test_a_panel_in_lab(lab: Page, tmp_path: Path, capability: Capability) -> None:
    """A panel is filled in, makes a picture that is seen, and another run is stopped, by its names alone."""
    panel = panel_of(lab, capability)
    makes_a_picture(panel, tmp_path)
    is_stopped(panel)


@pytest.mark.parametrize("name", ["notebook", "voila"])
def test_a_panel_elsewhere(browser: Browser, address: str, folder: Path, name: str) -> None:
    """In Notebook 7 and on a page of Voila, too, a panel makes a picture that is seen, and is stopped."""
    host, capability = HOSTS[name], CAPABILITIES[0]
    add_kernel(folder, name, search_path(LOCKED))
    write_notebook(folder / f"{name}.ipynb", [SET_UP, f"f2.panel({capability.name!r})"], name)
    with visit(browser, address, host, f"{name}.ipynb") as page:
        run_all(page, host)
        panel = panel_of(page, capability)
        makes_a_picture(panel, folder)
        is_stopped(panel)


@pytest.fixture(scope="module")
def saved(folder: Path) -> str:
    """The name of a notebook that was run and saved, with the state of its widgets, for a kernel that is not here."""
    cells = [
        'import flux2_nb as f2\npanel = f2.panel("text-to-image", prompt="a red fox", seed=7, megapixels=0.5)',
        "await panel.run()",
        "panel",
        "f2.compare(panel.result, panel.result)",
        "f2.show(panel.results)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLUX2_HOME", str(folder / "home"))
        patch.setenv("PYTHONPATH", str(ROOT), prepend=":")
        NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    assert notebook.metadata.pop("widgets")["application/vnd.jupyter.widget-state+json"]
    notebook.metadata = {"kernelspec": {"name": "gone", "display_name": "Gone", "language": "none"}}
    nbformat.write(notebook, folder / "saved.ipynb")
    return "saved.ipynb"


@pytest.mark.parametrize("name", ["lab", "notebook"])
def test_a_reopened_notebook(browser: Browser, address: str, saved: str, name: str) -> None:
    """Where no kernel runs, a saved notebook shows the panel's values and every picture, and nothing blank."""
    with visit(browser, address, HOSTS[name], saved) as page:
        page.get_by_role("dialog").get_by_role("button", name="No Kernel").click()
        outputs = page.locator(".jp-OutputArea-output")
        page.wait_for_function(f"() => ({SHOWN})().filter(width => width > 0).length === 5")
        assert outputs.count() == 4
        assert "Run the notebook to use this panel." in outputs.nth(1).inner_text()
        assert all(text.strip() for text in outputs.all_inner_texts())
