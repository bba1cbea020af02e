"""Auditor: brings the audit log to the disk each second, and once a day lets what is too old go, and tells its head.

The head goes to the daemon's log, so to another place: whoever cuts the end of the audit log would have to change both.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from jivod.store import verdict
from jivod.store.ledger import Ledger
from jivod.web.trail import Caller

INTERVAL = 1.0  # seconds, of which a power cut may take what was only read
DAY = 86_400.0

_log = Logger(namespace="jivod.service")


class Auditor(Service):
    """`months`: how long records are kept. Survives its own errors: they are logged, and the next round tries again."""

    def __init__(self, clock: Any, readers: Caller, ledger: Ledger, months: int, now: Callable[[], int]) -> None:
        self._readers, self._ledger, self._months, self._now = readers, ledger, months, now
        self._loops = [(self._make(clock, self.flush), INTERVAL), (self._make(clock, self.trim), DAY)]
        self._rounds: list[Deferred[Any]] = []

    def startService(self) -> None:
        """The first rounds are at once."""
        super().startService()
        self._rounds = [loop.start(seconds) for loop, seconds in self._loops]

    async def _stop(self) -> None:
        for round in self._rounds:
            await round
        await self._readers.call(lambda _: self._ledger.close())

    def stopService(self) -> Deferred[None]:
        """Fires when all is on the disk."""
        super().stopService()
        for loop, _ in self._loops:
            if loop.running:
                loop.stop()
        return Deferred.fromCoroutine(self._stop())

    async def flush(self) -> None:
        """Bring to the disk what is not there yet."""
        if self._ledger.is_flushed:
            return
        try:
            await self._readers.call(lambda _: self._ledger.flush())
        except Exception:
            _log.failure("the audit log was not brought to the disk")

    async def trim(self) -> None:
        """Let go what is too old, and tell the head."""
        try:
            gone = await self._readers.call(lambda _: self._ledger.trim(self._now(), self._months))
            head = await self._readers.call(lambda _: verdict.head(self._ledger.directory))
        except Exception:
            _log.failure("the audit log was not looked after")
            return
        if head.number:
            _log.info("audit log: head {number}:{digest}", number=head.number, digest=head.digest, gone=gone)

    def _make(self, clock: Any, function: Callable[[], Any]) -> LoopingCall:
        loop = LoopingCall(function)
        loop.clock = clock
        return loop
