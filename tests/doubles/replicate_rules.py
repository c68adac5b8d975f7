"""Replicate's rules as pure functions: its error bodies, the headers it reads, the sizes it makes, its times."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any

from .exchange import Call, Refused, Reply
from .pictures import open_reference
from .replicate_tables import ERRORS, WORDS, Model
from .schema import Violation, json_type

PROBLEM = "application/problem+json"
_WAIT = re.compile(r"wait(=(?P<seconds>[1-9]|[1-5]\d|60))?")
_DURATION = re.compile(r"(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+)s?)?")


def problem(status: int, message: str = "") -> Reply:
    """A problem body from `ERRORS`."""
    title, detail = ERRORS[status]
    body: dict[str, Any] = {"title": title} if title else {}
    body.update(detail=message or detail, status=status)
    body.update({"retry_after": 10} if status == 429 else {})
    return Reply.of(status, body, kind=PROBLEM)


def invalid(problems: list[dict[str, str]]) -> Reply:
    """The 422 of an input that breaks the model's schema."""
    detail = "".join(f"- {one['field']}: {one['description']}\n" for one in problems)
    body = {"detail": detail, "status": 422, "title": "Input validation failed", "invalid_fields": problems}
    return Reply.of(422, body, kind=PROBLEM)


def worded(violation: Violation, place: str) -> dict[str, str]:
    """A violation in the words of Replicate's validator; `place` is "input" or "(root)"."""
    kind, words = WORDS[violation.rule]
    limit = violation.limit
    if violation.rule == "choice":
        limit = ", ".join(f'"{choice}"' for choice in limit)
    description = words.format(name=violation.name, limit=limit, given=json_type(violation.given))
    about_parent = violation.rule in ("missing", "unknown")
    where = place if about_parent else f"{place}.{violation.name}".removeprefix("(root).")
    return {"type": kind, "field": where, "description": description}


def wait_of(call: Call) -> float | None:
    """Seconds to hold the reply (`Prefer: wait` or `wait=1` to `wait=60`), or None."""
    given = call.headers.get("prefer")
    if given is None:
        return None
    match = _WAIT.fullmatch(given)
    if match is None:
        raise Refused(problem(400, "Prefer must be wait or wait=n, with n from 1 to 60"))
    return float(match["seconds"] or 60)


def deadline_of(call: Call) -> float | None:
    """Seconds after which the prediction ends itself (`Cancel-After: 30s`, `5m`, `1h30m`; at least 5 s), or None."""
    given = call.headers.get("cancel-after")
    if given is None:
        return None
    match = _DURATION.fullmatch(given)
    parts = {unit: int(value or 0) for unit, value in match.groupdict().items()} if match else {}
    seconds = parts.get("h", 0) * 3600 + parts.get("m", 0) * 60 + parts.get("s", 0)
    if seconds < 5:
        raise Refused(problem(400, "Cancel-After must be a duration of at least 5 seconds, such as 30s or 1h30m"))
    return float(seconds)


def output_size(model: Model, values: dict[str, Any], references: tuple[bytes, ...]) -> tuple[int, int]:
    """The size in pixels the model's rules give: custom sizes rounded, else an area shared out by the aspect ratio."""
    first = open_reference(references[0]) if references else None
    ratio_name = values.get("aspect_ratio", "1:1")
    if ratio_name == "custom":
        width, height = (round(values[name] / model.multiple) * model.multiple for name in ("width", "height"))
        return width, height
    area = values.get("output_megapixels", values.get("resolution", "1 MP")).removesuffix(" MP")
    if area == "match_input_image":
        pixels = float(first.width * first.height) if first else 2.0**20
    else:
        pixels = float(area) * 2**20
    if ratio_name == "match_input_image":
        ratio = first.width / first.height if first else 1.0
    else:
        across, down = ratio_name.split(":")
        ratio = int(across) / int(down)
    height = math.sqrt(pixels / ratio)
    return max(round(height * ratio / 16) * 16, 16), max(round(height / 16) * 16, 16)


def instant(seconds: float) -> datetime:
    """A time given in seconds since the epoch, to the microsecond, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def timestamp(seconds: float) -> str:
    """A time as the API writes it."""
    return instant(seconds).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str | None) -> datetime | None:
    """The time a query asks for; it must say its offset from UTC."""
    if text is None:
        return None
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        given = None
    if given is None or given.tzinfo is None:
        raise Refused(problem(400, f"{text!r} is not an ISO 8601 date-time with an offset"))
    return given
