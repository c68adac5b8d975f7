"""Quoted text in a prompt: what is to be written in the picture, not what is to be seen."""

from __future__ import annotations

import re

# Straight single quotes double as apostrophes, so they count only at the edges of words.
_QUOTED = re.compile(
    r'"[^"\n]*"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|「[^」\n]*」|『[^』\n]*』|《[^》\n]*》|＂[^＂\n]*＂'
    r"|(?<!\w)'[^'\n]*(?:\w'\w[^'\n]*)*'(?!\w)|‘[^’\n]*(?:\w’\w[^’\n]*)*’(?!\w)|(?<!\w)`[^`\n]*`(?!\w)"
)


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Find quoted text, in the quotation marks of the languages a prompt may be written in.

    Args:
        text: Any text.

    Returns:
        ``(start, end)`` of each quotation with its marks, in order. Quotations do not cross a line end.
    """
    return [match.span() for match in _QUOTED.finditer(text)]


def blank_quoted(text: str) -> str:
    """Replace quoted text by as many full stops, so that positions stay and words inside are not found."""
    return _QUOTED.sub(lambda match: "." * len(match.group()), text)


def blank_unless_json(text: str) -> str:
    """Blank quoted text, except in a JSON prompt, where every word stands in quotation marks."""
    return text if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")) else blank_quoted(text)
