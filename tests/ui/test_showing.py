"""Pictures in a notebook: one with its caption, several in a grid, two to compare."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

import flux2_nb as f2
from flux2_nb.figures import FIGURE_SIDE, Figure


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[f2.ImageResult]:
    """A sketch."""
    studio = f2.Studio("sketch", home=tmp_path_factory.mktemp("home"))
    yield studio.generate('a "red" fox <in> snow', width=512, height=256, seed=7)
    studio.engine.close()


def test_a_result_shows_itself_small(picture: f2.ImageResult) -> None:
    """A result is a JPEG with its caption and the text that stands for it, each escaped."""
    bundle = picture._repr_mimebundle_()
    assert 'alt="Sketch for the prompt: a &quot;red&quot; fox &lt;in&gt; snow"' in bundle["text/html"]
    assert bundle["text/plain"] == "Sketch, not a FLUX.2 image · 512 × 256 · seed 7 · free"
    assert bundle["text/plain"] in bundle["text/html"]
    with Image.open(BytesIO(picture.figure.small())) as small:
        assert (small.format, small.size) == ("JPEG", (FIGURE_SIDE, FIGURE_SIDE // 2))


def test_the_saved_output_is_always_the_same(picture: f2.ImageResult) -> None:
    """The same picture gives the same output, without the time it took: a notebook's outputs stay equal."""
    assert picture._repr_mimebundle_() == picture._repr_mimebundle_()
    assert " s" not in picture.figure.caption.replace("seed", "").replace("Sketch", "")


def test_a_grid_is_a_table(picture: f2.ImageResult) -> None:
    """Five pictures in three columns are two rows, each with its heading; more columns are smaller pictures."""
    bundle = f2.show([picture] * 5, columns=3, labels=["one & two"])._repr_mimebundle_()
    assert bundle["text/html"].count("<tr>") == 2
    assert bundle["text/html"].count("<img ") == 5
    assert "<strong>one &amp; two</strong>" in bundle["text/html"]
    assert len(f2.show([picture] * 4)._repr_mimebundle_()["text/html"]) < 2.5 * len(
        f2.show(picture)._repr_mimebundle_()["text/html"]
    )


def test_anything_that_is_a_picture_can_be_shown(picture: f2.ImageResult, tmp_path: Path) -> None:
    """Paths, bytes and Pillow images stand beside results, called by their file's name where they have one."""
    path = picture.save(tmp_path / "fox.png")
    grid = f2.show([picture, path, str(path), path.read_bytes(), picture.image, f2.Reference(path)])
    assert [one.alt for one in grid.figures[1:]] == ["fox.png", "fox.png", "Picture 4", "Picture 5", "fox.png"]
    with pytest.raises(f2.Flux2Error):
        f2.show([tmp_path / "none.png"])


def test_a_comparison_is_a_slider_and_a_table(picture: f2.ImageResult) -> None:
    """Where a kernel runs two pictures lie one over the other; the saved output has them side by side."""
    compared = f2.compare(picture, picture, labels=("First", "Second"))
    bundle = compared._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].count("<img ") == 2
    assert compared.widget is not None
    assert compared.widget.labels == ["First", "Second"]
    assert all(data[:4] == b"RIFF" for data in compared.widget.pictures)


def test_a_caption_may_be_missing() -> None:
    """A picture without a caption shows none."""
    buffer = BytesIO()
    Image.new("RGB", (64, 64)).save(buffer, "PNG")
    assert "figcaption" not in Figure(buffer.getvalue(), "a square").html()
