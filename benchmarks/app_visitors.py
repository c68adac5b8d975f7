"""50 visitors click Generate at the same moment; a picture takes 1 s, and the provider takes 50 at once.

The visitors speak the protocol of Gradio's page: one event into the queue, one stream of answers until the end. Each
has had the page open before, as the first round, which is not counted, makes sure: Gradio sets up a session only once.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from .app_servers import LIMIT, serving
from .doubles import double
from .table import Row, against

SECONDS = 1.0
MOST = 1.5
PROMPT = "A paper lantern on a wet street, blue hour"


@dataclass(frozen=True)
class Visitor:
    """A browser with the page open.

    Attributes:
        client: Its connections and its cookie.
        session: What its page calls itself.
    """

    client: httpx.AsyncClient
    session: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True)
class Click:
    """What the page sends for a click on Generate."""

    fn_index: int
    data: list[Any]


def run(quick: bool = False) -> list[Row]:
    """Let all visitors click at once, some rounds."""
    with double("cloudflare", SECONDS, format="jpeg") as environ, serving("paid", environ) as address:
        times = asyncio.run(_rounds(address, 2 if quick else 5))
    name = f"{LIMIT} visitors at once, {SECONDS:g} s a picture, journaled and stored"
    return [against(name, times, "the latency alone", [SECONDS], MOST)]


async def _rounds(address: str, count: int) -> list[float]:
    limits = httpx.Limits(max_connections=4, max_keepalive_connections=4)
    visitors = [Visitor(httpx.AsyncClient(base_url=address, timeout=60, limits=limits)) for _ in range(LIMIT)]
    try:
        await asyncio.gather(*(one.client.get("/") for one in visitors))  # each is given a cookie
        click = _click((await visitors[0].client.get("config")).json())
        times = [await _together(visitors, click) for _ in range(count + 1)]
    finally:
        await asyncio.gather(*(one.client.aclose() for one in visitors))
    return times[1:]


async def _together(visitors: list[Visitor], click: Click) -> float:
    began = time.perf_counter()
    shown = await asyncio.gather(*(_generate(one, click) for one in visitors))
    taken = time.perf_counter() - began
    if not all("f2-done" in markup for markup in shown):
        raise ValueError("not every visitor got a picture")
    return taken


async def _generate(visitor: Visitor, click: Click) -> str:
    """Click, and follow the answers; returns the last of them."""
    event = {"data": click.data, "fn_index": click.fn_index, "session_hash": visitor.session}
    (await visitor.client.post("gradio_api/queue/join", json=event)).raise_for_status()
    last = ""
    session = {"session_hash": visitor.session}
    async with visitor.client.stream("GET", "gradio_api/queue/data", params=session) as answers:
        async for line in answers.aiter_lines():
            if not line.startswith("data:"):
                continue
            last = line
            if json.loads(line.removeprefix("data:"))["msg"] == "process_completed":
                return last
    return last


def _click(config: dict[str, Any]) -> Click:
    """Find in the page's own description what the first Generate button sends, and put a prompt into it."""
    components = {one["id"]: one["props"] for one in config["components"]}
    button = next(number for number, props in components.items() if "f2-generate" in (props.get("elem_classes") or []))
    chosen = next(one for one in config["dependencies"] if [button, "click"] in [list(two) for two in one["targets"]])
    inputs = [components[number] for number in chosen["inputs"]]
    return Click(chosen["id"], [PROMPT if props.get("label") == "Prompt" else props.get("value") for props in inputs])


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
