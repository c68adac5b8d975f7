"""The very request a form would make, as code to copy: curl, Python, JavaScript."""

from __future__ import annotations

from ..cards import ModelCard
from ..errors import Flux2Error
from ..request import ImageRequest

LANGUAGES = ("curl", "Python", "JavaScript")
"""What is on offer."""


def request_code(request: ImageRequest | None, card: ModelCard) -> dict[str, str]:
    """Return the code for a request in each of `LANGUAGES`.

    It is empty where there is no request, and a sentence where a target has no such code.
    """
    if request is None:
        return dict.fromkeys(LANGUAGES, "")
    # Loaded when it is first needed: writing code takes encoders that a page does not.
    from ..snippets import snippet

    def code(language: str) -> str:
        try:
            return snippet(request, card.provider, card.model, language.lower())
        except Flux2Error as error:
            return str(error)

    return {language: code(language) for language in LANGUAGES}
