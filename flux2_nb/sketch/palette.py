"""Colours of a sketch: papers and inks by light, grounds, and simple colour arithmetic."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

from flux2_nb.sketch.plan import Scene
from flux2_nb.sketch.tables import table

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """The colours a scene is drawn with."""

    paper: Colour
    ink: Colour
    sky_top: Colour
    sky_low: Colour
    ground: Colour
    far: Colour
    glow: Colour
    dark: bool


def parse(hex_: str) -> Colour:
    """``#RRGGBB`` as three numbers from 0 to 255."""
    return (int(hex_[1:3], 16), int(hex_[3:5], 16), int(hex_[5:7], 16))


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """A colour ``share`` of the way from a to b."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return (red, green, blue)


def luminance(colour: Colour) -> float:
    """How light a colour looks, from 0 to 1 (the weights of ITU-R BT.601)."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


def grey(colour: Colour) -> Colour:
    """A colour without its hue."""
    level = round(luminance(colour) * 255)
    return (level, level, level)


def stronger(colour: Colour, strength: float) -> Colour:
    """A colour with its saturation multiplied."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, min(1.0, saturation * strength))
    return (round(red * 255), round(green * 255), round(blue * 255))


def palette_of(scene: Scene) -> Palette:
    """The palette of a scene: its light's paper, ink and sky, its ground's colour, and what the prompt asked for."""
    rows = table("palettes")
    light, ground = rows["light"][scene.light], rows["ground"][scene.ground]
    dark = bool(light["dark"])
    paper, ink = parse(light["paper"]), parse(light["ink"])
    sky_top, sky_low = parse(light["sky_top"]), parse(light["sky_low"])
    floor = mix(parse(ground["colour"]), parse(light["tint"]), light["cast"])
    if scene.ground in ("room", "studio", "plain", "underwater") and not dark:
        wall = parse(ground["wall"])
        sky_top, sky_low = mix(wall, sky_top, 0.3), mix(wall, sky_low, 0.3)
    if scene.sky_colour:
        asked = parse(scene.sky_colour)
        sky_top, sky_low = mix(asked, ink, 0.05), mix(asked, paper, 0.22)
    if scene.ground_colour:
        floor = parse(scene.ground_colour)
    far = mix(mix(sky_low, ink, 0.22), floor, 0.15)
    colours = [paper, ink, sky_top, sky_low, floor, far, parse(light["glow"])]
    if scene.strength == 0:
        colours = [grey(colour) for colour in colours]
    paper, ink, sky_top, sky_low, floor, far, glow = colours
    return Palette(paper, ink, sky_top, sky_low, floor, far, glow, dark)
