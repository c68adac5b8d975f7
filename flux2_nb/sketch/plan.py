"""What a sketch will show, before it is drawn: the plan that tests, captions and the drawing itself all read."""

from __future__ import annotations

from dataclasses import dataclass, field

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels of the picture."""


@dataclass(frozen=True)
class Relation:
    """How a subject stands to another: ``kind`` is on, under, above, behind, before, beside, inside or holding."""

    kind: str
    other: int


@dataclass(frozen=True)
class Subject:
    """A thing to draw.

    Attributes:
        word: As the prompt says it.
        figure: A character of Noto Emoji, the name of one of our drawings, or "" for a labelled box.
        count: How many, 1 to 12.
        colour: The colour asked for it, ``#RRGGBB``, or None.
        column: left, centre or right where the prompt says so.
        row: top or bottom where the prompt says so.
        depth: foreground, midground or background; nearer is larger and drawn with a heavier line.
        relation: How it stands to another subject.
        writing: Words written on it.
        known: Named as something already there ("the sofa"): an edit does not draw it again.
        boxes: Where each of them stands in the picture, in drawing order.
    """

    word: str
    figure: str
    count: int = 1
    colour: str | None = None
    column: str | None = None
    row: str | None = None
    depth: str = "midground"
    relation: Relation | None = None
    writing: str | None = None
    known: bool = False
    boxes: tuple[Box, ...] = ()

    @property
    def drawn(self) -> bool:
        """Whether it has a drawing of its own, not a labelled box."""
        return bool(self.figure)


@dataclass(frozen=True)
class Scene:
    """Where, when and how it is seen.

    Attributes:
        ground: space, underwater, studio, snow, beach, desert, sea, street, forest, mountains, meadow, room, sky or
            plain. behind: A second ground, drawn in the distance (a forest behind the snow), or None. light: night,
            blue, sunset, dawn, neon, overcast or day; plain when nothing is said. weather: Any of rain, snowfall,
            fog, wind, stars, clouds. camera: level, overhead, low or high. horizon: Height of the horizon as a share
            of the picture's height, from the top. scale: What the lens does to the size of subjects; 1 is a normal
            lens. strength: How strong the washes are; 0 is black and white. sky_colour: A colour asked for the sky,
            wall or background. ground_colour: A colour asked for the ground or floor.
    """

    ground: str = "plain"
    behind: str | None = None
    light: str = "plain"
    weather: tuple[str, ...] = ()
    camera: str = "level"
    horizon: float = 0.66
    scale: float = 1.0
    strength: float = 1.0
    sky_colour: str | None = None
    ground_colour: str | None = None


@dataclass(frozen=True)
class Section:
    """One part of a page or strip: a heading, the words under it, the subjects drawn in it and their order."""

    heading: str = ""
    words: str = ""
    subjects: tuple[Subject, ...] = ()
    order: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class SketchPlan:
    """Everything a sketch will show.

    Attributes:
        prompt: What was asked.
        width: Of the picture, in pixels.
        height: Of the picture, in pixels.
        seed: What the arrangement and the hand's small irregularities are drawn from.
        language: The language taken for the prompt's, a code such as "fr".
        format: picture, poster, page, screen, infographic or comic.
        scene: Ground, light, weather and camera.
        subjects: Things to draw.
        order: The order of drawing: each entry is the index of a subject and of one of its boxes.
        sections: Panels of an infographic or a comic, blocks of a page.
        texts: Words to set in type, in order; the first is the title.
        roles: What each of the texts is for: title, subtitle, button, brand or "".
        palette: The colours the prompt names, in order.
        unknown: Nouns without a drawing; those with a labelled box are among the subjects too.
        references: How many reference pictures there are.
        notes: Sentences on what the sketch could not show.
    """

    prompt: str
    width: int
    height: int
    seed: int
    language: str = "en"
    format: str = "picture"
    scene: Scene = field(default_factory=Scene)
    subjects: tuple[Subject, ...] = ()
    order: tuple[tuple[int, int], ...] = ()
    sections: tuple[Section, ...] = ()
    texts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    palette: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    references: int = 0
    notes: tuple[str, ...] = ()

    def text(self, role: str) -> str:
        """The first text of a role, or ""."""
        return next((text for text, its in zip(self.texts, self.roles, strict=True) if its == role), "")
