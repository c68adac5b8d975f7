"""50 visitors click Generate at the same moment; a picture takes 1 s, and the provider takes 50 at once.

The visitors speak the protocol of Gradio's own page: one event into the queue, one stream of answers until the end.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from .app_servers import LIMIT, serving
from .table import Row, against

SECONDS = 1.0
MOST = 1.5
PROMPT = "A paper lantern on a wet street, blue hour"


@dataclass(frozen=True)
class Click:
    """What the page sends for a click on Generate."""

    fn_index: int
    data: list[Any]


def run(quick: bool = False) -> list[Row]:
    """Let all visitors click at once, some rounds."""
    with serving("ours", seconds=SECONDS, side=1024, format="jpeg") as address:
        times = asyncio.run(_rounds(address, 2 if quick else 5))
    name = f"{LIMIT} visitors at once, {SECONDS:g} s a picture, journaled and stored"
    return [against(name, times, "the latency alone", [SECONDS], MOST)]


async def _rounds(address: str, count: int) -> list[float]:
    limits = httpx.Limits(max_connections=4, max_keepalive_connections=4)
    visitors = [httpx.AsyncClient(base_url=address, timeout=60, limits=limits) for _ in range(LIMIT)]
    try:
        await asyncio.gather(*(one.get("/") for one in visitors))  # each is given a cookie
        click = _click((await visitors[0].get("config")).json())
        times = [await _together(visitors, click) for _ in range(count + 1)]
    finally:
        await asyncio.gather(*(one.aclose() for one in visitors))
    return times[1:]


async def _together(visitors: list[httpx.AsyncClient], click: Click) -> float:
    began = time.perf_counter()
    shown = await asyncio.gather(*(_generate(one, click) for one in visitors))
    taken = time.perf_counter() - began
    if not all("f2-done" in markup for markup in shown):
        raise ValueError("not every visitor got a picture")
    return taken


async def _generate(visitor: httpx.AsyncClient, click: Click) -> str:
    """Click, and follow the answers; returns the last of them."""
    session = uuid.uuid4().hex
    event = {"data": click.data, "fn_index": click.fn_index, "session_hash": session}
    (await visitor.post("gradio_api/queue/join", json=event)).raise_for_status()
    last = ""
    async with visitor.stream("GET", "gradio_api/queue/data", params={"session_hash": session}) as answers:
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
