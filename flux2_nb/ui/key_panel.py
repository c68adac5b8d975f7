"""Where a visitor gives a key of their own for a provider that needs one, sees that it is used, and takes it back.

What is typed here is sent by ``assets/key_panel.js`` to an address of ours (`key_routes`). The component itself holds
only whether there is a key, so nothing that Gradio stores, records or shares can ever hold one.
"""

from __future__ import annotations

import gradio as gr

from ..keys import Setting
from ..provider.base import Provider
from ..studio import Studio
from .html_gradio import AS_IT_IS
from .markup import asset, render
from .own_keys import asked_of


def key_panel(studio: Studio) -> gr.HTML:
    """Return the component; its event ``changed`` is raised when a key was given or taken back."""
    script = asset("key_panel.js")
    return gr.HTML(key_markup(studio), js_on_load=script, elem_classes=["f2-own-key"], **AS_IT_IS)


def key_markup(studio: Studio) -> str:
    """Return what the panel shows for a studio's provider; nothing for one that takes no key."""
    asked = asked_of(studio.provider)
    if not asked:
        return ""
    is_ready = studio.is_ready
    fields = [
        {
            "variable": setting.variable,
            "label": label_of(setting, studio.provider),
            "type": "password" if setting.kind == "secret" else "text",
            "where": setting.where,
        }
        for setting in asked
    ]
    return render(
        "key",
        provider=studio.provider.name,
        label=studio.provider.facts.label,
        fields=fields,
        is_ready=is_ready,
        is_own=is_ready and studio.account().is_visitors,
    )


def label_of(setting: Setting, provider: Provider) -> str:
    """Return what a setting is called on the page: ``API token`` for ``REPLICATE_API_TOKEN``."""
    words = setting.variable.lower().removeprefix(f"{provider.name}_").replace("_", " ")
    label = (words[:1].upper() + words[1:]).replace("Api ", "API ").replace(" id", " ID")
    return label if setting.kind == "secret" or setting.default is None else f"{label} (optional)"
