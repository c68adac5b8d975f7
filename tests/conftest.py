"""What holds for every test: no network beyond this machine, no key or setting of whoever runs it, an own home."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

pytest_plugins = ["tests.guard", "tests.browser", "tests.doubles.fixtures"]

FOREIGN = (
    "BFL_",
    "CLOUDFLARE_",
    "DEEPINFRA_",
    "FAL_",
    "FLUX2_",
    "GRADIO_",
    "HF_",
    "HUGGING",
    "REPLICATE_",
    "SPACE_",
    "TOGETHER_",
)
"""Variables that begin so, and those of a proxy, would change what a test sees."""


def pytest_configure(config: pytest.Config) -> None:
    """Clears the environment before any module under test is imported, and settles how hypothesis searches."""
    for name in list(os.environ):
        if name.upper().startswith(FOREIGN) or name.upper().endswith("_PROXY"):
            del os.environ[name]
    os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
    hypothesis.settings.register_profile("here", deadline=None, max_examples=50)
    hypothesis.settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True, print_blob=True)
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder this test's history would be kept in; it does not exist until something is stored."""
    folder = tmp_path / "home"
    monkeypatch.setenv("FLUX2_HOME", str(folder))
    return folder
