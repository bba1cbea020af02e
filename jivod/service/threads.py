"""Threads: one writer that commits in groups, a few readers, and a twin of both that runs inline, for tests.

The writer takes all that waits into one transaction, so that many events share one flush, and hands the results home
in one call. Counting what waits happens on the reactor thread alone: submit adds, coming home takes away.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Any, Protocol, TypeVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred, ensureDeferred, fail, succeed
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool

from jivod.model.errors import Busy, StoreFailed, StoreFull
from jivod.model.value import frozen
from jivod.service.patience import Patience
from jivod.store.kv import Engine, Job, Outcome

T = TypeVar("T")
GROUP_MAX = 512
READERS = 2

_log = Logger(namespace="jivod.service")


class Observer(Protocol):
    """Who wants to know how the writer is doing. Called on the reactor thread."""

    def queued(self, events: int, size: int) -> None:
        """So many events, and bytes of them, wait."""

    def committed(self, events: int, seconds: float) -> None:
        """A group is on disk."""


@frozen(eq=False)
class _Ticket:
    job: Job[Any]
    size: int
    home: Deferred[Any]


class Writer(Service):
    """`engine` is asked for once, when the thread starts; `call_home` runs a function in the reactor's next turn.

    `on_failure` is told once of an error after which nothing can be promised any more; whatever waits then fails too.
    """

    def __init__(
        self,
        engine: Callable[[], Engine],
        call_home: Callable[..., Any],
        call_later: Callable[..., Any],
        observer: Observer,
        on_failure: Callable[[Exception], None],
        *,
        queue_events: int,
        queue_bytes: int,
    ) -> None:
        self._open, self._call_home, self._observer, self._on_failure = engine, call_home, observer, on_failure
        self._queue_events, self._queue_bytes = queue_events, queue_bytes
        self._groups: SimpleQueue[list[_Ticket]] = SimpleQueue()  # at most one; an empty one ends the thread
        self._waiting: deque[_Ticket] = deque()
        self._patience = Patience(call_later, self._next_group)
        self._busy = False
        self._events = self._bytes = 0  # waiting or being written
        self._ended: Deferred[None] = Deferred()
        self.failure: Exception | None = None

    def startService(self) -> None:
        """Start the thread."""
        super().startService()
        Thread(target=self._run, args=(self._open(),), name="jivod-writer", daemon=True).start()

    def stopService(self) -> Deferred[None]:
        """Take no more; fires when all that waits is written and the thread has ended."""
        super().stopService()
        self._next_group()
        return self._ended

    def submit(self, job: Job[T], size: int) -> Deferred[T]:
        """See `jivod.web.hook.Writer`. Cancelling the Deferred ends the wait, never the job."""
        if not self.running or self.failure is not None:
            raise Busy("The service is stopping; try again.")
        if self._events >= self._queue_events or self._bytes + size > self._queue_bytes:
            raise Busy("Too many events are waiting; try again.")
        self._count(1, size)
        ticket = _Ticket(job, size, Deferred())
        self._waiting.append(ticket)
        self._patience.arrived(len(self._waiting))
        return ticket.home

    def _next_group(self) -> None:
        """Let the next group go when the reactor has read all that is there."""
        if not self._busy:
            self._busy = True
            self._call_home(self._hand_over)

    def _hand_over(self) -> None:
        group = [self._waiting.popleft() for _ in range(min(GROUP_MAX, len(self._waiting)))]
        if group or not self.running:
            self._groups.put(group)
        else:
            self._busy = False

    def _run(self, engine: Engine) -> None:
        failed: StoreFailed | None = None
        while group := self._groups.get():
            started = perf_counter()
            outcomes, failed = _commit(engine, group, failed)
            self._call_home(self._settle, group, outcomes, perf_counter() - started, failed)
        self._call_home(self._ended.callback, None)

    def _settle(
        self, group: list[_Ticket], outcomes: list[Outcome], seconds: float, failed: StoreFailed | None
    ) -> None:
        self._busy = False
        self._count(-len(group), -sum(ticket.size for ticket in group))
        if failed is None:
            self._observer.committed(len(group), seconds)
        elif self.failure is None:
            self.failure = failed
            self._call_home(self._on_failure, failed)
        for ticket, outcome in zip(group, outcomes, strict=True):
            _bring_home(ticket.home, outcome)
        if self.running:
            self._patience.settled(len(group), len(self._waiting))
        else:
            self._next_group()

    def _count(self, events: int, size: int) -> None:
        self._events += events
        self._bytes += size
        self._observer.queued(self._events, self._bytes)


def _commit(
    engine: Engine, group: list[_Ticket], failed: StoreFailed | None
) -> tuple[list[Outcome], StoreFailed | None]:
    """One outcome per ticket, and the error that ends all writing, if there is one (then nothing is tried any more)."""
    refused: Exception | None = failed
    if failed is None:
        try:
            return engine.write([ticket.job for ticket in group]), None
        except StoreFull as error:
            refused = error
        except StoreFailed as error:
            refused = failed = error
        except Exception as error:  # whether anything was written is unknown
            refused = failed = StoreFailed(f"the store failed in an unknown way: {type(error).__name__}")
            failed.__cause__ = error
    return [Outcome(error=refused)] * len(group), failed


def _bring_home(home: Deferred[Any], outcome: Outcome) -> None:
    if home.called:  # nobody waits any more: the client left, or the deadline passed
        if outcome.error is not None:
            _log.error("a job failed after its answer was due: {error}", error=type(outcome.error).__name__)
    elif outcome.error is not None:
        home.errback(outcome.error)
    else:
        home.callback(outcome.value)


class Readers(Service):
    """The threads of `pool`, for what only reads."""

    def __init__(self, engine: Callable[[], Engine], reactor: Any, pool: ThreadPool) -> None:
        self._open, self._reactor, self._pool = engine, reactor, pool

    def startService(self) -> None:
        """Start the pool; its threads come when they are needed."""
        super().startService()
        self._pool.start()

    def stopService(self) -> Deferred[None]:
        """Fires when the running jobs have ended."""
        super().stopService()
        return ensureDeferred(self._stop())

    def read(self, job: Job[T]) -> Deferred[T]:
        """Run `job` over a snapshot."""
        return self.call(lambda engine: engine.read(job))

    def call(self, function: Callable[[Engine], T]) -> Deferred[T]:
        """Run `function`, which may not write, on a reader's thread."""
        return deferToThreadPool(self._reactor, self._pool, function, self._open())

    async def _stop(self) -> None:
        self._pool.stop()


class InlineWriter:
    """`Writer` without a thread: every job is a group of its own, done before `submit` returns."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def submit(self, job: Job[T], size: int) -> Deferred[T]:
        """See `Writer.submit`."""
        try:
            (outcome,) = self._engine.write([job])
        except (StoreFull, StoreFailed) as error:
            return fail(error)
        return fail(outcome.error) if outcome.error is not None else succeed(outcome.value)


class InlineReaders:
    """`Readers` without a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, job: Job[T]) -> Deferred[T]:
        """See `Readers.read`."""
        return self.call(lambda engine: engine.read(job))

    def call(self, function: Callable[[Engine], T]) -> Deferred[T]:
        """See `Readers.call`."""
        try:
            return succeed(function(self._engine))
        except Exception as error:
            return fail(error)
