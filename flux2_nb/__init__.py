"""One set of helpers over every place that serves the FLUX.2 image models.

The public names load when they are first used: importing the package pulls in no UI toolkit, HTTP library or database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazily import loader

if TYPE_CHECKING:
    from . import errors as errors
    from .capability import capabilities as capabilities
    from .capability import register_capability as register_capability
    from .capability.base import Capability as Capability
    from .cards import ModelCard as ModelCard
    from .errors import Flux2Error as Flux2Error
    from .prompting.json_prompt import JsonPrompt as JsonPrompt
    from .provider import register_provider as register_provider
    from .provider.base import Provider as Provider
    from .request import ImageRequest as ImageRequest
    from .request import Reference as Reference
    from .result import ImageResult as ImageResult
    from .shortcuts import agenerate as agenerate
    from .shortcuts import cost as cost
    from .shortcuts import generate as generate
    from .shortcuts import models as models
    from .shortcuts import providers as providers
    from .shortcuts import read_settings as read_settings
    from .snippets import snippet as snippet
    from .studio import Studio as Studio
    from .ui.gradio_app import build_app as build_app
    from .ui.showing import compare as compare
    from .ui.showing import show as show
    from .ui.widgets.panel import panel as panel

__version__ = "0.1.0"

_HOMES = {
    "Capability": "capability.base",
    "Flux2Error": "errors",
    "ImageRequest": "request",
    "ImageResult": "result",
    "JsonPrompt": "prompting.json_prompt",
    "ModelCard": "cards",
    "Provider": "provider.base",
    "Reference": "request",
    "Studio": "studio",
    "agenerate": "shortcuts",
    "build_app": "ui.gradio_app",
    "capabilities": "capability",
    "compare": "ui.showing",
    "cost": "shortcuts",
    "errors": "",
    "generate": "shortcuts",
    "models": "shortcuts",
    "panel": "ui.widgets.panel",
    "providers": "shortcuts",
    "read_settings": "shortcuts",
    "register_capability": "capability",
    "register_provider": "provider",
    "show": "ui.showing",
    "snippet": "snippets",
}
"""Public name -> the module it lives in; an empty text means that the name is a module itself."""

__all__ = sorted(_HOMES)

__getattr__ = loader(__name__, _HOMES)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
