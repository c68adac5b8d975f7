"""Names in place of values: what a snippet reads from the environment, or from an earlier answer, is never in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FENCE = "\ue000"
"""A character of the private-use area, which stands around a name inside the text of a request."""


@dataclass(frozen=True)
class Name:
    """A value that is named and not shown.

    Attributes:
        text: The name, such as ``BFL_API_KEY``.
        local: True for a variable of the snippet itself; False for one of the environment.
    """

    text: str
    local: bool = False


Piece = str | Name
"""A part of a text: as it is, or by name."""


class Marks:
    """Writes names into texts and finds them again, whatever else the texts hold.

    Args:
        texts: All that is not ours; the fence is made longer than any run of its character in there.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._fence = FENCE
        while any(self._fence in text for text in texts):
            self._fence += FENCE
        self._names: dict[str, Name] = {}

    def mark(self, name: Name) -> str:
        """Return a text that stands for a name; to be put into a header, an address or a body."""
        self._names[name.text] = name
        return f"{self._fence}{name.text}{self._fence}"

    def pieces(self, text: str) -> list[Piece]:
        """Return a text's parts in order, without empty ones."""
        parts = text.split(self._fence)
        found: list[Piece] = [self._names[part] if index % 2 else part for index, part in enumerate(parts)]
        return [piece for piece in found if piece]

    def names(self, text: str) -> list[Name]:
        """Return the names in a text, in order."""
        return [piece for piece in self.pieces(text) if isinstance(piece, Name)]
