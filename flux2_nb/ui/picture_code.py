"""The request of a picture that was made, as code to copy."""

from __future__ import annotations

from contextlib import suppress
from typing import TypedDict

from ..errors import Flux2Error, InvalidRequest
from ..history import HistoryItem, HistoryView


class Code(TypedDict):
    """Code in one language, with its name for people."""

    label: str
    code: str


def picture_code(item: HistoryItem, history: HistoryView) -> list[Code]:
    """Return the code of a picture's request in every language its provider has; a sentence where there is none.

    Keys are read from the environment by the code, and are never in it.
    """
    # Loaded when it is first needed: writing code takes encoders that the page does not.
    from ..snippets import languages, snippet

    request = history.run(item.run_id).request
    with suppress(InvalidRequest):  # a reference that is gone is still named in the code
        request = history.with_references(request)
    try:
        return [
            Code(label=label, code=snippet(request, item.provider, item.model, language))
            for language, label in languages(item.provider).items()
        ]
    except Flux2Error as error:
        return [Code(label="Code", code=" ".join(part for part in (error.what, error.next_step) if part))]
