"""Draw the sample pictures anew: from the drawings in scripts/samples to small WebP files in flux2_nb/samples.

Usage::

    python -m scripts.make_samples [NAME ...]
"""

from __future__ import annotations

import io
import shutil
import sys
from importlib import resources
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

DRAWINGS = Path(__file__).parent / "samples"
SAMPLES = Path(__file__).parents[1] / "flux2_nb" / "samples"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MARKED = {"marked": ("room", "marks")}
"""A sample that is a drawing with another one on top."""
QUALITY = 88
LARGEST = 40_000
"""Bytes of a file: they travel with the package."""


def drawing(name: str) -> str:
    """Return the drawing of a sample as SVG."""
    ground, marks = MARKED.get(name, (name, ""))
    svg = (DRAWINGS / f"{ground}.svg").read_text(encoding="utf-8")
    return svg.replace("</svg>", (DRAWINGS / f"{marks}.svg").read_text(encoding="utf-8") + "</svg>") if marks else svg


def rendered(page: Page, svg: str) -> Image.Image:
    """Return a drawing as pixels, with the letters of the bundled font."""
    font = str(resources.files("manimgx_fonts") / "NotoSans[wght].ttf")
    style = f"@font-face{{font-family:Samples;font-weight:100 900;src:url('file://{font}')}}body{{margin:0}}"
    place = DRAWINGS / ".drawn.html"  # only a page that is a file itself may load a font that is one
    place.write_text(f"<!doctype html><style>{style}</style>{svg}", encoding="utf-8")
    try:
        page.goto(place.as_uri())
        page.evaluate("document.fonts.ready")
        return Image.open(io.BytesIO(page.locator("svg").screenshot())).convert("RGB")
    finally:
        place.unlink()


def main(names: list[str]) -> None:
    others = set(sum(MARKED.values(), ())) - {ground for ground, _ in MARKED.values()}
    every = sorted({path.stem for path in DRAWINGS.glob("*.svg")} - others | set(MARKED))
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path)
        page = browser.new_page(viewport={"width": 1000, "height": 1000})
        for name in names or every:
            path = SAMPLES / f"{name}.webp"
            rendered(page, drawing(name)).save(path, quality=QUALITY, method=6)
            size = path.stat().st_size
            print(f"{path.name}: {size:,} bytes" + (", too large" if size > LARGEST else ""))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
