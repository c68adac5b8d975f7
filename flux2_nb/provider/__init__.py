"""The provider registry. Built-in providers are imported when they are first asked for."""

from __future__ import annotations

from importlib import import_module

from ..errors import InvalidRequest, nearest
from .base import Provider

BUILT_IN = {
    "sketch": "sketch:Sketch",
    "cloudflare": "cloudflare:Cloudflare",
    "replicate": "replicate:Replicate",
    "bfl": "bfl:BlackForestLabs",
}
"""Name -> module and class, in the order in which they are offered."""

_registered: dict[str, Provider] = {}


def register_provider(provider: Provider) -> None:
    """Add a provider of your own, or replace one: it then appears in both UIs, in estimates and in snippets."""
    _registered[provider.name] = provider


def names() -> list[str]:
    """Return the names of all providers."""
    return [*BUILT_IN, *(name for name in _registered if name not in BUILT_IN)]


def get(name: str) -> Provider:
    """Return a provider by name.

    Raises:
        InvalidRequest: When there is none; offers the nearest name.
    """
    if name not in _registered:
        if name not in BUILT_IN:
            hint = nearest(name, names()) or f"There are {', '.join(names())}."
            raise InvalidRequest(f'There is no provider "{name}".', field="provider", next_step=hint)
        module, _, kind = BUILT_IN[name].partition(":")
        _registered[name] = getattr(import_module(f".{module}", __name__), kind)()
    return _registered[name]
