"""Follower: the service that keeps the side file up to the journal, on a thread of its own, and never in the way.

While it has much to catch up it rests as long as it works, and longer while events come in. Between any two entries it
gives way to those that wait for the disk: what was said a moment ago may be found a moment later. It stops where the
disk is nearly full: what is left of it is the store's. Nothing that goes wrong here ends the daemon.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from twisted.application.service import Service
from twisted.internet.defer import CancelledError, Deferred, ensureDeferred, succeed
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool

from jivod.config.settings import Settings
from jivod.model.errors import Busy, Damaged, StoreFull
from jivod.store.kv import Engine
from jivod.web.metrics import Metrics
from jivod.web.way import Way

if TYPE_CHECKING:  # loaded when it is first needed, not before the daemon is ready
    from jivod.flow.following import Step
    from jivod.store.side import Side

T = TypeVar("T")

FIRST = 3.0  # seconds behind the start: by then the daemon is up, and nothing here was loaded before
INTERVAL = 0.5  # seconds between two looks at a journal that it has followed to the end
BREATH = 0.005  # at least, between two steps
ASIDE = 8.0  # times as long as it worked it rests while events come in
EACH, MOST = 2, 200  # looks whether the way is free: before an entry, and in a pass, as others wait for what it holds
FEW = 4  # events since the last step that are nobody's hurry
AGAIN = 60.0  # until another try where it could not go on
SPARE = 256 << 20  # bytes of the disk that it leaves to others

_log = Logger(namespace="jivod.search")


def side_of(settings: Settings) -> Callable[[], Side]:
    """What gives the side file of the store."""

    @cache
    def file() -> Side:
        from jivod.flow.following import make_side

        return make_side(settings.state_dir, settings.zone)

    return file


class OwnThread:
    """Where the work is done: the one thread of `pool`."""

    def __init__(self, reactor: Any, pool: ThreadPool) -> None:
        self._reactor, self._pool = reactor, pool

    def start(self) -> None:
        """Be ready."""
        self._pool.start()

    def call(self, function: Callable[[], T]) -> Deferred[T]:
        """Its result, later."""
        return deferToThreadPool(self._reactor, self._pool, function)

    def stop(self) -> None:
        """End the thread."""
        self._pool.stop()


class Follower(Service):
    """Behind the store; `clock` times its steps and rests, `sleep` is its thread's. Days begin as they do in `zone`."""

    def __init__(
        self,
        clock: Any,
        thread: OwnThread,
        engine: Callable[[], Engine],
        file: Callable[[], Side],
        zone: str,
        metrics: Metrics,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._thread, self._engine, self._file, self._zone = clock, thread, engine, file, zone
        self._metrics, self._sleep = metrics, sleep
        self._way = Way(lambda: metrics.queued_events, self._give_way, EACH, MOST)
        self._gave_way = 0.0  # seconds of the present step
        self._events = 0.0  # that had come in at the last step
        self._rest: Deferred[None] | None = None
        self._ended: Deferred[None] = succeed(None)

    def startService(self) -> None:
        """Begin to follow, when the daemon is up."""
        super().startService()
        self._thread.start()
        self._ended = ensureDeferred(self._run())

    def stopService(self) -> Deferred[None]:
        """Fires when the step that is under way is done."""
        super().stopService()
        if self._rest is not None:
            self._rest.cancel()
        return ensureDeferred(self._stop())

    async def _stop(self) -> None:
        await self._ended
        await self._thread.call(lambda: self._file().close())
        self._thread.stop()

    async def _run(self) -> None:
        await self._pause(FIRST)
        while self.running:
            await self._pause(await self._step())

    async def _step(self) -> float:
        """Go on for a while; how long to rest then."""
        try:
            step, seconds = await self._thread.call(self._timed)
        except Busy:
            return INTERVAL
        except (StoreFull, Damaged) as error:
            return self._stopped(error)
        except Exception:
            _log.failure("search and figures cannot go on")
            self._metrics.search_stopped = 1
            return AGAIN
        return self._went_on(step, seconds)

    def _timed(self) -> tuple[Step, float]:
        """A step, and how long it worked: while it gave way it did not."""
        began, self._gave_way = self._clock.seconds(), 0.0
        return self._follow(), self._clock.seconds() - began - self._gave_way

    def _give_way(self, seconds: float) -> None:
        began = self._clock.seconds()
        self._sleep(seconds)
        self._gave_way += self._clock.seconds() - began

    def _follow(self) -> Step:
        from jivod.flow.following import follow, zone_of

        if self._file().free() < SPARE:
            raise StoreFull("the disk is nearly full: free some space")
        return follow(self._engine(), self._file(), zone_of(self._zone), along=self._way.along)

    def _went_on(self, step: Step, seconds: float) -> float:
        if step.again:
            _log.info("search and figures are made anew")
        self._metrics.search_behind, self._metrics.search_stopped = step.last - step.seen, 0
        return INTERVAL if step.seen == step.last else max(BREATH, seconds * self._patience())

    def _patience(self) -> float:
        """How much longer than it worked it is to rest."""
        events = self._metrics.group_size.sum
        came, self._events = events - self._events, events
        return 1.0 if came <= FEW else ASIDE

    def _stopped(self, error: Exception) -> float:
        """Said once. A file that was spoiled is gone by now, so the next try may be soon."""
        if self._metrics.search_stopped:
            return AGAIN
        self._metrics.search_stopped = 1
        _log.warn("search and figures cannot go on: {why}", why=str(error))
        return INTERVAL

    async def _pause(self, seconds: float) -> None:
        if not self.running:  # it was told to stop in the middle of a step
            return
        self._rest = Deferred()
        call = self._clock.callLater(seconds, self._rest.callback, None)
        try:
            await self._rest
        except CancelledError:
            call.cancel()
        self._rest = None
