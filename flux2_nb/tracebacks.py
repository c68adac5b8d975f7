"""Keys out of IPython's tracebacks, which in verbose mode show the variables that a failing cell names."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from .keys import Redactor


class MaskedTracebacks:
    """Masks keys in what IPython and Jupyter show, and save, of an error; does nothing where neither runs.

    Args:
        redact: Masks the keys.
    """

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact
        self._shell: Any = None
        self._show: Any = None

    def __call__(self, kind: Any, error: Any, lines: Sequence[str]) -> None:
        """Show a traceback as the shell would have, without keys."""
        self._show(kind, error, [self._redact(line) for line in lines])

    def attach(self) -> None:
        """Begin to mask in the shell that runs us, if one does."""
        ipython = sys.modules.get("IPython")
        self._shell = ipython.get_ipython() if ipython else None
        if self._shell is not None:
            # The one place through which all of IPython's tracebacks go; consoles and kernels override it as well.
            self._show, self._shell._showtraceback = self._shell._showtraceback, self

    def detach(self) -> None:
        """Stop masking, unless somebody else has taken the place since."""
        if self._shell is not None and self._shell._showtraceback is self:
            self._shell._showtraceback = self._show
        self._shell = None
