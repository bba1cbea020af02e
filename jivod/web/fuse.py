"""Fuse: whom we need not, we do not ask again and again while he is down. A circuit breaker."""

from __future__ import annotations

from collections.abc import Callable

FAILURES = 5  # in a row
PAUSE = 15.0  # seconds


class Fuse:
    """Closed until `FAILURES` in a row; then open for `PAUSE`; then one may try, and what comes of it decides.

    Whoever `may_ask` tells the end by `worked`, `failed` or, if nothing is known of it, `gave_up`.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._failures = 0
        self._until = 0.0
        self._is_tried = False

    @property
    def is_open(self) -> bool:
        """Whether so much went wrong that nobody asks but who tries."""
        return self._failures >= FAILURES

    def may_ask(self) -> bool:
        """Whether to ask now."""
        if not self.is_open:
            return True
        if self._is_tried or self._seconds() < self._until:
            return False
        self._is_tried = True
        return True

    def worked(self) -> bool:
        """It did; True if it had not before."""
        was_open, self._failures, self._is_tried = self.is_open, 0, False
        return was_open

    def failed(self) -> bool:
        """It did not; True if that opened the fuse."""
        was_open = self.is_open
        self._failures, self._is_tried = self._failures + 1, False
        if self.is_open:
            self._until = self._seconds() + PAUSE
        return self.is_open and not was_open

    def gave_up(self) -> None:
        """Nobody waited for the end."""
        self._is_tried = False
