"""How notebooks are saved: in one normal form, with twins, and compared text by text and pixel by pixel."""

from __future__ import annotations

import base64
import copy
from io import BytesIO
from typing import Any

import nbformat
import pytest
from PIL import Image

from scripts.notebook_tools.course import Notebook, new_cell, text_of
from scripts.notebook_tools.fresh import TOLERANCE, differences
from scripts.notebook_tools.normal import normalise
from scripts.notebook_tools.twins import twin, with_list

from .tiny import exercise, notebook


def picture(side: int = 96, level: int = 100, format: str = "PNG") -> str:
    """A grey picture in base64."""
    buffer = BytesIO()
    Image.new("RGB", (side, side), (level, level, level)).save(buffer, format)
    return base64.b64encode(buffer.getvalue()).decode()


def showing(*outputs: Any) -> Notebook:
    """A normalised notebook whose one cell shows something."""
    made = notebook("show()")
    made.cells[0].outputs = list(outputs)
    normalise(made)
    return made


def data(**kinds: Any) -> Any:
    """An output with the kinds of data given, such as `image_png`."""
    return nbformat.v4.new_output("display_data", {kind.replace("_", "/", 1): value for kind, value in kinds.items()})


def test_what_a_kernel_leaves_is_gone() -> None:
    """Counts, ids, widgets' states and the kernel's own metadata are not saved; tags are."""
    made = notebook("1 + 1", new_cell("code", "answer = ...", ["exercise"]))
    made.metadata = {"widgets": {"state": {}}, "kernelspec": {"name": "mine"}, "language_info": {"version": "3.11.7"}}
    made.cells[0].metadata = {"execution": {"iopub.status.busy": "now"}}
    made.cells[0].outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "2"}, execution_count=7)]
    made.cells[0].execution_count = 7
    normalise(made)
    assert [cell.id for cell in made.cells] == ["c00", "c01"]
    assert [dict(cell.metadata) for cell in made.cells] == [{}, {"tags": ["exercise"]}]
    assert made.cells[0].execution_count is None
    assert made.cells[0].outputs[0].execution_count is None
    assert "widgets" not in made.metadata
    assert made.metadata["language_info"] == {"name": "python"}


def test_normal_form_is_stable() -> None:
    """What is normal already does not change."""
    once = showing(
        data(image_png=picture(800), text_plain="a"), nbformat.v4.new_output("stream", name="stdout", text="b")
    )
    twice = copy.deepcopy(once)
    normalise(twice)
    assert text_of(twice) == text_of(once)


def test_pictures_are_kept_once_and_small() -> None:
    """A large PNG becomes a JPEG of 384 pixels; beside HTML that holds the picture, no second copy is kept."""
    html = f'<img src="data:image/jpeg;base64,{picture(format="JPEG")}" alt="grey">'
    made = showing(data(image_png=picture(1024)), data(text_html=html, image_jpeg=picture(format="JPEG")))
    first, second = (output.data for output in made.cells[0].outputs)
    assert list(first) == ["image/jpeg"]
    assert Image.open(BytesIO(base64.b64decode(first["image/jpeg"]))).size == (384, 384)
    assert list(second) == ["text/html"]


def test_a_live_widget_leaves_its_still_picture() -> None:
    """Of a panel, what shows without a kernel is kept."""
    still = {"text/html": "a form", "text/plain": "a form"}
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, **still}
    made = showing(nbformat.v4.new_output("display_data", view))
    assert sorted(made.cells[0].outputs[0].data) == ["text/html", "text/plain"]


def test_what_is_printed_in_pieces_is_one_text() -> None:
    """How the kernel cuts what is printed does not matter."""
    pieces = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in ("a", "b\n", "c\n")]
    assert [output.text for output in showing(*pieces).cells[0].outputs] == ["ab\nc\n"]


@pytest.mark.parametrize(
    ("saved", "run", "said"),
    [
        (data(text_plain="free"), data(text_plain="about $0.03"), "c00: the text differs"),
        (data(image_jpeg=picture(level=100)), data(image_jpeg=picture(level=110)), "picture 1 differs: by up to"),
        (data(image_jpeg=picture(96)), data(image_jpeg=picture(64)), "picture 1 differs: (96, 96) pixels are saved"),
        (data(text_plain="a"), data(image_jpeg=picture()), "the text differs"),
    ],
)
def test_differences(saved: Any, run: Any, said: str) -> None:
    """Other words, other pixels and other sizes are found, with the cell they are in."""
    assert said in "\n".join(differences(showing(saved), showing(run)))


def test_other_bytes_of_the_same_pixels_are_fresh() -> None:
    """Pictures are compared as they are seen: another encoder may write the same pixels otherwise."""
    html = '<img src="data:image/png;base64,{}" alt="grey">'
    one = showing(data(text_html=html.format(picture(level=100))))
    other = showing(data(text_html=html.format(picture(level=100 + TOLERANCE, format="WEBP"))))
    assert differences(one, other) == []


def test_other_code_is_stale() -> None:
    """A cell that was changed by hand after it was saved is found."""
    saved, run = showing(), showing()
    saved.cells[0].source = "show(2)"
    assert differences(saved, run) == ["c00: its source is not as it is saved"]


def test_a_twin_has_all_code_and_no_words() -> None:
    """Headings and code stay in their order, with the tags; prose, solutions and outputs go."""
    words = new_cell("markdown", "# Title\n\nProse.\n\n## Part\n\n```python\n# no heading\n```\n\nMore.")
    made = notebook(words, "1 + 1", new_cell("markdown", "Only prose."), *exercise("lab.check(1)", "2"))
    made.cells[1].outputs = [data(text_plain="2")]
    clean = twin(made)
    assert [cell.source for cell in clean.cells] == [
        "# Title\n\n## Part",
        "1 + 1",
        "answer = ...",
        "lab.check(1)",
    ]
    assert not any(cell.get("outputs") for cell in clean.cells)
    assert clean.cells[2].metadata["tags"] == ["exercise"]


def test_the_list_in_the_readme(tmp_path: Any) -> None:
    """The README names each notebook by its title and links its twin; the rest of it stays."""
    path = tmp_path / "00-first.ipynb"
    path.write_text(text_of(notebook(new_cell("markdown", "# First steps"))), encoding="utf-8")
    made = with_list("Before\n<!-- course -->\nold\n<!-- /course -->\nAfter", [path])
    assert "| 00 | [First steps](00-first.ipynb) | [code only](clean/00-first.ipynb) |" in made
    assert made.startswith("Before\n")
    assert made.endswith("\nAfter")
    assert "old" not in made
