"""How fast ten photographs of 12 megapixels are fitted to Cloudflare's limit, against plain Pillow in the same run."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from io import BytesIO
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from PIL import Image, ImageFilter

from flux2_nb.cards import ReferenceRule
from flux2_nb.images import prepare
from flux2_nb.request import Reference

PHOTOGRAPHS, SIZE = 10, (4032, 3024)
CLOUDFLARE = ReferenceRule(maximum=4, max_side=511)
REPEATS = 5

T = TypeVar("T")


def photographs(folder: Path) -> list[Path]:
    """Make photographs: soft gradients under sensor noise, 4 to 6 MB each as a camera's JPEG."""
    grain = Image.effect_noise(SIZE, 18).filter(ImageFilter.GaussianBlur(0.6))
    paths = []
    for number in range(PHOTOGRAPHS):
        turned = Image.radial_gradient("L").rotate(36 * number).resize(SIZE, Image.Resampling.BICUBIC)
        bands = [turned, turned.transpose(Image.Transpose.FLIP_LEFT_RIGHT), Image.linear_gradient("L").resize(SIZE)]
        picture = Image.merge("RGB", [Image.blend(band, grain, 0.6) for band in bands])
        paths.append(folder / f"photograph-{number}.jpg")
        picture.save(paths[-1], quality=93)
    return paths


def fit_with_ours(paths: list[Path]) -> None:
    """Read, check and fit all of them as the toolkit does, in a pool of threads."""
    with ThreadPoolExecutor() as pool:
        fitted = list(pool.map(lambda path: prepare(Reference(path), CLOUDFLARE), paths))
    assert {(one.width, one.height) for one in fitted} == {(511, 383)}


def fit_with_pillow(paths: list[Path]) -> None:
    """Fit them one after another in the way that comes to mind first."""
    for path in paths:
        with Image.open(path) as image:
            image.convert("RGB").resize((511, 383)).save(BytesIO(), "JPEG", quality=95)


WAYS: dict[str, Callable[[list[Path]], None]] = {"ours": fit_with_ours, "pillow": fit_with_pillow}


def seconds(way: str, paths: list[Path]) -> float:
    """Time one way once."""
    start = time.perf_counter()
    WAYS[way](paths)
    return time.perf_counter() - start


def peak_megabytes(way: str, paths: list[Path]) -> float:
    """Return how much the peak memory of this process grows by one way; asked in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    WAYS[way](paths)
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / unit


def run() -> list[tuple[str, str]]:
    """Measure both ways by turns and return rows of a name and a figure."""
    with tempfile.TemporaryDirectory() as folder:
        paths = _in_a_new_process(photographs, Path(folder))
        size = sum(path.stat().st_size for path in paths) / len(paths) / 1e6
        times: dict[str, list[float]] = {way: [] for way in WAYS}
        for _ in range(REPEATS):
            for way, measured in times.items():
                measured.append(_in_a_new_process(seconds, way, paths))
        memory = {way: _in_a_new_process(peak_megabytes, way, paths) for way in WAYS}
    ours, pillow = min(times["ours"]), min(times["pillow"])  # other work on the machine only ever adds
    return [
        (f"{PHOTOGRAPHS} photographs of 12 MP ({size:.1f} MB each) fitted to 511 px", f"{ours:.2f} s"),
        ("the same with plain Pillow, one by one", f"{pillow:.2f} s"),
        ("times faster", f"{pillow / ours:.1f}"),
        ("peak memory, ours / plain Pillow", f"{memory['ours']:.0f} MB / {memory['pillow']:.0f} MB"),
    ]


def _in_a_new_process(ask: Callable[..., T], *arguments: object) -> T:
    # A child begins with the peak of its parent, so that everything heavy is done in children.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(ask, *arguments).result()


def main() -> None:
    for name, figure in run():
        print(f"{name}: {figure}")


if __name__ == "__main__":
    main()
