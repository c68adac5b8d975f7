"""The vocabularies of FLUX.2's text encoders, read from the data files of two PyPI packages without importing these.

dev reads prompts with Mistral-Small-3.2 (Tekken; ``mistral-common`` ships a file whose base vocabulary is taken to
be the same, which is unconfirmed to the token), klein with Qwen3 (``dashscope`` ships its vocabulary).
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from flux2_nb.errors import MissingExtra

if TYPE_CHECKING:
    import tiktoken

EncodingName = Literal["tekken", "qwen"]

# Qwen's published way of splitting text before merging.
_QWEN_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_FILES: dict[EncodingName, tuple[str, str]] = {
    "tekken": ("mistral_common", "data/tekken_240911.json"),
    "qwen": ("dashscope", "resources/qwen.tiktoken"),
}


@lru_cache(maxsize=2)
def encoding(name: EncodingName) -> tiktoken.Encoding:
    """Load one vocabulary (about 0.4 s, once per process).

    Raises:
        MissingExtra: When ``tiktoken`` or the package with the file is not installed.
    """
    try:
        import tiktoken
    except ImportError:
        raise _missing("tiktoken") from None
    path = _data_file(name)
    if name == "qwen":
        lines = (line.split() for line in path.read_bytes().splitlines() if line)
        ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
        return tiktoken.Encoding("qwen", pat_str=_QWEN_PATTERN, mergeable_ranks=ranks, special_tokens={})
    data = json.loads(path.read_bytes())
    config = data["config"]
    size = config["default_vocab_size"] - config["default_num_special_tokens"]
    ranks = {base64.b64decode(entry["token_bytes"]): entry["rank"] for entry in data["vocab"] if entry["rank"] < size}
    return tiktoken.Encoding("tekken", pat_str=config["pattern"], mergeable_ranks=ranks, special_tokens={})


def _data_file(name: EncodingName) -> Path:
    """The vocabulary inside an installed package; ``find_spec`` of a top-level package does not import it."""
    package, inside = _FILES[name]
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    path = Path(folders[0], inside) if folders else None
    if path is None or not path.is_file():
        raise _missing(package.replace("_", "-"))
    return path


def _missing(package: str) -> MissingExtra:
    return MissingExtra(
        f"Exact token counts need {package}.", next_step='Install the extra: pip install "flux2-nb[tokens]".'
    )
