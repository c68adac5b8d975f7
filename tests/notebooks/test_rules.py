"""Each rule finds what breaks it, in a notebook that breaks nothing else."""

from __future__ import annotations

import base64
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from scripts.notebook_tools import rules, twins
from scripts.notebook_tools.course import Notebook, cell_name, new_cell, text_of

from .tiny import exercise

PICTURE = '<img src="data:image/jpeg;base64,{}" alt="{}">'


def jpeg(side: int) -> str:
    """A picture in base64."""
    buffer = BytesIO()
    Image.new("RGB", (side, side), "teal").save(buffer, "JPEG")
    return base64.b64encode(buffer.getvalue()).decode()


def good() -> Notebook:
    """A notebook that keeps to every rule."""
    made = twins.skeleton("A lesson")
    picture = next(cell for cell in made.cells if "f2.generate" in cell.source)
    picture.outputs = [output("text/html", html(96, "a fox"))]
    return made


def output(kind: str, content: str) -> Notebook:
    """What a cell shows."""
    return nbformat.v4.new_output("display_data", {kind: content})


def html(side: int, alt: str) -> str:
    """A picture as HTML."""
    return PICTURE.format(jpeg(side), alt)


@pytest.fixture
def page(tmp_path: Path) -> rules.Page:
    """The good notebook as a file, in a folder like the course's."""
    path = tmp_path / "00-a-lesson.ipynb"
    (tmp_path / "README.md").write_text("The course", encoding="utf-8")
    twins.write(path, good())
    return rules.Page(path, good())


def test_a_good_notebook(page: rules.Page) -> None:
    """Nothing is said of a notebook that keeps to the rules."""
    assert rules.problems(page) == []


def add(kind: str, source: str) -> Callable[[Notebook], None]:
    """Put a cell before the last words."""
    return lambda notebook: notebook.cells.insert(-2, new_cell(kind, source))


def show(markup: str) -> Callable[[Notebook], None]:
    """Show something in the cell with the picture, below it."""
    return lambda notebook: _picture_cell(notebook).outputs.append(output("text/html", markup))


def _picture_cell(notebook: Notebook) -> Notebook:
    return next(cell for cell in notebook.cells if "f2.generate" in cell.source)


def swap(old: str, new: str) -> Callable[[Notebook], None]:
    """Put other words in the place of some, in every cell."""

    def change(notebook: Notebook) -> None:
        for cell in notebook.cells:
            cell.source = cell.source.replace(old, new)

    return change


def bare_picture(notebook: Notebook) -> None:
    """Show a picture without words."""
    _picture_cell(notebook).outputs.append(output("image/jpeg", jpeg(96)))


def one_exercise(notebook: Notebook) -> None:
    """Take an exercise away."""
    start = next(index for index, cell in enumerate(notebook.cells) if "Exercise 2" in cell.source)
    del notebook.cells[start : start + 4]


BREAKING: dict[str, tuple[Callable[[Notebook], object], str]] = {
    "two titles": (add("markdown", "# Another"), "2 headings of the first level"),
    "too few goals": (swap("- and a third.", ""), "stand 2 points"),
    "no troubles": (swap("## What went wrong?", "## Trouble"), "Its sections begin with"),
    "another setup": (swap("lab = lessons.start()", "lab = lessons.start(None)"), "not the setup cell"),
    "no plan": (swap("lab.plan(minutes=20, pictures=1)", "lab.card.label"), "says what it takes"),
    "long cell": (add("code", "\n".join(["print(1)"] * 16)), "16 lines of code"),
    "empty cell": (add("code", ""), "the cell is empty"),
    "no picture": (lambda made: _picture_cell(made).outputs.clear(), "shows a picture"),
    "one exercise": (one_exercise, "It has 1 exercises"),
    "wrong numbers": (swap("Exercise 2", "Exercise 3"), "in order"),
    "full exercise": (swap("answer = ...", "answer = 1"), "holds `answer = ...` and nothing else"),
    "no check": (lambda made: made.cells.append(exercise("lab.check(1)", "1")[0]), "followed by its check"),
    "no solution": (lambda made: made.cells.extend(exercise("lab.check(1)", "1")[:2]), "tagged `solution`"),
    "bare picture": (bare_picture, "a picture has no words"),
    "no alt text": (show(html(96, "")), "a picture has no words"),
    "no alt text in words": (add("markdown", "![](README.md)"), "a picture has no words"),
    "large picture": (show(html(500, "a fox")), "pixels large"),
    "large file": (show("x" * 300_000), "at most 300,000"),
    "a key": (add("markdown", "Use r8_" + "a" * 30), "the shape of a key"),
    "a model": (add("markdown", "Take flux-2-pro for this."), "a model id is typed in prose"),
    "a price": (add("markdown", "That is $0.03 each."), "a price is typed in prose"),
    "a price in cents": (add("markdown", "That is 3 cents each."), "a price is typed in prose"),
    "a limit": (add("markdown", "The model reads 512 tokens."), "a limit, size or time is typed in prose"),
    "a size": (add("markdown", "Pictures of 1024 × 1024."), "a size is typed in prose"),
    "a dead link": (add("markdown", "See [there](there.ipynb)."), "the link to there.ipynb leads nowhere"),
    "a link in other letters": (add("markdown", "See [there](readme.md)."), "the link to readme.md leads nowhere"),
    "no way on": (swap("](README.md)", "](00-a-lesson.ipynb)"), "there is no link to README.md"),
    "an old twin": (swap("seed=7", "seed=8"), "is not made from it"),
}
"""What is wrong -> the change to a good notebook, and what is said of it."""


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_a_rule(page: rules.Page, name: str) -> None:
    """Each is found and named."""
    change, said = BREAKING[name]
    change(page.notebook)
    assert said in "\n".join(rules.problems(page))


def test_code_wants_words_before_it(page: rules.Page) -> None:
    """Two code cells in a row are one too many, but for the setup and an exercise with its check."""
    page.notebook.cells.insert(-2, new_cell("markdown", "Look."))
    page.notebook.cells.insert(-2, new_cell("code", "1 + 1"))
    page.notebook.cells.insert(-2, new_cell("code", "2 + 2"))
    place = cell_name(len(page.notebook.cells) - 3)
    assert f"{place}: no words stand before it" in "\n".join(rules.problems(page))


@pytest.mark.parametrize("words", ["a ratio of 16:9", "the colour #2A6F97", "step 2 of 3", "image 1", "10 languages"])
def test_numbers_that_may_be_typed(page: rules.Page, words: str) -> None:
    """What does not age may stand in prose."""
    page.notebook.cells[0].source += f"\n\nThis is {words}."
    assert not [problem for problem in rules.problems(page) if "typed in prose" in problem]


def test_the_whole_course(page: rules.Page, tmp_path: Path) -> None:
    """A gap in the numbers and a twin without a notebook are found."""
    assert rules.set_problems(tmp_path) == []
    (tmp_path / "02-later.ipynb").write_text(text_of(page.notebook), encoding="utf-8")
    (tmp_path / "clean" / "01-lost.ipynb").write_text(text_of(page.notebook), encoding="utf-8")
    found = rules.set_problems(tmp_path)
    assert found == ["There is no single notebook 01.", "clean/01-lost.ipynb has no notebook."]
