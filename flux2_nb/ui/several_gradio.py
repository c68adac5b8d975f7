"""The choice of other models for the same request, with Gradio: one list to tick, each with its price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from ..capability.base import Capability, Values
from ..errors import InvalidRequest
from ..studio import Studio
from .plan import Plan
from .several import Offer, offer, other_targets, plan_of_all

WORDS = "The same request goes to each model you tick, with the same seed where it takes one."


class SeveralView:
    """A folded list of the other targets that could make the same pictures now.

    Args:
        capability: Whose form it stands under.
        studio: The target the page starts with.
    """

    def __init__(self, capability: Capability, studio: Studio) -> None:
        self.capability = capability
        self._studio = studio

    def build(self) -> None:
        """Put it on the page."""
        ready, missing = other_targets(self._studio)
        values = self.capability.form(self._studio.card).defaults
        with gr.Accordion("Other models too", open=False, elem_classes=["f2-several"]):
            self.component = gr.CheckboxGroup(
                choices=_choices([self._offer(self._studio, one, values) for one in ready]),
                label="Other models too",
                show_label=False,
                info=_info(missing),
            )

    def chosen(self, studio: Studio, ticked: Sequence[str]) -> list[Studio]:
        """Return the other targets that are ticked.

        Raises:
            InvalidRequest: When one of them is no longer ready.
        """
        ready = {one.card.target: one for one in other_targets(studio)[0]} if ticked else {}
        gone = [name for name in ticked if name not in ready and name != studio.card.target]
        if gone:
            raise InvalidRequest(
                f"{gone[0]} was ticked and is not ready any more.", next_step="Untick it, or give its key again."
            )
        return [one for name, one in ready.items() if name in ticked]

    def updates(self, studio: Studio, values: Values, ticked: Sequence[str], plan: Plan) -> tuple[dict[str, Any], Plan]:
        """Return the update that shows each target's price for these values, and the plan with the ticked ones in it.

        Args:
            studio: The target the form shows.
            values: The form's.
            ticked: The other targets that are wanted too.
            plan: What the values come to on the form's own target.
        """
        ready, missing = other_targets(studio)
        offers = [self._offer(studio, one, values) for one in ready]
        wanted = [one for one in offers if one.studio.card.target in ticked]
        update = gr.update(choices=_choices(offers), info=_info(missing))
        if len(wanted) != len(ticked):  # else it is left alone, for a person may just be ticking
            update["value"] = [one.studio.card.target for one in wanted]
        return update, plan_of_all(plan, wanted, self.capability)

    def _offer(self, studio: Studio, other: Studio, values: Values) -> Offer:
        return offer(other, self.capability, values, studio.card)


def _choices(offers: Sequence[Offer]) -> list[tuple[str, str]]:
    return [(one.text, one.studio.card.target) for one in offers]


def _info(missing: Sequence[str]) -> str:
    return f"{WORDS} Not offered without a key: {', '.join(missing)}." if missing else WORDS
