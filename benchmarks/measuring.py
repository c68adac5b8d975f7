"""What there is to measure; each measurement runs in a fresh process of its own."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context

from .table import Row, told

FIGURES = ("reference_fitting", "history_search")
"""Measurements that tell names and figures, without an aim."""

MEASUREMENTS = (
    *("overhead", "clients", "side_by_side"),
    *("app_start", "app_visitors", "app_pictures", "app_history"),
    *("importing", "panels", "sketching", "bombs"),
    *FIGURES,
)
"""The modules of this folder that measure, in the order of the table."""


def measure(name: str, quick: bool) -> list[Row]:
    """Run one measurement in a fresh process, so that none starts with the memory and the threads of another."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure_here, name, quick).result()


def measure_here(name: str, quick: bool) -> list[Row]:
    """Run one measurement in this process."""
    module = import_module(f"benchmarks.{name}")
    return told(module.run()) if name in FIGURES else list(module.run(quick))
