"""Writing values as code: one walk over the value, one small table per language."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..wire import FilePart, Json
from .capture import Capture
from .marks import Marks, Piece


@dataclass(frozen=True)
class Syntax:
    """How a language writes values.

    Attributes:
        text: Writes a text from its pieces.
        key: Writes a name inside an object.
        file: Writes what stands for a reference image.
        words: How true, false and null are written.
        comment: How a line of comment begins.
        step: One step of indentation.
    """

    text: Callable[[Sequence[Piece]], str]
    key: Callable[[str], str]
    file: Callable[[FilePart], str]
    words: tuple[str, str, str]
    comment: str
    step: str


def written(value: Json, syntax: Syntax, marks: Marks, depth: int = 0) -> str:
    """Return a JSON value as code, its inner lines indented to ``depth`` steps and more."""
    if isinstance(value, dict):
        lines = [f"{syntax.key(name)}: {written(item, syntax, marks, depth + 1)}" for name, item in value.items()]
        return _block("{}", lines, syntax, depth)
    if isinstance(value, list):
        return _block("[]", [written(item, syntax, marks, depth + 1) for item in value], syntax, depth)
    if isinstance(value, FilePart):
        return syntax.file(value)
    if isinstance(value, str):
        return syntax.text(marks.pieces(value))
    if value is None or isinstance(value, bool):
        return syntax.words[(True, False, None).index(value)]
    return repr(value)


def _block(brackets: str, lines: Sequence[str], syntax: Syntax, depth: int) -> str:
    if not lines:
        return brackets
    inner = "".join(f"{syntax.step * (depth + 1)}{line},\n" for line in lines)
    return f"{brackets[0]}\n{inner}{syntax.step * depth}{brackets[1]}"


def quoted(text: str, escape: Callable[[str], str]) -> str:
    """Return a text in double quotes, readable in any script.

    Args:
        text: Any text.
        escape: Writes a character that would not be seen (or would turn the line around), by its number.
    """
    return "".join(
        letter if letter.isprintable() else escape(letter) for letter in json.dumps(text, ensure_ascii=False)
    )


def head(shot: Capture, comment: str, tools: str, place: str = "in this folder") -> str:
    """Return the comment at the top: what this is, what it needs, and what it writes."""
    needs = [tools]
    if shot.variables:
        needs.append(f"{' and '.join(shot.variables)} in the environment")
    if shot.files:
        needs.append(f"{', '.join(part.name for part in shot.files)} {place}")
    lines = [f"{shot.card.label} on {shot.provider.facts.label}: the very request that flux2_nb sends."]
    lines.append(f"Needs {'; '.join(needs)}.")
    if shot.sent.output_format is None:
        lines.append(shot.card.absent.get("output_format", "The provider chooses the file format."))
    return "".join(f"{comment} {line}\n" for line in lines)


def picture_name(shot: Capture) -> str:
    """Return the name of the file that the picture is written to, with the ending of the format asked for."""
    return f"picture.{(shot.sent.output_format or 'jpg').replace('jpeg', 'jpg')}"
