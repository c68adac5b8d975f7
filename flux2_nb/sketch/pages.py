"""Web pages and telephone screens, as a designer roughs them out."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from flux2_nb.sketch import lettering, pictures
from flux2_nb.sketch.canvas import Canvas
from flux2_nb.sketch.formats import Regions, share
from flux2_nb.sketch.palette import Colour, luminance, mix
from flux2_nb.sketch.plan import Box, SketchPlan
from flux2_nb.sketch.sections import is_right_to_left
from flux2_nb.sketch.things import DARK_TYPE, LIGHT_TYPE, accent_of, greek, rounded


def page(canvas: Canvas, plan: SketchPlan, frame: Box, where: Regions, references: Sequence[Image.Image]) -> None:
    """A browser window: navigation, a headline with a button, a picture, and cards below."""
    sheet = where.sheet or frame
    _desk(canvas, frame)
    _window(canvas, sheet)
    flipped = is_right_to_left(plan.language)
    accent = accent_of(plan, canvas)
    bar = share(sheet, 0.0, 0.0, 1.0, 0.075)
    _browser_bar(canvas, bar)
    _navigation(canvas, plan, share(sheet, 0.05, 0.095, 0.95, 0.15), accent, flipped)
    pictures.inset(canvas, plan, where.picture)
    _headline(canvas, plan, where, accent, flipped)
    rest = unplaced(plan)[3:]
    for index, card in enumerate(where.panels):
        _card(
            canvas,
            card,
            rest[index] if index < len(rest) else "",
            mix(accent, canvas.palette.paper, 0.3 + 0.25 * index),
        )


def screen(canvas: Canvas, plan: SketchPlan, frame: Box, where: Regions, references: Sequence[Image.Image]) -> None:
    """A telephone with a title, a picture, three rows and a button."""
    sheet = where.sheet or frame
    _desk(canvas, frame)
    body = rounded(share(sheet, -0.03, -0.012, 1.03, 1.012), 0.1 * (sheet[2] - sheet[0]))
    canvas.wash([(x + 0.012 * canvas.unit, y + 0.014 * canvas.unit) for x, y in body], (20, 18, 30), 0.22)
    canvas.wash(body, DARK_TYPE)
    canvas.wash(rounded(sheet, 0.08 * (sheet[2] - sheet[0])), LIGHT_TYPE)
    canvas.line(body, 1.2, hand=0.2)
    canvas.ink(DARK_TYPE)
    accent = accent_of(plan, canvas)
    island = share(sheet, 0.36, 0.02, 0.64, 0.045)
    canvas.wash(rounded(island, (island[3] - island[1]) / 2), DARK_TYPE)
    pictures.inset(canvas, plan, where.picture)
    _headline(canvas, plan, where, accent, is_right_to_left(plan.language))
    for row in where.panels:
        dot = share(row, 0.0, 0.05, 0.14, 0.95)
        canvas.disc(
            ((dot[0] + dot[2]) / 2, (dot[1] + dot[3]) / 2), 0.4 * (row[3] - row[1]), mix(accent, LIGHT_TYPE, 0.55)
        )
        greek(canvas, share(row, 0.18, 0.15, 0.9, 0.85), 2, 0.9, DARK_TYPE)


def brand_of(plan: SketchPlan) -> str:
    """The name in the corner of a page: the brand, or a short text of no other role beside a title."""
    free = unplaced(plan)
    return plan.text("brand") or (free[0] if plan.text("title") and free and len(free[0]) < 20 else "")


def unplaced(plan: SketchPlan) -> list[str]:
    """The texts whose role the prompt does not say."""
    return [text for text, role in zip(plan.texts, plan.roles, strict=True) if not role]


def _desk(canvas: Canvas, frame: Box) -> None:
    tone = mix(canvas.palette.paper, canvas.palette.ink, 0.07)
    canvas.gradient(frame, tone, mix(tone, canvas.palette.ink, 0.05))


def _window(canvas: Canvas, sheet: Box) -> None:
    outline = rounded(sheet, 0.018 * canvas.unit)
    canvas.wash([(x + 0.01 * canvas.unit, y + 0.012 * canvas.unit) for x, y in outline], (20, 18, 30), 0.18)
    canvas.wash(outline, LIGHT_TYPE)
    canvas.line(outline, 0.9, hand=0.3)
    canvas.ink(DARK_TYPE, 0.9)


def _browser_bar(canvas: Canvas, bar: Box) -> None:
    tall = bar[3] - bar[1]
    for index, colour in enumerate(((214, 110, 92), (222, 178, 92), (130, 170, 120))):
        canvas.disc((bar[0] + tall * (0.6 + 0.55 * index), (bar[1] + bar[3]) / 2), 0.17 * tall, colour)
    address = share(bar, 0.2, 0.24, 0.8, 0.76)
    canvas.wash(rounded(address, 0.26 * tall), mix(LIGHT_TYPE, DARK_TYPE, 0.07))
    canvas.line([(bar[0], bar[3]), (bar[2], bar[3])], 0.5, hand=0.3)
    canvas.line(rounded(address, 0.26 * tall), 0.35, hand=0.2)
    canvas.ink(DARK_TYPE, 0.6)


def _navigation(canvas: Canvas, plan: SketchPlan, bar: Box, accent: Colour, flipped: bool) -> None:
    """A name or a disc for the logo, three links, and a small button."""

    def side(left: float, right: float) -> Box:
        return share(bar, 1 - right, 0.0, 1 - left, 1.0) if flipped else share(bar, left, 0.0, right, 1.0)

    if brand_of(plan):
        lettering.write(canvas, brand_of(plan), side(0.0, 0.4), DARK_TYPE, 750, align="start")
    else:
        logo = side(0.0, 0.1)
        x = logo[2] - 0.4 * (bar[3] - bar[1]) if flipped else logo[0] + 0.4 * (bar[3] - bar[1])
        canvas.disc((x, (bar[1] + bar[3]) / 2), 0.36 * (bar[3] - bar[1]), accent)
    for index in range(3):
        greek(canvas, share(side(0.5 + 0.12 * index, 0.58 + 0.12 * index), 0, 0.3, 1, 0.7), 1, 0.7, DARK_TYPE)
    canvas.wash(rounded(share(side(0.88, 1.0), 0, 0.1, 1, 0.9), 0.3 * (bar[3] - bar[1])), accent)


def _headline(canvas: Canvas, plan: SketchPlan, where: Regions, accent: Colour, flipped: bool) -> None:
    """Headline, a line under it, and a button; words the prompt does not give are greeked."""
    title, under, button = where.title or where.picture, where.words[0], where.words[1]
    free = [text for text in unplaced(plan) if text != brand_of(plan)]
    headline = plan.text("title") or (free.pop(0) if free else plan.text("brand"))
    below = plan.text("subtitle") or (free.pop(0) if free and len(free[0]) > 12 else "")
    if headline:
        lettering.write(canvas, headline, title, DARK_TYPE, 780, align="start", largest=0.085 * canvas.unit)
    else:
        greek(canvas, title, 2, 2.6, DARK_TYPE)
    if below:
        lettering.write(canvas, below, under, DARK_TYPE, 420, align="start", largest=0.036 * canvas.unit)
    else:
        greek(canvas, under, 2, 0.8, DARK_TYPE)
    if flipped and plan.format == "page":
        wide = button[2] - button[0]
        button = (title[2] - wide, button[1], title[2], button[3])
    canvas.wash(rounded(button, 0.4 * (button[3] - button[1])), accent)
    words = plan.text("button") or (free.pop(0) if free else "")
    if words:
        ink = DARK_TYPE if luminance(accent) > 0.55 else LIGHT_TYPE
        lettering.write(canvas, words, share(button, 0.08, 0.14, 0.92, 0.86), ink, 650)


def _card(canvas: Canvas, card: Box, words: str, colour: Colour) -> None:
    """A small card: a patch of colour and a few lines."""
    outline = rounded(card, 0.014 * canvas.unit)
    canvas.wash(outline, mix(colour, LIGHT_TYPE, 0.7))
    canvas.line(outline, 0.5, hand=0.25)
    canvas.ink(DARK_TYPE, 0.6)
    tall, wide = card[3] - card[1], card[2] - card[0]
    radius = 0.22 * min(tall, wide)
    canvas.disc((card[0] + 0.1 * wide + radius, card[1] + 0.5 * tall), radius, colour)
    left = (2.6 * radius + 0.1 * wide) / wide
    lines = share(card, min(left, 0.7), 0.26, 0.92, 0.76)
    if words:
        lettering.write(canvas, words, lines, DARK_TYPE, 600, largest=0.03 * canvas.unit)
    else:
        greek(canvas, lines, 2, 0.7, DARK_TYPE)
