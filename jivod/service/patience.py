"""Patience: when is a group worth its flush? At once for who comes alone; after a moment for who comes in a crowd.

Clients that were answered together tend to come back together. Writing while they still come in makes small groups and
two threads that fight for the interpreter: LMDB gives it up at every put, and a busy reactor takes milliseconds to give
it back. Waiting for as many as were there a moment ago nearly doubled what the daemon does in a second (measured).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

QUIET = 0.002  # seconds without a new event after which nobody else is waited for
LONGEST = 0.010  # seconds that the first in a group waits at most


class Patience:
    """Tells by `go()` when the waiting events should be written. `call_later` is the reactor's, on the monotonic clock.

    Call `arrived` for each event, with the number that wait, and `settled` when a group has come home.
    """

    def __init__(self, call_later: Callable[..., Any], go: Callable[[], None]) -> None:
        self._call_later, self._go = call_later, go
        self._expected = 1
        self._turns = 0  # looks still to be taken before patience ends
        self._stirred = False  # did anything arrive since the last look?

    def arrived(self, waiting: int) -> None:
        """One more event waits."""
        self._stirred = True
        if waiting >= self._expected:
            self._go()

    def settled(self, group: int, waiting: int) -> None:
        """A group of so many came home while so many others wait: all of them may soon be there."""
        looking = self._turns > 0
        self._expected, self._turns, self._stirred = group + waiting, round(LONGEST / QUIET), True
        if not looking:
            self._call_later(QUIET, self._look)

    def _look(self) -> None:
        self._turns -= 1
        if self._stirred and self._turns > 0:
            self._stirred = False
            self._call_later(QUIET, self._look)
            return
        self._expected, self._turns = 1, 0
        self._go()
