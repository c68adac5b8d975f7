"""A JSON prompt flattened to prose, what FLUX.2 weighs most first: scene and subjects, then the rest.

Labels such as "Style:" and "Mood:" are those of Black Forest Labs' klein guide; they also keep a prompt readable
when its values are in another language than English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flux2_nb.prompting.templates import fill

_HEX = re.compile(r"#[0-9A-Fa-f]{3}(?:[0-9A-Fa-f]{3})?")
_PLACES = {
    "left": "On the left",
    "right": "On the right",
    "top": "At the top",
    "bottom": "At the bottom",
    "center": "In the center",
    "centre": "In the centre",
    "middle": "In the middle",
    "foreground": "In the foreground",
    "midground": "In the midground",
    "background": "In the background",
}
_PREPOSITION = re.compile(
    r"(?:in|on|at|to|behind|near|above|below|beside|between|next|under|over|along|across|within|inside|outside|around)\b",
    re.I,
)
_FRAME_WORDS = re.compile(
    r"(?:(?:the|of|frame|image|picture|scene|far|near|upper|lower|slightly|extreme|immediate|third|corner|side|edge|and|left|right|top|bottom"
    r"|cent(?:er|re)|middle|foreground|midground|background|distance)\b[\s-]*)+",
    re.I,
)


def flatten(data: Mapping[str, Any]) -> str:
    """Write the content of a JSON prompt as sentences.

    Args:
        data: The JSON object; documented keys get their own wording, any other key becomes "Key: value."

    Returns:
        Prose in one paragraph that says everything the object says.
    """
    rest = dict(data)
    sentences: list[str] = []
    if isinstance(rest.get("prompt_template"), str) and isinstance(rest.get("variables"), Mapping):
        sentences.append(fill(rest.pop("prompt_template"), rest.pop("variables")))
    for keys, write in _WRITERS:
        present = {key: rest.pop(key) for key in keys if rest.get(key) not in (None, "", [], {})}
        if present:
            sentences += write(present)
    sentences += [_labelled(key, value) for key, value in rest.items() if value not in (None, "", [], {})]
    return " ".join(_sentence(text) for text in sentences if text.strip())


def _infographic(part: Mapping[str, Any]) -> list[str]:
    kind = _words(part.get("type", "")) or ("infographic" if "sections" in part else "picture")
    opening = (
        kind if re.match(r"(?:an?|the)\s", kind, re.I) else f"{'An' if kind[:1].lower() in 'aeiou' else 'A'} {kind}"
    )
    titles = [
        f'{name} "{_words(part[key])}"'
        for key, name in (("title", "titled"), ("subtitle", "with the subtitle"))
        if key in part
    ]
    sections = part.get("sections", [])
    opening = ", ".join([" ".join([opening, *titles[:1]]), *titles[1:]])
    return [opening, *(_section(number, section) for number, section in enumerate(sections, start=1))]


def _section(number: int, section: Any) -> str:
    if not isinstance(section, Mapping):
        return f"Section {number}: {_words(section)}"
    rest = dict(section)
    heading = f' "{_words(rest.pop("heading"))}"' if rest.get("heading") else ""
    parts = [_words(rest.pop("content"))] if rest.get("content") else []
    parts += [f"shown as {_words(rest.pop('visual'))}"] if rest.get("visual") else []
    parts += _others(rest)
    return f"Section {number}{heading}: {', '.join(parts)}" if parts else f"Section {number}{heading}"


def _scene(part: Mapping[str, Any]) -> list[str]:
    scene = part["scene"]
    if not isinstance(scene, Mapping):
        return [_words(scene)]
    rest = dict(scene)
    place = ", ".join(_words(rest.pop(key)) for key in ("setting", "time") if rest.get(key))
    return [place, *(_labelled(key, value) for key, value in rest.items() if value)]


def _subjects(part: Mapping[str, Any]) -> list[str]:
    subjects = part["subjects"]
    return [_subject(subject) for subject in (subjects if isinstance(subjects, list) else [subjects])]


def _subject(subject: Any) -> str:
    if not isinstance(subject, Mapping):
        return _words(subject)
    rest = dict(subject)
    name, kind, description = (_words(rest.pop(key, None) or "") for key in ("id", "type", "description"))
    repeated = kind.lower() in description.lower()
    what = [
        text
        for text in ("" if name.lower() in description.lower() else name, "" if repeated else kind, description)
        if text
    ]
    what[-1:] = [" ".join([*what[-1:], *_subject_colours(rest)])]
    what += [_words(rest.pop(key)) for key in ("action", "pose", "details") if rest.get(key)]
    if rest.get("detail_preservation"):
        what.append(f"{_words(rest.pop('detail_preservation'))} detail preservation")
    place = _words(rest.pop("position", None) or "")
    what += _others(rest)
    return _placed(place, ", ".join(text for text in what if text))


def _subject_colours(rest: dict[str, Any]) -> list[str]:
    """Such as "in color #2E86AB", to stand right behind the thing, so that the colour is tied to it."""
    colours = [_colour_words(rest.pop(key)) for key in ("color_palette", "colors") if rest.get(key)]
    exact = "exact" in str(rest.get("color_match", "")).lower() and bool(colours)
    if exact:
        rest.pop("color_match")
    return [f"in {'exact ' if exact else ''}{_listed(colours)}"] if colours else []


def _placed(place: str, what: str) -> str:
    if not place:
        return what
    if not what:
        return f"Position: {place}"
    if place.lower() in _PLACES:
        return f"{_PLACES[place.lower()]}, {_uncapitalised(what)}"
    if _PREPOSITION.match(place):
        return f"{place}, {_uncapitalised(what)}"
    if _FRAME_WORDS.fullmatch(place):
        return f"In the {_uncapitalised(place)}, {_uncapitalised(what)}"
    return f"{what}, {_uncapitalised(place)}"


def _style(part: Mapping[str, Any]) -> list[str]:
    return [f"Style: {_joined(part['style'])}"]


def _palette(part: Mapping[str, Any]) -> list[str]:
    return [f"Color palette: {_colour_words(value)}" for value in part.values()]


def _application(part: Mapping[str, Any]) -> list[str]:
    application = part["application"]
    if not isinstance(application, Mapping):
        return [_labelled("application", application)]
    return [", ".join(f"{_label(key).lower()} in {_colour_words(value)}" for key, value in application.items())]


def _technical(part: Mapping[str, Any]) -> list[str]:
    technical = part["technical"]
    return [flatten(technical)] if isinstance(technical, Mapping) else [_labelled("technical", technical)]


def _camera(part: Mapping[str, Any]) -> list[str]:
    camera = part["camera"]
    if not isinstance(camera, Mapping):
        return [f"Camera: {_words(camera)}"]
    rest = dict(camera)
    parts = [_camera_words(key, _words(rest.pop(key))) for key in _CAMERA_KEYS if rest.get(key) not in (None, "")]
    return [f"Camera: {', '.join([*parts, *_others(rest)])}"]


# Each camera key, how its value reads, and the words that show the value reads well already.
_CAMERA_KEYS: dict[str, tuple[str, str]] = {
    "angle": ("{} angle", "angle|level|view|shot|eye|overhead|bird|worm|perspective|pov"),
    "distance": ("{} shot", "shot|close|view|far|wide|distance|away|frame"),
    "lens": ("{} lens", "lens|telephoto|macro|fisheye|anamorphic"),
    "lens-mm": ("{}mm lens", "mm"),
    "f-number": ("f/{}", "f/|f"),
    "ISO": ("ISO {}", "iso"),
    "depth_of_field": ("{} depth of field", "depth|field|focus|bokeh"),
    "focus": ("focus on {}", "focus|sharp"),
}


def _camera_words(key: str, value: str) -> str:
    pattern, complete = _CAMERA_KEYS[key]
    return value if not value.isascii() or re.search(complete, value, re.I) else pattern.format(value)


def _joined(value: Any) -> str:
    return ", ".join(_words(item) for item in value.values()) if isinstance(value, Mapping) else _words(value)


def _others(rest: Mapping[str, Any]) -> list[str]:
    return [f"{_label(key).lower()} {_words(value)}" for key, value in rest.items() if value not in (None, "", [], {})]


def _labelled(key: str, value: Any) -> str:
    return f"{_label(key)}: {_words(value)}"


def _label(key: str) -> str:
    words = key.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _words(value: Any) -> str:
    """Any value as words: lists joined, objects as "key value", text without its closing full stop."""
    if isinstance(value, Mapping):
        return ", ".join(f"{_label(key).lower()} {_words(item)}" for key, item in value.items())
    if isinstance(value, list):
        return _listed(_words(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip().removesuffix(".").removesuffix("。").strip()


def _colour_words(value: Any) -> str:
    """Colours with the keyword FLUX.2 expects before a hex code ("color #0047AB"); a map's keys name their colour."""
    if isinstance(value, Mapping):
        return _listed(f"{_label(key).lower()} {_colour_words(item)}" for key, item in value.items())
    if isinstance(value, list):
        return _listed(_colour_words(item) for item in value)
    text = _words(value)
    return f"color {text}" if _HEX.match(text) else text


