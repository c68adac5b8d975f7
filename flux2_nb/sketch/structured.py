"""Reading a JSON prompt: each subject from its own fields, the scene from the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flux2_nb.prompting.colours import bound_colours
from flux2_nb.prompting.json_prompt import JsonPrompt
from flux2_nb.sketch import places
from flux2_nb.sketch.lexicon import language_of
from flux2_nb.sketch.matching import tokens
from flux2_nb.sketch.plan import Relation, Subject
from flux2_nb.sketch.reading import Reading, placed_at, read
from flux2_nb.sketch.texts import Text

_NOUNS_FROM = ("scene", "background")
_SCENE_FROM = (
    "scene",
    "background",
    "lighting",
    "mood",
    "style",
    "composition",
    "camera",
    "technical",
    "effects",
    "type",
)
_WORDS_FROM = {
    "title": "title",
    "headline": "title",
    "subtitle": "subtitle",
    "tagline": "subtitle",
    "caption": "",
    "text": "",
}
_COLOURS_FROM = ("color_palette", "color_scheme", "colors")


def read_json(text: str) -> Reading:
    """Read a JSON prompt.

    Args:
        text: JSON that ``is_json_prompt`` accepts.

    Returns:
        The same as for prose.
    """
    data = JsonPrompt.parse(text).as_dict()
    everything = " . ".join(_strings(data))
    language = language_of(everything)
    subjects: list[Subject] = []
    unknown: list[str] = []
    for entry in data.get("subjects") or ():
        found, missing = _subject(entry, language, len(subjects))
        subjects += found
        unknown += missing
    setting = read(" . ".join(_strings([data.get(key) for key in _SCENE_FROM])), language)
    extras = read(" . ".join(_strings([data.get(key) for key in _NOUNS_FROM])), language)
    drawn = {subject.figure for subject in subjects}
    beside = [s for s in extras.subjects if s.figure and s.figure not in drawn]
    if subjects:
        beside = [
            replace(s, relation=None, depth="background") for s in beside if s.count != 1 or s.depth == "background"
        ][:2]
    titles = [Text(str(data[key]), role) for key, role in _WORDS_FROM.items() if isinstance(data.get(key), str)]
    return Reading(
        language=language,
        subjects=tuple(subjects + beside),
        scene=setting.scene,
        texts=tuple({text.words: text for text in [*read(everything, language).texts, *titles][::-1]}.values())[::-1],
        colours=(*setting.colours, *bound_colours(" , ".join(_strings([data.get(key) for key in _COLOURS_FROM])))),
        unknown=tuple(unknown),
    )


def _subject(entry: Any, language: str, offset: int) -> tuple[list[Subject], list[str]]:
    """One entry of ``subjects``: its description names the things, its other fields place and colour the first."""
    fields: dict[str, Any] = entry if isinstance(entry, dict) else {"description": entry}
    description = " ".join(_strings([fields.get("description") or fields.get("type")]))
    reading = read(description, language)
    found = list(reading.subjects)
    if not found:
        label = " ".join(description.split()[:4]) or "subject"
        found = [Subject(label, "")]
    main = found[0]
    if main.colour is None:
        asked = bound_colours(" , ".join(_strings([fields.get("colors"), fields.get("color_palette")])))
        main = replace(main, colour=asked[0].hex if asked else None)
    position = tokens(str(fields.get("position") or ""))
    for index in range(len(position)):
        place = places.at(position, index)
        if place is not None and place.value[0] == "position":
            main = placed_at(main, place.value[1])
            host = main.relation.other if main.relation else 0
            if 0 < host < len(found):  # "a cat on a coil of rope" on the right: so is the rope
                found[host] = placed_at(found[host], place.value[1])
    found = [main, *found[1:]]
    moved = [
        replace(s, relation=Relation(s.relation.kind, s.relation.other + offset)) if s.relation else s for s in found
    ]
    held = read(" ".join(_strings([fields.get("action"), fields.get("pose")])), language).subjects
    known = {subject.figure for subject in moved}
    extra = [replace(s, relation=None) for s in held if s.figure and s.figure not in known][:1]
    missing = list(reading.unknown) or [s.word for s in found if not s.figure]
    return moved + extra, missing


def _strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key == "lens-mm":
                yield f"{part}mm"
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
