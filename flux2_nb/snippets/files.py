"""The reference images of a request as files: what a snippet finds in its folder."""

from __future__ import annotations

from ..request import ImageRequest, Reference


def file_name(number: int, reference: Reference) -> str:
    """Return the name of a reference image, such as ``image-1.png``; the prompt calls it "image 1"."""
    return f"image-{number}.{reference.media_type.partition('/')[2]}"


def files_of(sent: ImageRequest) -> dict[str, bytes]:
    """Return the bytes of the prepared reference images by name."""
    return {file_name(number, one): one.data for number, one in enumerate(sent.references, start=1)}
