"""How the app is served: what Gradio would otherwise do by default, and what it lets us add."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.middleware import Middleware
from starlette.routing import Route

from ..errors import InvalidRequest
from . import key_routes, pictures, reference_pictures, reference_routes, restore_gradio
from .backend import Backend
from .gate import Gate
from .headers import KnownHosts, SafeHeaders
from .markup import page_scripts, styles
from .theme import make_theme
from .uploads import NoteUploads
from .visitors import Visitors

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
"""Addresses that only this machine can reach."""

MAX_UPLOAD = "64mb"
"""The largest reference image that is taken anywhere; a larger one is refused on its way in."""

SLOTS = 200
"""Handlers under way at once: each follows runs and waits, so that the providers' own limits are what counts."""


def serving_options(
    backend: Backend, personal: bool, allowed_hosts: Sequence[str], asked: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options of ``launch`` that make the app private, quiet and ours to look at.

    Args:
        backend: What the handlers share.
        personal: Whether everyone is the studio's owner.
        allowed_hosts: Names under which the page may be asked for, besides those of this machine.
        asked: What the caller of ``launch`` gave.

    Raises:
        InvalidRequest: When a personal app would be open to others.
    """
    host = asked.get("server_name") or os.environ.get("GRADIO_SERVER_NAME") or THIS_MACHINE[0]
    is_local = host in THIS_MACHINE and not asked.get("share") and "SPACE_ID" not in os.environ
    if personal and not is_local:
        raise InvalidRequest(
            "A personal app shows everyone the same history, and this one would be open to others.",
            money="",
            next_step="Leave out personal, or serve it on 127.0.0.1 only.",
        )
    middleware = [
        Middleware(SafeHeaders),
        Middleware(KnownHosts, names=(*_own_names(asked), *allowed_hosts)),
        Middleware(Visitors, owner=backend.studio.owner if personal else None),
        Middleware(Gate),
        Middleware(NoteUploads, uploads=backend.uploaded),
    ]
    return {
        "server_name": host,
        "app_kwargs": {
            "middleware": middleware,
            "routes": _routes(backend),
        },
        # Gradio shows every file of its folder to whoever knows the path; these are for their owners.
        "blocked_paths": [str(backend.references.home.resolve())],
        "max_threads": SLOTS,
        "max_file_size": MAX_UPLOAD,
        "run_history": False,
        "show_error": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "pwa": False,
        "footer_links": [],
        "theme": make_theme(),
        "css": styles(),
        "head": f"<script>{page_scripts()}</script>",
    }


def _own_names(asked: Mapping[str, Any]) -> list[str]:
    """Return the names that lead here without anyone listing them; addresses always do."""
    return [
        "localhost",
        *(["*.hf.space"] if "SPACE_ID" in os.environ else []),
        *(["*.gradio.live"] if asked.get("share") else []),
    ]


def _routes(backend: Backend) -> list[Route]:
    """Return the addresses that are ours, besides Gradio's."""
    return [
        *pictures.routes(backend.history),
        *reference_pictures.reference_routes(backend.history),
        *reference_routes.routes(backend.references),
        *key_routes.routes(backend),
        *restore_gradio.routes(backend),
    ]