def _listed(items: Iterable[str]) -> str:
    texts = [item for item in items if item]
    ascii_only = all(text.isascii() for text in texts)
    return f"{', '.join(texts[:-1])} and {texts[-1]}" if ascii_only and len(texts) > 1 else ", ".join(texts)


def _uncapitalised(text: str) -> str:
    """Lower the first letter of a sentence's first word, and of no name or abbreviation."""
    first = text.split(" ", 1)[0]
    return (
        text[:1].lower() + text[1:]
        if first.lower()
        in {"a", "an", "the", "one", "two", "three", "center", "centre", "left", "right", "top", "bottom", "foreground"}
        else text
    )


def _sentence(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "。", "！", "？", '."')) else text + "."


def _label_all(part: Mapping[str, Any]) -> list[str]:
    return [_labelled(key, value) for key, value in part.items()]


# Which keys are written together, in the order of the prose.
_WRITERS: tuple[tuple[tuple[str, ...], Callable[[Mapping[str, Any]], list[str]]], ...] = (
    (("type", "title", "subtitle", "sections"), _infographic),
    (("scene",), _scene),
    (("subjects",), _subjects),
    (("background",), _label_all),
    (("style",), _style),
    (("color_palette", "color_scheme", "colors"), _palette),
    (("application",), _application),
    (("lighting", "mood", "composition"), _label_all),
    (("technical",), _technical),
    (("camera",), _camera),
    (("effects",), _label_all),
)
