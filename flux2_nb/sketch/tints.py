"""The colour a subject is washed in: what the prompt asks, or what the thing mostly has, toned to paper and light."""

from __future__ import annotations

from flux2_nb.sketch import figures, masks
from flux2_nb.sketch.palette import Colour, Palette, grey, luminance, mix, parse, stronger
from flux2_nb.sketch.plan import Scene, Subject
from flux2_nb.sketch.tables import table, words_table

_RESTRAINT = 0.8  # natural colours are softened; asked ones are not
_DARKEST = 0.24  # a wash as dark as the ink would hide its lines
_PLAIN_TINT = "#b9a68c"


def wash_colour(palette: Palette, scene: Scene, what: Subject) -> Colour:
    """The colour of a subject: what the prompt asks, else what the thing mostly has, toned to the light."""
    asked = parse(what.colour) if what.colour else None
    colour = asked or parse(natural_tint(what.figure))
    far = what.depth == "background" or figures.belongs(what.figure) == "far"
    if luminance(colour) < _DARKEST:
        colour = mix(colour, (255, 255, 255), _DARKEST - luminance(colour))
    if asked is None:
        lit = palette.ink if palette.dark else palette.paper
        colour = mix(stronger(colour, _RESTRAINT * max(scene.strength, 0.1)), lit, 0.2)
    if far:
        colour = mix(colour, palette.sky_low, 0.45)
    if palette.dark and figures.belongs(what.figure) == "celestial":
        return asked or palette.glow
    if palette.dark:
        colour = mix(colour, palette.sky_top, 0.06 if asked or figures.light_of(what.figure) else 0.18)
    return grey(colour) if scene.strength == 0 else colour


def natural_tint(figure: str) -> str:
    """The colour a thing mostly has, ``#rrggbb``."""
    if masks.is_own(figure):
        return str(table("drawings")[figure]["tint"])
    return str(table("figures")["tint"].get(figure) or words_table()["tints"].get(figure, _PLAIN_TINT))
