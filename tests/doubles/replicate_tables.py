"""What Replicate takes and says for the FLUX.2 models: a transcription, one table each.

Sources: Replicate's OpenAPI file (April 2026), the version pages of the models, and error bodies quoted verbatim in
third-party logs. Where a page gives no list of values for a string (dev's and klein's aspect ratios, klein's megapixels
and formats) the table takes what has the form of the values that are known.
"""

from __future__ import annotations

from dataclasses import dataclass

from .schema import Field, Rule, Table

_RATIOS = ("1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3")
_FORMATS = ("webp", "jpg", "png")
_ANY_RATIO = r"match_input_image|custom|[1-9]\d?:[1-9]\d?"

_HOSTED: Table = {
    "prompt": Field("string", required=True),
    "input_images": Field("strings", max_items=8),
    "aspect_ratio": Field("string", choices=("match_input_image", "custom", *_RATIOS)),
    "resolution": Field("string", choices=("match_input_image", "0.5 MP", "1 MP", "2 MP", "4 MP")),
    "width": Field("integer", minimum=256, maximum=2048),
    "height": Field("integer", minimum=256, maximum=2048),
    "safety_tolerance": Field("integer", minimum=1, maximum=5),
    "seed": Field("integer"),
    "output_format": Field("string", choices=_FORMATS),
    "output_quality": Field("integer", minimum=0, maximum=100),
}
_FLEX: Table = {
    **_HOSTED,
    "input_images": Field("strings", max_items=10),
    "prompt_upsampling": Field("boolean"),
    "guidance": Field("number", minimum=1.5, maximum=10),
    "steps": Field("integer", minimum=1, maximum=50),
}
_DEV: Table = {
    "prompt": Field("string", required=True),
    "input_images": Field("strings", max_items=4),
    "go_fast": Field("boolean"),
    "aspect_ratio": Field("string", pattern=_ANY_RATIO),
    "width": Field("integer", minimum=256, maximum=1440),
    "height": Field("integer", minimum=256, maximum=1440),
    "seed": Field("integer"),
    "output_format": Field("string", choices=_FORMATS),
    "output_quality": Field("integer", minimum=0, maximum=100),
    "disable_safety_checker": Field("boolean"),
}
_KLEIN: Table = {
    "prompt": Field("string", required=True),
    "images": Field("strings", max_items=5),
    "aspect_ratio": Field("string", pattern=r"match_input_image|[1-9]\d?:[1-9]\d?"),
    "output_megapixels": Field("string", pattern=r"0\.\d+|[1-4](\.\d+)?"),
    "seed": Field("integer"),
    "go_fast": Field("boolean"),
    "output_format": Field("string", choices=_FORMATS),
    "output_quality": Field("integer", minimum=0, maximum=100),
    "disable_safety_checker": Field("boolean"),
}


@dataclass(frozen=True)
class Model:
    """One model: its input, what its custom sizes are rounded to, its default format, its output's shape."""

    table: Table
    multiple: int
    default_format: str
    output_is_list: bool = False


MODELS: dict[str, Model] = {
    "flux-2-pro": Model(_HOSTED, 16, "webp"),
    "flux-2-max": Model(_HOSTED, 16, "webp"),
    "flux-2-flex": Model(_FLEX, 32, "webp"),
    "flux-2-dev": Model(_DEV, 32, "webp"),
    "flux-2-klein-4b": Model(_KLEIN, 16, "jpg", output_is_list=True),
    "flux-2-klein-9b": Model(_KLEIN, 16, "jpg", output_is_list=True),
    "flux-2-klein-9b-base": Model(
        {**_KLEIN, "guidance": Field("number", minimum=1, maximum=10)}, 16, "jpg", output_is_list=True
    ),
}
TOP_LEVEL: Table = {
    "input": Field("object", required=True),
    "stream": Field("boolean"),
    "webhook": Field("string", pattern=r"https://.+"),
    "webhook_events_filter": Field("strings"),
}
WEBHOOK_EVENTS = ("start", "output", "logs", "completed")

# status: (title, detail)
ERRORS: dict[int, tuple[str, str]] = {
    400: ("Bad request", "The request is malformed."),
    401: ("Unauthenticated", "You did not pass a valid authentication token"),
    402: (
        "Insufficient credit",
        "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to"
        " purchase credit. Once you purchase credit, please wait a few minutes before trying again.",
    ),
    404: ("Not found", "Not found."),
    413: ("", "Files must be less than 100MB in size"),
    429: (
        "",
        "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a"
        " burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~10s.",
    ),
    500: ("Internal server error", "Something went wrong."),
    502: ("Bad gateway", "Bad gateway."),
    503: ("Service unavailable", "Service unavailable."),
}
FAILURES = {
    "moderated": "The input or output was flagged as sensitive. Please try again with different inputs. (E005) ({id})",
    "input moderated": "NSFW content detected. Try running it again, or try a different prompt.",
    "failed": "Prediction interrupted; please retry (code: E1000)",
}
# rule: (the validator's type of error, its description); the names are those of the validator the recorded 422 shows
WORDS: dict[Rule, tuple[str, str]] = {
    "missing": ("required", "{name} is required"),
    "unknown": ("additional_property_not_allowed", "Additional property {name} is not allowed"),
    "type": ("invalid_type", "Invalid type. Expected: {limit}, given: {given}"),
    "minimum": ("number_gte", "Must be greater than or equal to {limit}"),
    "maximum": ("number_lte", "Must be less than or equal to {limit}"),
    "choice": ("enum", "{name} must be one of the following: {limit}"),
    "pattern": ("pattern", "Does not match pattern '{limit}'"),
    "items": ("array_max_items", "Array must have at most {limit} items"),
    "length": ("string_lte", "String length must be less than or equal to {limit}"),
}
