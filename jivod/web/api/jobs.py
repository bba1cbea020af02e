"""Jobs: the store, as the API and the pages ask it: each waits no longer than a webhook, and never many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from jivod.model.errors import Busy, Refused
from jivod.store import journal
from jivod.store.kv import Engine, Job, Txn
from jivod.web.deadline import Deadlines
from jivod.web.hook import Writer
from jivod.web.problem import Stopped

T = TypeVar("T")

MOST = 32
"""Requests that may ask the store at the same time: the rest of it is the webhook's."""

_log = Logger(namespace="jivod.web")


class Readers(Protocol):
    """Where jobs run that only read."""

    def read(self, job: Job[T]) -> Deferred[T]:
        """Run `job` over a snapshot."""

    def call(self, function: Callable[[Engine], T]) -> Deferred[T]:
        """Run `function`, which may not write, on a reader's thread."""


class Jobs:
    """A caller that goes away ends the wait, never the job."""

    def __init__(self, readers: Readers, writer: Writer, deadlines: Deadlines) -> None:
        self._readers, self._writer, self._deadlines = readers, writer, deadlines
        self.running = 0

    def read(self, job: Job[T]) -> Deferred[T]:
        """What `job` finds. Fails with Busy where too much is asked, or too slowly answered."""
        return self.watched(lambda: self._readers.read(job))

    def call(self, function: Callable[[Engine], T]) -> Deferred[T]:
        """What `function` makes of the store, on a reader's thread: what takes longer than the reactor should wait."""
        return self.watched(lambda: self._readers.call(function))

    def write(self, job: Job[T], size: int) -> Deferred[T]:
        """What comes of `job`, once it is on disk; `size`: bytes that it holds."""
        return self.watched(lambda: self._writer.submit(job, size))

    def watched(self, start: Callable[[], Deferred[T]]) -> Deferred[T]:
        """What the work comes to that `start` begins; whoever waits for it waits no longer than the deadline."""
        if self.running >= MOST:
            raise Busy("Too many requests are being answered; try again.")
        work = start()
        self.running += 1
        home: Deferred[T] = Deferred()
        work.addBoth(self._bring, home)
        return self._deadlines.within(home)

    def _bring(self, result: Any, home: Deferred[Any]) -> None:
        self.running -= 1
        if home.called:
            if isinstance(result, Failure):
                _log.error("a job failed after its answer was due: {error}", error=type(result.value).__name__)
        elif isinstance(result, Failure):
            home.errback(result)
        else:
            home.callback(result)


def refusable(txn: Txn, work: Callable[[], T]) -> T | Refused | Stopped:
    """What comes of the work. A refusal is raised, which costs all that is written together with it a second run, only
    where something is to be taken back.
    """
    before = journal.last(txn)
    try:
        return work()
    except (Refused, Stopped) as error:
        if journal.last(txn) != before:
            raise
        return error
