"""Hashing: threads of their own for passwords: neither a webhook nor a page waits for them. And an inline twin."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from jivod.model.errors import Busy
from jivod.web.signin.hasher import AT_ONCE, Ticket, Turns

T = TypeVar("T")

_log = Logger(namespace="jivod.service")


class Hashing(Service):
    """See `jivod.web.signin.hasher`. `pool`: AT_ONCE threads."""

    def __init__(self, reactor: Any, pool: ThreadPool) -> None:
        self._reactor, self._pool = reactor, pool
        self._turns = Turns()
        self._running = 0

    def startService(self) -> None:
        """Start the pool; its threads come when they are needed."""
        super().startService()
        self._pool.start()

    def stopService(self) -> None:
        """Take no more; what runs takes a moment only."""
        super().stopService()
        self._pool.stop()

    def run(self, work: Callable[[], T], address: str, *, favoured: bool) -> Deferred[T]:
        """See `jivod.web.signin.hasher.Hasher`. Cancelling the Deferred gives up the place."""
        if not self.running:
            raise Busy("The service is stopping; try again.")
        home: Deferred[T] = Deferred()
        self._turns.add(Ticket(work, address, favoured, home))
        self._next()
        return home

    def _next(self) -> None:
        while self.running and self._running < AT_ONCE and (ticket := self._turns.next()) is not None:
            self._running += 1
            done = maybeDeferred(deferToThreadPool, self._reactor, self._pool, ticket.work)  # no thread may come
            done.addBoth(self._bring, ticket.home)

    def _bring(self, result: Any, home: Deferred[Any]) -> None:
        self._running -= 1
        if not home.called:
            (home.errback if isinstance(result, Failure) else home.callback)(result)
        elif isinstance(result, Failure):
            _log.error("hashing failed after nobody waited any more: {error}", error=type(result.value).__name__)
        self._next()


class InlineHashing:
    """`Hashing` without a thread."""

    def run(self, work: Callable[[], T], address: str, *, favoured: bool) -> Deferred[T]:
        """See `Hashing.run`."""
        try:
            return succeed(work())
        except Exception as error:
            return fail(error)
