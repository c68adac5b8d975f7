"""A finished picture: what came, from whom, for what request, at what price."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import images
from .errors import StoreError
from .figures import AI_CAPTION, SKETCH_CAPTION, Figure, alt_text, caption_text, cost_text, is_sketch
from .request import ImageRequest

if TYPE_CHECKING:
    from PIL import Image


NOTES = "notes"
"""The name among a picture's flags under which our own notes on it are kept."""

LONGEST_NAME_SHOWN = 60
"""Characters of a file's name in a sentence."""

UNSAVED = "unsaved"
"""The flag of a picture that could not be written and is in memory only."""


_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def is_device_name(name: str) -> bool:
    """Whether a file of this name would be a device on Windows, where what is written to it is gone."""
    return _DEVICES.match(name) is not None


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
        path: Where the original lies on disk; None when it could not be written.
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
    def notes(self) -> tuple[str, ...]:
        """What differs from what was asked for or expected, such as size or price; one sentence each."""
        return tuple(self.flags.get(NOTES, ()))

    @property
    def is_unsaved(self) -> bool:
        """Whether it could not be written: it is in memory only, and `save` is the way to keep it."""
        return bool(self.flags.get(UNSAVED))

    @property
    def image(self) -> Image.Image:
        """The picture as a Pillow image, decoded now."""
        return images.decode(self.data)

    @property
    def origin(self) -> str:
        """How it was made, in a few words for people: AI-generated, or a sketch."""
        return SKETCH_CAPTION if is_sketch(self.provider) else f"{AI_CAPTION} by {self.model} on {self.provider}"

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
            StoreError: When it cannot be written; nothing half written is left, and the picture is still in memory.
        """
        target = Path(path)
        data = images.embed_settings(self.data, self.settings) if settings else self.data
        try:
            target = target / self.id if target.is_dir() else target
            target = target if target.suffix else target.with_suffix(f".{self.format}")
            _write_new(target, data)
        except FileExistsError:
            raise
        except OSError as error:
            raise StoreError(
                f"{_shown(target)} could not be written: {error.strerror}.",
                next_step="The picture is still here: save it under another name or in another place.",
            ) from error
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


def _write_new(target: Path, data: bytes) -> None:
    """Write a file that is not there yet, whole or not at all."""
    if is_device_name(target.name):
        raise OSError(errno.EINVAL, "on Windows that is the name of a device, and not of a file")
    with target.open("xb") as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            target.unlink()
            raise


def _shown(target: Path) -> str:
    """Return a file's name for a sentence."""
    return target.name if len(target.name) <= LONGEST_NAME_SHOWN else f"{target.name[:LONGEST_NAME_SHOWN]}…"
