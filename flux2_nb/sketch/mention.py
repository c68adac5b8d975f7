"""A subject where a prompt names it."""

from __future__ import annotations

from dataclasses import dataclass

from flux2_nb.sketch.plan import Subject


@dataclass(frozen=True)
class Mention:
    """A subject and the tokens that name it: ``first`` up to but not including ``last``."""

    subject: Subject
    first: int
    last: int
