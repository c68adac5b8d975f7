"""What the notebooks of the course share: where pictures come from, what a lesson costs, and checks of exercises."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import provider, samples
from .cards import ModelCard
from .catalog import markdown_table
from .figures import dollars
from .shortcuts import models
from .studio import Studio
from .ui.view import estimate_text, price_text, readiness, target_name

UNANSWERED = "Nothing to check yet"
NOT_YET = "Not yet"
PASSED = "Well done"
"""How a check's verdict begins."""

ROOM = 2.0
"""A live lesson may spend this many times its own price: there is room to try things."""


def start(studio: Studio | None = None) -> Lab:
    """Return the lab of a notebook; shown in a cell, it says in two lines where pictures come from and are kept.

    Args:
        studio: Target, folder, keys and budget; FLUX2_PROVIDER and FLUX2_MODEL, else the offline sketch.

    Raises:
        InvalidRequest: When FLUX2_PROVIDER or FLUX2_MODEL names something that is not there.
    """
    return Lab(studio or Studio())


class Lab:
    """A notebook's studio, with what a reader wants beside it.

    Args:
        studio: Target, folder, keys and budget.

    Attributes:
        studio: The same; its budget is narrowed by `plan` when pictures cost money.
        planned: What `plan` was told; None before.
    """

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.planned: Plan | None = None
        self._own_cap = studio.budget_usd

    def __repr__(self) -> str:
        card = self.studio.card
        if not self.is_live:
            first = "Offline: the sketch provider draws every picture on this machine. Free, and no key needed."
        else:
            is_ready, sentence = readiness(self.studio)
            key = "Your key is there." if is_ready else sentence
            first = f"Live: {target_name(card)}, {price_text(card.price)}. {key}"
        return f"{first}\nPictures are kept in {_from_home(self.studio.home)}"

    @property
    def card(self) -> ModelCard:
        """What the target accepts, costs and takes."""
        return self.studio.card

    @property
    def is_live(self) -> bool:
        """Whether a provider makes the pictures, and not the offline sketch."""
        return self.studio.provider.name != "sketch"

    def plan(
        self,
        minutes: int,
        pictures: int,
        references: int = 0,
        megapixels: int | None = None,
        budget_usd: float | None = None,
    ) -> Plan:
        """Return what running the whole notebook takes; where it costs money, cap what may be spent from here on.

        The cap is FLUX2_BUDGET_USD, set for this process: twice the price, or ``budget_usd``, and never more than a
        budget that was there before.

        Args:
            minutes: How long it takes to read and run.
            pictures: How many pictures it makes.
            references: How many reference images it sends, counted once for each picture they are sent for.
            megapixels: Megapixels of all pictures, each rounded up; one for each when not given.
            budget_usd: The most to spend from here on in US dollars.
        """
        plan = Plan(minutes, pictures, references, megapixels or pictures, self.card)
        if self.card.price.kind != "free":
            allowed = budget_usd if budget_usd is not None else ROOM * (plan.price_on(self.card) or 0.0)
            plan = Plan(minutes, pictures, references, plan.megapixels, self.card, self._cap(allowed))
        self.planned = plan
        return plan

    def _cap(self, allowed: float) -> float:
        """Let this much be spent from now on, today and in this folder; returns what is left of it."""
        spent = self.studio.engine.history.spent_today()  # the budget is the folder's, whoever spends it
        most = math.ceil((spent + allowed) * 1000) / 1000
        cap = most if self._own_cap is None else min(most, self._own_cap)
        os.environ["FLUX2_BUDGET_USD"] = str(cap)
        self.studio.budget_usd = cap
        return max(0.0, cap - spent)

    def check(self, answer: Any, wanted: Mapping[str, Callable[[Any], object]]) -> Check:
        """Hold an answer against what an exercise wants; never raises.

        Args:
            answer: What the reader made; three dots (``...``) when nothing yet.
            wanted: Sentence -> a function of the answer that is true when the sentence holds.
        """
        if answer is ...:
            return Check(UNANSWERED)
        missing = tuple(why for sentence, holds in wanted.items() if (why := _missing(sentence, holds, answer)))
        return Check(NOT_YET, missing) if missing else Check(PASSED, tuple(wanted))

    def sample(self, name: str) -> Path:
        """Return the file of one of the example pictures that ship with the package, such as ``room``.

        Raises:
            InvalidRequest: When there is none of this name; lists them.
        """
        return samples.path(name)

    def models(self, name: str | None = None) -> Table:
        """Return the models of one provider, or of all, with limits, prices and licences from the catalogue."""
        return Table(tuple(models(name)))


