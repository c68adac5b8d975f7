"""Colours in a prompt: hex codes and colour names, and the thing each is tied to.

FLUX.2 takes hex codes in the prompt itself. Black Forest Labs' guide asks for a keyword with the code ("color
#0047AB"), tied to an object, and for three to five colours at most; how exactly the colour is met has not been
measured by anyone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from flux2_nb.errors import InvalidRequest
from flux2_nb.prompting import binding
from flux2_nb.prompting.colour_names import ColourName, find_names
from flux2_nb.prompting.quotes import blank_unless_json

_NEARBY = 24
# Three decimal digits are a number ("photo #100") far more often than a colour.
_HEX = re.compile(r"(?<![\w&#])#(?:[0-9A-Fa-f]{6}|(?!\d{3}\b)[0-9A-Fa-f]{3})(?!\w)", re.ASCII)
_VALID = re.compile(r"#(?:[0-9A-Fa-f]{3}){1,2}")
_PAIR_GAP = re.compile(r"\s*[(（\[]?\s*(?:(?:color|colour|hex|code)\s*)*[:：]?\s*", re.I)
_LIST_GAP = re.compile(
    r"[\s,;/+&→、，；)）\]-]*(?:(?:and|or|plus|through|via|then|to|into|et|ou|und|oder|y|o|e|ed|fading|blending|at|center|centre|edges?"
    r"|outward|starting|finishing|ending|with|from|in|the|color|colour|hex|code|và|和|与|及|と|와|과|และ|و|और)[\s,→(（]*)*",
    re.I,
)


@dataclass(frozen=True)
class BoundColour:
    """A colour found in a prompt.

    Attributes:
        hex: The colour as ``#RRGGBB`` in capitals; for a named colour, what we draw and show it with.
        name: The colour's name as written ("coral pink"); for a hex code without a name, the code as written.
        target: The noun phrase it is tied to, without its article ("sofa"), or None.
        start: Where the code or name begins in the text.
        end: Where it ends.
    """

    hex: str
    name: str
    target: str | None
    start: int
    end: int


def parse_hex(text: str) -> str:
    """Read one hex colour.

    Args:
        text: ``#RGB`` or ``#RRGGBB``, in either case, blanks around it allowed.

    Returns:
        The colour as ``#RRGGBB`` in capitals.

    Raises:
        InvalidRequest: When it is neither.
    """
    code = text.strip()
    if not _VALID.fullmatch(code):
        raise InvalidRequest(
            f"{text!r} is not a hex colour.",
            field="color",
            next_step="Write # and six digits from 0-9 and A-F, such as #2E86AB, or three for short, such as #2AB.",
        )
    digits = code[1:].upper()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def bound_colours(text: str) -> list[BoundColour]:
    """Find the hex codes and colour names of a prompt, with the thing each is tied to.

    A name beside a code ("coral pink (#FF6B6B)") is one colour. Colours in a row share what the row is tied to
    ("stripes in #A and #B"). Names inside quotation marks are words to write in the picture, not colours.

    Args:
        text: A prompt in any of the languages of ``data/colours.toml``.

    Returns:
        The colours in order of appearance.
    """
    names = find_names(blank_unless_json(text))
    spots: list[_Spot] = []
    used: set[ColourName] = set()
    for match in _HEX.finditer(text):
        paired = _beside(text, names, used, match)
        spots.append(_Spot(_from_code(match, paired), _reach(text, match, paired), paired))
        used.update((paired,) if paired else ())
    names = [name for name in names if name not in used]
    spots += [
        _Spot(_from_name(name), (name.start, name.end), name) for name in names if not _is_only_a_thing(text, name)
    ]
    spots.sort(key=lambda spot: spot.colour.start)
    return _shared_along_rows(text, [_tied(text, spot) for spot in spots])


def palette(text: str) -> list[str]:
    """The distinct colours of a prompt as ``#RRGGBB``, in order of appearance."""
    return list(dict.fromkeys(colour.hex for colour in bound_colours(text)))


def unbound_hex(text: str) -> list[BoundColour]:
    """The hex codes tied to no object, which FLUX.2 follows less surely (Black Forest Labs' guide)."""
    if "#" not in text:
        return []
    return [colour for colour in bound_colours(text) if colour.target is None and text[colour.start] == "#"]


def bind(object_: str, hex_: str) -> str:
    """Write the recommended wording that ties a colour to an object.

    Args:
        object_: A noun phrase, such as "the sofa".
        hex_: ``#RGB`` or ``#RRGGBB``.

    Returns:
        Such as "the sofa in color #2E86AB".

    Raises:
        InvalidRequest: When the colour cannot be read, or the object is empty.
    """
    if not object_.strip():
        raise InvalidRequest(
            "The colour has no object.", field="object", next_step="Name the thing it is for, such as: the sofa."
        )
    return f"{object_.strip()} in color {parse_hex(hex_)}"


