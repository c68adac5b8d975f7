"""Named colours in running text, in the languages of ``data/colours.toml``."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from functools import cache

from flux2_nb.prompting.little_words import WORD, likely_languages
from flux2_nb.prompting.tables import table

# What bounds a name: nothing where the script has no spaces, only its beginning in Korean (particles follow),
# and in Arabic a name may carry "and", "with" and the article.
_BOUNDS = {
    "zh": ("", ""),
    "ja": ("", ""),
    "th": ("", ""),
    "ko": (r"(?<!\w)", ""),
    "ar": (f"(?<![{WORD}])[وب]?(?:ال)?", f"(?![{WORD}])"),
}
_NEARBY = 40
_LIGHTNESS_STEP = {"darker": -0.18, "lighter": 0.2, "brighter": 0.0}


@dataclass(frozen=True)
class ColourName:
    """One colour name found in a text.

    Attributes:
        hex: What it stands for, ``#RRGGBB``.
        name: As written, with its modifier ("dark green").
        start: Where it begins in the text.
        end: Where it ends.
        noun_first: True where the language puts the noun before the colour ("pomme rouge").
        is_thing: True for a word that names a thing as well, and stands after an article ("an orange").
    """

    hex: str
    name: str
    start: int
    end: int
    noun_first: bool
    is_thing: bool = False


def find_names(text: str) -> list[ColourName]:
    """Find colour names in a text, longest first and without overlaps.

    Latin-script languages are read only where the text's own little words speak for them (English at a tie), so that
    "rose" is pink in a French prompt and a flower in an English one.

    Args:
        text: A prompt; blank out quoted text first if words in it should not count.

    Returns:
        The names in order of appearance.
    """
    found: list[ColourName] = []
    taken = bytearray(len(text))
    for language in likely_languages(text):
        known = _names(language)
        for match in _pattern(language).finditer(text):
            hex_ = known.get(match["name"].lower())
            if hex_ is not None and not any(taken[match.start() : match.end()]):
                name = _modified(text, match, hex_, language)
                taken[name.start : name.end] = b"\1" * (name.end - name.start)
                found.append(name)
    return sorted(found, key=lambda name: name.start)


@cache
def _names(language: str) -> dict[str, str]:
    return {name.lower(): colour["hex"] for colour in table("colours")["colour"] for name in colour.get(language, ())}


@cache
def _pattern(language: str) -> re.Pattern[str]:
    """One pattern for a language: words that are no colour first of equals, so that they swallow the names within."""
    words = [*table("colours")["not_a_colour"][language], *_names(language)]
    choices = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    before, after = _BOUNDS.get(language, (f"(?<![{WORD}#])", f"(?![{WORD}])"))
    return re.compile(f"{before}(?P<name>{choices}){after}", re.I)


def _modified(text: str, match: re.Match[str], hex_: str, language: str) -> ColourName:
    """Take in a modifier beside the name ("dark", "foncé", 深) and shift the colour by it."""
    start, end = match.start("name"), match.end("name")
    noun_first = language in table("colours")["order"]["after"]
    nearby = text[max(0, start - _NEARBY) : start]
    follows_article = re.search(r"\b(?:an?|the|one|two|three)\s+$", nearby, re.I) is not None
    is_thing = follows_article and match["name"].lower() in table("colours")["things"].get(language, ())
    for shift, by_language in table("colours")["modifier"].items():
        if language not in by_language:
            continue
        words = "|".join(re.escape(word) for word in sorted(by_language[language], key=len, reverse=True))
        if noun_first and (after := re.compile(rf"\s?(?:{words})(?![{WORD}])", re.I).match(text, end)):
            end = after.end()
        elif not noun_first and (before := re.search(rf"(?:{words})\s?$", nearby, re.I)):
            start -= len(before.group())
        else:
            continue
        return ColourName(_shifted(hex_, _LIGHTNESS_STEP[shift]), text[start:end], start, end, noun_first)
    return ColourName(hex_, text[start:end], start, end, noun_first, is_thing)


def _shifted(hex_: str, step: float) -> str:
    red, green, blue = (int(hex_[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    channels = colorsys.hls_to_rgb(hue, min(0.95, max(0.05, lightness + step)), saturation)
    return "#" + "".join(f"{round(channel * 255):02X}" for channel in channels)