@dataclass(frozen=True)
class Plan:
    """What running a whole notebook takes.

    Attributes:
        minutes: How long it takes to read and run.
        pictures: How many pictures it makes.
        references: How many reference images it sends.
        megapixels: Megapixels of all pictures.
        card: The target.
        left_usd: What may still be spent, where pictures cost money.
    """

    minutes: int
    pictures: int
    references: int
    megapixels: int
    card: ModelCard = field(repr=False)
    left_usd: float | None = None

    def __repr__(self) -> str:
        lines = [f"About {self.minutes} minutes and {_count(self.pictures, 'picture')}."]
        if self.left_usd is None:
            hosted = [one for one in map(provider.get, provider.names()) if not one.runs_here]
            lines += ["Here: free.", *(f"With a key: {self._told(one.cards()[0])}" for one in hosted if one.cards())]
        else:
            left = f"From here on, at most {dollars(self.left_usd)} is spent."
            lines += [f"Live: {self._told(self.card)}", left if self.left_usd else "So nothing is sent."]
        return "\n".join(lines)

    def price_on(self, card: ModelCard) -> float | None:
        """Return what the notebook's own pictures cost on a target in US dollars; None when it publishes no price."""
        steps = card.parameters.get("steps")
        taken = int(steps.default) if steps and steps.default else 1
        one = card.price.estimate(1024, 1024, (), taken)
        two = card.price.estimate(2048, 1024, (), taken)
        with_reference = card.price.estimate(1024, 1024, ((1024, 1024),), taken)
        if one is None or two is None or with_reference is None:
            return None
        further = max(0, self.megapixels - self.pictures)
        return self.pictures * one + further * (two - one) + self.references * (with_reference - one)

    def _told(self, card: ModelCard) -> str:
        price = card.price
        read = f" ({'' if price.confirmed else 'unconfirmed '}price of {price.date})" if price.date else ""
        return f"{estimate_text(self.price_on(card))} on {target_name(card)}{read}."


@dataclass(frozen=True)
class Check:
    """The verdict on an answer.

    Attributes:
        verdict: One of `UNANSWERED`, `NOT_YET` and `PASSED`.
        sentences: What is missing, or what was wanted and is there.
    """

    verdict: str
    sentences: tuple[str, ...] = ()

    def __repr__(self) -> str:
        if self.verdict == UNANSWERED:
            return f"{self.verdict}: put your answer in place of the three dots, then run both cells."
        return "\n".join([f"{self.verdict}.", *(f"  {self._mark} {sentence}" for sentence in self.sentences)])

    @property
    def is_passed(self) -> bool:
        """Whether the answer does all that was wanted."""
        return self.verdict == PASSED

    @property
    def _mark(self) -> str:
        return "✓" if self.is_passed else "Missing:"


@dataclass(frozen=True)
class Table:
    """Model cards as a table.

    Attributes:
        cards: Its rows.
    """

    cards: tuple[ModelCard, ...]

    def __repr__(self) -> str:
        return markdown_table(self.cards)

    def _repr_markdown_(self) -> str:
        """Show it in Jupyter as a table."""
        return markdown_table(self.cards)


def _missing(sentence: str, holds: Callable[[Any], object], answer: Any) -> str:
    """Return the sentence when it does not hold, with the reason where the answer could not even be looked at."""
    try:
        return "" if holds(answer) else sentence
    except Exception as error:
        return f"{sentence} ({type(error).__name__}: {error})"


def _from_home(path: Path) -> str:
    """Return a path as people write it, with ``~`` for their own folder."""
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
