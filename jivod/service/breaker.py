"""Breaker: a sink that fails again and again is left alone for a while, longer each time, and then asked once.

Time is that of the monotonic clock, in seconds; `random` gives a number from 0 up to 1.
"""

from __future__ import annotations

from collections.abc import Callable

FAILURES = 5  # in a row, until it opens
FIRST, LONGEST = 5.0, 600.0  # seconds that it stays open
BASE, CAP = 10.0, 4 * 3600.0  # seconds until a change that failed is tried again


def back_off(attempts: int, random: Callable[[], float], base: float = BASE, cap: float = CAP) -> float:
    """Seconds until the next attempt, by full jitter: any time up to twice as long after each failure."""
    return random() * min(cap, base * 2.0 ** min(attempts - 1, 32))


class Breaker:
    """Closed: deliveries go. Open: none. Half open, when its time is over: one at a time."""

    def __init__(self, seconds: Callable[[], float], random: Callable[[], float]) -> None:
        self._seconds, self._random = seconds, random
        self._failures = 0
        self._until = 0.0

    @property
    def is_closed(self) -> bool:
        """Whether the sink works, as far as is known."""
        return self._failures < FAILURES

    def allows(self, in_flight: int) -> bool:
        """Whether one more delivery may go while so many are on their way."""
        return self._seconds() >= self._until and (self.is_closed or in_flight == 0)

    def worked(self) -> None:
        """A delivery arrived."""
        self._failures = 0

    def failed(self) -> bool:
        """A delivery did not; whether that opened the breaker."""
        self._failures += 1
        if self.is_closed:
            return False
        longest = min(LONGEST, FIRST * 2.0 ** min(self._failures - FAILURES, 32))
        self.hold(longest * (1 + self._random()) / 2)
        return self._failures == FAILURES

    def hold(self, seconds: float) -> None:
        """Let nothing go for so long."""
        self._until = max(self._until, self._seconds() + seconds)
