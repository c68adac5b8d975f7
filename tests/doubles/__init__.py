"""Stand-ins that play the image providers over real HTTP on loopback, strict about every field."""

from __future__ import annotations

from .bfl import BflDouble
from .cloudflare import CloudflareDouble
from .double import Double, Job
from .exchange import Call, Reply, Upload
from .faults import Fate, Fault
from .replicate import ReplicateDouble

__all__ = [
    "BflDouble",
    "Call",
    "CloudflareDouble",
    "Double",
    "Fate",
    "Fault",
    "Job",
    "ReplicateDouble",
    "Reply",
    "Upload",
]
