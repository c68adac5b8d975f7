"""Small pictures of our own to try editing with: a product, a room, a person, a logo and more; the brand is invented.

They are drawn by ``scripts/make_samples.py``.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import InvalidRequest, nearest

FOLDER = Path(__file__).parent
"""Where they lie; a server that shows them has to be allowed to read here."""


def names() -> tuple[str, ...]:
    """Return the name of every sample, in alphabetical order."""
    return tuple(sorted(one.stem for one in FOLDER.glob("*.webp")))


def path(name: str) -> Path:
    """Return the file of a sample.

    Raises:
        InvalidRequest: When there is none of this name; offers the nearest.
    """
    if name not in names():
        hint = nearest(name, names()) or f"There are {', '.join(names())}."
        raise InvalidRequest(f'There is no sample picture "{name}".', field="references", money="", next_step=hint)
    return FOLDER / f"{name}.webp"


def is_sample(picture: str | Path | bytes) -> bool:
    """Return whether a picture, a path or the bytes of a file, is one of the samples or a copy of one."""
    try:
        size = len(picture) if isinstance(picture, bytes) else Path(picture).stat().st_size
        alike = [one for one in map(path, names()) if one.stat().st_size == size]
        return bool(alike) and (picture if isinstance(picture, bytes) else Path(picture).read_bytes()) in [
            one.read_bytes() for one in alike
        ]
    except (OSError, ValueError):
        return False
