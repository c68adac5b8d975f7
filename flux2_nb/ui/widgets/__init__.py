"""Notebook panels: any capability, rendered with ipywidgets from the same form as its tab in the Gradio app."""

from __future__ import annotations

from .panel import Panel, panel

__all__ = ["Panel", "panel"]
