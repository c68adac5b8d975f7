"""Against the clients people use today, over the same double of Replicate: from the call to the bytes of the picture.

Ours journals the run, verifies the picture and stores it on the disk; theirs do none of that. With ``Prefer: wait`` the
provider holds the reply until the picture is ready, which saves every look; a reply that is lost then takes the job's
id with it, which is why ours asks for the id at once and looks again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from flux2_nb.studio import Studio

from .bare import SIDE
from .doubles import double
from .table import Row, against
from .timing import by_turns

MODEL = "black-forest-labs/flux-2-pro"
PROMPT = "A lighthouse above a calm sea, first light, long exposure photograph"
SIZE = {"aspect_ratio": "custom", "width": SIDE, "height": SIDE, "output_format": "png"}
MOST = 1.0
CLIENTS = 4
"""How many are compared: so many jobs in a row take the same time, which no client's rhythm of looking suits best."""

Ask = Callable[[int], bytes]

_seeds = count()


def run(quick: bool = False) -> list[Row]:
    """Measure jobs that are ready at once, which shows overhead, and short ones, which shows waiting."""
    at_once = _rows("a job that is ready at once", 0, 0, 5 if quick else 20)
    return [*at_once, *_rows("a job of 1 to 2 s", 1, 1, 5 if quick else 15)]


def _rows(case: str, seconds: float, spread: float, turns: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder, double("replicate", seconds, spread, CLIENTS) as environ:
        studio = Studio("replicate", "flux-2-pro", home=Path(folder), settings=environ)
        others = {
            "replicate, create and wait": _create_and_wait(environ),
            "replicate.run (Prefer: wait)": _run(environ),
            "huggingface_hub InferenceClient (Prefer: wait)": _hugging_face(environ),
        }
        acts: list[Ask] = [lambda seed: studio.generate(PROMPT, seed=seed).data, *others.values()]
        ours, *theirs = by_turns([_once(act) for act in acts], turns)
        studio.engine.close()
    name = f"{case}, ours with journal and store"
    return [against(name, ours, label, times, MOST) for label, times in zip(others, theirs, strict=True)]


def _once(ask: Ask) -> Callable[[], None]:
    def act() -> None:
        assert ask(next(_seeds)).startswith(b"\x89PNG")

    return act


def _client(environ: Mapping[str, str]) -> Any:
    from replicate.client import Client

    base = environ["REPLICATE_BASE_URL"].removesuffix("/v1")
    return Client(api_token=environ["REPLICATE_API_TOKEN"], base_url=base)


def _read(client: Any, output: Any) -> bytes:
    from replicate.helpers import FileOutput

    # The client wraps https addresses so by itself; the double's is http.
    data: bytes = FileOutput(output[0] if isinstance(output, list) else output, client).read()
    return data


def _create_and_wait(environ: Mapping[str, str]) -> Ask:
    client = _client(environ)

    def ask(seed: int) -> bytes:
        prediction = client.models.predictions.create(MODEL, input={"prompt": PROMPT, "seed": seed, **SIZE})
        prediction.wait()
        return _read(client, prediction.output)

    return ask


def _run(environ: Mapping[str, str]) -> Ask:
    client = _client(environ)
    return lambda seed: _read(client, client.run(MODEL, input={"prompt": PROMPT, "seed": seed, **SIZE}))


def _hugging_face(environ: Mapping[str, str]) -> Ask:
    """Point the client's own Replicate helper at the double, and tell it the model's name there, so no Hub is asked."""
    from huggingface_hub import InferenceClient
    from huggingface_hub.hf_api import InferenceProviderMapping
    from huggingface_hub.inference._providers import PROVIDERS
    from huggingface_hub.inference._providers._common import HARDCODED_MODEL_INFERENCE_MAPPING

    hub_name = "black-forest-labs/FLUX.2-pro"
    mapping = {"hf_model_id": hub_name, "providerId": MODEL, "task": "text-to-image", "status": "live"}
    known = HARDCODED_MODEL_INFERENCE_MAPPING["replicate"]
    known[hub_name] = InferenceProviderMapping(provider="replicate", **mapping)
    PROVIDERS["replicate"]["text-to-image"].base_url = environ["REPLICATE_BASE_URL"].removesuffix("/v1")
    client = InferenceClient(provider="replicate", api_key=environ["REPLICATE_API_TOKEN"])
    extra = {name: value for name, value in SIZE.items() if name not in ("width", "height")}

    def ask(seed: int) -> bytes:
        image: Any = client.text_to_image(PROMPT, model=hub_name, width=SIDE, height=SIDE, seed=seed, extra_body=extra)
        # It gives a picture that is not decoded yet; its bytes are those that came.
        data: bytes = image.fp.getvalue()
        return data

    return ask


def main() -> None:
    """Print the rows."""
    for row in run():
        print(" | ".join(row.cells()))


if __name__ == "__main__":
    main()
