"""Keys out of the log: what this package and the libraries under it write is masked before any handler sees it."""

from __future__ import annotations

import logging

from .keys import Redactor

LOGGERS = ("flux2_nb", "httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "asyncio")
"""Ours; the HTTP library's, which tells addresses at INFO and header lines at DEBUG; the loop's, for lost errors."""

_PLAIN = logging.Formatter()


class MaskedLog(logging.Filter):
    """Masks keys in whatever passes a logger: message, arguments, traceback and stack.

    A filter of a logger and not of a handler: handlers are the application's, and may be added at any time.

    Args:
        redact: Masks the keys.
    """

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, as text without keys."""
        record.msg, record.args = self._redact(_message(record)), None
        if record.exc_info:
            # The frames themselves go: a handler that reads them would find the variables in them.
            record.exc_text = record.exc_text or _PLAIN.formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = self._redact(record.exc_text)
        if record.stack_info:
            record.stack_info = self._redact(record.stack_info)
        return True

    def attach(self) -> None:
        """Begin to mask."""
        for name in LOGGERS:
            logging.getLogger(name).addFilter(self)

    def detach(self) -> None:
        """Stop masking."""
        for name in LOGGERS:
            logging.getLogger(name).removeFilter(self)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # a format that does not fit its arguments: logging itself tells of it and goes on, and so do we
        return f"{record.msg} {record.args}"
