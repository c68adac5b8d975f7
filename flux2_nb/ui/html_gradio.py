"""Ready markup on the page, with Gradio. Made by `markup.render`, and never from anything else."""

from __future__ import annotations

from typing import Any

import gradio as gr

# Values go in as a whole: what stands in the template itself is compiled as JavaScript (see `markup`).
AS_IT_IS: dict[str, Any] = {"html_template": "${value}", "apply_default_css": False}

PICK_ON_CLICK = """
element.addEventListener('click', event => {
  const chosen = event.target.closest('[data-act]');
  if (chosen) { event.preventDefault(); trigger(chosen.dataset.act === 'use' ? 'use' : 'pick', {...chosen.dataset}); }
});
"""
"""Reports the data of an element with ``data-act`` when it is clicked; going back to a form is an event of its own."""


def still(markup: str = "") -> gr.HTML:
    """Return a component that shows markup."""
    return gr.HTML(markup, js_on_load=None, **AS_IT_IS)


def clickable(markup: str = "") -> gr.HTML:
    """Return a component whose elements with ``data-act`` raise its event ``pick``, or ``use``, when clicked."""
    return gr.HTML(markup, js_on_load=PICK_ON_CLICK, **AS_IT_IS)
