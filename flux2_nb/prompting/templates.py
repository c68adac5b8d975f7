"""Prompt templates with ``{{variables}}``, in prose or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import product

from flux2_nb.errors import InvalidRequest, nearest

_VARIABLE = re.compile(r"\{\{\s*([^\s{}](?:[^{}\n]*[^\s{}])?)\s*\}\}")
_JSON_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.S)


def variables(text: str) -> list[str]:
    """The names between double braces in a template, each once, in order of appearance."""
    return list(dict.fromkeys(match.group(1) for match in _VARIABLE.finditer(text)))


def fill(text: str, values: Mapping[str, object]) -> str:
    """Put values in the place of a template's variables.

    In a JSON template a value inside quotation marks is escaped, and one outside them is written as JSON (``"ISO":
    {{iso}}`` becomes ``"ISO": 400``), so that a template that was JSON stays JSON whatever the values hold. Values
    are not searched for variables again.

    Args:
        text: The template, such as ``A {{object}} on a {{surface}}``.
        values: A value for every variable; others are ignored, so that one row of a larger table will do.

    Returns:
        The filled text.

    Raises:
        InvalidRequest: When a variable has no value; it names them all.
    """
    missing = [name for name in variables(text) if name not in values]
    if missing:
        names = ", ".join("{{" + name + "}}" for name in missing)
        raise InvalidRequest(
            f"The template needs a value for {names}.",
            field=missing[0],
            next_step=nearest(missing[0], values) or "Give each a value, or take it out of the template.",
        )
    if not _is_json_template(text):
        return _VARIABLE.sub(lambda match: str(values[match.group(1)]), text)
    strings = [match.span() for match in _JSON_STRING.finditer(text)]

    def as_json(match: re.Match[str]) -> str:
        value = values[match.group(1)]
        if any(start < match.start() < end for start, end in strings):
            return json.dumps(str(value), ensure_ascii=False)[1:-1]
        return json.dumps(value, ensure_ascii=False)

    return _VARIABLE.sub(as_json, text)


def combinations(values: Mapping[str, Sequence[object]] | Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return one set of values for each picture of a batch.

    Args:
        values: Several values by name, for every combination of them; or ready sets, one for each picture.

    Returns:
        The sets; of combinations, the last name's values change first. A name without values makes none.
    """
    if not isinstance(values, Mapping):
        return [dict(one) for one in values]
    return [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]


def _is_json_template(text: str) -> bool:
    """A template is JSON when it opens an object or a list, and not a variable."""
    start = text.lstrip("\ufeff \t\r\n")
    return start.startswith(("{", "[")) and not start.startswith("{{")