def gradient(object_: str, colours: Sequence[str]) -> str:
    """Write the documented wording for a gradient on an object.

    Args:
        object_: A noun phrase, such as "the vase".
        colours: Two or more hex colours, from first to last.

    Returns:
        Such as "the vase in a smooth gradient, starting with color #02EB3C and finishing with color #EDFA3C".

    Raises:
        InvalidRequest: When a colour cannot be read or there are fewer than two.
    """
    codes = [parse_hex(colour) for colour in colours]
    if len(codes) < 2:
        raise InvalidRequest(
            "A gradient needs two colours or more.", field="colours", next_step="Add the colour it ends in."
        )
    through = "".join(f" passing through color {code}," for code in codes[1:-1])
    joiner = "," if through else ""
    ending = f"{joiner}{through} and finishing with color {codes[-1]}"
    return f"{object_.strip()} in a smooth gradient, starting with color {codes[0]}{ending}"


@dataclass(frozen=True)
class _Spot:
    """A colour before it is tied: where its wording begins and ends, name and brackets included."""

    colour: BoundColour
    reach: tuple[int, int]
    name: ColourName | None


def _from_code(match: re.Match[str], paired: ColourName | None) -> BoundColour:
    return BoundColour(
        parse_hex(match.group()), paired.name if paired else match.group(), None, match.start(), match.end()
    )


def _from_name(name: ColourName) -> BoundColour:
    return BoundColour(name.hex, name.name, None, name.start, name.end)


def _is_only_a_thing(text: str, name: ColourName) -> bool:
    return name.is_thing and binding.phrase_after(text, name.end) is None


def _beside(text: str, names: Sequence[ColourName], used: set[ColourName], code: re.Match[str]) -> ColourName | None:
    """The name right before a code ("coral pink (#FF6B6B)") or right after it."""
    following = bisect_left(names, code.start(), key=lambda name: name.start)
    for name in names[max(0, following - 1) : following + 1]:
        gap = text[name.end : code.start()] if name.end <= code.start() else text[code.end() : name.start]
        if name not in used and len(gap) < _NEARBY and _PAIR_GAP.fullmatch(gap):
            return name
    return None


def _reach(text: str, code: re.Match[str], paired: ColourName | None) -> tuple[int, int]:
    start = min(code.start(), paired.start) if paired else code.start()
    end = max(code.end(), paired.end) if paired else code.end()
    for opening, closing in ("()", "（）", "[]"):
        nearby = text[max(0, start - _NEARBY) : end]
        if text[end : end + 1] == closing and nearby.count(opening) > nearby.count(closing):
            end += 1
    return start, end


def _tied(text: str, spot: _Spot) -> _Spot:
    """Find the target, in the order that fits: a plain name stands before its noun or after it by language."""
    start, end = spot.reach
    link_start, link = binding.link_before(text, start)
    before = binding.phrase_before(text, link_start) if link else None
    after = binding.phrase_after(text, end)
    is_code = text[spot.colour.start] == "#"
    if is_code and link and binding.names_colour(link):
        target = before or after
    elif spot.name is not None and spot.name.noun_first:
        target = before or binding.phrase_before(text, start)
    else:
        target = after or before or (binding.phrase_before(text, start) if is_code else None)
    if is_code and target is None:
        target = _for_phrase(text, end)
    return replace(spot, colour=replace(spot.colour, target=target))


def _for_phrase(text: str, end: int) -> str | None:
    """The thing named after "for" or "on": "#2E86AB for the sofa"."""
    match = re.compile(r"\s+(?:for|on)\s+(?:(?:the|a|an|her|his|its|their)\s+)?", re.I).match(text, end)
    return binding.phrase_after(text, match.end()) if match else None


def _shared_along_rows(text: str, spots: list[_Spot]) -> list[BoundColour]:
    """Share targets along a row: forwards ("stripes in #A and #B"), then backwards ("red and white canoe")."""
    colours = [spot.colour for spot in spots]
    joined = [_LIST_GAP.fullmatch(text[a.reach[1] : b.reach[0]]) is not None for a, b in pairwise(spots)]
    for i, is_joined in enumerate(joined):
        if is_joined and colours[i + 1].target is None:
            colours[i + 1] = replace(colours[i + 1], target=colours[i].target)
    for i in range(len(joined) - 1, -1, -1):
        if joined[i] and colours[i].target is None:
            colours[i] = replace(colours[i], target=colours[i + 1].target)
    return colours
