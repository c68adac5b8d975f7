"""A recording of what passed, fit to be shown and kept: no key, no account, no signed address, no picture."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from ..errors import BadReply
from ..keys import MASK, Account, Redactor, Setting
from ..wire import Download, FilePart, Json, Reply
from .watching import Exchange

KEPT_HEADERS = (
    *("content-type", "content-length", "retry-after"),
    *("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"),
)
"""The header lines of an answer that are kept; others may name an account or a machine."""

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")

ADDRESS = re.compile(r"https?://[^\s\"'<>]+\?[^\s\"'<>]+")

BASE64 = re.compile(r"(data:[\w/+.-]+;base64,)?[A-Za-z0-9+/]{200,}={0,2}")

FIRST_BYTES = 16


class Cleaner:
    """Takes out of any value what must not be kept."""

    def __init__(self, account: Account, settings: Iterable[Setting]) -> None:
        self._redact = Redactor(account.secrets)
        self._ids = {
            account[one.variable]: one.variable for one in settings if one.kind == "id" and account[one.variable]
        }

    def text(self, text: str) -> str:
        """Return a text without keys, account ids, e-mail addresses and the values of address queries."""
        for value, variable in self._ids.items():
            text = text.replace(value, f"${variable}")
        text = ADDRESS.sub(lambda found: _without_query(found[0]), text)
        return self._redact(EMAIL.sub(MASK, text))

    def value(self, value: Json) -> Json:
        """Return a JSON value cleaned at every depth; references and pictures become their hash and size."""
        if isinstance(value, dict):
            return {self.text(str(name)): self.value(item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        if isinstance(value, FilePart):
            return {"file": value.name, "as": value.encoding, **summary(value.reference.data)}
        if isinstance(value, str):
            return {"base64": summary(value.encode())} if BASE64.fullmatch(value) else self.text(value)
        return value

    def exchange(self, exchange: Exchange) -> dict[str, Any]:
        """Return an exchange as JSON values."""
        step = exchange.step
        asked: dict[str, Any] = {"method": "GET" if isinstance(step, Download) else step.method}
        asked["url"] = self.text(step.url)
        if not isinstance(step, Download):
            parts = {"query": step.query, "json": step.json, "form": step.form}
            asked |= {name: self.value(part) for name, part in parts.items() if part is not None}
        headers = {name: line for name, line in exchange.reply.headers.items() if name in KEPT_HEADERS}
        body = self._body(exchange.reply)
        # Who the account belongs to stays out: of the check only the shape is kept.
        body = shape(body) if exchange.kind == "check" else body
        return {
            "kind": exchange.kind,
            "request": asked,
            "reply": {"status": exchange.reply.status, "headers": headers, "body": body},
        }

    def _body(self, reply: Reply) -> Json:
        try:
            return self.value(reply.json())
        except BadReply:
            if reply.media_type.startswith("text/"):
                return self.text(reply.body.decode("utf-8", "replace"))[:2000]
            return summary(reply.body)

    def written(self, recording: Json) -> str:
        """Return the whole recording as text, with every known key masked once more."""
        return self._redact(json.dumps(recording, indent=2, ensure_ascii=False)) + "\n"


def summary(data: bytes) -> dict[str, Any]:
    """Return what is kept of a picture: its hash, its size and how it begins."""
    first = data[:FIRST_BYTES].hex()
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "first_bytes": first}


def shape(value: Json) -> Json:
    """Return a JSON value with the name of its type in place of each value."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return type(value).__name__


def _without_query(address: str) -> str:
    parts = urlsplit(address)
    names = [(name, MASK) for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    return parts._replace(query=urlencode(names, safe="[]")).geturl()
