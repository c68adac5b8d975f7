"""Every snippet is run: what arrives at the provider is what this package sends, and a picture lies in the folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flux2_nb.request import ImageRequest, Reference
from flux2_nb.result import ImageResult
from flux2_nb.snippets import prepared_files, snippet
from flux2_nb.studio import Studio
from tests.doubles import BflDouble, CloudflareDouble, Double, Fate, Job, ReplicateDouble
from tests.snippets.running import NASTY, large, make, pictures, run, small

TARGETS = [
    ("cloudflare", "flux-2-dev"),
    ("replicate", "flux-2-pro"),
    ("replicate", "flux-2-klein-4b"),
    ("bfl", "flux-2-flex"),
]

LANGUAGES = ["curl", "python", "javascript"]

every_target = pytest.mark.parametrize(
    ("double", "provider", "model"),
    [(provider, provider, model) for provider, model in TARGETS],
    indirect=["double"],
    ids=[f"{provider}-{model}" for provider, model in TARGETS],
)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def values(job: Job) -> dict[str, Any]:
    """What was asked for, without references, whose addresses differ from upload to upload."""
    return {name: value for name, value in job.values.items() if "image" not in name}


@every_target
@every_language
def test_a_snippet_sends_what_the_engine_sends(
    double: Double, provider: str, model: str, language: str, tmp_path: Path
) -> None:
    """Prompt, parameters and every byte of the references arrive alike; the picture is the provider's bytes."""
    request = ImageRequest(NASTY, references=[small(1), large()], seed=7)
    studio = Studio(provider, model, home=tmp_path / "home", settings=double.environ)
    studio.generate(request)
    studio.engine.close()
    done = make(request, double, provider, model, language, tmp_path / "folder")
    assert (done.returncode, done.stderr) == (0, "")
    ours, theirs = double.submits
    assert values(theirs) == values(ours)
    assert theirs.values["prompt"] == NASTY
    assert theirs.references == ours.references
    assert list(pictures(tmp_path / "folder")) == [double.delivered[theirs.id]]


@every_language
def test_a_snippet_waits_for_its_job(language: str, bfl_double: BflDouble, tmp_path: Path) -> None:
    """A look that finds the job unfinished, in words nobody knows, is followed by another."""
    bfl_double.script("job", Fate(pending=1, states=("pondering",)))
    done = make(ImageRequest("a fox"), bfl_double, "bfl", None, language, tmp_path)
    assert done.returncode == 0, done.stderr
    assert [call.stage for call in bfl_double.requests] == ["submit", "poll", "poll", "download"]
    assert list(pictures(tmp_path)) == [*bfl_double.delivered.values()]


@pytest.mark.parametrize(("double", "provider"), [("replicate",) * 2, ("bfl",) * 2], indirect=["double"])
@every_language
def test_a_snippet_tells_of_a_refusal(double: Double, provider: str, language: str, tmp_path: Path) -> None:
    """When the job ends without a picture, the script fails, shows the provider's words, and writes none."""
    double.script("job", Fate(end="failed", detail="out of memory on a Tuesday"))
    done = make(ImageRequest("a fox"), double, provider, None, language, tmp_path)
    assert done.returncode != 0
    assert "out of memory on a Tuesday" in done.stderr
    assert not list(pictures(tmp_path))


@pytest.mark.parametrize(
    ("double", "provider", "code"),
    [("cloudflare", "cloudflare", 10000), ("replicate", "replicate", 402), ("bfl", "bfl", 402)],
    indirect=["double"],
)
@every_language
def test_a_snippet_tells_of_an_error(double: Double, provider: str, code: int, language: str, tmp_path: Path) -> None:
    """What the provider says of an error is shown, and never the key."""
    double.script("submit", double.error(code, "their very words"))
    done = make(ImageRequest("a fox"), double, provider, None, language, tmp_path)
    assert done.returncode != 0
    assert "their very words" in done.stderr
    assert double.key not in done.stdout + done.stderr


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gateway_in_the_environment_is_used(
    language: str, cloudflare_double: CloudflareDouble, tmp_path: Path
) -> None:
    """The gateway's id is read from the environment as well, and the request goes through it."""
    double = cloudflare_double
    settings = {
        **double.environ,
        "CLOUDFLARE_GATEWAY_ID": double.gateway_id,
        "CLOUDFLARE_GATEWAY_URL": f"{double.origin}/v1",
    }
    code = snippet(ImageRequest("a fox"), "cloudflare", language=language, settings=settings)
    assert double.gateway_id not in code
    done = run(language, code, tmp_path, settings)
    assert done.returncode == 0, done.stderr
    assert double.requests[0].path.startswith("/v1/")


# --- the providers' own clients ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["flux-2-pro", "flux-2-klein-4b"])
def test_the_python_client_of_replicate(model: str, replicate_double: ReplicateDouble, tmp_path: Path) -> None:
    """It sends the same input, uploads the references by itself, and brings the picture."""
    pytest.importorskip("replicate", reason="the client is in the dev extra")
    references = [small(1), large()]
    request = ImageRequest(NASTY, references=references, seed=7)
    done = make(request, replicate_double, "replicate", model, "python-replicate", tmp_path)
    assert done.returncode == 0, done.stderr
    (job,) = replicate_double.submits
    assert (job.values["prompt"], job.values["seed"], len(job.references)) == (NASTY, 7, 2)
    assert list(pictures(tmp_path)) == [replicate_double.delivered[job.id]]


