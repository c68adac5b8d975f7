"""A provider's double in a process of its own, which sends a picture of real size that nobody has seen before.

In the measured process it would share the interpreter's lock with what is measured; and the same picture twice would be
stored once. Run as a command it is that process: it prints its environment as JSON and ends when its input closes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import count

from PIL import Image

from tests.doubles import bfl
from tests.doubles.__main__ import DOUBLES
from tests.doubles.faults import Fate

SIDE = 1024
GRAIN = 4.5
"""The noise, in levels of a colour, with which a PNG of 1024 x 1024 weighs as much as a photograph's: some 1.5 MB."""

MANY_TASKS = 10_000
"""How many jobs BFL's double takes at once: 24 in truth, too few to measure 200."""

GOLDEN = 0.6180339887
_END = 12  # bytes of a PNG's last chunk


@contextmanager
def double(
    name: str, seconds: float = 0.0, spread: float = 0.0, alike: int = 1, format: str = "png"
) -> Iterator[dict[str, str]]:
    """Serve one provider; gives the environment that points at it. For the options see ``--help``."""
    options = {"--seconds": seconds, "--spread": spread, "--alike": alike, "--format": format}
    words = [str(word) for option in options.items() for word in option]
    command = [sys.executable, "-m", "benchmarks.doubles", name, *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()


def picture(format: str = "png", side: int = SIDE) -> bytes:
    """Draw a soft gradient under the grain of a sensor; of 1024 pixels, a PNG has 1.5 MB and a JPEG 0.2 MB."""
    bands = (Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90))
    grain = [Image.effect_noise((side, side), GRAIN) for _ in bands]
    soft = [Image.blend(band.resize((side, side)), noise, 0.5) for band, noise in zip(bands, grain, strict=True)]
    output = BytesIO()
    Image.merge("RGB", soft).save(output, format.upper(), quality=95)
    return output.getvalue()


def renamed(picture: bytes) -> bytes:
    """Return the same picture with other bytes: a text chunk ends the PNG, a comment begins the JPEG."""
    name = uuid.uuid4().hex.encode()
    if not picture.startswith(b"\x89PNG"):
        return picture[:2] + b"\xff\xfe" + (len(name) + 2).to_bytes(2, "big") + name + picture[2:]
    text = b"tEXtID\0" + name
    chunk = (len(text) - 4).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    return picture[:-_END] + chunk + picture[-_END:]


def fates(seconds: float, spread: float, alike: int, picture: bytes) -> Iterator[Fate]:
    """Yield the courses of the jobs: a picture of its own for each, and times spread evenly."""
    for number in count():
        share = number // alike * GOLDEN % 1
        yield Fate(seconds=seconds + spread * share, image=renamed(picture))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.doubles", description=__doc__)
    parser.add_argument("name", choices=DOUBLES)
    parser.add_argument("--seconds", type=float, default=0.0, help="how long each job takes at least (default 0)")
    parser.add_argument("--spread", type=float, default=0.0, help="how much longer some take, in seconds (default 0)")
    parser.add_argument("--alike", type=int, default=1, help="how many jobs in a row take the same time (default 1)")
    parser.add_argument("--format", choices=("png", "jpeg"), default="png", help="of the pictures (default png)")
    options = parser.parse_args()
    bfl.ACTIVE_TASKS = MANY_TASKS
    courses = fates(options.seconds, options.spread, options.alike, picture(options.format))
    with DOUBLES[options.name]() as serving:
        serving.next_fate = lambda: next(courses)
        print(json.dumps(serving.environ), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
