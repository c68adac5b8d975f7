"""Running a snippet as a person would: saved into a folder, with the environment set, by its own interpreter."""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from PIL import Image

from flux2_nb.request import ImageRequest, Reference
from flux2_nb.snippets import prepared_files, snippet
from tests.doubles import Double

NASTY = (
    "a 'red' \"fox\" in $HOME and `id`, $(id), ${HOME}, \\n \\ % {x} {{y}} #z !! </script> <!-- "
    "\\(x) \\u0041 ''' \"\"\"\nJSON\nEOF\n\tsecond line\r\nthird\rfourth \x7f \x1b[31m "
    "\u2028 \u2029 \u200e \u202e \ufeff \u00a0 \ue000 \ue000\ue000 "
    "@file <file ;type=x 狐 ثعلب \U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301 -d --data "
)
"""A prompt with everything that means something to a shell, a heredoc, jq, Python, JavaScript, HTML or a form."""

INTERPRETERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "curl": ("snippet.sh", ("bash",)),
    "python": ("snippet.py", (sys.executable, "-W", "error")),
    "javascript": ("picture.mjs", ("node",)),
}
"""The first word of a language's name -> file name and command."""


def needs(language: str) -> None:
    """Skip where a tool is not on this machine; on CI every tool must be there."""
    tools = {"curl": ("bash", "curl", "jq", "base64"), "javascript": ("node",)}.get(language.partition("-")[0], ())
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"not on this machine: {', '.join(missing)}")


def run(language: str, code: str, folder: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Save code into a folder and run it there with these variables set."""
    needs(language)
    name, command = INTERPRETERS[language.partition("-")[0]]
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(code, encoding="utf-8", newline="")
    return subprocess.run(
        [*command, name],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def make(
    request: ImageRequest, double: Double, provider: str, model: str | None, language: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Write the snippet of a request and its files into a folder, and run it against a double."""
    folder.mkdir(exist_ok=True)
    for name, data in prepared_files(request, provider, model).items():
        (folder / name).write_bytes(data)
    code = snippet(request, provider, model, language, settings=double.environ)
    assert double.key not in code
    return run(language, code, folder, double.environ)


def pictures(folder: Path) -> Iterator[bytes]:
    """The bytes of every picture that a snippet wrote."""
    return (path.read_bytes() for path in folder.glob("picture.*") if path.suffix != ".mjs")


def small(number: int) -> Reference:
    """A plain PNG of some hundred bytes."""
    return Reference(_png(Image.new("RGB", (320 + number, 256), "orange")))


def large() -> Reference:
    """A PNG of noise, some 500 kB: above what travels inside a JSON body on Replicate."""
    noise = random.Random(4).randbytes(400 * 400 * 3)
    return Reference(_png(Image.frombytes("RGB", (400, 400), noise)))


def _png(image: Image.Image) -> bytes:
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()
