"""A finished picture: what came, from whom, for what request, at what price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import images
from .figures import Figure, alt_text, caption_text, cost_text
from .request import ImageRequest

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True)
class ImageResult:
    """A stored delivery with its target, request, timings and id.

    Attributes:
        id: Its id in the history.
        run_id: The run that made it.
        data: The provider's bytes, untouched.
        format: ``png``, ``jpeg`` or ``webp``, read from the bytes.
        width: Pixels.
        height: Pixels.
        provider: Who made it.
        model: Which model made it.
        request: What was asked for, complete with every parameter that was sent.
        seed: The seed used.
        cost_usd: What it cost: the provider's own figure where it tells, else the estimate; None when unknown.
        cost_is_reported: Whether the provider itself stated the cost.
        prompt_used: The prompt the provider rewrote ours into; None when it did not, or did not tell.
        timings: Seconds by stage: ``queued``, ``running``, ``saving``, ``total``.
        flags: What else the provider said of it.
        sha256: The hash of ``data``.
        path: Where the original lies on disk.
        created: When it was stored.
    """

    id: str
    run_id: str
    data: bytes = field(repr=False)
    format: str
    width: int
    height: int
    provider: str
    model: str
    request: ImageRequest = field(repr=False)
    seed: int | None = None
    cost_usd: float | None = None
    cost_is_reported: bool = False
    prompt_used: str | None = field(default=None, repr=False)
    timings: Mapping[str, float] = field(default_factory=dict, repr=False)
    flags: Mapping[str, Any] = field(default_factory=dict, repr=False)
    sha256: str = field(default="", repr=False)
    path: Path | None = field(default=None, repr=False)
    created: datetime | None = field(default=None, repr=False)

    @property
    def image(self) -> Image.Image:
        """The picture as a Pillow image, decoded now."""
        return images.decode(self.data)

    @property
    def settings(self) -> dict[str, Any]:
        """Everything needed to make it again, as JSON values; holds no key and no reference bytes."""
        return {
            "provider": self.provider,
            "model": self.model,
            "seed": self.seed,
            "prompt_used": self.prompt_used,
            "request": self.request.to_dict(),
        }

    def save(self, path: str | Path, settings: bool = True) -> Path:
        """Write the picture to a file that does not exist yet.

        Args:
            path: A file name; its ending is set to the true format when it has none. A folder gets ``<id>.<format>``.
            settings: Embed the settings beside the untouched pixels; False writes the provider's bytes as they came.

        Returns:
            The path written.

        Raises:
            FileExistsError: When the file exists; nothing is ever overwritten.
        """
        target = Path(path)
        target = target / self.id if target.is_dir() else target
        target = target if target.suffix else target.with_suffix(f".{self.format}")
        data = images.embed_settings(self.data, self.settings) if settings else self.data
        with target.open("xb") as file:
            file.write(data)
        return target

    @property
    def figure(self) -> Figure:
        """The picture with its caption and the text that stands for it."""
        cost = cost_text(self.cost_usd, self.cost_is_reported)
        words = caption_text(self.provider, self.model, (self.width, self.height), self.seed, cost)
        return Figure(self.data, alt_text(self.request.prompt, self.provider), words)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Show the picture in Jupyter: small, with its caption; the original stays on disk."""
        return self.figure.bundle()
