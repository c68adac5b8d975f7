"""The studio: what people hold in their hands. A cheap view on the engine for one owner."""

from __future__ import annotations

import asyncio
import copy
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import images
from . import provider as registry
from .cards import ModelCard
from .catalog import find_card
from .errors import BudgetExceeded, InvalidRequest, MissingKey, nearest
from .history import Parent, RunRecord
from .keys import KEY_IN_PROMPT, VISITORS, Account, Redactor, Secret, find_account, keys_at_hand, sealed
from .provider.base import Provider
from .request import MAX_SEED, ImageRequest, Reference
from .result import ImageResult
from .run import Event, Order, Run, merged
from .wire import Job

if TYPE_CHECKING:
    from .engine import Engine
    from .history import HistoryView

log = logging.getLogger("flux2_nb")

DEFAULT_PROVIDER = "sketch"
"""What runs when nobody chose: nothing is ever billed unless it was chosen."""

MOST_FETCHED = 16
"""Pictures from the web that a studio keeps in memory."""


class Studio:
    """Makes pictures with one target, and keeps them.

    Args:
        provider: Who runs the model; FLUX2_PROVIDER, else the offline sketch.
        model: Which model; FLUX2_MODEL (where the provider comes from the environment too), else the provider's first.
        home: The data folder; FLUX2_HOME, else the user's own data folder.
        budget_usd: The most to spend per UTC day in this folder; FLUX2_BUDGET_USD, else no cap. 0 refuses paid runs.
        max_price_usd: What to reserve for a picture whose price the provider does not publish; needed under a budget.
        key: The provider's key, where it has one; else it is found in the environment.
        settings: Values by environment variable name, for providers that need more than a key.
        owner: Whose pictures these are.
        concurrency: How many runs may be under way at once; the provider's own limit where not given.

    Raises:
        InvalidRequest: When the provider or model is unknown; offers the nearest.
    """

    def __init__(
        self,
        provider: str | None = None,
        model: str | None = None,
        *,
        home: str | Path | None = None,
        budget_usd: float | None = None,
        max_price_usd: float | None = None,
        key: str | Secret | None = None,
        settings: Mapping[str, str | Secret] | None = None,
        owner: str = "me",
        concurrency: int | None = None,
    ) -> None:
        key = key if key is None or isinstance(key, Secret) else Secret(key)
        settings = sealed(settings or {})
        chosen = provider or os.environ.get("FLUX2_PROVIDER") or DEFAULT_PROVIDER
        model = model or (None if provider else os.environ.get("FLUX2_MODEL")) or None
        self.provider: Provider = registry.get(chosen)
        self.card: ModelCard = find_card(self.provider.cards(), chosen, model)
        self.home = _home(home)
        self.budget_usd = _budget(budget_usd)
        self.max_price_usd = max_price_usd
        self.owner = owner
        self.concurrency = concurrency or self.provider.facts.concurrency
        self._settings = _with_key(self.provider, settings, key)
        self._accounts: Callable[[str], Account | None] = _no_account
        self._fetched: dict[str, Reference] = {}

    def __repr__(self) -> str:
        return f"Studio({self.card.target}, home={str(self.home)!r})"

    @property
    def engine(self) -> Engine:
        """The engine of this process for the studio's data folder."""
        # Loaded when it is first needed: with it come the HTTP library and the database.
        from .engine import engine_for

        return engine_for(self.home)

    @property
    def history(self) -> HistoryView:
        """Everything this owner has made: search, stars, the way back to a picture."""
        return self.engine.history.for_owner(self.owner)

    def account(self) -> Account:
        """Return the provider's settings: those the owner brought, else the studio's or the environment's.

        Raises:
            MissingKey: When a required one is nowhere; names the variable and the offline way on.
        """
        own = self._accounts(self.provider.name)
        return own or find_account(self.provider.name, self.provider.settings, self._settings)

    @property
    def is_ready(self) -> bool:
        """Whether everything the provider needs is set."""
        try:
            self.account()
        except MissingKey:
            return False
        return True

    def check(self) -> str:
        """Ask the provider whether the key works, without cost; returns its answer as a sentence.

        Raises:
            AuthFailed: When it does not.
        """
        from .addresses import Guard
        from .http import Terms

        account, engine = self.account(), self.engine
        terms = Terms(self.provider.facts.label, Guard(self.provider.origins(account)), deadline=time.monotonic() + 30)
        return str(engine.call(engine.client.drive(self.provider.check(account), terms), account.secrets))

    def for_owner(self, owner: str, accounts: Callable[[str], Account | None] | None = None) -> Studio:
        """Return the same studio for another owner.

        Args:
            owner: Whose pictures these are.
            accounts: Finds an account that the owner brought, by provider name; None where the studio's own is to be
                used. It is asked whenever an account is needed, so that a key that was forgotten is gone at once.
        """
        studio = copy.copy(self)
        studio.owner, studio._accounts, studio._fetched = owner, accounts or _no_account, {}
        return studio

    def with_target(self, provider: str | None = None, model: str | None = None) -> Studio:
        """Return a studio for another target with the same folder, owner and budget; keys are found anew."""
        same = provider in (None, self.provider.name)
        studio = Studio(
            provider or self.provider.name,
            model,
            home=self.home,
            budget_usd=self.budget_usd,
            max_price_usd=self.max_price_usd,
            settings=self._settings if same else None,
        )
        return studio.for_owner(self.owner, self._accounts)

    def request(self, prompt: str | ImageRequest, **parameters: Any) -> ImageRequest:
        """Make a request complete for this target: references read, size and every parameter explicit, a seed chosen.

        Args:
            prompt: The prompt, or a whole request.
            **parameters: Fields of `ImageRequest`, and parameters that only this target has.

        Raises:
            InvalidRequest: When something does not fit; the message says what would.
        """
        made = prompt.but(**parameters) if isinstance(prompt, ImageRequest) else self._from_words(prompt, parameters)
        made = made.but(references=tuple(self._read(reference) for reference in made.references))
        made = self.card.complete(made)
        if made.seed is None and "seed" in self.card.parameters:
            made = made.but(seed=secrets.randbelow(MAX_SEED + 1))
        return made

    def estimate(self, prompt: str | ImageRequest, **parameters: Any) -> float | None:
        """Return what a request would cost in US dollars, references as they would be sent; None when not published."""
        made = self.request(prompt, **parameters)
        sizes = [images.fitted_size(one.width, one.height, self.card.references) for one in made.references]
        fitted = [
            one.model_copy(update={"width": w, "height": h}) for one, (w, h) in zip(made.references, sizes, strict=True)
        ]
        return self.card.estimate(made.but(references=tuple(fitted)))

    def start(self, prompt: str | ImageRequest, **asked: Any) -> Run:
        """Begin a run and return its handle at once; it goes on when the handle is forgotten.

        Args:
            prompt: The prompt, or a whole request.
            **asked: As for `order`, which checks it.
        """
        order = self.order(prompt, **asked)
        self.engine.remind(self.owner)
        return self.engine.start(order)

    def order(
        self,
        prompt: str | ImageRequest,
        *,
        values: Mapping[str, Any] | None = None,
        capability: str = "",
        template: str = "",
        parents: Sequence[Parent] = (),
        **parameters: Any,
    ) -> Order:
        """Return what `start` begins, with everything checked that can be: of several orders, all begin or none does.

        Raises:
            InvalidRequest: When something does not fit this target.
            MissingKey: When the provider needs a key that is not there.
        """
        made = self.request(prompt, **parameters)
        account = self.account()
        self.engine.redact.know(self._keys())
        if warning := self.key_warning(made.prompt):
            log.warning(warning)
        return Order(
            request=made,
            card=self.card,
            provider=self.provider,
            account=account,
            owner=self.owner,
            # The budget is the host's: what is free, or billed to a visitor's own account, is no part of it.
            budget_usd=None if self.card.price.kind == "free" or account.is_visitors else self.budget_usd,
            max_price_usd=self.max_price_usd,
            concurrency=self.concurrency,
            values=values or {},
            capability=capability,
            template=template,
            parents=parents,
        )

    def generate(self, prompt: str | ImageRequest, **parameters: Any) -> ImageResult:
        """Make one picture and wait for it.

        Raises:
            Flux2Error: A sentence that says what happened, whether money may have been spent, and what to do next.
        """
        return self.start(prompt, **parameters).result()

    async def agenerate(self, prompt: str | ImageRequest, **parameters: Any) -> ImageResult:
        """Make one picture; dropping the wait does not stop the run, and its picture lands in the history."""
        # Reading references touches the disk, and the caller's loop may be drawing a page.
        run = await asyncio.to_thread(self.start, prompt, **parameters)
        return await run

    async def stream(self, requests: Iterable[str | ImageRequest], **shared: Any) -> AsyncIterator[Event]:
        """Make many pictures side by side and yield what each reports, as it happens, until all have ended.

        Args:
            requests: Prompts or requests.
            **shared: As for `start`, the same for all.
        """
        runs = await asyncio.to_thread(lambda: [self.start(request, **shared) for request in requests])
        async for event in merged(runs):
            yield event

    def runs(self) -> Sequence[Run]:
        """Return this owner's runs that are under way in this process, whichever target they go to."""
        return self.engine.runs(self.owner)

    def cancel(self, run_id: str) -> None:
        """Ask a run to stop, at the provider too where it can; the run's last event tells the truth about the money."""
        self.engine.cancel(run_id, self.owner)

    def unfinished(self) -> list[RunRecord]:
        """Return this owner's runs that no living process is working on and that have not ended."""
        return self.engine.unfinished(self.owner)

    def resume(self) -> list[Run]:
        """Collect every accepted job of this owner whose id is known and whose key is at hand; nothing is sent again.

        The other jobs wait: one that was bought with a visitor's own key until its visitor brings that key again.

        Raises:
            MissingKey: When nothing can be collected for want of a key.
        """
        orders: list[tuple[RunRecord, Job, Order]] = []
        missing: MissingKey | None = None
        for record in self.unfinished():
            try:
                order = self._order_again(record)
            except MissingKey as error:
                missing = error
            else:
                orders += [(record, record.job, order)] if record.job is not None and order is not None else []
        if missing is not None and not orders:
            raise missing
        return [self.engine.resume(record, order, job) for record, job, order in orders]

    def _order_again(self, record: RunRecord) -> Order | None:
        """Return the order of a run with the account that paid for it; None when that was a visitor's who is not here.

        A job is only ever asked for with the key that bought it: to any other, the provider may say that it is gone.
        """
        own = self._accounts(record.provider)
        is_visitors = record.account.startswith(VISITORS)
        if record.job is None or (is_visitors and (own is None or own.fingerprint != record.account)):
            return None
        studio = self.with_target(record.provider, record.model).for_owner(self.owner)
        account = own if is_visitors and own is not None else studio.account()
        return Order(
            request=record.request,
            card=studio.card,
            provider=studio.provider,
            account=account,
            owner=record.owner,
            concurrency=studio.concurrency,
        )

    def key_warning(self, prompt: str) -> str:
        """Return a warning when a prompt holds a key that is at hand, or something shaped like one; else nothing."""
        return KEY_IN_PROMPT if Redactor(self._keys()).finds(prompt) else ""

    def _keys(self) -> list[Secret]:
        """Every key at hand, whichever provider it is for: the owner's own, this studio's and the environment's."""
        every = [registry.get(name) for name in registry.names()]
        own = [account for one in every if (account := self._accounts(one.name)) is not None]
        found = keys_at_hand([setting for one in every for setting in one.settings], self._settings)
        return [*found, *(secret for account in own for secret in account.secrets)]

    def _read(self, reference: Reference) -> Reference:
        """Read a reference; what stands at an address is fetched once, so that what was estimated is what is sent."""
        if not reference.is_address:
            return images.read_reference(reference)
        from .fetching import fetch  # with it comes the HTTP library

        address = reference.source
        if address not in self._fetched:
            found = self.engine.call(fetch(Reference(address), self.engine.client))
            self._fetched[address] = images.read_reference(found)
            for oldest in list(self._fetched)[:-MOST_FETCHED]:
                self._fetched.pop(oldest, None)
        known = self._fetched[address]
        return known.model_copy(update={"role": reference.role, "name": reference.name or known.name})

    def _from_words(self, prompt: str, parameters: Mapping[str, Any]) -> ImageRequest:
        extra = dict(parameters.get("extra") or {})
        fields: dict[str, Any] = {}
        for name, value in parameters.items():
            if name in ImageRequest.model_fields:
                fields[name] = value
            elif name in self.card.parameters:
                extra[name] = value
            else:
                hint = nearest(name, [*ImageRequest.model_fields, *self.card.parameters])
                raise InvalidRequest(f'"{name}" is not a parameter.', field=name, next_step=hint)
        return ImageRequest(prompt, **{**fields, "extra": extra})


def _no_account(provider: str) -> Account | None:
    return None


def _home(home: str | Path | None) -> Path:
    given = home or os.environ.get("FLUX2_HOME")
    if given:
        return Path(given).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("flux2_nb", appauthor=False))


def _budget(budget_usd: float | None) -> float | None:
    if budget_usd is not None:
        return budget_usd
    text = os.environ.get("FLUX2_BUDGET_USD", "").strip()
    try:
        return float(text) if text else None
    except ValueError:
        sentence = f'FLUX2_BUDGET_USD is "{text}", which is not a number.'
        raise BudgetExceeded(sentence, next_step="Set it to an amount in US dollars, such as 5.") from None


def _with_key(provider_: Provider, settings: dict[str, Secret], key: Secret | None) -> dict[str, Secret]:
    if key is None:
        return settings
    variable = next((one.variable for one in provider_.settings if one.kind == "secret"), None)
    if variable is None:
        raise InvalidRequest(f"{provider_.name} takes no key.", field="key")
    return {**settings, variable: key}
