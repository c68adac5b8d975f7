"""The request with a provider's own client, where it has one that is worth using."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ..wire import FilePart, Json
from .capture import Capture
from .code import head, picture_name, written
from .javascript import JAVASCRIPT, fields
from .python import PYTHON

REPLICATE_PYTHON = """import os
from pathlib import Path

import httpx
import replicate

client = replicate.Client(api_token=os.environ["REPLICATE_API_TOKEN"]{base})
prediction = client.predictions.create(
    model="{model}",
    input={values},
)
prediction.wait()
if prediction.status != "succeeded":
    raise SystemExit(f"{{prediction.status}}: {{prediction.error}}")

picture = prediction.output[0] if isinstance(prediction.output, list) else prediction.output
Path("{picture}").write_bytes(httpx.get(picture, follow_redirects=True, timeout=60).raise_for_status().content)
"""

REPLICATE_JAVASCRIPT = """import {{ {files}writeFile }} from "node:fs/promises";
import Replicate from "replicate";

const replicate = new Replicate({{ auth: process.env.REPLICATE_API_TOKEN{base} }});
const created = await replicate.predictions.create({{
  model: "{model}",
  input: {values},
}});
const prediction = await replicate.wait(created);
if (prediction.status !== "succeeded") throw new Error(`${{prediction.status}}: ${{prediction.error}}`);

const download = await fetch([prediction.output].flat()[0]);
if (!download.ok) throw new Error(`The picture could not be fetched: ${{download.status}}`);
await writeFile("{picture}", Buffer.from(await download.arrayBuffer()));
"""

WORKER = """export default {{
  async fetch(request, env) {{
{form}
    // The body and its boundary come from a Response made of the form.
    const sent = new Response(form);
    const answer = await env.AI.run("{model}", {{
      multipart: {{ body: sent.body, contentType: sent.headers.get("content-type") }},
    }});
    const picture = Uint8Array.from(atob(answer.image), (letter) => letter.charCodeAt(0));
    return new Response(picture);
  }},
}};
"""

REPLICATE_URL = "https://api.replicate.com/v1"


def _replicate_python(shot: Capture) -> str:
    base = _base(shot)
    syntax = replace(PYTHON, file=lambda part: f'open("{part.name}", "rb")')
    code = REPLICATE_PYTHON.format(
        # This client adds the version to the address by itself.
        base="" if base == REPLICATE_URL else f', base_url="{base.removesuffix("/v1")}"',
        model=shot.card.wire,
        values=written(_values(shot), syntax, shot.marks, 1),
        picture=picture_name(shot),
    )
    return head(shot, "#", "replicate (pip install 'replicate<2')") + code


def _replicate_javascript(shot: Capture) -> str:
    base = _base(shot)
    syntax = replace(JAVASCRIPT, file=_javascript_file)
    code = REPLICATE_JAVASCRIPT.format(
        files="readFile, " if shot.files else "",
        base="" if base == REPLICATE_URL else f', baseUrl: "{base}"',
        model=shot.card.wire,
        values=written(_values(shot), syntax, shot.marks, 1),
        picture=picture_name(shot),
    )
    return head(shot, "//", "Node.js 20 or newer and replicate (npm install replicate): save it as picture.mjs") + code


def _javascript_file(part: FilePart) -> str:
    return f'new File([await readFile("{part.name}")], "{part.name}", {{ type: "{part.reference.media_type}" }})'


def _worker(shot: Capture) -> str:
    def read(part: FilePart) -> str:
        return f'await (await env.ASSETS.fetch(new URL("/{part.name}", request.url))).arrayBuffer()'

    lines = fields(shot.paid.form or {}, shot.marks, read).splitlines()
    code = WORKER.format(form="\n".join(f"    {line}" for line in lines), model=shot.card.wire)
    place = "among the Worker's static assets, bound as ASSETS"
    return head(_within(shot), "//", "a Cloudflare Worker with Workers AI bound as AI", place) + code


def _within(shot: Capture) -> Capture:
    """A Worker runs inside its account: nothing of the account is read from the environment."""
    return replace(shot, paid=replace(shot.paid, url="", headers={}))


def _base(shot: Capture) -> str:
    return shot.paid.url.partition("/models/")[0]


def _values(shot: Capture) -> Json:
    """The input with the files themselves in place of their uploads: the client uploads them by itself."""
    files = {
        shot.marks.mark(upload.name): part
        for upload in shot.uploads
        for part in (upload.request.form or {}).values()
        if isinstance(part, FilePart)
    }
    return _with_files(shot.paid.json["input"], files)


def _with_files(value: Json, files: Mapping[str, FilePart]) -> Json:
    if isinstance(value, dict):
        return {name: _with_files(item, files) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_files(item, files) for item in value]
    return files.get(value, value) if isinstance(value, str) else value


CLIENTS: Mapping[str, Mapping[str, tuple[str, Callable[[Capture], str]]]] = {
    "replicate": {
        "python-replicate": ("Python (replicate)", _replicate_python),
        "javascript-replicate": ("JavaScript (replicate)", _replicate_javascript),
    },
    "cloudflare": {"javascript-worker": ("JavaScript (Workers AI binding)", _worker)},
}
"""Provider -> language -> its label, and what writes it."""
