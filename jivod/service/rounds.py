"""Rounds: work that is done again and again, from the start of the daemon to its end, never twice at a time."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall


class Rounds(Service):
    """`work` each so many `seconds` of `clock`, the first time at once or, not `soon`, after them. It handles its own
    errors: one that it lets out ends the rounds.
    """

    def __init__(self, clock: Any, work: Callable[[], Any], seconds: float, *, soon: bool = True) -> None:
        self._loop = LoopingCall(work)
        self._loop.clock = clock
        self._seconds, self._soon = seconds, soon
        self._round: Deferred[Any] | None = None

    def startService(self) -> None:
        """Begin."""
        super().startService()
        self._round = self._loop.start(self._seconds, now=self._soon)

    def stopService(self) -> Deferred[Any] | None:
        """Fires when a round that is under way has ended."""
        super().stopService()
        if self._loop.running:
            self._loop.stop()
        return self._round
