"""Panels without a kernel: an own provider that is quick or waits to be stopped, and the page's messages by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

import pytest
from PIL import Image

from flux2_nb import provider as registry
from flux2_nb.cards import ModelCard
from flux2_nb.catalog import ProviderFacts
from flux2_nb.errors import JobFailed
from flux2_nb.provider.base import Provider, Report
from flux2_nb.request import ImageRequest
from flux2_nb.studio import Studio
from flux2_nb.ui.widgets import Panel, panel
from flux2_nb.wire import Delivery


class Quick(Provider):
    """Gives a small blue picture at once; where the prompt says so, it fails, or waits until it is let go."""

    name: ClassVar[str] = "quick"
    runs_here: ClassVar[bool] = True
    facts: ClassVar[ProviderFacts] = ProviderFacts(label="A quick provider")

    def __init__(self) -> None:
        self.gate = threading.Event()

    def cards(self) -> list[ModelCard]:
        price = {"kind": "megapixels", "first": 0.05, "further": 0.01, "source": "a test", "date": "2026-11-22"}
        steps = {"kind": "integer", "minimum": 1, "maximum": 40, "default": 20}
        card = {"provider": "quick", "label": "Quick", "seconds": 4, "licence": "none", "price": price}
        absent = {"seed": "It draws its own seed."}
        full = {"seed": {"kind": "integer", "minimum": 0}, "steps": steps}
        takes = {"maximum": 4}
        return [
            ModelCard.model_validate({**card, "model": "quick-1", "parameters": full, "references": takes}),
            ModelCard.model_validate({**card, "model": "quick-2", "label": "Plain", "absent": absent}),
        ]

    def render(self, request: ImageRequest, card: ModelCard, report: Report) -> list[Delivery]:
        report(0.5)
        if "wait" in request.prompt:
            while not self.gate.wait(0.01):
                report(0.5)
        if "fail" in request.prompt:
            raise JobFailed("The brush broke.", provider="quick")
        buffer = BytesIO()
        Image.new("RGB", (request.width or 64, request.height or 64), "navy").save(buffer, "PNG", compress_level=1)
        return [Delivery(buffer.getvalue())]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[Quick]:
    """The quick provider, registered for one test; what waits in it is let go at the end."""
    made = Quick()
    monkeypatch.setitem(registry._registered, "quick", made)
    yield made
    made.gate.set()


@pytest.fixture
def studio(quick: Quick, tmp_path: Path) -> Iterator[Studio]:
    """A studio on the quick provider, in an empty folder."""
    made = Studio("quick", home=tmp_path)
    yield made
    quick.gate.set()
    made.engine.close()


@pytest.fixture
def make_panel(studio: Studio) -> Callable[..., Panel]:
    """Makes a panel: `make_panel("text-to-image", prompt="a fox")`."""

    def make(capability: str, **values: Any) -> Panel:
        return panel(capability, studio, **values)

    return make
