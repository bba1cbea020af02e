"""Chores: what has to be done each minute: free the slots of dead readers, look at the size of the store."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from jivod.store.kv import Engine, Size
from jivod.web.metrics import Metrics

T = TypeVar("T")
INTERVAL = 60.0  # seconds
ROOM = 0.9  # of the map: fuller than that is worth a warning
FREE = 256 * 1024 * 1024  # bytes of the disk: the same

_log = Logger(namespace="jivod.service")


class Caller(Protocol):
    """Where a function of the engine may run (`jivod.service.threads.Readers`)."""

    def call(self, function: Callable[[Engine], T]) -> Deferred[T]:
        """Its result, later."""


class Chores(Service):
    """Survives its own errors: they are logged, the next minute is another try."""

    def __init__(self, clock: Any, readers: Caller, metrics: Metrics) -> None:
        self._readers, self._metrics = readers, metrics
        self._loop = LoopingCall(self.run)
        self._loop.clock = clock
        self._round: Deferred[LoopingCall] | None = None

    def startService(self) -> None:
        """The first round is at once."""
        super().startService()
        self._round = self._loop.start(INTERVAL)

    def stopService(self) -> Deferred[LoopingCall] | None:
        """Fires when a round that is under way has ended."""
        super().stopService()
        if self._loop.running:
            self._loop.stop()
        return self._round

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
