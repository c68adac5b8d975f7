"""Many requests at once, each of which takes 2.5 s at the provider: how much longer than 2.5 s do all of them take?

Every picture (a JPEG of 1 MP, some 0.2 MB, each different) is downloaded, verified, hashed, synced to disk and
journaled. Bare httpx over the same double, which stores nothing, shows what machine, double and httpx cost alone.
"""

from __future__ import annotations

import asyncio
import base64
import tempfile
from collections.abc import Mapping
from functools import partial
from itertools import count
from pathlib import Path

import httpx

from flux2_nb.studio import Studio

from .bare import SIDE
from .doubles import double
from .table import Row, against
from .timing import by_turns

LATENCY = 2.5
AIMS = {50: 1.1, 200: 1.2}
"""How many requests at once, and how many times the latency they may take."""

PROMPT = "A paper lantern on a wet street, reflections, blue hour, 50mm photograph"
LABELS = {"cloudflare": "Cloudflare, one reply", "bfl": "BFL, polled every 0.5 s"}


def run(quick: bool = False) -> list[Row]:
    """Measure each number of requests at each provider."""
    turns = 1 if quick else 3
    return [row for many, most in AIMS.items() for row in _rows(many, most, turns)]


def _rows(many: int, most: float, turns: int) -> list[Row]:
    rows = []
    for provider, label in LABELS.items():
        with tempfile.TemporaryDirectory() as folder, double(provider, LATENCY, format="jpeg") as environ:
            studio = Studio(provider, home=Path(folder), settings=environ, concurrency=many)
            (times,) = by_turns([partial(_together, studio, many)], turns)
            studio.engine.close()
        name = f"{many} requests of {LATENCY} s side by side ({label}), journaled and stored"
        rows.append(against(name, times, "the latency alone", [LATENCY], most))
    with double("cloudflare", LATENCY, format="jpeg") as environ:
        (times,) = by_turns([lambda: asyncio.run(_bare(environ, many))], turns)
    name = f"for scale: {many} over bare httpx (Cloudflare), nothing stored"
    return [*rows, against(name, times, "the latency alone", [LATENCY])]


_seeds = count()


def _together(studio: Studio, many: int) -> None:
    runs = [studio.start(PROMPT, seed=next(_seeds)) for _ in range(many)]
    assert len({run.result().sha256 for run in runs}) == many


async def _bare(environ: Mapping[str, str], many: int) -> None:
    base, account = environ["CLOUDFLARE_BASE_URL"], environ["CLOUDFLARE_ACCOUNT_ID"]
    url = f"{base}/accounts/{account}/ai/run/@cf/black-forest-labs/flux-2-dev"
    headers = {"Authorization": f"Bearer {environ['CLOUDFLARE_API_TOKEN']}"}

    async def one(client: httpx.AsyncClient) -> bytes:
        form = {"prompt": (None, PROMPT), "width": (None, str(SIDE)), "height": (None, str(SIDE))}
        reply = await client.post(url, files=form, headers=headers)
        return base64.b64decode(reply.raise_for_status().json()["result"]["image"])

    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=many)) as client:
        assert len(set(await asyncio.gather(*(one(client) for _ in range(many))))) == many


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
