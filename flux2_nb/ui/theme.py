"""The look of the app: paper and spruce, in light and dark, from fonts that Gradio itself carries."""

from __future__ import annotations

from gradio.themes import Base, Color, LocalFont
from gradio.themes.utils import sizes

SPRUCE = Color(
    c50="#edf5f3",
    c100="#d6e9e4",
    c200="#aed3ca",
    c300="#80b9ac",
    c400="#4f9c8c",
    c500="#2f8070",
    c600="#1f6b5c",
    c700="#19564b",
    c800="#15443c",
    c900="#123932",
    c950="#0a221e",
    name="spruce",
)
"""The one accent."""

PAPER = Color(
    c50="#faf8f4",
    c100="#f3f0ea",
    c200="#e5e0d6",
    c300="#cfc8ba",
    c400="#9c9588",
    c500="#766f63",
    c600="#5b554b",
    c700="#433f38",
    c800="#2a2824",
    c900="#1c1b18",
    c950="#131210",
    name="paper",
)
"""Warm greys, for everything else."""


WEIGHTS = (400, 700)
"""Gradio carries these weights whole; its semi-bold files lack many letters."""

COLOURS: dict[str, tuple[str, str]] = {
    "body_background_fill": ("*neutral_50", "*neutral_950"),
    "body_text_color": ("*neutral_900", "*neutral_100"),
    "body_text_color_subdued": ("*neutral_600", "*neutral_400"),
    "background_fill_primary": ("white", "*neutral_900"),
    "background_fill_secondary": ("*neutral_100", "*neutral_800"),
    "block_background_fill": ("transparent", "transparent"),
    "block_border_width": ("0px", "0px"),
    "block_shadow": ("none", "none"),
    "block_label_background_fill": ("transparent", "transparent"),
    "block_label_text_color": ("*neutral_600", "*neutral_400"),
    "block_title_text_color": ("*neutral_700", "*neutral_300"),
    "block_info_text_color": ("*neutral_500", "*neutral_400"),
    "border_color_primary": ("*neutral_200", "*neutral_800"),
    "input_background_fill": ("white", "*neutral_900"),
    "input_border_color": ("*neutral_300", "*neutral_700"),
    "input_border_width": ("1px", "1px"),
    "input_border_color_focus": ("*primary_500", "*primary_400"),
    "input_shadow": ("none", "none"),
    "input_shadow_focus": ("0 0 0 3px *primary_100", "0 0 0 3px *primary_900"),
    "button_primary_background_fill": ("*primary_600", "*primary_500"),
    "button_primary_background_fill_hover": ("*primary_700", "*primary_600"),
    "button_primary_text_color": ("white", "white"),
    "button_secondary_background_fill": ("white", "*neutral_800"),
    "button_secondary_background_fill_hover": ("*neutral_100", "*neutral_700"),
    "button_secondary_text_color": ("*neutral_800", "*neutral_100"),
    "button_secondary_border_color": ("*neutral_300", "*neutral_700"),
    "button_border_width": ("1px", "1px"),
    "checkbox_label_background_fill": ("transparent", "transparent"),
    "slider_color": ("*primary_600", "*primary_400"),
    "panel_border_width": ("0px", "0px"),
}
"""Gradio's name for a part of the page -> its value in light and in dark; ``*`` refers to the hues above."""

SHAPES: dict[str, str] = {
    "block_padding": "0px",
    "block_title_text_weight": "700",
    "block_title_text_size": "*text_sm",
    "block_info_text_size": "12px",
    "input_padding": "10px 12px",
    "button_transform_hover": "none",
    "button_large_text_weight": "700",
    "button_small_padding": "5px 12px",
    "button_small_text_weight": "400",
    "checkbox_border_radius": "4px",
    "layout_gap": "14px",
    "form_gap_width": "0px",
}
"""Gradio's name for a part of the page -> its value in both."""


def make_theme() -> Base:
    """Return the theme."""
    theme = Base(
        primary_hue=SPRUCE,
        secondary_hue=SPRUCE,
        neutral_hue=PAPER,
        spacing_size=sizes.spacing_md,
        radius_size=sizes.radius_md,
        text_size=sizes.text_md,
        font=[LocalFont("IBM Plex Sans", weights=WEIGHTS), "system-ui", "sans-serif"],
        font_mono=[LocalFont("IBM Plex Mono", weights=WEIGHTS), "ui-monospace", "monospace"],
    )
    theme.name = "flux2_nb"
    light = {name: value for name, (value, _) in COLOURS.items()}
    dark = {f"{name}_dark": value for name, (_, value) in COLOURS.items()}
    return theme.set(**light, **dark, **SHAPES)
