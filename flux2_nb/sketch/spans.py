"""The tokens of a text sorted into what they are, and what their neighbours make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flux2_nb.prompting.colours import BoundColour
from flux2_nb.sketch import places, sense
from flux2_nb.sketch.matching import Token
from flux2_nb.sketch.mention import Mention
from flux2_nb.sketch.plan import Subject
from flux2_nb.sketch.scene import INDOORS, SceneWord, format_of


@dataclass
class Spans:
    """The tokens of a text sorted into what they are."""

    text: str
    tokens: list[Token]
    language: str
    nouns: list[Mention] = field(default_factory=list)
    scene: list[tuple[int, int, tuple[SceneWord, ...]]] = field(default_factory=list)
    places: list[places.Found] = field(default_factory=list)
    silent: set[int] = field(default_factory=set)


def settle(spans: Spans, colours: Sequence[BoundColour]) -> None:
    """Let neighbours decide what a word means: materials, light, surfaces, lists, and "harbour workshop"."""
    text, words, language = spans.text, spans.tokens, spans.language
    lights = [mention for mention in spans.nouns if sense.is_light(text, words, mention, language)]
    spans.silent.update(index for mention in lights for index in range(mention.first, mention.last))
    spans.nouns = [
        mention
        for mention in spans.nouns
        if mention not in lights and not sense.is_material(text, words, mention, language)
    ]
    spans.places = [place for place in spans.places if not _is_surface(spans, place, colours)]
    listed = format_of([word for _, _, found in spans.scene for word in found]) == "infographic"
    kept = []
    for index, (first, last, found) in enumerate(spans.scene):
        icon = sense.listed_icon(text, words[first].start, words[last - 1].end, found) if listed else None
        if icon is not None:
            spans.nouns.append(Mention(Subject(text[words[first].start : words[last - 1].end], icon), first, last))
        elif not _is_of_a_room(spans, index):
            kept.append((first, last, found))
        spans.silent.update(range(first, last))
    spans.scene = kept
    spans.nouns.sort(key=lambda mention: mention.first)


def _is_surface(spans: Spans, place: places.Found, colours: Sequence[BoundColour]) -> bool:
    """Whether "background" has a colour and so is a backdrop, no place of a thing."""
    if place.value != ("position", "background"):
        return False
    around = [spans.tokens[i] for i in (place.first - 1, place.last) if 0 <= i < len(spans.tokens)]
    return any(is_colour(token, colours) for token in around)


def _is_of_a_room(spans: Spans, index: int) -> bool:
    """Whether a place outdoors only says which room: "harbour workshop"."""
    _, last, words = spans.scene[index]
    if words[0][0] != "ground":
        return False
    if index + 1 == len(spans.scene) or spans.scene[index + 1][0] != last or not touching(spans, last):
        return False
    return any(group == "ground" and choice in INDOORS for group, choice in spans.scene[index + 1][2])


def means_something_else(spans: Spans, colour: BoundColour) -> bool:
    """Whether a colour's name is part of a phrase like "white space"."""
    return any(
        ("ignored", "phrase") in found
        and spans.tokens[first].start <= colour.start
        and colour.end <= spans.tokens[last - 1].end
        for first, last, found in spans.scene
    )


def is_colour(token: Token, colours: Sequence[BoundColour]) -> bool:
    """Whether a token is part of a colour's name or code."""
    return any(colour.start <= token.start < colour.end for colour in colours)


def touching(spans: Spans, index: int) -> bool:
    """Whether nothing but a blank or a hyphen stands before a token."""
    return spans.text[spans.tokens[index - 1].end : spans.tokens[index].start].strip(" -") == ""
