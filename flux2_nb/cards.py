"""Model cards: what one target accepts, what it costs and how long it takes. Data; read from ``catalog.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .errors import InvalidRequest, Unsupported, nearest
from .prices import Price
from .request import ImageRequest, Reference
from .sizes import Size, SizeRule

Family = Literal["pro", "flex", "max", "dev", "klein", "klein-base", "sketch", "other"]

OPTIONAL_FIELDS = ("seed", "steps", "guidance", "prompt_upsampling", "safety_tolerance", "output_format")
"""The fields of a request that only some targets take."""


class Parameter(BaseModel):
    """One parameter of a target.

    Attributes:
        kind: What its values are.
        minimum: Smallest value of a number.
        maximum: Largest value of a number.
        step: The distance between two values on a slider.
        default: What we send when a request says nothing; always sent, because defaults differ by host.
        choices: The values of a choice.
        label: Its name in forms.
        help: One sentence on what it does.
        wire: Its name on the wire, when it differs.
        spelling: Values whose spelling on the wire differs, such as ``jpeg`` -> ``jpg``.
        inverted: The wire takes the opposite of a switch (BFL's ``disable_pup``).
        effect: False when the target takes the value and does nothing with it; forms leave such a field out.
        fixed: True when the model sets it by itself: shown, never sent, and no other value is taken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["integer", "number", "switch", "choice"]
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    default: Any = None
    choices: tuple[str, ...] = ()
    label: str = ""
    help: str = ""
    wire: str = ""
    spelling: dict[str, str] = Field(default_factory=dict)
    inverted: bool = False
    effect: bool = True
    fixed: bool = False

    def problem(self, value: Any) -> str:
        """Say what is wrong with a value, as the end of a sentence; empty when it is fine."""
        if self.fixed:
            return "" if value == self.default else f"is fixed at {self.default}"
        if self.kind == "switch":
            return "" if isinstance(value, bool) else "is either true or false"
        if self.kind == "choice":
            return "" if value in self.choices else f"is one of {', '.join(self.choices)}"
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not (whole or (self.kind == "number" and isinstance(value, float))):
            return "is a whole number" if self.kind == "integer" else "is a number"
        low = value if self.minimum is None else self.minimum
        high = value if self.maximum is None else self.maximum
        return "" if low <= value <= high else f"goes from {low:g} to {high:g}"

    def to_wire(self, value: Any) -> Any:
        """Return a value as the provider spells it."""
        if self.inverted:
            return not value
        return self.spelling.get(value, value) if isinstance(value, str) else value


class ReferenceRule(BaseModel):
    """Which reference images a target takes.

    Attributes:
        maximum: How many; 0 when it takes none.
        max_side: Longest side in pixels; larger ones are made smaller before they are sent.
        max_megapixels: Largest area of each; larger ones are made smaller before they are sent.
        total_megapixels: References and output together; more is refused.
        formats: The file formats it takes; others are converted before they are sent.
        model_megapixels: The area the model itself works at; more detail than that is lost, without an error.
        wire: The name of the field on the wire, where it differs by model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    maximum: int = 0
    max_side: int | None = None
    max_megapixels: float | None = None
    total_megapixels: float | None = None
    formats: tuple[str, ...] = ("image/png", "image/jpeg", "image/webp")
    model_megapixels: float | None = None
    wire: str = ""


class ModelCard(BaseModel):
    """What one target (a provider and a model) accepts, costs and takes.

    Attributes:
        provider: Who runs it.
        model: Its slug, such as ``flux-2-pro``.
        wire: The provider's own name for it.
        family: Which kind of FLUX.2 it is; ``sketch`` is none.
        label: Its name for people.
        licence: The licence of the weights, or ``API terms``.
        seconds: Typical time of one picture at 1 MP; None when nobody has published one.
        seconds_with_references: The same with references.
        token_limit: The longest prompt in tokens that the model reads.
        deadline: Seconds after which we stop waiting.
        size: Which sizes it takes.
        references: Which references it takes.
        parameters: What else it takes, by the name in `ImageRequest` (or in its ``extra``).
        absent: Why it lacks a parameter that its sisters have, by name.
        price: How it is billed.
        notes: Facts a user should know before paying.
        source: Where all this was read.
        date: When, ISO 8601.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str
    model: str
    wire: str = ""
    family: Family = "other"
    label: str = ""
    licence: str = ""
    seconds: float | None = None
    seconds_with_references: float | None = None
    token_limit: int | None = None
    deadline: float = 300.0
    size: SizeRule = SizeRule()
    references: ReferenceRule = ReferenceRule()
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    absent: dict[str, str] = Field(default_factory=dict)
    price: Price = Price()
    notes: tuple[str, ...] = ()
    source: str = ""
    date: str = ""

    @property
    def target(self) -> str:
        """The provider and the model in one word, such as ``bfl/flux-2-pro``."""
        return f"{self.provider}/{self.model}"

    def complete(self, request: ImageRequest) -> ImageRequest:
        """Return the request with its size and every parameter explicit, as it will be sent.

        Raises:
            Unsupported: When the target does not take a field or a value; names the nearest that it takes.
        """
        self._check_references(request.references)
        values = self.values(request)
        size = self.size_of(request)
        self._check_area(request.references, size)
        fields = {name: value for name, value in values.items() if name in OPTIONAL_FIELDS}
        extra = {name: value for name, value in values.items() if name not in OPTIONAL_FIELDS}
        return request.but(
            width=size.width, height=size.height, aspect_ratio=None, megapixels=None, extra=extra, **fields
        )

    def values(self, request: ImageRequest) -> dict[str, Any]:
        """Return every parameter with the request's value, or the default where it has none.

        Raises:
            Unsupported: When the request sets a parameter that this target lacks, or to a value it refuses.
        """
        asked = {name: value for name in OPTIONAL_FIELDS if (value := getattr(request, name)) is not None}
        asked |= request.extra
        for name, value in asked.items():
            self._check_parameter(name, value)
        defaults = {name: parameter.default for name, parameter in self.parameters.items()}
        return {name: value for name, value in (defaults | asked).items() if value is not None}

    def to_wire(self, request: ImageRequest) -> dict[str, Any]:
        """Return the parameters of a completed request under the provider's names and spellings."""
        values = self.values(request)
        sent = {name: self.parameters[name] for name in values if not self.parameters[name].fixed}
        return {parameter.wire or name: parameter.to_wire(values[name]) for name, parameter in sent.items()}

    def size_of(self, request: ImageRequest) -> Size:
        """Return the exact size a request comes to: as asked, by its ratio, or in the shape of image 1.

        Raises:
            Unsupported: When the target does not take the size; names the nearest that it takes.
        """
        if request.width is not None and request.height is not None:
            nearest_size = self.size.nearest(request.width, request.height)
            if (nearest_size.width, nearest_size.height) != (request.width, request.height):
                raise self._unsupported(
                    "width",
                    f"does not make {request.width} x {request.height} pixels: it takes {self.size.describe()}.",
                    f"The nearest size is {nearest_size.width} x {nearest_size.height}.",
                )
            return nearest_size
        amount = request.megapixels or self.size.default_megapixels
        if request.aspect_ratio and request.aspect_ratio != "match":
            return self._size_by_ratio(request.aspect_ratio, amount)
        first = request.references[0] if request.references else None
        if first is not None and first.width:
            return self.size.within(first.width / first.height, amount)
        if request.aspect_ratio == "match":
            raise InvalidRequest(
                "There is no reference image whose shape could be matched.",
                field="aspect_ratio",
                next_step="Add a reference image or choose a ratio.",
            )
        return self._size_by_ratio("1:1", amount)

    def estimate(self, request: ImageRequest) -> float | None:
        """Return the price of a completed request in US dollars; None when the provider publishes none."""
        size = self.size_of(request)
        inputs = [(reference.width, reference.height) for reference in request.references]
        steps = self.values(request).get("steps", 1)
        return self.price.estimate(size.width, size.height, inputs, steps)

    def typical_seconds(self, request: ImageRequest) -> float | None:
        """Return the typical time of a request in seconds; None when nobody has published one."""
        return (self.seconds_with_references or self.seconds) if request.references else self.seconds

    def _size_by_ratio(self, ratio: str, amount: float) -> Size:
        named = self.size.kind == "ratio"
        if named and ratio not in self.size.ratios:
            hint = f"The ratios are {', '.join(self.size.ratios)}."
            raise self._unsupported("aspect_ratio", f"does not make the ratio {ratio}.", hint)
        if named and amount not in self.size.megapixels:
            hint = f"The amounts are {', '.join(f'{m:g}' for m in self.size.megapixels)} MP."
            raise self._unsupported("megapixels", f"does not make {amount:g} MP.", hint)
        if amount > self.size.max_megapixels:
            hint = f"The most is {self.size.max_megapixels:g} MP."
            raise self._unsupported("megapixels", f"does not make {amount:g} MP.", hint)
        return self.size.by_ratio(ratio, amount)

    def _check_parameter(self, name: str, value: Any) -> None:
        parameter = self.parameters.get(name)
        if parameter is None:
            known = name in OPTIONAL_FIELDS
            hint = self.absent.get(name, "") if known else nearest(name, [*ImageRequest.model_fields, *self.parameters])
            raise self._unsupported(name, f'does not take the parameter "{name}".', hint)
        problem = parameter.problem(value)
        if problem:
            raise self._unsupported(name, f"cannot use {name} = {value!r}: {name} {problem}.", "")

    def _check_references(self, references: tuple[Reference, ...]) -> None:
        if len(references) > self.references.maximum:
            most = self.references.maximum
            takes = f"takes at most {most} reference image{'s' if most != 1 else ''}" if most else "takes no references"
            raise self._unsupported("references", f"{takes}, and this request has {len(references)}.", "Remove some.")

    def _check_area(self, references: tuple[Reference, ...], size: Size) -> None:
        limit = self.references.total_megapixels
        if limit is None or not references:
            return
        area = size.width * size.height + sum(reference.width * reference.height for reference in references)
        if area > limit * 1024 * 1024:
            raise self._unsupported(
                "references",
                f"takes {limit:g} MP of references and output together, and this request has {area / 1024**2:.1f} MP.",
                "Use fewer or smaller reference images, or a smaller output.",
            )

    def _unsupported(self, field: str, what: str, next_step: str) -> Unsupported:
        return Unsupported(
            f"{self.label} on {self.provider} {what}",
            field=field,
            provider=self.provider,
            model=self.model,
            next_step=next_step,
        )


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over`` laid on top, table by table; an empty table in ``over`` removes nothing."""
    merged = dict(base)
    for name, value in over.items():
        below = merged.get(name)
        merged[name] = merge(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged
