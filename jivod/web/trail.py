"""Trail: work in the store that leaves a record in the audit log. For every door of the web.

What is read is on record before the answer leaves; if the log cannot be written it is read all the same, counted and
logged. A change is not begun before it is on record, on the disk, that it was asked for; else it is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.logger import Logger

from jivod.model.audit import Record
from jivod.store.kv import Engine, Job
from jivod.store.ledger import Ledger
from jivod.web.hook import Writer

T = TypeVar("T")

_log = Logger(namespace="jivod.web")


class Caller(Protocol):
    """Where a function of the engine may run (`jivod.service.threads.Readers`)."""

    def call(self, function: Callable[[Engine], T]) -> Deferred[T]:
        """Its result, later."""


class Watch(Protocol):
    """Who waits for work no longer than a request may (`jivod.web.api.jobs.Jobs`)."""

    def watched(self, start: Callable[[], Deferred[T]]) -> Deferred[T]:
        """What the work comes to that `start` begins."""


class Trail:
    """`count` is told of each reading that could not be recorded, on the reactor's thread."""

    def __init__(
        self, watch: Watch, readers: Caller, writer: Writer, ledger: Ledger, count: Callable[[], None]
    ) -> None:
        self.ledger = ledger
        self._watch, self._readers, self._writer, self._count = watch, readers, writer, count
        self._is_failing = False

    def read(self, job: Job[T], tell: Callable[[T], Record]) -> Deferred[T]:
        """What `job` finds; `tell` says of it what was read by whom. Fails as `Jobs.read` does."""
        return self._watch.watched(lambda: ensureDeferred(self._read(job, tell)))

    def write(
        self, job: Job[T], size: int, asked: Record, tell: Callable[[T | Exception], Record],
        ended: Callable[[], None] = lambda: None,
    ) -> Deferred[T]:  # fmt: skip
        """What comes of `job`, once it is on disk. `asked` says what is about to be changed by whom, `tell` what came
        of it; `ended` is called behind it, also where nobody waits for it any more. Fails as `Jobs.write` does, and
        with StoreFull or StoreFailed where nothing can be recorded.
        """

        async def work() -> T:
            try:
                return await self._write(job, size, asked, tell)
            finally:
                ended()

        return self._watch.watched(lambda: ensureDeferred(work()))

    def note(self, record: Record) -> Deferred[None]:
        """Record what was done without the store: somebody was turned away, signed in or out."""
        return self._watch.watched(lambda: ensureDeferred(self._note(record)))

    async def _read(self, job: Job[T], tell: Callable[[T], Record]) -> T:
        found, error = await self._readers.call(partial(_read, job, tell, self.ledger))
        self._noted(error)
        return found

    async def _write(self, job: Job[T], size: int, asked: Record, tell: Callable[[T | Exception], Record]) -> T:
        number = await self._readers.call(lambda _: self.ledger.begin(asked))
        try:
            found = await self._writer.submit(job, size)
        except Exception as error:
            await self._note(tell(error), number)
            raise
        await self._note(tell(found), number)
        return found

    async def _note(self, record: Record, of: int = 0) -> None:
        self._noted(await self._readers.call(lambda _: self.ledger.note(record, of)))

    def _noted(self, error: Exception | None) -> None:
        if error is not None:
            self._count()
        if (error is not None) != self._is_failing:
            self._is_failing = error is not None
            if error is None:
                _log.info("the audit log can be written again")
            else:
                _log.error("the audit log cannot be written: {error}", error=str(error))


def _read(job: Job[T], tell: Callable[[T], Record], ledger: Ledger, engine: Engine) -> tuple[T, Exception | None]:
    found: Any = engine.read(job)
    return found, ledger.note(tell(found))
