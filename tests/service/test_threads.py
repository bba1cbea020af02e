"""The writer: groups, bounds, failures; and that nobody's departure harms anybody else."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, get_ident
from typing import Any

import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred, DeferredList
from twisted.python.threadpool import ThreadPool

from jivod.model.errors import Busy, StoreFailed, StoreFull
from jivod.service.threads import GROUP_MAX, InlineReaders, InlineWriter, Readers, Writer
from jivod.store.kv import Txn
from jivod.store.memory import MemoryEngine

PATIENCE = 5  # seconds, for what takes a millisecond
TABLE = "quarantine"


@define(eq=False)
class Scripted:
    """An engine in memory that can be held up before its commit, or fail there; remembers the size of its groups."""

    error: Exception | None = None
    go: Event = field(factory=Event)
    groups: list[int] = field(factory=list)
    threads: set[int] = field(factory=set)
    inner: Any = None

    def __attrs_post_init__(self) -> None:
        self.inner = MemoryEngine(before_commit=self._before)
        self.go.set()

    def _before(self) -> None:
        assert self.go.wait(PATIENCE)
        if self.error is not None:
            raise self.error

    def write(self, jobs: Any) -> Any:
        self.groups.append(len(jobs))
        self.threads.add(get_ident())
        return self.inner.write(jobs)

    def keys(self) -> list[bytes]:
        return [key for key, _ in self.inner.read(lambda txn: list(txn.range(TABLE)))]


@define(eq=False)
class Notes:
    """What the writer told its observer, and of its failures."""

    waiting: tuple[int, int] = (0, 0)
    commits: list[int] = field(factory=list)
    failures: list[Exception] = field(factory=list)

    def queued(self, events: int, size: int) -> None:
        self.waiting = (events, size)

    def committed(self, events: int, seconds: float) -> None:
        self.commits.append(events)


def start(engine: Any, notes: Notes, *, events: int = 2000, size: int = 1 << 20) -> Writer:
    writer = Writer(
        lambda: engine,
        reactor.callFromThread,  # type: ignore[attr-defined]
        reactor.callLater,  # type: ignore[attr-defined]
        notes,
        notes.failures.append,
        queue_events=events,
        queue_bytes=size,
    )
    writer.startService()
    return writer


def put(key: bytes) -> Callable[[Txn], bytes]:
    def job(txn: Txn) -> bytes:
        txn.put(TABLE, key, b"")
        return key

    return job


def poison(txn: Txn) -> None:
    txn.put(TABLE, b"poison", b"")
    raise ValueError("poison")


async def all_of(waits: list[Deferred[Any]]) -> list[Any]:
    """The result of each, or its exception."""
    found = await DeferredList(waits, consumeErrors=True)
    return [result if success else result.value for success, result in found]  # type: ignore[union-attr]


@pytest_twisted.ensureDeferred
async def test_a_result_comes_home_after_its_commit() -> None:
    engine, notes = Scripted(), Notes()
    writer = start(engine, notes)
    assert await writer.submit(put(b"a"), 1) == b"a"
    assert engine.keys() == [b"a"]
    assert get_ident() not in engine.threads
    await writer.stopService()


@pytest_twisted.ensureDeferred
async def test_what_waits_together_is_committed_together() -> None:
    engine, notes = Scripted(), Notes()
    writer = start(engine, notes)
    engine.go.clear()
    first = writer.submit(put(b"first"), 1)
    reactor.callLater(0.05, engine.go.set)  # type: ignore[attr-defined]
    reactor.callLater(  # type: ignore[attr-defined]
        0.02, lambda: waits.extend(writer.submit(put(b"%03d" % n), 1) for n in range(100))
    )
    waits: list[Deferred[Any]] = []
    await first
    await all_of(waits)
    assert notes.commits == engine.groups == [1, 100]
    await writer.stopService()


@pytest_twisted.ensureDeferred
async def test_a_group_has_an_upper_limit() -> None:
    engine, notes = Scripted(), Notes()
    writer = start(engine, notes)
    await all_of([writer.submit(put(b"%04d" % n), 1) for n in range(GROUP_MAX + 1)])
    assert engine.groups == [GROUP_MAX, 1]
    await writer.stopService()


@pytest_twisted.ensureDeferred
async def test_a_poison_job_fails_alone() -> None:
    engine, notes = Scripted(), Notes()
    writer = start(engine, notes)
    before, bad, after = await all_of([writer.submit(job, 1) for job in (put(b"a"), poison, put(b"b"))])
    assert (before, type(bad), after) == (b"a", ValueError, b"b")
    assert engine.groups == [3]
    assert engine.keys() == [b"a", b"b"]
    assert notes.failures == []
    await writer.stopService()


@pytest_twisted.ensureDeferred
async def test_a_full_queue_refuses_at_once_by_events_and_by_bytes() -> None:
    engine, notes = Scripted(), Notes()
    writer = start(engine, notes, events=3, size=100)
    engine.go.clear()
    waits = [writer.submit(put(b"a"), 60)]
    with pytest.raises(Busy):
        writer.submit(put(b"b"), 41)
    waits += [writer.submit(put(b"c"), 20), writer.submit(put(b"d"), 20)]
    assert notes.waiting == (3, 100)
    with pytest.raises(Busy):
        writer.submit(put(b"e"), 0)
    engine.go.set()
    await all_of(waits)
    assert notes.waiting == (0, 0)
    assert await writer.submit(put(b"f"), 100) == b"f"
    assert engine.keys() == [b"a", b"c", b"d", b"f"]
    await writer.stopService()


@pytest_twisted.ensureDeferred
async def test_who_stops_waiting_cancels_neither_his_job_nor_anothers() -> None:
    engine, notes = Scripted(), Notes()
    writer = start(engine, notes)
    engine.go.clear()
    leaver, stayer = writer.submit(put(b"a"), 1), writer.submit(put(b"b"), 1)
    leaver.cancel()
    engine.go.set()
    gone, result = await all_of([leaver, stayer])
    assert (type(gone), result) == (CancelledError, b"b")
    assert engine.keys() == [b"a", b"b"]
    await writer.stopService()


@pytest_twisted.ensureDeferred
async def test_a_full_store_fails_the_group_and_nothing_else() -> None:
    engine, notes = Scripted(), Notes()
    writer = start(engine, notes)
    engine.error = StoreFull("full")
    results = await all_of([writer.submit(put(b"a"), 1), writer.submit(put(b"b"), 1)])
    assert [type(result) for result in results] == [StoreFull, StoreFull]
    engine.error = None
    assert await writer.submit(put(b"c"), 1) == b"c"
    assert (notes.failures, engine.keys()) == ([], [b"c"])
    await writer.stopService()


@pytest.mark.parametrize("error", [StoreFailed("EIO"), OSError("unheard of")], ids=["known", "unknown"])
@pytest_twisted.ensureDeferred
async def test_o010_a_failed_commit_fails_its_group_ends_all_writing_and_is_told_once(error: Exception) -> None:
    engine, notes = Scripted(), Notes()
    writer = start(engine, notes)
    assert await writer.submit(put(b"kept"), 1) == b"kept"
    engine.error = error
    results = await all_of([writer.submit(put(b"a"), 1), writer.submit(put(b"b"), 1)])
    assert [type(result) for result in results] == [StoreFailed, StoreFailed]
    engine.error = None
    with pytest.raises(Busy):
        writer.submit(put(b"c"), 1)
    await writer.stopService()
    assert [type(failure) for failure in notes.failures] == [StoreFailed]
    assert engine.keys() == [b"kept"]


@pytest_twisted.ensureDeferred
async def test_what_waits_behind_a_failed_commit_fails_unwritten() -> None:
    engine, notes = Scripted(error=StoreFailed("EIO")), Notes()
    writer = start(engine, notes)
    waits = [writer.submit(put(b"%04d" % n), 1) for n in range(GROUP_MAX + 5)]
    results = await all_of(waits)
    assert {type(result) for result in results} == {StoreFailed}
    assert engine.groups == [GROUP_MAX]
    await writer.stopService()
    assert len(notes.failures) == 1


@pytest_twisted.ensureDeferred
async def test_stopping_writes_what_waits_and_takes_no_more() -> None:
    engine, notes = Scripted(), Notes()
    writer = start(engine, notes)
    waits = [writer.submit(put(b"%04d" % n), 1) for n in range(GROUP_MAX + 5)]
    stopped = writer.stopService()
    with pytest.raises(Busy):
        writer.submit(put(b"late"), 1)
    await stopped
    assert all(wait.called for wait in waits)
    assert len(engine.keys()) == GROUP_MAX + 5


@pytest_twisted.ensureDeferred
async def test_readers_read_off_the_reactor_thread() -> None:
    engine = MemoryEngine()
    engine.write([put(b"a")])
    readers = Readers(lambda: engine, reactor, ThreadPool(0, 1))
    readers.startService()
    assert await readers.read(lambda txn: (get_ident() != here, txn.get(TABLE, b"a"))) == (True, b"")
    await readers.stopService()


here = get_ident()


def test_the_inline_twin_keeps_the_same_contract() -> None:
    engine = Scripted()
    writer, readers = InlineWriter(engine), InlineReaders(engine.inner)
    found: list[Any] = []
    writer.submit(put(b"a"), 1).addCallback(found.append)
    writer.submit(poison, 1).addErrback(lambda failure: found.append(failure.type))
    readers.read(lambda txn: txn.get(TABLE, b"a")).addCallback(found.append)
    engine.error = StoreFull("full")
    writer.submit(put(b"b"), 1).addErrback(lambda failure: found.append(failure.type))
    assert found == [b"a", ValueError, b"", StoreFull]
