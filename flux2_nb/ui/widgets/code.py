"""The very request a panel would send, as code to copy."""

from __future__ import annotations

from ...cards import ModelCard
from ...errors import Flux2Error
from ...request import ImageRequest

LANGUAGES = ("curl", "Python", "JavaScript")


def snippets(request: ImageRequest | None, card: ModelCard) -> list[dict[str, str]]:
    """Return the code for a request in each of `LANGUAGES`; a sentence where a target has no such code."""
    if request is None:
        return []
    # Loaded when it is first needed: writing code takes encoders that the panel does not.
    from ...snippets import snippet

    def code(language: str) -> str:
        try:
            return snippet(request, card.provider, card.model, language.lower())
        except Flux2Error as error:
            return str(error)

    return [{"language": language, "text": code(language)} for language in LANGUAGES]
