"""What every notebook of the course keeps to. Each rule is a function that yields what breaks it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

from PIL import Image

from flux2_nb import images
from flux2_nb.catalog import catalog
from flux2_nb.figures import FIGURE_SIDE
from flux2_nb.keys import KEY_SHAPES

from .course import (
    FENCE,
    FOLDER,
    SETUP,
    SKIPPED,
    Cell,
    Notebook,
    cell_name,
    code_cells,
    exercises,
    find,
    headings,
    tags,
    text_of,
)
from .fresh import shown
from .running import LARGEST
from .twins import twin, twin_of

LONGEST_CELL = 15
"""Lines of code in a cell."""

FIRST_PICTURE = 3
"""Code cells after the two at the top within which a picture is shown."""

GOALS = range(3, 6)
EXERCISES = 2

LAST_LINK = "README.md"
"""Where the last notebook leads."""


@dataclass(frozen=True)
class Page:
    """A notebook and where it lies."""

    path: Path
    notebook: Notebook

    def prose(self) -> Iterator[tuple[str, str]]:
        """Yield the words of each markdown cell, without code: the cell's name, the words."""
        for index, cell in enumerate(self.notebook.cells):
            if cell.cell_type == "markdown":
                yield cell_name(index), FENCE.sub("", cell.source)

    def section(self, words: str) -> str:
        """Return the markdown under a heading; empty when there is none."""
        text = "\n\n".join(prose for _, prose in self.prose())
        found = re.search(rf"^## {re.escape(words)} *\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        return found[1].strip() if found else ""


Rule = Callable[[Page], Iterator[str]]


def problems(page: Page) -> list[str]:
    """Return everything that is wrong with a notebook."""
    return [problem for rule in RULES for problem in rule(page)]


def parts(page: Page) -> Iterator[str]:
    """One H1 at the very top, goals, troubles and the way on."""
    first = [index for index, level, _ in headings(page.notebook) if level == 1]
    if first != [0]:
        yield f"It has {len(first)} headings of the first level; one, in its first cell, is its title."
    goals = re.findall(r"^[-*] +\S", page.section("You will"), re.MULTILINE)
    if len(goals) not in GOALS:
        yield f'Under "## You will" stand {len(goals)} points; {GOALS.start} to {GOALS.stop - 1} are wanted.'
    order = [words for _, level, words in headings(page.notebook) if level == 2]
    if order[:1] != ["You will"] or order[-2:] != ["What went wrong?", "Next"]:
        yield 'Its sections begin with "You will" and end with "What went wrong?" and "Next".'


def setup(page: Page) -> Iterator[str]:
    """The same first code cell everywhere, then what the notebook takes."""
    code = [cell.source for _, cell in code_cells(page.notebook) if SKIPPED not in tags(cell)]
    if code[:1] != [SETUP]:
        yield "Its first code cell is not the setup cell that all notebooks share."
    if not code[1:] or not code[1].startswith("lab.plan(minutes="):
        yield "Its second code cell says what it takes: lab.plan(minutes=..., pictures=...)."


def cells(page: Page) -> Iterator[str]:
    """Short code, with words before it."""
    for index, cell in code_cells(page.notebook):
        name, lines = cell_name(index), cell.source.count("\n") + 1
        if lines > LONGEST_CELL:
            yield f"{name}: {lines} lines of code; at most {LONGEST_CELL}: part it."
        if not cell.source.strip():
            yield f"{name}: the cell is empty."
        if index and _wants_words(page, index) and page.notebook.cells[index - 1].cell_type == "code":
            yield f"{name}: no words stand before it: say what it does and what to look for."


def _wants_words(page: Page, index: int) -> bool:
    cell = page.notebook.cells[index]
    return "check" not in tags(cell) and not cell.source.startswith("lab.plan(")


def first_picture(page: Page) -> Iterator[str]:
    """Something to look at, soon."""
    code = [cell for _, cell in code_cells(page.notebook)]
    start = next((place for place, cell in enumerate(code) if cell.source.startswith("lab.plan(")), -1) + 1
    if not any(shown(cell).pictures for cell in code[start : start + FIRST_PICTURE]):
        yield f"None of the first {FIRST_PICTURE} code cells after lab.plan shows a picture."


def exercise_cells(page: Page) -> Iterator[str]:
    """Tasks that are well made; that their checks work is tried by running them."""
    try:
        found = exercises(page.notebook)
    except ValueError as error:
        yield str(error)
        return
    if len(found) < EXERCISES:
        yield f"It has {len(found)} exercises; at least {EXERCISES} are wanted."
    titles = [words for _, level, words in headings(page.notebook) if level == 3 and words.startswith("Exercise ")]
    numbers = [words.split(":")[0] for words in titles]
    if numbers != [f"Exercise {number}" for number in range(1, len(found) + 1)]:
        yield 'Its exercises are headed "### Exercise 1: ...", "### Exercise 2: ..." and so on, in order.'
    for one in found:
        code = [line for line in one.empty.splitlines() if line.strip() and not line.startswith("#")]
        if code != ["answer = ..."]:
            yield f"{cell_name(one.at)}: beside comments, an exercise cell holds `answer = ...` and nothing else."
        if not one.check.startswith("lab.check("):
            yield f"{cell_name(one.at + 1)}: a check begins with lab.check(."


def pictures(page: Page) -> Iterator[str]:
    """Small pictures with words that stand for them."""
    for index, cell in enumerate(page.notebook.cells):
        name = cell_name(index)
        wordless = [data for one in cell.get("outputs", []) if "image/jpeg" in (data := one.get("data", {}))]
        if wordless or any(not alt for alt in _alts(cell)):
            yield f"{name}: a picture has no words: show it with f2.show, or give it an alt text."
        for data in shown(cell).pictures:
            if max(_size(data)) > FIGURE_SIDE:
                yield f"{name}: a saved picture is {_size(data)} pixels large; at most {FIGURE_SIDE} a side."


def _size(data: bytes) -> tuple[int, int]:
    picture: Image.Image = images.decode(data)
    return picture.size


class _Pictures(HTMLParser):
    """Collects the alt texts of a page; None where there is none."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.alts: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.alts.append((dict(attrs).get("alt") or "").strip())


def _alts(cell: Cell) -> list[str | None]:
    if cell.cell_type == "markdown":
        return [*re.findall(r"!\[([^\]]*)\]\(", cell.source), *_Pictures(cell.source).alts]
    return [alt for one in cell.outputs for alt in _Pictures(one.get("data", {}).get("text/html", "")).alts]


def size(page: Page) -> Iterator[str]:
    """A file that every viewer opens."""
    size = len(text_of(page.notebook).encode())
    if size > LARGEST:
        yield f"Its file has {size:,} bytes; at most {LARGEST:,}."


def keys(page: Page) -> Iterator[str]:
    """No key, nor anything shaped like one."""
    for index, cell in enumerate(page.notebook.cells):
        text = f"{cell.source}\n{shown(cell).text}"
        if any(shape.search(text) for shape in KEY_SHAPES):
            yield f"{cell_name(index)}: something in it has the shape of a key."


def typed_facts(page: Page) -> Iterator[str]:
    """No model id, price, limit, size or time in prose: code prints them, and they never grow old."""
    for name, text in page.prose():
        for what, pattern in FACTS:
            for match in pattern.finditer(text):
                yield f'{name}: {what} is typed in prose: "{match[0].strip()}"; print it with code.'


@lru_cache(maxsize=1)
def _model_ids() -> re.Pattern[str]:
    own = sorted({card.model for card in catalog().cards} - {"sketch"}, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, own))}|flux-2-[\w-]+)\b", re.IGNORECASE)


UNITS = r"(?:tokens?|MP|megapixels?|px|pixels?|references?|reference (?:images|pictures)|steps|seconds?|s|ms|minutes?)"

FACTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a model id", _model_ids()),
    ("a price", re.compile(r"[$€£]\s?\d[\d.,]*|\b\d[\d.,]*\s?(?:cents?|dollars?|USD|EUR)\b", re.IGNORECASE)),
    ("a limit, size or time", re.compile(rf"\b\d[\d.,]*\s?{UNITS}\b")),
    ("a size", re.compile(r"\b\d{2,5}\s?[x×]\s?\d{2,5}\b")),
)
"""What may not be typed, and how it is known. Ratios such as 16:9 and colours such as #2A6F97 may."""


def links(page: Page) -> Iterator[str]:
    """Every relative link leads to a file, by its exact name."""
    for name, text in page.prose():
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            path = target.partition("#")[0]
            if path and "://" not in path and not _exists(page.path.parent, path):
                yield f"{name}: the link to {path} leads nowhere."


def _exists(folder: Path, target: str) -> bool:
    """Whether a file is there under exactly this name, on disks that do not care about capitals too."""
    path = (folder / target).resolve()
    return path.parent.is_dir() and path.name in {one.name for one in path.parent.iterdir()}


def next_link(page: Page) -> Iterator[str]:
    """Each leads to the one that follows."""
    every = find(folder=page.path.parent)
    place = every.index(page.path)
    following = every[place + 1].name if place + 1 < len(every) else LAST_LINK
    if f"]({following})" not in page.section("Next"):
        yield f'Under "## Next" there is no link to {following}.'


def clean_twin(page: Page) -> Iterator[str]:
    """The twin holds the same code."""
    path = twin_of(page.path)
    if not path.is_file() or path.read_text(encoding="utf-8") != text_of(twin(page.notebook)):
        yield f"Its twin in {path.parent.name}/ is not made from it: run make notebooks."


RULES: tuple[Rule, ...] = (
    parts,
    setup,
    cells,
    first_picture,
    exercise_cells,
    pictures,
    size,
    keys,
    typed_facts,
    links,
    next_link,
    clean_twin,
)


def set_problems(folder: Path = FOLDER) -> list[str]:
    """Return what is wrong with the course as a whole: a gap in the numbers, a twin without its notebook."""
    names = [path.name for path in find(folder=folder)]
    gaps = [f"{number:02d}" for number in range(len(names)) if not names[number].startswith(f"{number:02d}-")]
    left = sorted({path.name for path in (folder / "clean").glob("*.ipynb")} - set(names))
    lost = [f"clean/{name} has no notebook." for name in left]
    return [*(f"There is no single notebook {gap}." for gap in gaps[:1]), *lost]
