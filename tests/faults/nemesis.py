"""Nemesis: one way in which a machine, or its operator, can hurt the daemon, and what may come of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from tests.faults.ground import Ground
from tests.faults.scene import Scene

Deed = Callable[[Scene], object]


def nothing(scene: Scene) -> None:
    """No deed."""


@frozen(kw_only=True)
class Nemesis:
    """`strike` hurts, `heal` ends that while the daemon may still live, `mend` makes the next start possible.

    `lives` it may; `ends` are the exit codes with which it may end. `says` is what its log must tell.
    """

    name: str
    strike: Deed
    heal: Deed = nothing
    mend: Deed = nothing
    before: float = 0.3  # seconds of load at most, before the strike
    lasts: float = 0.0  # seconds between strike and heal
    lives: bool = True
    ends: frozenset[int] = frozenset()
    says: str = ""
    excuses: str = ""  # how an answer begins that is right here, and wrong elsewhere
    silent: bool = True  # no traceback comes of it
    patience: float = 5.0  # seconds that any answer may take, on a busy machine
    ground: Callable[[Path], Ground] = Ground
    skewed: bool = False
    map_size: int = 1 << 28
