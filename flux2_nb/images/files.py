"""Files from disk, with every way in which that fails told in a sentence."""

from __future__ import annotations

from pathlib import Path

from ..errors import InvalidRequest

MAX_BYTES = 64 * 1024 * 1024
"""The largest picture file that is read: a photograph of 60 megapixels has 20 to 40 MB."""


def read_file(source: str | Path, field: str = "") -> tuple[bytes, str]:
    """Read a file of at most 64 MB.

    Args:
        source: Its path; ``~`` stands for the home folder.
        field: The field of the request that an error names.

    Returns:
        Its bytes, and its name without the folders.

    Raises:
        InvalidRequest: When it is missing, a folder, no plain file, forbidden, empty or too large, or a web address.
    """
    text = str(source)
    shown = text if len(text) <= 120 else f"{text[:60]}…{text[-50:]}"
    if text.startswith(("http://", "https://", "data:", "file:")):
        what = f"{shown} is a web address, and pictures are read from files."
        raise InvalidRequest(what, field=field, next_step="Download the picture and give its path.")
    try:
        path = Path(text).expanduser()
        problem = _problem(path)
        data = b"" if problem else path.read_bytes()
    except PermissionError:
        problem = "cannot be opened: this account may not read it."
    except (OSError, ValueError, RuntimeError) as error:
        problem = f"cannot be read ({type(error).__name__})."
    if problem:
        raise InvalidRequest(f"{shown} {problem}", field=field, next_step="Choose another file.")
    return data, path.name


def size_problem(size: int) -> str:
    """Say that a file of ``size`` bytes is too large or empty, as the end of a sentence; empty when it is neither."""
    if not size:
        return "is empty."
    if size > MAX_BYTES:
        return f"has {size / 1024**2:,.0f} MB; at most {MAX_BYTES // 1024**2} MB are taken."
    return ""


def _problem(path: Path) -> str:
    if not path.exists():
        return "does not exist."
    if path.is_dir():
        return "is a folder, not a picture."
    return size_problem(path.stat().st_size) if path.is_file() else "is not a plain file."
