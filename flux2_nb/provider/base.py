"""What a provider is: a set of generator functions that do no I/O, or a renderer in this process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from ..addresses import same_origin
from ..cards import ModelCard
from ..catalog import ProviderFacts, catalog
from ..keys import Account, Setting
from ..request import ImageRequest
from ..wire import Delivery, Flow, Job, Reply

Report = Callable[[float], None]
"""Called by a renderer with the part that is done, 0 to 1; raises to stop the renderer when the run was cancelled."""


Stage = Literal["check", "upload", "submit", "poll", "download", "other"]
"""What an answer answers: the check of a key, an upload, the paid request, a look at a job, a picture's address."""


@dataclass(frozen=True)
class Recipe:
    """How the picture is got out of the answers, for code that is shown (snippets) and not for code that runs.

    A place in an answer is written with dots: ``result.sample``.

    Attributes:
        picture: Where the picture stands in the last answer.
        inline: True when it stands there as base64 text; else its address does.
        many: True when a list may stand there, of which the first is taken.
        poll: Where the first answer says where to look for the job; empty when the first answer is the last.
        state: Where a look says how the job stands.
        done: The state of a finished job.
        failed: The states after which no picture comes; any other means that the job goes on.
        upload: Where the answer to an upload says what address the file has.
    """

    picture: str
    inline: bool = False
    many: bool = False
    poll: str = ""
    state: str = "status"
    done: str = ""
    failed: tuple[str, ...] = ()
    upload: str = ""


@dataclass(frozen=True)
class Answer:
    """Which fields a provider documents in an answer; the live check reports where they differ.

    A field is written with dots: ``result.sample``. Below a field that has no such entries, anything may stand.

    Attributes:
        always: Fields that stand in every such answer (where what is around them does).
        perhaps: Fields that may stand there.
        states: The words of the field ``status``; empty where there is none.
    """

    always: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


class Provider:
    """Who runs a model. One file each; the wire is in here and nowhere else.

    A provider over HTTP implements `submit` and, where it works with jobs, `collect` and perhaps `cancel` and `find`.
    A provider in this process sets ``runs_here`` and implements `render`.

    Attributes:
        name: The name users write, such as ``replicate``.
        settings: What it must be told: keys, ids, base URLs.
        key_hosts: Domains that may receive the key besides the configured base URL, such as ``bfl.ai``.
        runs_here: True when it renders in this process.
        can_cancel: Whether an accepted job can be cancelled there.
        can_resume: Whether an accepted job can be collected later.
        recipe: How code that is shown gets the picture; None leaves that part out.
        documented: What its answers hold, by stage, for the live check.
        billing: The page where credit is bought.
    """

    name: ClassVar[str]
    settings: ClassVar[tuple[Setting, ...]] = ()
    key_hosts: ClassVar[tuple[str, ...]] = ()
    runs_here: ClassVar[bool] = False
    can_cancel: ClassVar[bool] = False
    can_resume: ClassVar[bool] = False
    recipe: ClassVar[Recipe | None] = None
    documented: ClassVar[Mapping[Stage, Answer]] = {}
    billing: ClassVar[str] = ""

    @property
    def facts(self) -> ProviderFacts:
        """What the catalogue says of the provider; a user's own provider overrides this or lives with the defaults."""
        return catalog().providers.get(self.name) or ProviderFacts(label=self.name)

    def cards(self) -> Sequence[ModelCard]:
        """Return the cards of its models; a user's own provider returns its own."""
        return catalog().of(self.name)

    def submit(self, request: ImageRequest, card: ModelCard, account: Account) -> Flow[Job | list[Delivery]]:
        """Ask for one picture. Exactly one request of the flow has ``pays=True``.

        Args:
            request: Completed by the card, with prepared references.
            card: The target.
            account: Its settings.

        Returns:
            The job to collect, or the picture where the provider answers at once.
        """
        raise NotImplementedError
        yield

    def collect(self, job: Job, account: Account) -> Flow[list[Delivery]]:
        """Wait for a job and fetch its pictures; may run in another process than `submit`, and more than once."""
        raise NotImplementedError
        yield

    def cancel(self, job: Job, account: Account) -> Flow[bool]:
        """Ask the provider to cancel a job; returns whether it agreed. Only called where ``can_cancel``."""
        raise NotImplementedError
        yield

    def accepted(self, reply: Reply) -> Job | None:
        """Return the job that an answer to the paid request names, also where the answer was cut short.

        A provider returns None when the answer does not hold enough to collect the job.
        """
        return None

    def find(self, request: ImageRequest, card: ModelCard, account: Account, since: float) -> Flow[list[Job]]:
        """List jobs of this very request created since a Unix time; for a create whose answer was lost.

        A provider that keeps no such list returns none, and the run stays unknown.
        """
        return []
        yield

    def check(self, account: Account) -> Flow[str]:
        """Check the key without cost; returns a sentence such as ``12.50 credits left``."""
        return ""
        yield

    def render(self, request: ImageRequest, card: ModelCard, report: Report) -> list[Delivery]:
        """Draw in this process, in a worker thread. Only called where ``runs_here``."""
        raise NotImplementedError

    def origins(self, account: Account) -> tuple[str, ...]:
        """Return the configured base URLs: where private addresses and plain http are allowed."""
        return tuple(account[setting.variable] for setting in self.settings if setting.kind == "url")

    def may_hold_key(self, url: str, account: Account) -> bool:
        """Whether the key may be sent to an address: the configured base URL's origin, or the provider's own hosts."""
        if any(same_origin(url, base) for base in self.origins(account)):
            return True
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        host = (parts.hostname or "").lower()
        return parts.scheme == "https" and any(host == name or host.endswith(f".{name}") for name in self.key_hosts)
