"""What a capability is: one thing FLUX.2 can do, as fields, examples, and how values become requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from ..cards import ModelCard
from ..forms import Field, Form
from ..request import ImageRequest

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Example:
    """Values that fill a form with something worth making; the prompts are our own and the brands invented.

    Attributes:
        label: A word or two, for its button.
        values: By field name.
        needs: Which pictures it wants, such as ``image 1: a room``; empty when it wants none.
    """

    label: str
    values: Values = field(default_factory=dict)
    needs: str = ""


@dataclass(frozen=True)
class Note:
    """Something a person should know before paying.

    Attributes:
        level: ``info`` states a fact, ``warning`` something that will probably disappoint.
        text: One or two sentences; plain text, never markup.
        cut: The end of a prompt that the model would never read; shown struck through.
        table: Rows of short texts under the sentence, the first of them the headings; empty for none.
    """

    level: Literal["info", "warning"]
    text: str
    cut: str = ""
    table: tuple[tuple[str, ...], ...] = ()


class Capability:
    """One thing FLUX.2 can do, described once for every UI that renders it.

    Attributes:
        name: Its name in code and addresses, such as ``text-to-image``.
        title: Its name for people.
        summary: One sentence under the title.
        examples: Values to start from.
        action: The words on its button.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    examples: ClassVar[Sequence[Example]] = ()
    action: ClassVar[str] = "Generate"

    def fields(self, card: ModelCard) -> Sequence[Field]:
        """Return the fields for one target; the same names for every target, so that values survive a change of it."""
        raise NotImplementedError

    def requests(self, values: Values, card: ModelCard) -> list[ImageRequest]:
        """Turn complete values into requests; one picture each.

        Raises:
            InvalidRequest: When the values ask for nothing, or for something that does not parse.
        """
        raise NotImplementedError

    def sync(self, values: Values, changed: str, card: ModelCard) -> dict[str, Any]:
        """Return the values that follow from a change of the field ``changed``; empty when none does. Never raises."""
        return {}

    def fill(self, values: Values, example: Example, card: ModelCard) -> dict[str, Any]:
        """Return the values that choosing an example sets: its own, and what follows from them by `sync`. Never raises.

        Args:
            values: The form as it stands.
            example: One of `examples`.
            card: The target.
        """
        changed = dict(example.values)
        for name in example.values:
            changed |= self.sync({**values, **changed}, name, card)
        return changed

    def notes(self, values: Values, card: ModelCard) -> list[Note]:
        """Return what a person should know before paying: limits, what will be cut or resized. Never raises."""
        return []

    def labels(self, values: Values, card: ModelCard) -> list[str]:
        """Return a short label for each request of `requests`, for captions; empty texts where none is needed."""
        return []

    def template(self, values: Values) -> str:
        """Return the prompt as it was typed, before roles, languages or variables were worked in."""
        return str(values.get("prompt") or "")

    def form(self, card: ModelCard) -> Form:
        """Return the form for one target."""
        return Form(tuple(self.fields(card)))
