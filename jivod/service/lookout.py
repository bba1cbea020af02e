"""Lookout: what other processes did to the store, looked at each second: whether another one took its place, and which
tokens there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from twisted.logger import Logger

from jivod.model.access import Access
from jivod.service.rounds import Rounds
from jivod.store import tokens
from jivod.web.trail import Caller

INTERVAL = 1.0  # seconds

_log = Logger(namespace="jivod.service")


class Lookout(Rounds):
    """`learn` is told the tokens each time. Survives its own errors."""

    def __init__(self, clock: Any, readers: Caller, learn: Callable[[Sequence[Access]], None]) -> None:
        super().__init__(clock, self.look, INTERVAL)
        self._readers, self._learn = readers, learn

    async def look(self) -> None:
        """Once."""
        try:
            if await self._readers.call(lambda engine: engine.follow()):
                _log.info("the store was made anew, and this goes on with the new one")
            self._learn(await self._readers.call(lambda engine: engine.read(tokens.listed)))
        except Exception:
            _log.failure("cannot look at the store")
