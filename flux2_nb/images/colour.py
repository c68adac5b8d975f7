"""Every way of storing colours, made 8-bit sRGB."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms

from .container import Unreadable

PLAIN_MODES = {"L", "RGB", "RGBA"}
"""Pillow's modes that are sent as they are."""

MAX_PROFILE = 4 * 1024 * 1024
"""The largest colour profile that is read, in bytes; those of printing presses have about 2 MB."""

SAME = 2
"""A profile that moves no probed colour by more than this, of 255, is sRGB by another name."""


def expand(image: Image.Image) -> Image.Image:
    """Return a loaded picture in 8 bits and without a palette: L, LA, RGB, RGBA or CMYK.

    Raises:
        Unreadable: When the mode has no defined colours, such as Pillow's floating-point modes.
    """
    mode, transparent = image.mode, "transparency" in image.info
    if mode in {"L", "RGB"} and transparent:
        return image.convert("RGBA")
    if mode in {*PLAIN_MODES, "LA", "CMYK"}:
        return image
    if mode == "1":
        return image.convert("RGBA" if transparent else "L")
    if mode in {"P", "PA"}:
        return image.convert("RGBA" if transparent or mode == "PA" else "RGB")
    if mode.startswith("I;16"):
        # Pillow's own conversion clips at 255, and its point transform cuts the fraction off.
        return image.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if mode in {"YCbCr", "HSV", "RGBX"}:
        return image.convert("RGB")
    raise Unreadable(f"is a picture of Pillow's mode {mode}", "Convert it to RGB first.")


def to_srgb(image: Image.Image) -> Image.Image:
    """Return a picture that `expand` gave as L, RGB or RGBA in sRGB, by its colour profile where it has one.

    Transparency that hides nothing is dropped.
    """
    transform = srgb_transform(image)
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    colours = image.convert(image.mode[:-1]) if alpha else image
    if transform is not None:
        colours = ImageCms.applyTransform(colours, transform) or colours
    elif colours.mode == "CMYK":
        colours = colours.convert("RGB")
    if alpha is None or alpha.getextrema() == (255, 255):
        return colours
    colours = colours.convert("RGB")
    colours.putalpha(alpha)
    return colours


def srgb_transform(image: Image.Image) -> ImageCms.ImageCmsTransform | None:
    """Return what turns a picture's colours into sRGB; None when they are sRGB, or its profile cannot be used."""
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or not 0 < len(profile) <= MAX_PROFILE:
        return None
    mode = image.mode[:-1] if image.mode in {"LA", "RGBA"} else image.mode
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A broken profile, or one for another kind of colours: every viewer shows such a picture without it.
        return None
    return None if mode != "CMYK" and _changes_nothing(transform, mode) else transform


def flatten(image: Image.Image) -> Image.Image:
    """Return a picture on white where it is transparent, for formats without transparency."""
    if image.mode not in {"LA", "RGBA"}:
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    levels = range(0, 256, 51)
    probe = Image.new("RGB", (len(levels) ** 3, 1))
    probe.putdata([(red, green, blue) for red in levels for green in levels for blue in levels])
    probe = probe.convert(mode)
    after = ImageCms.applyTransform(probe, transform) or probe
    before = probe.convert("RGB").tobytes()
    return max(abs(a - b) for a, b in zip(before, after.tobytes(), strict=True)) <= SAME
