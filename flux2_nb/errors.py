"""Everything that can go wrong, as one tree. Each error is a sentence a person can act on.

Flux2Error
  - InvalidRequest            (also a ValueError) the request cannot be sent as it is
      - Unsupported           the target does not take this field or value
  - MissingKey                a provider needs a key and none was found
  - MissingExtra              an optional package is not installed
  - BudgetExceeded            the estimate would pass the budget
  - StoreError                the history could not be read or written
  - Cancelled                 the run was cancelled by its owner
  - ProviderError             the provider, or the way to it, failed
      - AuthFailed            the key was refused
      - InsufficientCredit    the account has no credit left
      - RateLimited           too many requests; nothing was accepted
      - Moderated             the provider refused the content
      - JobFailed             the provider accepted the job and could not finish it
      - JobTimeout            we stopped waiting; the job may still finish
      - Expired               the result is no longer there
      - Unreachable           no connection; nothing was sent
      - BadReply              the answer was not what the provider documents
      - OutcomeUnknown        the paid request was sent and its answer was lost
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Literal

Money = Literal["none", "maybe", "spent", ""]
"""Whether money left the account: not at all, possibly, certainly; or the question does not arise."""

MONEY_SENTENCES: dict[Money, str] = {
    "none": "Nothing was spent.",
    "maybe": "It may have been billed.",
    "spent": "It was billed.",
    "": "",
}


class Flux2Error(Exception):
    """Any error this package raises on purpose.

    Attributes:
        what: What happened, one sentence.
        money: Whether money may have been spent.
        next_step: What to do next, one sentence; may be empty.
    """

    default_money: Money = ""

    def __init__(self, what: str, *, money: Money | None = None, next_step: str = "") -> None:
        self.money: Money = self.default_money if money is None else money
        self.next_step = next_step
        super().__init__(what)

    @property
    def what(self) -> str:
        """What happened, one sentence; kept once, so that a key masked in it is masked in ``repr`` too."""
        return str(self.args[0])

    @what.setter
    def what(self, sentence: str) -> None:
        self.args = (sentence,)

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, MONEY_SENTENCES[self.money], self.next_step) if part)

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments are lost by the default protocol; errors cross process borders.
        return (_rebuild, (type(self), self.args, dict(self.__dict__)))


def _rebuild(kind: type[Flux2Error], args: tuple[object, ...], state: dict[str, object]) -> Flux2Error:
    error = kind.__new__(kind, *args)
    Exception.__init__(error, *args)
    error.__dict__.update(state)
    return error


class InvalidRequest(Flux2Error, ValueError):
    """The request cannot be sent as it is; nothing was sent.

    Attributes:
        field: The name of the field at fault, such as ``width``; empty when it is the request as a whole.
        fields: The names of all fields at fault, where a provider blames several; the first is ``field``.
    """

    default_money: Money = "none"

    def __init__(
        self,
        what: str,
        *,
        field: str = "",
        fields: tuple[str, ...] = (),
        money: Money | None = None,
        next_step: str = "",
    ) -> None:
        super().__init__(what, money=money, next_step=next_step)
        self.fields = fields or ((field,) if field else ())
        self.field = field or next(iter(fields), "")


class Unsupported(InvalidRequest):
    """The target does not take this field, or not this value of it."""

    def __init__(self, what: str, *, field: str, provider: str, model: str, next_step: str = "") -> None:
        super().__init__(what, field=field, next_step=next_step)
        self.provider = provider
        self.model = model


class MissingKey(Flux2Error):
    """A provider needs a key (or another setting) and none was found.

    Attributes:
        provider: The provider's name.
        variables: The environment variables that would hold what is missing.
    """

    default_money: Money = "none"

    def __init__(self, what: str, *, provider: str, variables: tuple[str, ...], next_step: str = "") -> None:
        super().__init__(what, next_step=next_step)
        self.provider = provider
        self.variables = variables


class MissingExtra(Flux2Error, ImportError):
    """An optional package is not installed; the message names the command that installs it."""


class BudgetExceeded(Flux2Error):
    """The worst price of the run would pass the budget; nothing was sent."""

    default_money: Money = "none"


class StoreError(Flux2Error):
    """The history on disk could not be read or written."""


class Cancelled(Flux2Error):
    """The run was cancelled by its owner; ``money`` tells what that cost."""


class ProviderError(Flux2Error):
    """The provider, or the way to it, failed.

    Attributes:
        provider: The provider's name.
        status: The HTTP status, when there was one.
        request_id: The provider's id of the request or job, for its support.
        hint: The provider's own words, redacted and shortened.
        excerpt: The beginning of an answer that is not the provider's; it goes to the log, redacted, and is dropped.
        raw: Bytes that should have been a picture; the engine keeps them aside and drops them from the error.
    """

    default_money: Money = "maybe"
    excerpt: str = ""
    raw: bytes = b""

    def __init__(
        self,
        what: str,
        *,
        provider: str = "",
        status: int | None = None,
        request_id: str = "",
        hint: str = "",
        money: Money | None = None,
        next_step: str = "",
    ) -> None:
        super().__init__(what, money=money, next_step=next_step)
        self.provider = provider
        self.status = status
        self.request_id = request_id
        self.hint = hint


class AuthFailed(ProviderError):
    """The provider refused the key."""

    default_money: Money = "none"


class InsufficientCredit(ProviderError):
    """The account has no credit left for this request."""

    default_money: Money = "none"


class RateLimited(ProviderError):
    """The provider accepts no more requests now and took none of this one.

    Attributes:
        retry_after: Seconds to wait as the provider said, or None when it did not.
        retryable: False when waiting does not help (a daily allowance is used up).
    """

    default_money: Money = "none"
    retry_after: float | None = None
    retryable: bool = True


class Moderated(ProviderError):
    """The provider refused the prompt, a reference image or the picture it made."""


class JobFailed(ProviderError):
    """The provider accepted the job and could not finish it."""


class JobTimeout(ProviderError):
    """We stopped waiting; the job may still finish and can be resumed."""


class Expired(ProviderError):
    """The provider no longer has the result."""

    default_money: Money = "spent"


class Unreachable(ProviderError):
    """No connection could be made, so the request never left."""

    default_money: Money = "none"


class BadReply(ProviderError):
    """The answer was not what the provider documents."""


class OutcomeUnknown(ProviderError):
    """The paid request was sent and its answer was lost: it is counted as spent and never sent again by us."""


def detached(error: Flux2Error) -> Flux2Error:
    """Return an error without the frames it came through and the errors it came from.

    An error says all that is worth saying; the frames of the engine hold header lines with keys, which IPython's
    verbose tracebacks, debuggers and error reporters would show.
    """
    error.__traceback__ = error.__cause__ = error.__context__ = None
    return error


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name was probably meant: a sentence such as ``Did you mean "seed"?``; empty when none is near."""
    matches = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f'Did you mean "{matches[0]}"?' if matches else ""
