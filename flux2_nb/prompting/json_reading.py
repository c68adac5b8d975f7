"""Reading JSON that people write by hand, with errors they can act on."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from flux2_nb.errors import InvalidRequest

MAX_DEPTH = 32
"""Far beyond any documented prompt (four levels), far below where a parser gives up."""

_STRING = re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"?')
_SURROGATE = re.compile("[\ud800-\udfff]")

# What Python's parser says, and what a person can do about it.
_ADVICE = {
    "Expecting ',' delimiter": (
        "a comma or a closing bracket is missing before this point",
        "Check the end of the line before.",
    ),
    "Expecting property name enclosed in double quotes": (
        "a key in double quotes is expected here",
        "Take out a comma after the last entry, and write keys in double quotes.",
    ),
    "Illegal trailing comma": ("there is a comma after the last entry", "Take the comma out."),
    "Expecting ':' delimiter": ("a colon is missing after the key", 'Write it as "key": "value".'),
    "Expecting value": (
        "a value is missing or not in double quotes",
        "Write text in double quotes, and take out a comma after the last entry.",
    ),
    "Unterminated string": ("a text that begins here has no closing quotation mark", 'End it with ".'),
    "Invalid control character": (
        "there is a line break or tab inside a text",
        "Write it as \\n, or keep the text on one line.",
    ),
    "Invalid \\escape": ("there is a backslash that means nothing", "Write a backslash as \\\\."),
    "Invalid \\uXXXX escape": (
        "there is a \\u that is not followed by four digits",
        "Write the letter itself; any script may be used.",
    ),
    "Extra data": ("something follows the end of the object", "Remove it, or put it inside the outer braces."),
}
_KINDS = {
    "string": "text",
    "list": "a list",
    "dict": "an object",
    "model": "an object",
    "int": "a number",
    "float": "a number",
}


def read_object(text: str) -> dict[str, Any]:
    """Read a JSON object written by hand.

    Args:
        text: The JSON text; a byte order mark and blanks around it are ignored.

    Returns:
        The object, keys in order.

    Raises:
        InvalidRequest: When it cannot be read, with line and column where there is a place to name.
    """
    text = text.removeprefix("\ufeff")
    _refuse_depth(text)
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise _unreadable(error) from None
    except InvalidRequest:
        raise
    except ValueError:
        # Python refuses to read integers of thousands of digits.
        raise InvalidRequest(
            "The JSON holds a number with too many digits.", field="prompt", next_step="Shorten the number."
        ) from None
    if not isinstance(data, dict):
        raise InvalidRequest(
            f"The JSON prompt is {_kind_of(data)}; it must be an object.",
            field="prompt",
            next_step='Begin with { and a key, such as {"scene": "..."}.',
        )
    return data


def wrong_type(error: ValidationError, data: Any) -> InvalidRequest:
    """Say which documented field has the wrong type, by the deepest complaint a validation made.

    Args:
        error: What pydantic raised.
        data: The object it was given.

    Returns:
        The error to raise; its ``field`` is the path, such as ``subjects[0].position``.
    """
    complaints = [(_resolve(problem["loc"], data), str(problem["type"])) for problem in error.errors(include_url=False)]
    deepest = max((path for (path, _), _ in complaints), key=len)
    value = next(value for (path, value), _ in complaints if path == deepest)
    expected = dict.fromkeys(
        _KINDS.get(kind.split("_")[0], "another type") for (path, _), kind in complaints if path == deepest
    )
    field = _written(deepest)
    return InvalidRequest(
        f"{field} must be {' or '.join(expected)}, not {_kind_of(value)}.",
        field=field,
        next_step="Change the value, or rename the key.",
    )


def _refuse_depth(text: str) -> None:
    depth = 0
    for match in re.finditer(r"[\[{\]}]", _STRING.sub(lambda string: '"' * len(string.group()), text)):
        depth += 1 if match.group() in "[{" else -1
        if depth > MAX_DEPTH:
            line = text.count("\n", 0, match.start()) + 1
            raise InvalidRequest(
                f"The JSON is nested more than {MAX_DEPTH} levels deep at line {line}.",
                field="prompt",
                next_step="Flatten it: no documented field needs more than four.",
            )


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InvalidRequest(
                f'The key "{key}" appears twice in one object, and only one of them would count.',
                field=key,
                next_step="Keep one, or make a list of both values.",
            )
        for text in (key, value):
            _refuse_surrogate(text)
        found[key] = value
    return found


def _refuse_surrogate(value: Any) -> None:
    """Half of a character pair is no text: it cannot be stored or sent."""
    values = value if isinstance(value, list) else [value]
    for item in values:
        if isinstance(item, list):
            _refuse_surrogate(item)
        elif isinstance(item, str) and _SURROGATE.search(item):
            raise InvalidRequest(
                "The JSON holds half of a character pair (a \\ud8.. or \\udc.. escape alone).",
                field="prompt",
                next_step="Write the character itself.",
            )


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise InvalidRequest(
            f"The number {digits} is too large.",
            field="prompt",
            next_step="Write a smaller number, or put it in quotation marks.",
        )
    return value


def _refuse_constant(name: str) -> None:
    raise InvalidRequest(f"{name} is not a JSON value.", field="prompt", next_step="Write a number, or null.")


def _unreadable(error: json.JSONDecodeError) -> InvalidRequest:
    known = next(
        (advice for said, advice in _ADVICE.items() if error.msg.startswith(said)),
        ("it cannot be read here", "Check this line."),
    )
    what, next_step = known
    return InvalidRequest(
        f"The JSON does not parse: line {error.lineno}, column {error.colno}: {what}.",
        field="prompt",
        next_step=next_step,
    )


def _resolve(location: tuple[int | str, ...], data: Any) -> tuple[tuple[int | str, ...], Any]:
    """Keep the parts of pydantic's location that lead into the data; the others name the branches of a union."""
    path: list[int | str] = []
    for part in location:
        if isinstance(data, dict) and part in data:
            data = data[str(part)]
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            continue
        path.append(part)
    return tuple(path), data


def _written(path: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "null" if value is None else "a number"
