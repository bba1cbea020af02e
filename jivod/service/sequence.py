"""Sequence: services that need one another: started first to last, stopped last to first, each awaited.

twisted's MultiService does not wait, so a store would close under the requests that use it.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from twisted.application.service import MultiService, Service
from twisted.internet.defer import Deferred, ensureDeferred, maybeDeferred
from twisted.logger import Logger

_log = Logger(namespace="jivod.service")


class Sequence(MultiService):
    """If one of the `children` does not start, those before it are stopped and `on_failure` is told why."""

    def __init__(self, on_failure: Callable[[Exception], None], children: Iterable[Any] = ()) -> None:
        super().__init__()
        for child in children:
            child.setServiceParent(self)
        self._on_failure = on_failure
        self._started: list[Any] = []
        self._starting: Deferred[None] | None = None

    def startService(self) -> Deferred[None]:
        """Fires when all children run, or when one of them has failed."""
        Service.startService(self)
        self._starting = ensureDeferred(self._start())
        return self._starting

    def stopService(self) -> Deferred[None]:
        """Fires when all children have stopped."""
        Service.stopService(self)
        return ensureDeferred(self._stop_when_started())

    async def _start(self) -> None:
        for child in self:
            if not self.running:
                break
            try:
                await maybeDeferred(child.startService)
            except Exception as error:
                await self._stop()
                self._on_failure(error)
                break
            self._started.append(child)

    async def _stop_when_started(self) -> None:
        starting, self._starting = self._starting, None
        if starting is not None and not starting.called:
            await starting
        await self._stop()

    async def _stop(self) -> None:
        while self._started:
            child = self._started.pop()
            try:
                await maybeDeferred(child.stopService)
            except Exception:  # the others must stop all the same
                _log.failure("cannot stop {name}", name=type(child).__name__)
