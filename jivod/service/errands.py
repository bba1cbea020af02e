"""Errands: imports and erasures that the API was asked for, done one after the other, each by a process of its own.

What there is to do stands in the store; only the files of imports are held here, without a name on the disk. A restart
takes up an erasure again; an import that was cut off is told as such.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar

from twisted.application.service import Service
from twisted.internet.defer import Deferred, ensureDeferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from jivod.flow import errands as flow
from jivod.model.errand import Errand
from jivod.model.errors import Busy, StoreFull
from jivod.service import order
from jivod.service.child import Child, Ended
from jivod.store import errands as kept
from jivod.store.kv import Txn
from jivod.web.api.parcel import Parcel
from jivod.web.hook import Writer

T = TypeVar("T")
AGAIN = 1.0  # seconds after which a store that was busy is asked again
_SIZE = 1024  # bytes that a job holds

_log = Logger(namespace="jivod.service")


class Call(Protocol):
    """What starts the command (`jivod.service.child.begin`)."""

    def __call__(self, arguments: list[str], file: BinaryIO | None, by: str, /) -> Child:
        """A process under way, for the token of this name."""


class Errands(Service):
    """`in_thread` runs a function that waits for the disk; `clock` times; `now` gives UNIX ms."""

    def __init__(
        self, clock: Any, writer: Writer, call: Call, in_thread: Callable[..., Deferred[Any]], now: Callable[[], int],
        directory: Path,
    ) -> None:  # fmt: skip
        self._clock, self._writer, self._call, self._in_thread = clock, writer, call, in_thread
        self._now, self._directory = now, directory
        self._files: dict[str, Parcel] = {}
        self._child: Child | None = None
        self._round: Deferred[None] | None = None
        self._later: Any = None
        self._is_asked = self._is_busy = False

    def startService(self) -> None:
        """Take up what was left behind."""
        super().startService()
        self._begin(resume=True)

    def stopService(self) -> Deferred[None]:
        """Fires when the process that is under way has ended; what waits is taken up by the next start."""
        super().stopService()
        if self._later is not None and self._later.active():
            self._later.reset(0)  # who waits for it is to end too
        if self._child is not None:
            self._child.stop()
        return ensureDeferred(self._end(self._round or succeed(None)))

    def pack(self, raw: bytes) -> Deferred[Parcel]:
        """See `jivod.web.api.parcel.Porter`."""
        waiting: Deferred[Parcel] = self._in_thread(_pack, raw, self._directory)
        return waiting

    def expect(self, id: str, parcel: Parcel) -> None:
        """See `jivod.web.api.parcel.Porter`."""
        self._files[id] = parcel

    def look(self, id: str) -> None:
        """See `jivod.web.api.parcel.Porter`."""
        if self.running:
            ensureDeferred(self._look(id)).addErrback(lambda failure: _log.failure("cannot look", failure))

    async def _look(self, id: str) -> None:
        """The job comes behind that of the request, so it finds what that wrote."""
        errand = await self._job(lambda txn: kept.get(txn, id))
        if errand is None:
            self._let_go(id)
        else:
            self._begin()

    def _begin(self, *, resume: bool = False) -> None:
        self._is_asked = True
        if not self._is_busy and self.running:
            self._is_busy = True
            self._round = ensureDeferred(self._run(resume))
            self._round.addErrback(self._failed)

    async def _run(self, resume: bool) -> None:
        try:
            if resume:
                await self._job(lambda txn: flow.resume(txn, self._now()))
            while self._is_asked and self.running:
                self._is_asked = False
                while self.running and (errand := await self._next()) is not None:
                    await self._do(errand)
        finally:
            self._is_busy = False

    def _failed(self, failure: Failure) -> None:
        if self.running or not failure.check(Busy, StoreFull):  # else the next start takes it up
            _log.failure("errands failed", failure)

    async def _next(self) -> Errand | None:
        held = frozenset(self._files)
        return await self._job(lambda txn: flow.take_up(txn, held, self._now()))

    async def _do(self, errand: Errand) -> None:
        parcel = self._files.get(errand.id)
        try:
            self._child = self._call(
                order.arguments(errand), parcel.file if parcel is not None else None, errand.by
            )
            _log.info("errand begun", kind=errand.kind, errand=errand.id)
            ended = await self._child.ended
        except (OSError, MemoryError) as error:
            ended = Ended(code=None, out=b"", err=f"jivod: it could not be begun: {type(error).__name__}".encode())
        finally:
            self._child = None
            self._let_go(errand.id)
        if not self.running and ended.code is None:
            return  # we ended it ourselves: the next start says what becomes of it
        done = order.told(errand, ended)
        _log.info("errand ended", kind=errand.kind, errand=errand.id, code=ended.code)
        await self._job(lambda txn: flow.end(txn, done, self._now()))

    async def _job(self, job: Callable[[Txn], T]) -> T:
        while True:
            try:
                return await self._writer.submit(job, _SIZE)
            except (Busy, StoreFull):
                if not self.running:
                    raise
            waiting: Deferred[None] = Deferred()
            self._later = self._clock.callLater(AGAIN, waiting.callback, None)
            await waiting

    async def _end(self, last: Deferred[None]) -> None:
        await last
        for id in tuple(self._files):
            self._let_go(id)

    def _let_go(self, id: str) -> None:
        parcel = self._files.pop(id, None)
        if parcel is not None:
            parcel.file.close()


def _pack(raw: bytes, directory: Path) -> Parcel:
    """Put a file on the disk, without a name. Raises StoreFull."""
    try:
        file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 its owner closes it
        try:
            file.write(raw)
            file.flush()
        except BaseException:
            file.close()
            raise
    except OSError as error:
        raise StoreFull("the file could not be put aside: the disk is full; free some space") from error
    file.seek(0)
    return Parcel(file=file, digest=sha256(raw).hexdigest())
