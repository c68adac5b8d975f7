"""Draw the contact sheet of the sketch engine, ``docs/images/sketches.png``: twelve prompts with their captions.

Usage::

    python scripts/contact_sheet.py [OUTPUT]
"""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from flux2_nb.sketch import draw
from flux2_nb.sketch.lettering import fitted

COLUMNS = 4
CELL, CAPTION, GAP = (468, 351), 62, 22
PAPER, INK = (238, 234, 226), (52, 50, 58)


@dataclass(frozen=True)
class Example:
    """A prompt, its seed, and the prompts of the sketches that serve as its references."""

    prompt: str
    seed: int
    references: tuple[str, ...] = ()


MARKET = json.dumps(
    {
        "scene": "Night market after rain",
        "subjects": [
            {"description": "a robot cook", "position": "center foreground", "color_palette": ["#2EC4B6"]},
            {"description": "a bowl of noodles", "position": "left foreground"},
            {"description": "three red paper lanterns", "position": "top right"},
        ],
        "lighting": "neon signs",
        "camera": {"angle": "low angle", "lens": "35mm"},
    },
    separators=(",", ":"),
)

EXAMPLES = (
    Example("A red fox in fresh snow under birch trees at dawn", 4),
    Example("Ein roter Leuchtturm am Meer bei Sonnenuntergang, im Vordergrund ein Segelboot", 7),
    Example("Deux chats noirs sur un canapé de couleur #2A6F97, à gauche une lampe, dans un salon", 3),
    Example(MARKET, 5),
    Example(
        'A jazz poster with a saxophone, title "NORDLYS", below "12 MAY · HARBOUR STAGE", colours #E4572E and #17BEBB',
        2,
    ),
    Example(
        'Infographic "How tea is made" in 4 steps: "Pick", "Dry", "Pack", "Brew", a leaf, the sun, a box, a teapot',
        1,
    ),
    Example(
        "Page d'accueil « Mirabelle », titre « Le pain du matin », bouton « Commander », un croissant, accent #E09F3E",
        1,
    ),
    Example("夜晚，三只猫坐在长椅上，右边有一盏路灯，天上有月亮", 6),
    Example("A woman in a yellow coat holding an umbrella, a bicycle on the right, rainy city street at dusk", 8),
    Example(
        "Put the cat from image 2 on the chair, add a vase of tulips, evening light",
        2,
        ("a wooden table and a chair in a room", "a cat"),
    ),
    Example("ثلاثة جمال في الصحراء عند الغروب، وفي الخلفية جبال", 3),
    Example('A four-panel comic of a robot and a cat: "Hello!", "Who are you?", "A friend.", "Good."', 4),
)


def main(output: Path) -> None:
    """Draw the examples and write the sheet as a PNG of few colours."""
    rows = -(-len(EXAMPLES) // COLUMNS)
    wide, tall = CELL[0] + GAP, CELL[1] + CAPTION + GAP
    sheet = Image.new("RGB", (COLUMNS * wide + GAP, rows * tall + GAP), PAPER)
    for index, example in enumerate(EXAMPLES):
        x, y = GAP + index % COLUMNS * wide, GAP + index // COLUMNS * tall
        sheet.paste(sketch(example), (x, y))
        caption(sheet, example.prompt, (x, y + CELL[1] + 6))
    output.parent.mkdir(parents=True, exist_ok=True)
    few = sheet.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=4, dither=Image.Dither.NONE)
    few.save(output, optimize=True)
    print(f"{output}: {output.stat().st_size // 1024} KB")


def sketch(example: Example) -> Image.Image:
    """The sketch of an example, drawn at twice its size on the sheet."""
    references = [encoded(draw(prompt, 768, 576, 1)) for prompt in example.references]
    return draw(example.prompt, CELL[0] * 2, CELL[1] * 2, example.seed, references).resize(
        CELL, Image.Resampling.LANCZOS
    )


def encoded(picture: Image.Image) -> bytes:
    """A picture as PNG."""
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def caption(sheet: Image.Image, words: str, at: tuple[int, int]) -> None:
    """A prompt in small type under its sketch, at most three lines."""
    words = words if len(words) <= 150 else words[:148] + " …"
    setting = fitted(words, CELL[0], CAPTION, 400, largest=16)
    pen = ImageDraw.Draw(sheet)
    for line, text in enumerate(setting.lines):
        pen.text((at[0], at[1] + line * setting.line_height), text, font=setting.font, fill=INK)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images/sketches.png"))
