"""The variables of a JSON prompt: ``{{NAME}}`` in any text, and their values under the key ``variables``.

The values are an object, ``{"CRAFT": ["potter", "weaver"]}``, of which every combination becomes a picture, or a list
of objects, of which each is one picture. (Black Forest Labs' prompting skills keep them under the same key.)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from ..errors import InvalidRequest
from ..prompting.templates import combinations, fill, variables

KEY = "variables"


def names(data: Mapping[str, Any]) -> list[str]:
    """Return the names between double braces in a prompt, in order of appearance."""
    return variables(_text(data))


def to_rows(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a row for each variable in the prompt or under its key: the name, and its values on lines.

    Of a list of objects the lines of all rows belong together: where an object has no value, the line is empty.
    """
    given = _columns(data.get(KEY))
    order = dict.fromkeys([*names(data), *given])
    return [{"name": name, "values": "\n".join(given.get(name, ())).rstrip("\n")} for name in order]


def from_rows(rows: Sequence[Mapping[str, Any]], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the prompt with the values of the rows under its key, in the form it had."""
    if rows == to_rows(data):
        return dict(data)
    if isinstance(data.get(KEY), list):
        return _with(data, _sets_of({str(row.get("name")): str(row.get("values") or "") for row in rows}))
    values = {str(row.get("name")): lines(row.get("values")) for row in rows}
    filled = {name: found for name, found in values.items() if found}
    single = {name: found[0] if len(found) == 1 else found for name, found in filled.items()}
    return _with(data, single)


def lines(text: Any) -> list[str]:
    """Return the lines of a text that hold anything."""
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]


def count(data: Mapping[str, Any]) -> int:
    """Return how many pictures a prompt comes to, without making their prompts."""
    used, given = names(data), data.get(KEY)
    if not used:
        return 1
    if isinstance(given, list):
        return max(1, len(given))
    values = _given(given)
    return prod(len(values.get(name) or [""]) for name in used)


def filled(data: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return a label and a prompt for each picture that a template comes to; a prompt without variables is one.

    Args:
        data: The prompt. What is made of it no longer has the key of the values.

    Raises:
        InvalidRequest: When a variable has no value.
    """
    used = names(data)
    if not used:
        return [("", dict(data))]
    sets = _sets(data.get(KEY), used)
    template = _text(data)
    varying = [name for name in used if len({str(one.get(name)) for one in sets}) > 1]
    pictures = []
    for one in sets:
        missing = [name for name in used if not str(one.get(name, "")).strip()]
        if missing:
            raise _missing(missing)
        label = ", ".join(str(one[name]) for name in varying)
        pictures.append((label, json.loads(fill(template, one))))
    return pictures


def _sets(given: Any, used: Sequence[str]) -> list[dict[str, object]]:
    if isinstance(given, list):
        ready = [one for one in given if isinstance(one, Mapping)]
        return combinations(ready) or [{}]
    values = _given(given)
    return combinations({name: values.get(name) or [""] for name in used})


def _columns(value: Any) -> dict[str, list[str]]:
    """Return the lines of each variable."""
    if not isinstance(value, list):
        return {name: [str(one) for one in found] for name, found in _given(value).items()}
    sets = [one for one in value if isinstance(one, Mapping)]
    return {name: [str(one.get(name, "")) for one in sets] for name in _given(value)}


def _sets_of(columns: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the objects that the lines of all variables make; those that would hold nothing are left out."""
    stripped = {name: [line.strip() for line in text.splitlines()] for name, text in columns.items()}
    most = max(map(len, stripped.values()), default=0)
    sets = [
        {name: found[at] for name, found in stripped.items() if at < len(found) and found[at]} for at in range(most)
    ]
    return [one for one in sets if one]


def _given(value: Any) -> dict[str, list[Any]]:
    """Return the values by name, whichever way they are written."""
    if isinstance(value, Mapping):
        return {str(name): item if isinstance(item, list) else [item] for name, item in value.items()}
    found: dict[str, list[Any]] = {}
    for one in value if isinstance(value, list) else []:
        for name, item in one.items() if isinstance(one, Mapping) else ():
            found.setdefault(str(name), []).append(item)
    return found


def _with(data: Mapping[str, Any], value: Any) -> dict[str, Any]:
    if value:
        return {**data, KEY: value}
    return {key: item for key, item in data.items() if key != KEY}


def _text(data: Mapping[str, Any]) -> str:
    return json.dumps({key: item for key, item in data.items() if key != KEY}, ensure_ascii=False)


def _missing(missing: Sequence[str]) -> InvalidRequest:
    listed = ", ".join("{{" + name + "}}" for name in missing)
    return InvalidRequest(
        f"The template needs a value for {listed}.",
        field="variables",
        next_step="Write one under Variables, or take it out of the JSON.",
    )
