"""What Black Forest Labs takes, charges and says: a transcription, one table each.

Sources: BFL's OpenAPI file (May 2026), its August 2026 additions (`disable_pup`, two more states), its pricing page
and errors page, and recorded exchanges (the wording of 403 and 404; the other wordings are assumed).
"""

from __future__ import annotations

from .schema import Field, Rule, Table


def reference_fields(last: int) -> dict[str, Field]:
    """`input_image`, `input_image_2`, ... up to `last`."""
    names = ["input_image", *(f"input_image_{n}" for n in range(2, last + 1))]
    return {name: Field("string", nullable=True) for name in names}


_SHARED: Table = {
    "prompt": Field("string", required=True),
    "seed": Field("integer", nullable=True),
    "width": Field("integer", nullable=True, minimum=64),
    "height": Field("integer", nullable=True, minimum=64),
    "safety_tolerance": Field("integer", minimum=0, maximum=5),
    "output_format": Field("string", nullable=True, choices=("jpeg", "png", "webp")),
    "webhook_url": Field("string", nullable=True, pattern=r"https?://.{1,2075}"),
    "webhook_secret": Field("string", nullable=True),
}
_PRO: Table = {**_SHARED, **reference_fields(8), "disable_pup": Field("boolean")}
_KLEIN: Table = {**_SHARED, **reference_fields(4)}
_FLEX: Table = {
    **_SHARED,
    **reference_fields(8),
    "input_image_blob_path": Field("string", nullable=True),
    "prompt_upsampling": Field("boolean", nullable=True),
    "guidance": Field("number", nullable=True, minimum=1.5, maximum=10),
    "steps": Field("integer", nullable=True, minimum=1, maximum=50),
}
MODELS: dict[str, Table] = {
    "flux-2-pro": _PRO,
    "flux-2-pro-preview": _PRO,
    "flux-2-max": _PRO,
    "flux-2-flex": _FLEX,
    "flux-2-klein-4b": _KLEIN,
    "flux-2-klein-9b": _KLEIN,
    "flux-2-klein-9b-preview": _KLEIN,
}
# Credits (US cents): the first output megapixel, each further one, each input megapixel.
PRICES: dict[str, tuple[float, float, float]] = {
    "flux-2-pro": (3, 1.5, 1.5),
    "flux-2-pro-preview": (3, 1.5, 1.5),
    "flux-2-max": (7, 3, 3),
    "flux-2-flex": (5, 5, 5),
    "flux-2-klein-4b": (1.4, 0.1, 0.1),
    "flux-2-klein-9b": (1.5, 0.2, 0.2),
    "flux-2-klein-9b-preview": (1.5, 0.2, 0.2),
}
ERRORS: dict[int, str] = {
    400: "Bad request",
    402: "Insufficient credits",
    403: "Not authenticated - Invalid Authentication",
    404: "Not Found",
    429: "Too many requests",
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
}
ENDS = {
    "ready": "Ready",
    "moderated": "Content Moderated",
    "input moderated": "Request Moderated",
    "failed": "Error",
    "missing": "Task not found",
}
STATES = ("Pending", "Reasoning", "Generating")
# rule: (pydantic's type of error, its message)
WORDS: dict[Rule, tuple[str, str]] = {
    "missing": ("missing", "Field required"),
    "unknown": ("extra_forbidden", "Extra inputs are not permitted"),
    "type": ("{0}_type", "Input should be a valid {0}"),
    "minimum": ("greater_than_equal", "Input should be greater than or equal to {0:g}"),
    "maximum": ("less_than_equal", "Input should be less than or equal to {0:g}"),
    "choice": ("enum", "Input should be one of {0}"),
    "pattern": ("url_parsing", "Input should be a valid URL"),
}