STAND_IN = """
export default class Replicate {
  constructor({ auth, baseUrl }) {
    const headers = { Authorization: `Bearer ${auth}`, "Content-Type": "application/json" };
    const base64 = async (file) => Buffer.from(await file.arrayBuffer()).toString("base64");
    const uri = async (value) => (value instanceof File ? `data:${value.type};base64,${await base64(value)}` : value);
    const sendable = (value) => (Array.isArray(value) ? Promise.all(value.map(uri)) : value);
    this.predictions = {
      create: async ({ model, input }) => {
        const values = {};
        for (const [name, value] of Object.entries(input)) values[name] = await sendable(value);
        const options = { method: "POST", headers, body: JSON.stringify({ input: values }) };
        return (await fetch(`${baseUrl}/models/${model}/predictions`, options)).json();
      },
    };
    this.wait = async (prediction) => (await fetch(prediction.urls.get, { headers })).json();
  }
}
"""
"""What the snippet uses of Replicate's JavaScript client, as its documentation describes it."""


def test_the_javascript_client_of_replicate(replicate_double: ReplicateDouble, tmp_path: Path) -> None:
    """With a stand-in for the package, the same input arrives and the picture is written."""
    home = tmp_path / "node_modules" / "replicate"
    home.mkdir(parents=True)
    (home / "index.mjs").write_text(STAND_IN, encoding="utf-8")
    (home / "package.json").write_text('{"name": "replicate", "main": "index.mjs"}', encoding="utf-8")
    request = ImageRequest(NASTY, references=[small(1), small(2)], seed=7)
    done = make(request, replicate_double, "replicate", "flux-2-klein-4b", "javascript-replicate", tmp_path)
    assert done.returncode == 0, done.stderr
    (job,) = replicate_double.submits
    assert (job.values["prompt"], len(job.references)) == (NASTY, 2)
    assert list(pictures(tmp_path)) == [replicate_double.delivered[job.id]]


WORKERD = """
import { readFile, writeFile } from "node:fs/promises";
import worker from "./worker.mjs";

const AI = {
  async run(model, { multipart }) {
    const reply = await fetch(process.env.RUN_URL + model, {
      method: "POST",
      headers: { Authorization: `Bearer ${process.env.CLOUDFLARE_API_TOKEN}`, "Content-Type": multipart.contentType },
      body: multipart.body,
      duplex: "half",
    });
    return (await reply.json()).result;
  },
};
const ASSETS = { fetch: async (url) => new Response(await readFile(url.pathname.slice(1))) };
const reply = await worker.fetch(new Request("https://worker.example/"), { AI, ASSETS });
await writeFile("picture.jpg", Buffer.from(await reply.arrayBuffer()));
"""
"""A Worker's surroundings: the binding sends the form to the provider and returns its result."""


@pytest.mark.parametrize("prompt", ["a red fox", NASTY], ids=["plain", "nasty"])
def test_a_worker_with_the_binding(prompt: str, cloudflare_double: CloudflareDouble, tmp_path: Path) -> None:
    """The Worker sends the same form through its binding and answers with the picture."""
    double = cloudflare_double
    request = ImageRequest(prompt, references=[small(1)], seed=7)
    code = snippet(request, "cloudflare", "flux-2-klein-4b", "javascript-worker", settings=double.environ)
    assert "process.env" not in code
    (tmp_path / "worker.mjs").write_text(code, encoding="utf-8", newline="")
    (tmp_path / "image-1.png").write_bytes(small(1).source)
    url = f"{double.url}/accounts/{double.account_id}/ai/run/"
    done = run("javascript", WORKERD, tmp_path, {**double.environ, "RUN_URL": url})
    assert done.returncode == 0, done.stderr
    (job,) = double.submits
    assert (job.values["prompt"], job.references) == (prompt, (prepared_files(request, "cloudflare")["image-1.png"],))
    assert list(pictures(tmp_path)) == [double.delivered[job.id]]


# --- this package -----------------------------------------------------------------------------------------------------


def ran(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> ImageResult:
    """Run code of this package in this process, in a folder with image 1."""
    (folder / "image-1.png").write_bytes(small(1).source)
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    exec(compile(code, "snippet.py", "exec"), names)
    names["studio"].engine.close()
    result: ImageResult = names["result"]
    return result


def test_the_packages_own_code(
    replicate_double: ReplicateDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It makes the same request through this package, and saves the picture under its true format."""
    for name, value in replicate_double.environ.items():
        monkeypatch.setenv(name, value)
    request = ImageRequest(NASTY, references=[small(1)], seed=7, output_format="jpeg", extra={"output_quality": 80})
    ran(snippet(request, "replicate", language="python-flux2-nb"), tmp_path, monkeypatch)
    (job,) = replicate_double.submits
    assert (job.values["prompt"], job.values["output_format"], job.values["output_quality"]) == (NASTY, "jpg", 80)
    assert job.references == tuple(prepared_files(request, "replicate").values())
    assert (tmp_path / "picture.jpeg").exists()


def test_the_code_of_a_sketch_needs_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline there is nothing but this package, and its code runs as it is."""
    request = ImageRequest("a red fox", references=[small(1)], width=128, height=96, seed=7)
    result = ran(snippet(request, "sketch"), tmp_path, monkeypatch)
    assert (result.width, result.height, result.seed) == (128, 96, 7)
    assert (tmp_path / "picture.png").exists()


def test_a_reference_read_from_a_path_has_its_prepared_name(tmp_path: Path) -> None:
    """A snippet never names a file of this machine."""
    (tmp_path / "my holiday.png").write_bytes(small(1).source)
    request = ImageRequest("a fox", references=[Reference(tmp_path / "my holiday.png")])
    code = snippet(request, "bfl")
    assert "holiday" not in code
    assert "image-1.png" in code
