"""The keys that visitors bring: in this process's memory only, for one visitor each, and not for long."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..errors import InvalidRequest
from ..keys import Account, Redactor, Secret, Setting, find_account
from ..provider.base import Provider

KEPT_SECONDS = 3600.0
"""A key that was not used for so long is forgotten."""

MOST_KEYS = 2000
"""Keys held at once; beyond them the least recently used goes."""

LONGEST_VALUE = 400
"""Characters of a key or an account id; the longest known has some 70."""


def asked_of(provider: Provider) -> tuple[Setting, ...]:
    """Return what a visitor is asked for to use a provider with a key of their own; nothing where it takes none.

    Addresses are the host's to choose: a visitor's would let this server reach what only it can reach.
    """
    takes_key = any(setting.kind == "secret" for setting in provider.settings)
    return tuple(setting for setting in provider.settings if takes_key and setting.kind != "url")


def own_account(provider: Provider, values: Mapping[str, str]) -> Account:
    """Return the account that a visitor's values make: nothing of the host's in it but the provider's address.

    Args:
        provider: Whose account.
        values: By environment variable name, as they were typed.

    Raises:
        InvalidRequest: When the provider takes no key, one is missing, or one cannot be a key. No value is repeated.
        MissingKey: When the host has not set the provider's address.
    """
    asked = asked_of(provider)
    if not asked:
        raise InvalidRequest(f"{provider.facts.label} takes no key.", field="provider")
    own: dict[str, str | Secret] = {}
    for setting in asked:
        value = _cleaned(setting, values.get(setting.variable, ""))
        if value:
            own[setting.variable] = Secret(value) if setting.kind == "secret" else value
        elif setting.kind == "secret" or setting.default is None:
            raise InvalidRequest(f"{setting.variable} is missing.", field=setting.variable)
    addresses = find_account(provider.name, [one for one in provider.settings if one.kind == "url"])
    return Account(provider.name, {**addresses.values, **own}, is_visitors=True)


def _cleaned(setting: Setting, value: str) -> str:
    value = value.strip()
    if len(value) > LONGEST_VALUE or not all("!" <= letter <= "~" for letter in value):
        raise InvalidRequest(
            f"{setting.variable} cannot be right: it is one word of letters, digits and signs.",
            field=setting.variable,
            next_step="Copy it once more from the provider's page, without spaces.",
        )
    if setting.kind == "id" and not all(letter.isalnum() or letter in "-_" for letter in value):
        raise InvalidRequest(f"{setting.variable} cannot be right: an id is letters, digits and hyphens.")
    return value


@dataclass
class _Kept:
    account: Account
    used: float


class OwnKeys:
    """Accounts by visitor and provider, each forgotten when asked or after an hour without use.

    Args:
        redactor: Returns what masks keys in this process; it is told of every key that is held.
        clock: Seconds that only ever grow.
    """

    def __init__(self, redactor: Callable[[], Redactor], clock: Callable[[], float] = time.monotonic) -> None:
        self._redactor = redactor
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None

    def put(self, owner: str, account: Account) -> None:
        """Hold an account for a visitor, in place of an earlier one of the same provider."""
        with self._lock:
            self.forget(owner, account.provider)
            for secret in account.secrets:
                self._redactor().add(secret)
            self._kept[owner, account.provider] = _Kept(account, self._clock())
            while len(self._kept) > MOST_KEYS:
                self._drop(next(iter(self._kept)))
            self._set_timer()

    def account(self, owner: str, provider: str) -> Account | None:
        """Return a visitor's account and count it as used; None when there is none."""
        with self._lock:
            self.sweep()
            kept = self._kept.get((owner, provider))
            if kept is None:
                return None
            kept.used = self._clock()
            self._kept.move_to_end((owner, provider))
            return kept.account

    def holds(self, owner: str, provider: str) -> bool:
        """Whether a visitor's account is held; to ask is not to use it."""
        with self._lock:
            self.sweep()
            return (owner, provider) in self._kept

    def forget(self, owner: str, provider: str) -> None:
        """Forget a visitor's account; a run that was started with it goes on to its end."""
        with self._lock:
            self._drop((owner, provider))

    def sweep(self) -> None:
        """Forget what was not used for too long."""
        with self._lock:
            oldest = self._clock() - KEPT_SECONDS
            for place in [place for place, kept in self._kept.items() if kept.used <= oldest]:
                self._drop(place)

    def clear(self) -> None:
        """Forget everything; for when the app stops and its process goes on."""
        with self._lock:
            for place in list(self._kept):
                self._drop(place)
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _drop(self, place: tuple[str, str]) -> None:
        kept = self._kept.pop(place, None)
        for secret in kept.account.secrets if kept else ():
            self._redactor().forget(secret)

    def _set_timer(self) -> None:
        """See to it that keys go in time when nobody comes any more."""
        if self._timer is None and self._kept:
            first = min(kept.used for kept in self._kept.values())
            self._timer = threading.Timer(max(1.0, first + KEPT_SECONDS - self._clock()), self._on_timer)
            self._timer.daemon = True
            self._timer.start()

    def _on_timer(self) -> None:
        with self._lock:
            self._timer = None
            self.sweep()
            self._set_timer()
