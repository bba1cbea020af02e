"""Lookout: what other processes did to the store, looked at each second: whether another one took its place, and which
tokens there are.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from jivod.model.access import Access
from jivod.service.chores import Caller
from jivod.store import tokens

INTERVAL = 1.0  # seconds

_log = Logger(namespace="jivod.service")


class Lookout(Service):
    """`learn` is told the tokens each time. Survives its own errors."""

    def __init__(self, clock: Any, readers: Caller, learn: Callable[[Sequence[Access]], None]) -> None:
        self._readers, self._learn = readers, learn
        self._loop = LoopingCall(self.look)
        self._loop.clock = clock
        self._round: Deferred[LoopingCall] | None = None

    def startService(self) -> None:
        """The first look is at once."""
        super().startService()
        self._round = self._loop.start(INTERVAL)

    def stopService(self) -> Deferred[LoopingCall] | None:
        """Fires when a look that is under way has ended."""
        super().stopService()
        if self._loop.running:
            self._loop.stop()
        return self._round

    async def look(self) -> None:
        """Once."""
        try:
            if await self._readers.call(lambda engine: engine.follow()):
                _log.info("the store was made anew, and this goes on with the new one")
            self._learn(await self._readers.call(lambda engine: engine.read(tokens.listed)))
        except Exception:
            _log.failure("cannot look at the store")
