"""Deadline: every wait ends after the same time, so one queue and one timer are enough for all of them."""

from __future__ import annotations

from collections import deque
from typing import Any, TypeVar

from twisted.internet.defer import Deferred

from jivod.model.errors import Busy

T = TypeVar("T")


class Deadlines:
    """Fails a Deferred with `Busy` when it has not fired `seconds` after it was given. What it waits for goes on."""

    def __init__(self, clock: Any, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._waits: deque[tuple[float, Deferred[Any]]] = deque()  # oldest first
        self._armed = False

    def begin(self) -> float:
        """This moment, for `left`."""
        now: float = self._clock.seconds()
        return now

    def left(self, begun: float) -> float:
        """Seconds that are left of a deadline that began at `begun`."""
        return float(begun + self._seconds - self._clock.seconds())

    def within(self, wait: Deferred[T]) -> Deferred[T]:
        """The same Deferred, now watched. Whoever fires it looks at `called` first."""
        if not wait.called:
            self._waits.append((self._clock.seconds() + self._seconds, wait))
            if not self._armed:
                self._arm()
        return wait

    def _arm(self) -> None:
        self._armed = True
        self._clock.callLater(max(0.0, self._waits[0][0] - self._clock.seconds()), self._expire)

    def _expire(self) -> None:
        self._armed = False
        now = self._clock.seconds()
        while self._waits and (self._waits[0][0] <= now or self._waits[0][1].called):
            wait = self._waits.popleft()[1]
            if not wait.called:
                wait.errback(Busy("The store is slow; the event may be kept, try again."))
        if self._waits:
            self._arm()
