"""What the app's page says to its server, spoken without a browser: events into the queue, a stream of answers back."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

API = "gradio_api"


@dataclass(frozen=True)
class Event:
    """What the page sends when a button is pressed.

    Attributes:
        fn_index: The number of the handler.
        data: The value of each of its inputs.
    """

    fn_index: int
    data: list[Any]


@dataclass(frozen=True)
class Tab:
    """A browser tab with the page open.

    Attributes:
        client: Its connections, and the cookie it shares with the other tabs of its visitor.
        config: The page's own description.
        session: What the page calls itself.
    """

    client: httpx.AsyncClient
    config: dict[str, Any]
    session: str = field(default_factory=lambda: uuid.uuid4().hex)

    def beside(self) -> Tab:
        """Return another tab of the same visitor."""
        return Tab(self.client, self.config)

    def event(self, button: str, typed: Mapping[str, Any], target: str = "") -> Event:
        """Return what a press sends.

        Args:
            button: The class of the first button of its kind.
            typed: Label of a field -> what was typed into it; the others are as the page begins.
            target: Provider and model, such as ``bfl/flux-2-pro``; those the page begins with unless given.
        """
        components = {one["id"]: one["props"] for one in self.config["components"]}
        number = next(n for n, props in components.items() if button in (props.get("elem_classes") or []))
        handler = next(one for one in self.config["dependencies"] if [number, "click"] in map(list, one["targets"]))
        inputs = [components[one] for one in handler["inputs"]]
        data = [typed.get(str(one.get("label")), one.get("value")) for one in inputs]
        return Event(handler["id"], [target or data[0], *data[1:]])

    async def post(self, event: Event, **more: Any) -> httpx.Response:
        """Put an event into the queue."""
        body = {"data": event.data, "fn_index": event.fn_index, "session_hash": self.session, **more}
        return await self.client.post(f"{API}/queue/join", json=body)

    async def answers(self) -> list[dict[str, Any]]:
        """Return everything that is told until the event under way has ended."""
        told: list[dict[str, Any]] = []
        async with self.client.stream("GET", f"{API}/queue/data", params={"session_hash": self.session}) as stream:
            stream.raise_for_status()
            async for line in stream.aiter_lines():
                if line.startswith("data:"):
                    told.append(json.loads(line.removeprefix("data:")))
                    if told[-1]["msg"] in ("process_completed", "close_stream"):
                        return told
        return told

    async def press(self, button: str, typed: Mapping[str, Any], target: str = "") -> str:
        """Press a button, wait for the end, and return all that was told, as text."""
        return await self.tell(self.event(button, typed, target))

    async def tell(self, event: Event) -> str:
        """Send an event, wait for its end, and return all that was told, as text."""
        (await self.post(event)).raise_for_status()
        return json.dumps(await self.answers(), ensure_ascii=False)


@asynccontextmanager
async def open_tab(address: str) -> AsyncIterator[Tab]:
    """Open the page as a visitor who was never there."""
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        (await client.get("/")).raise_for_status()
        yield Tab(client, (await client.get("config")).json())
