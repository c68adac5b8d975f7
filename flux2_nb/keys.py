"""Keys: a type that never shows itself, the one redactor, and where keys are found."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NoReturn

from .errors import MissingKey

MASK = "[hidden]"

KEY_IN_PROMPT = (
    "The prompt holds what looks like a key, which would be sent to the provider with it. "
    "Take it out; a key that was sent to anyone else should be replaced by a new one."
)
"""Said before paying; what is kept of such a prompt has the key masked."""

VISITORS = "visitor-"
"""Stands before the fingerprint of an account that a visitor brought: the journal tells whose key a job needs."""

KEY_SHAPES: tuple[re.Pattern[str], ...] = (
    re.compile(r"\br8_[A-Za-z0-9]{20,}"),  # Replicate
    re.compile(r"\bhf_[A-Za-z0-9]{20,}"),  # Hugging Face
    re.compile(r"\bcfut_[A-Za-z0-9_-]{20,}"),  # Cloudflare user tokens
    re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}:[0-9a-f]{16,}"),  # fal
    re.compile(r"(?i)(?<=bearer )(?!\$\{\w+\}(?:[\s\"',;]|$))[^\s\"',;]{8,}"),
    re.compile(r"(?i)(?<=authorization: key )(?!\$\{\w+\}(?:[\s\"',;]|$))[^\s\"',;]{8,}"),
    re.compile(r"(?i)(?<=x-key: )(?!\$\{\w+\}(?:[\s\"',;]|$))[^\s\"',;]{8,}"),
)
"""Shapes of keys that are masked even when we never held the key ourselves (a user may paste one into a prompt).

A shell's ``${BFL_API_KEY}`` by itself, as in a snippet, is no key.
"""


class Secret:
    """A key that can only be read on purpose: ``repr``, ``str``, formatting and pickling never show it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the key itself; called where a request is written and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("A key is not pickled: pass it to the other process by its environment.")


class Redactor:
    """Masks every key it was told of, and everything shaped like one, in any text that leaves the process."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._values: Counter[str] = Counter()
        self._lock = threading.Lock()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: Secret) -> None:
        """Remember a key; values under 6 characters are left out, as masking them would mask ordinary words."""
        if len(secret.reveal()) >= 6:
            with self._lock:
                self._values[secret.reveal()] += 1

    def forget(self, secret: Secret) -> None:
        """Forget a key that was remembered; one that was remembered twice has to be forgotten twice."""
        with self._lock:
            self._values.subtract([secret.reveal()])
            self._values = +self._values

    def know(self, secrets: Iterable[Secret]) -> None:
        """Remember keys that are not remembered yet."""
        for secret in secrets:
            if secret.reveal() not in self._values:
                self.add(secret)

    def finds(self, text: str) -> bool:
        """Whether a text holds a key, or something shaped like one."""
        return self(text) != text

    def __call__(self, text: str) -> str:
        """Return ``text`` with every key masked."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, MASK)
        for shape in KEY_SHAPES:
            text = shape.sub(MASK, text)
        return text


SettingKind = Literal["secret", "id", "url"]


@dataclass(frozen=True)
class Setting:
    """One thing a provider must be told: a key, an account id, a base URL.

    Attributes:
        variable: The environment variable that holds it.
        kind: ``secret`` is masked everywhere; ``id`` is shown as a variable in snippets; ``url`` is shown as it is.
        default: Used when nothing is set; None means that it is required; empty means optional.
        where: Where a person gets one: the address of the page.
    """

    variable: str
    kind: SettingKind
    default: str | None = None
    where: str = ""


@dataclass(frozen=True)
class Account:
    """A provider's settings with their values: what a flow needs to write a request.

    Attributes:
        provider: The provider's name.
        values: By environment variable name.
        is_visitors: Whether a visitor of a shared app brought it: nobody else may use it, and it is soon forgotten.
    """

    provider: str
    values: Mapping[str, str | Secret] = field(default_factory=dict, repr=False)
    is_visitors: bool = field(default=False, repr=False)

    def __getitem__(self, variable: str) -> str:
        value = self.values.get(variable, "")
        return value.reveal() if isinstance(value, Secret) else value

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """The keys among the values."""
        return tuple(value for value in self.values.values() if isinstance(value, Secret))

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that tell two accounts of a provider apart without showing either key.

        Before those of a visitor's account stands `VISITORS`.
        """
        text = "\n".join([self.provider, *(f"{name}={self[name]}" for name in sorted(self.values))])
        return (VISITORS if self.is_visitors else "") + hashlib.sha256(text.encode()).hexdigest()[:12]


def find_account(
    provider: str,
    settings: Iterable[Setting],
    explicit: Mapping[str, str | Secret] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Account:
    """Find a provider's settings: explicit values first, then the environment, then a Colab secret, then the default.

    Args:
        provider: The provider's name, for the error.
        settings: What the provider needs.
        explicit: Values by environment variable name; these win.
        environ: The environment; ``os.environ`` when not given.

    Raises:
        MissingKey: When a required setting is nowhere; names the variables and the keyless way on.
    """
    settings, explicit = tuple(settings), sealed(explicit or {})
    found: dict[str, str | Secret] = {}
    for setting in settings:
        value = _find(setting, explicit, os.environ if environ is None else environ)
        if value:
            found[setting.variable] = value
    missing = [setting for setting in settings if setting.default is None and setting.variable not in found]
    if missing:
        raise _missing(provider, missing)
    return Account(provider, found)


def sealed(values: Mapping[str, str | Secret]) -> dict[str, Secret]:
    """Return settings with every value as a `Secret`: tracebacks may show the variables of the frames they pass."""
    return {name: value if isinstance(value, Secret) else Secret(value) for name, value in values.items()}


def keys_at_hand(settings: Iterable[Setting], explicit: Mapping[str, str | Secret]) -> list[Secret]:
    """Return the keys among some settings that are given or stand in the environment, whether or not they are used."""
    names = [setting.variable for setting in settings if setting.kind == "secret"]
    places = (sealed(explicit), sealed({name: os.environ[name] for name in names if name in os.environ}))
    return [place[name] for name in names for place in places if name in place]


def _find(setting: Setting, explicit: Mapping[str, Secret], environ: Mapping[str, str]) -> str | Secret:
    """Return a setting's value, a key as a `Secret`; empty when it is nowhere."""
    name = setting.variable
    given = explicit[name].reveal() if name in explicit else ""
    value = (given or environ.get(name, "") or _colab_secret(name) or setting.default or "").strip()
    return Secret(value) if value and setting.kind == "secret" else value


def _colab_secret(name: str) -> str:
    """Read a secret of the Colab notebook we run in; empty anywhere else, or when the notebook may not read it."""
    if "google.colab" not in sys.modules:  # a Colab kernel is made of it; to look for it elsewhere takes a millisecond
        return ""
    try:
        from google.colab import userdata  # type: ignore[import-not-found, unused-ignore]  # only exists inside Colab
    except ImportError:
        return ""
    try:
        return str(userdata.get(name) or "")
    except (userdata.SecretNotFoundError, userdata.NotebookAccessError):
        return ""


def _missing(provider: str, missing: list[Setting]) -> MissingKey:
    names = [setting.variable for setting in missing]
    where = next((setting.where for setting in missing if setting.where), "")
    get_one = f" (get one at {where})" if where else ""
    return MissingKey(
        f"{provider} needs {' and '.join(names)}, which {'is' if len(names) == 1 else 'are'} not set.",
        provider=provider,
        variables=tuple(names),
        next_step=f"Set {' and '.join(names)}{get_one}, or use the offline sketch provider, which needs no key.",
    )
