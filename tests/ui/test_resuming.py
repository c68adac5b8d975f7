"""What a process that ended left behind is shown where its visitor sees it, whatever it was asked for with."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from flux2_nb.errors import ProviderError
from flux2_nb.run import Order
from flux2_nb.studio import Studio
from flux2_nb.ui.backend import Backend
from tests.doubles import BflDouble, faults


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """What is behind a page that starts with Black Forest Labs, played by a double."""
    with BflDouble() as double:
        for name, value in double.environ.items():
            monkeypatch.setenv(name, value)
        double.script("poll", faults.html())
        backend = Backend(Studio("bfl", home=tmp_path / "home"), tmp_path / "uploads")
        yield backend
        backend.studio.engine.close()


def picture() -> bytes:
    """A picture to edit."""
    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("capability", "prompt", "references", "tab"),
    [
        ("", "a fox", [], "text-to-image"),
        ("no-longer-there", "a fox", [], "text-to-image"),
        ("", "Make it snow", [picture()], "multi-reference"),
        ("", '{"scene": "a quiet lake"}', [], "json-prompt"),
        ("multilingual", "a fox", [], "multilingual"),
    ],
)
def test_a_job_is_collected_where_it_is_seen(
    capability: str, prompt: str, references: list[Any], tab: str, backend: Backend
) -> None:
    """A job that was bought without a form, or with one that is gone, lands on the tab that could have asked for it."""
    studio = backend.studio_for("bfl/flux-2-pro", "me")
    order: Order = studio.order(studio.request(prompt, references=references), capability=capability)
    with pytest.raises(ProviderError):
        studio.engine.start(order).result(30)
    backend.resume("me")
    [run] = studio.runs()
    assert run.result(30).provider == "bfl"
    [batch] = backend.boards.of("me", tab).batches()
    assert [shot.run_id for shot in batch.shots] == [run.id]
