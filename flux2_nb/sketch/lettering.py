"""Words in the picture: the right font for each script, set to fit, right to left where the script runs so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.util import find_spec
from typing import Literal

from PIL import ImageDraw, ImageFont

from flux2_nb.sketch.canvas import Canvas
from flux2_nb.sketch.palette import Colour
from flux2_nb.sketch.plan import Box

_SCRIPTS = {
    "Arabic": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff",
    "Hebrew": "\u0590-\u05ff",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Gurmukhi": "\u0a00-\u0a7f",
    "Gujarati": "\u0a80-\u0aff",
    "Oriya": "\u0b00-\u0b7f",
    "Tamil": "\u0b80-\u0bff",
    "Telugu": "\u0c00-\u0c7f",
    "Kannada": "\u0c80-\u0cff",
    "Malayalam": "\u0d00-\u0d7f",
    "Sinhala": "\u0d80-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Lao": "\u0e80-\u0eff",
    "Myanmar": "\u1000-\u109f",
    "Georgian": "\u10a0-\u10ff",
    "Armenian": "\u0530-\u058f",
    "Ethiopic": "\u1200-\u137f",
    "Khmer": "\u1780-\u17ff",
}
_CJK = re.compile("[\u3000-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_PATTERNS = {script: re.compile(f"[{letters}]") for script, letters in _SCRIPTS.items()}
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_CJK_FACES = {"ja": 0, "ko": 1, "zh": 2}
_SMALLEST = 6


@dataclass(frozen=True)
class Setting:
    """A text set in lines: the font, the lines, and the height of a line in pixels."""

    font: ImageFont.FreeTypeFont
    lines: tuple[str, ...]
    line_height: float
    width: float

    @property
    def height(self) -> float:
        """Of all lines together, in pixels."""
        return self.line_height * len(self.lines)


def can_set(text: str) -> bool:
    """Whether there is a font for a text: Chinese, Japanese and Korean need the optional font package."""
    return not _CJK.search(text) or find_spec("manimgx_fonts_cjk") is not None


def fitted(text: str, width: float, height: float, weight: int = 500, largest: float = 400) -> Setting:
    """Set a text as large as fits a box, in as many lines as that takes.

    Args:
        text: What to set.
        width: Of the box, in pixels.
        height: Of the box, in pixels.
        weight: Of the font, 100 to 900.
        largest: The largest size in pixels.

    Returns:
        The setting; at the smallest size the text is cut with an ellipsis, never spilt over.
    """
    low, high = _SMALLEST, max(_SMALLEST, round(min(largest, height * 0.95)))
    best: Setting | None = None
    while low <= high:
        size = (low + high) // 2
        setting = _set(text, font_for(text, size, weight), width)
        if setting.width <= width and setting.height <= height:
            best, low = setting, size + 1
        else:
            high = size - 1
    return best or _cut(text, font_for(text, _SMALLEST, weight), width)


def write(
    canvas: Canvas,
    text: str,
    box: Box,
    colour: Colour,
    weight: int = 500,
    *,
    align: str = "centre",
    largest: float = 400,
) -> Box:
    """Write a text into a box, or nothing where there is no room or no font; returns the box the letters fill."""
    left, top, right, bottom = box
    if right - left < 4 or bottom - top < 4 or not text.strip() or not can_set(text):
        return (left, top, left, top)
    setting = fitted(text, right - left, bottom - top, weight, largest)
    draw = ImageDraw.Draw(canvas.image)
    y = top + (bottom - top - setting.height) / 2 if align != "start" else top
    for line in setting.lines:
        x = (left + right) / 2 if align == "centre" else right if _RIGHT_TO_LEFT.search(text) else left
        anchor = "ma" if align == "centre" else "ra" if _RIGHT_TO_LEFT.search(text) else "la"
        draw.text((x, y), line, font=setting.font, fill=colour, anchor=anchor, direction=_direction(line))
        y += setting.line_height
    return (left, top, right, top + setting.height)


def mark(canvas: Canvas, word: str, at: tuple[float, float], height: float) -> None:
    """The small word in the lower margin that says what the picture is."""
    font = _font("NotoSans-Italic[wght].ttf", max(7, round(height)), 500)
    ImageDraw.Draw(canvas.image).text(
        (at[0] - height * 0.2, at[1]), word, font=font, fill=canvas.palette.ink, anchor="rm"
    )


def font_for(text: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    """The font that has most of a text's letters."""
    if _CJK.search(text):
        language = "ja" if _KANA.search(text) else "ko" if _HANGUL.search(text) else "zh"
        return _cjk(_CJK_FACES[language], size, weight)
    counts = {script: len(pattern.findall(text)) for script, pattern in _PATTERNS.items()}
    script = max(counts, key=lambda name: counts[name])
    return _font(f"NotoSans{script}[wght].ttf" if counts[script] else "NotoSans[wght].ttf", size, weight)


@lru_cache(maxsize=256)
def _font(name: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    with resources.as_file(resources.files("manimgx_fonts") / name) as path:
        font = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.RAQM)
    axes = font.get_variation_axes()
    bounds = (axes[0]["minimum"] or 100, axes[0]["maximum"] or 900)
    font.set_variation_by_axes([max(bounds[0], min(bounds[1], weight))])
    return font


@lru_cache(maxsize=64)
def _cjk(face: int, size: int, weight: int) -> ImageFont.FreeTypeFont:
    with resources.as_file(resources.files("manimgx_fonts_cjk") / "NotoSansCJK-VF.otf.ttc") as path:
        font = ImageFont.truetype(str(path), size, index=face, layout_engine=ImageFont.Layout.RAQM)
    font.set_variation_by_axes([max(100, min(900, weight))])
    return font


def _set(text: str, font: ImageFont.FreeTypeFont, width: float) -> Setting:
    """Break a text into lines no wider than a width where it can be broken."""
    lines: list[str] = []
    for part in text.split("\n"):
        units = list(part) if _CJK.search(part) and " " not in part.strip() else part.split()
        joiner = "" if _CJK.search(part) and " " not in part.strip() else " "
        line = ""
        for unit in units:
            longer = f"{line}{joiner}{unit}" if line else unit
            if line and font.getlength(longer, direction=_direction(longer)) > width:
                lines.append(line)
                line = unit
            else:
                line = longer
        lines.append(line)
    ascent, descent = font.getmetrics()
    widest = max(font.getlength(line, direction=_direction(line)) for line in lines)
    return Setting(font, tuple(lines), (ascent + descent) * 0.98, widest)


def _cut(text: str, font: ImageFont.FreeTypeFont, width: float) -> Setting:
    """One line, cut with an ellipsis where it is wider than the box."""
    whole = line = " ".join(text.split())
    while len(whole) > 1 and font.getlength(line, direction=_direction(line)) > width:
        whole = whole[:-1]
        line = whole + "…"
    ascent, descent = font.getmetrics()
    return Setting(font, (line,), float(ascent + descent), width)


def _direction(line: str) -> Literal["rtl"] | None:
    """The way a line runs, where Pillow must be told."""
    return "rtl" if _RIGHT_TO_LEFT.search(line) else None
