"""Memory: the engine's twin in memory, under the same contract. For tests and for what need not outlive the process."""

from __future__ import annotations

import sys
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import Any

from attrs import define, field

from jivod.model.errors import StoreFailed
from jivod.store import meta
from jivod.store.kv import KEY_MAX, Job, Outcome, Size, T, bad_key
from jivod.store.tables import TABLES

_Undo = tuple[str, bytes, bytes | None]


@define(eq=False)
class _Table:
    values: dict[bytes, bytes] = field(factory=dict)
    order: list[bytes] = field(factory=list)

    def set(self, key: bytes, value: bytes | None) -> bytes | None:
        """Set or, by None, take away; returns what was there before."""
        before = self.values.get(key)
        if value is None:
            if before is not None:
                del self.values[key]
                del self.order[bisect_left(self.order, key)]
            return before
        if before is None:
            insort(self.order, key)
        self.values[key] = value
        return before


@define(eq=False)
class _MemoryTxn:
    tables: dict[str, _Table]
    undo: list[_Undo] | None  # None: a read job
    over: bool = False

    def get(self, table: str, key: bytes) -> bytes | None:
        return self._at(table, key).values.get(key)

    def put(self, table: str, key: bytes, value: bytes) -> None:
        self._set(table, key, value)

    append = put

    def delete(self, table: str, key: bytes) -> None:
        self._set(table, key, None)

    def range(
        self, table: str, lo: bytes = b"", hi: bytes | None = None, *, reverse: bool = False, limit: int | None = None
    ) -> Iterator[tuple[bytes, bytes]]:
        order = self._table(table).order
        start = bisect_left(order, lo)
        end = len(order) if hi is None else max(start, bisect_left(order, hi))
        if limit is not None:
            start, end = (max(start, end - limit), end) if reverse else (start, min(end, start + limit))
        for place in reversed(range(start, end)) if reverse else range(start, end):
            yield order[place], self._table(table).values[order[place]]

    def _set(self, table: str, key: bytes, value: bytes | None) -> None:
        there = self._at(table, key)
        if self.undo is None:
            raise RuntimeError("a read job may not write")
        self.undo.append((table, key, there.set(key, value)))

    def _at(self, table: str, key: bytes) -> _Table:
        if not 0 < len(key) <= KEY_MAX:
            raise bad_key(table, key)
        return self._table(table)

    def _table(self, table: str) -> _Table:
        if self.over:
            raise RuntimeError("this transaction is over")
        return self.tables[table]


class MemoryEngine:
    """An engine without a disk.

    `before_commit` runs before a write takes effect; what it raises undoes the whole write, as a failing disk would.
    """

    def __init__(self, id_key: bytes = bytes(32), *, before_commit: Callable[[], None] = lambda: None) -> None:
        self._tables = {name: _Table() for name in TABLES}
        self._lock = Lock()
        self._holder: int | None = None
        self._failed = False
        self._before_commit = before_commit
        with self._transaction([]) as txn:
            meta.initialise(txn, id_key)

    def write(self, jobs: Sequence[Job[Any]]) -> list[Outcome]:
        if self._failed:
            raise StoreFailed("the store failed before: it takes no more writes until the restart")
        with self._held():
            undo: list[_Undo] = []
            try:
                outcomes = [self._outcome(job, undo) for job in jobs]
                self._before_commit()
            except BaseException as error:
                self._failed = isinstance(error, StoreFailed)
                self._unwind(undo, 0)
                raise
            return outcomes

    def read(self, job: Job[T]) -> T:
        with self._held(), self._transaction(None) as txn:
            return job(txn)

    def size(self) -> Size:
        used = sum(len(key) + len(value) for table in self._tables.values() for key, value in table.values.items())
        return Size(used=used, mapped=sys.maxsize, free_disk=sys.maxsize)

    def follow(self) -> bool:
        return False

    def reader_check(self) -> int:
        return 0

    def close(self) -> None:
        """Nothing to release."""

    def _outcome(self, job: Job[Any], undo: list[_Undo]) -> Outcome:
        start = len(undo)
        try:
            with self._transaction(undo) as txn:
                return Outcome(value=job(txn))
        except Exception as error:
            self._unwind(undo, start)
            return Outcome(error=error)

    def _unwind(self, undo: list[_Undo], start: int) -> None:
        for table, key, before in reversed(undo[start:]):
            self._tables[table].set(key, before)
        del undo[start:]

    @contextmanager
    def _transaction(self, undo: list[_Undo] | None) -> Iterator[_MemoryTxn]:
        txn = _MemoryTxn(self._tables, undo)
        try:
            yield txn
        finally:
            txn.over = True

    @contextmanager
    def _held(self) -> Iterator[None]:
        if self._holder == get_ident():
            raise RuntimeError("a job may not open a transaction of its own")
        with self._lock:
            self._holder = get_ident()
            try:
                yield
            finally:
                self._holder = None
