"""The sample pictures that travel with the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from flux2_nb import images, samples
from flux2_nb.errors import InvalidRequest
from flux2_nb.request import Reference


@pytest.mark.parametrize("name", samples.names())
def test_a_sample_is_small_and_can_be_sent(name: str) -> None:
    """Each is a whole picture any target takes, of less than 40 kB."""
    read = images.read_reference(Reference(samples.path(name)))
    assert 0 < len(read.data) < 40_000
    assert min(read.width, read.height) >= 512


def test_the_samples_a_lesson_needs_are_there() -> None:
    """Their names are part of the interface."""
    wanted = {"product", "room", "person", "jacket", "logo", "pattern", "pose", "house", "marked"}
    assert wanted <= set(samples.names())


def test_an_unknown_sample_offers_the_nearest() -> None:
    """A misspelt name is a sentence, not a missing file."""
    with pytest.raises(InvalidRequest, match="product"):
        samples.path("produkt")


def test_a_copy_of_a_sample_is_known(tmp_path: Path) -> None:
    """A page hands pictures back under other names; a person's own picture is never taken for a sample."""
    copy = tmp_path / "upload.webp"
    copy.write_bytes(samples.path("room").read_bytes())
    assert samples.is_sample(copy)
    assert samples.is_sample(copy.read_bytes())
    copy.write_bytes(copy.read_bytes()[:-1] + b"x")
    assert not samples.is_sample(copy)
    assert not samples.is_sample(tmp_path / "gone.png")
