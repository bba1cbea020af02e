"""Target: a parser by its name, the inputs that are kept for it, and a check of one input within bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

LONGEST = {
    "config": 4096,
    "contact": 1024,
    "cursor": 512,
    "event": 16384,
    "link": 2200,
    "policy": 4096,
    "rows": 8192,
    "token": 2304,
}
"""Bytes of an input, by the name of the target."""
BOUND = 1.0  # seconds of CPU for one input: watched by the fuzzer, everything takes some five times as long
HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "fuzz"


class TooSlow(Exception):
    """An input took longer than `BOUND`."""


def load(name: str) -> Callable[[bytes], None]:
    """The check of a target, with the bound on its time."""
    check: Callable[[bytes], None] = import_module(f"tests.fuzz.targets.{name}").check

    def bounded(data: bytes) -> None:
        begun = time.thread_time()
        check(data)
        spent = time.thread_time() - begun
        if spent > BOUND:
            raise TooSlow(f"{spent:.2f} s of CPU for {len(data)} bytes")

    return bounded


def kept(name: str) -> Path:
    """The directory with the inputs that are kept."""
    return HERE / "corpus" / name


def found(name: str) -> Path:
    """The directory for inputs that the fuzzer comes upon: what is new, and what broke something."""
    return BUILD / name
