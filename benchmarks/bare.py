"""The same exchange and the same durable commits, written as plainly as it can be: httpx, sqlite3, fsync.

No checks, no budget, no retry, no cancel, no events, no search index: what is left when only the promise is kept that a
job which was accepted can be found again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import httpx

TABLES = """
CREATE TABLE runs (id TEXT PRIMARY KEY, created REAL, state TEXT, request TEXT, job_id TEXT, poll_url TEXT);
CREATE TABLE images (sha256 TEXT, run_id TEXT, created REAL, size INTEGER);
"""
SIDE = 1024
PAUSE = 0.5
"""Seconds between two looks; the measured jobs are ready at the first."""


@dataclass(frozen=True)
class BflExchange:
    """What is sent to BFL, and how its answers lead to a picture."""

    environ: Mapping[str, str]

    def submit(self, client: httpx.Client, prompt: str, seed: int) -> tuple[str, str]:
        """Send the paid request; returns the job's id and where to look for it."""
        body = {"prompt": prompt, "width": SIDE, "height": SIDE, "seed": seed, "output_format": "png"}
        answer = _json(client.post(f"{self.environ['BFL_BASE_URL']}/v1/flux-2-pro", json=body, headers=self._headers()))
        return answer["id"], answer["polling_url"]

    def look(self, client: httpx.Client, poll_url: str) -> str:
        """Look at the job; returns where the picture is, or nothing yet."""
        answer = _json(client.get(poll_url, headers=self._headers()))
        return str(answer["result"]["sample"]) if answer["status"] == "Ready" else ""

    def _headers(self) -> dict[str, str]:
        return {"x-key": self.environ["BFL_API_KEY"]}


@dataclass(frozen=True)
class ReplicateExchange:
    """The same for Replicate."""

    environ: Mapping[str, str]

    def submit(self, client: httpx.Client, prompt: str, seed: int) -> tuple[str, str]:
        size = {"aspect_ratio": "custom", "width": SIDE, "height": SIDE}
        url = f"{self.environ['REPLICATE_BASE_URL']}/models/black-forest-labs/flux-2-pro/predictions"
        body = {"input": {"prompt": prompt, **size, "seed": seed, "output_format": "png"}}
        answer = _json(client.post(url, json=body, headers=self._headers()))
        return answer["id"], answer["urls"]["get"]

    def look(self, client: httpx.Client, poll_url: str) -> str:
        answer = _json(client.get(poll_url, headers=self._headers()))
        output = answer["output"] if answer["status"] == "succeeded" else ""
        return str(output[0] if isinstance(output, list) else output)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.environ['REPLICATE_API_TOKEN']}"}


Exchange: TypeAlias = BflExchange | ReplicateExchange
EXCHANGES: dict[str, Callable[[Mapping[str, str]], Exchange]] = {"bfl": BflExchange, "replicate": ReplicateExchange}


class Bare:
    """Makes pictures one after another and keeps them.

    Args:
        folder: Where the database and the pictures lie.
        exchange: How the provider is talked to.
        journal_mode: SQLite's, as the toolkit uses it here.
    """

    def __init__(self, folder: Path, exchange: Exchange, journal_mode: str) -> None:
        folder.mkdir()
        self._folder = folder
        self._exchange = exchange
        self._client = httpx.Client()
        self._database = sqlite3.connect(folder / "bare.db", isolation_level=None)
        self._database.execute(f"PRAGMA journal_mode = {journal_mode}")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(TABLES)

    def generate(self, prompt: str, seed: int) -> bytes:
        """Journal, send, journal, wait, download, store; returns the picture."""
        run = uuid.uuid4().hex
        request = json.dumps({"prompt": prompt, "seed": seed})
        self.commit("INSERT INTO runs VALUES (?, ?, 'sending', ?, '', '')", run, time.time(), request)
        job, poll_url = self._exchange.submit(self._client, prompt, seed)
        self.commit("UPDATE runs SET state = 'submitted', job_id = ?, poll_url = ? WHERE id = ?", job, poll_url, run)
        while not (url := self._exchange.look(self._client, poll_url)):
            time.sleep(PAUSE)
        data = self._client.get(url).raise_for_status().content
        digest = hashlib.sha256(data).hexdigest()
        self.keep(f"{digest}.png", data)
        self.commit("INSERT INTO images VALUES (?, ?, ?, ?)", digest, run, time.time(), len(data))
        return data

    def commit(self, statement: str, *values: object) -> None:
        """Write one change, on the disk when this returns."""
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute(statement, values)
        self._database.execute("COMMIT")

    def keep(self, name: str, data: bytes) -> None:
        """Write one file, whole and on the disk when this returns."""
        part = self._folder / f"{name}.part"
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self._folder / name)
        descriptor = os.open(self._folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)

    def close(self) -> None:
        """Let go of connection and database."""
        self._client.close()
        self._database.close()


def _json(response: httpx.Response) -> Any:
    return response.raise_for_status().json()
