"""The apps that are compared, each in a process of its own: ours, and Gradio as plainly as it can be written.

Usage::

    python -m benchmarks.app_servers ours|paid|pil|path|bare PORT [--side PIXELS] [--format png|jpeg] [--seconds S]

All but ``bare`` show a picture nobody has seen before, without a network: what is left is the way into the browser.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

from flux2_nb import ImageRequest, ModelCard, Provider
from flux2_nb.catalog import ProviderFacts
from flux2_nb.provider.base import Report
from flux2_nb.wire import Delivery

from .doubles import picture, renamed

LIMIT = 50
"""How many runs our provider takes at once."""

Make = Callable[[], bytes]


class Instant(Provider):
    """Delivers a picture after a wait, from this process."""

    name: ClassVar[str] = "instant"
    runs_here: ClassVar[bool] = True
    facts: ClassVar[ProviderFacts] = ProviderFacts(label="Instant", concurrency=LIMIT)

    def __init__(self, make: Make, seconds: float) -> None:
        self._make = make
        self._seconds = seconds

    def cards(self) -> list[ModelCard]:
        """Return the one card."""
        card = {"provider": self.name, "model": "instant-1", "label": "Instant", "price": {"kind": "free"}}
        return [ModelCard.model_validate(card)]

    def render(self, request: ImageRequest, card: ModelCard, report: Report) -> list[Delivery]:
        """Return a new picture."""
        time.sleep(self._seconds)
        return [Delivery(self._make())]


def ours(make: Make, seconds: float) -> Any:
    """Return our app on the instant provider."""
    from flux2_nb import Studio, build_app, register_provider

    register_provider(Instant(make, seconds))
    return build_app(Studio("instant"))


def paid(make: Make, seconds: float) -> Any:
    """Return our app on Cloudflare, whose double the environment points at."""
    from flux2_nb import Studio, build_app

    return build_app(Studio("cloudflare", concurrency=LIMIT))


def pil(make: Make, seconds: float) -> Any:
    """Return the app everybody writes first: a button, and a function that returns a PIL image."""
    from PIL import Image

    def draw() -> Image.Image:
        image = Image.open(BytesIO(make()))
        image.paste(tuple(os.urandom(3)), (0, 0, 64, 64))  # the file Gradio makes of the same pixels keeps its address
        return image

    return _plain(draw)


def path(make: Make, seconds: float) -> Any:
    """Return the same with a function that writes a file and returns its path."""
    folder = Path(tempfile.mkdtemp())

    def write() -> str:
        file = folder / f"{uuid.uuid4().hex}.png"
        file.write_bytes(make())
        return str(file)

    return _plain(write)


def bare(make: Make, seconds: float) -> Any:
    """Return an empty page."""
    import gradio as gr

    with gr.Blocks() as app:
        gr.Markdown("An empty page.")
    return app


def _plain(function: Callable[[], Any]) -> Any:
    import gradio as gr

    with gr.Blocks() as app:
        gr.Button("Generate", elem_classes=["f2-generate"]).click(function, None, gr.Image())
    return app


APPS: dict[str, Callable[[Make, float], Any]] = {"ours": ours, "paid": paid, "pil": pil, "path": path, "bare": bare}


@contextmanager
def serving(
    name: str, environ: Mapping[str, str] | None = None, home: Path | None = None, **options: object
) -> Iterator[str]:
    """Start an app in a process of its own, in an empty folder unless one is given; gives its address."""
    with tempfile.TemporaryDirectory() as empty:
        address, process = start(name, home or Path(empty), environ, **options)
        try:
            wait_for(address)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def start(
    name: str, home: Path, environ: Mapping[str, str] | None = None, **options: object
) -> tuple[str, subprocess.Popen[bytes]]:
    """Start an app; returns where it will answer, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [word for option, value in options.items() for word in (f"--{option}", str(value))]
    command = [sys.executable, "-m", "benchmarks.app_servers", name, str(port), *words]
    gradio = {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_TEMP_DIR": str(home / "uploads")}
    around = {**os.environ, **(environ or {}), "FLUX2_HOME": str(home), **gradio}
    quiet = subprocess.DEVNULL
    return f"http://127.0.0.1:{port}/", subprocess.Popen(command, env=around, stdout=quiet, stderr=quiet)


def wait_for(address: str, patience: float = 60.0) -> None:
    """Return when the app gives its page.

    Raises:
        TimeoutError: When it has not within ``patience`` seconds.
    """
    here = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            here.open(address, timeout=5).close()
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise TimeoutError(f"nothing answers at {address}")


def main() -> None:
    """Serve one app until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app_servers", description=__doc__)
    parser.add_argument("name", choices=APPS)
    parser.add_argument("port", type=int)
    parser.add_argument("--side", type=int, default=64, help="pixels of each side of the pictures (default 64)")
    parser.add_argument("--format", choices=("png", "jpeg"), default="png", help="of the pictures (default png)")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long a picture takes (default 0)")
    options = parser.parse_args()
    drawn = b"" if options.name in ("bare", "paid") else picture(options.format, options.side)
    APPS[options.name](lambda: renamed(drawn), options.seconds).launch(server_port=options.port, quiet=True)


if __name__ == "__main__":
    main()
