"""Chores: what has to be done each minute: free the slots of dead readers, look at the size of the store."""

from __future__ import annotations

from typing import Any

from twisted.logger import Logger

from jivod.service.rounds import Rounds
from jivod.store.kv import Size
from jivod.web.metrics import Metrics
from jivod.web.trail import Caller

INTERVAL = 60.0  # seconds
ROOM = 0.9  # of the map: fuller than that is worth a warning
FREE = 256 * 1024 * 1024  # bytes of the disk: the same

_log = Logger(namespace="jivod.service")


class Chores(Rounds):
    """Survives its own errors: they are logged, the next minute is another try."""

    def __init__(self, clock: Any, readers: Caller, metrics: Metrics) -> None:
        super().__init__(clock, self.run, INTERVAL)
        self._readers, self._metrics = readers, metrics

    async def run(self) -> None:
        """One round."""
        try:
            dead = await self._readers.call(lambda engine: engine.reader_check())
            size = await self._readers.call(lambda engine: engine.size())
        except Exception:
            _log.failure("chores failed")
            return
        self._metrics.store = size
        if dead:
            _log.warn("freed the slots of {dead} dead readers", dead=dead)
        if is_tight(size):
            _log.warn("the store is running out of room", used=size.used, mapped=size.mapped, free_disk=size.free_disk)


def is_tight(size: Size) -> bool:
    """Whether somebody should make room soon."""
    return size.used > size.mapped * ROOM or size.free_disk < FREE
