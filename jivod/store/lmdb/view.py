"""View: an LMDB transaction as a job sees it, `store.kv.Txn`; of no use any more once the job has returned."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jivod.store.kv import KEY_MAX, bad_key

Databases = Mapping[str, Any]


class _Over:
    """Stands where the LMDB transaction was once the job has returned."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("this transaction is over")


_OVER: Any = _Over()


class ReadView:
    """Over a snapshot."""

    __slots__ = ("_databases", "_txn")

    def __init__(self, txn: Any, databases: Databases) -> None:
        self._txn = txn
        self._databases = databases

    def finish(self) -> None:
        """The job has returned."""
        self._txn = _OVER

    def get(self, table: str, key: bytes) -> bytes | None:
        if not 0 < len(key) <= KEY_MAX:
            raise bad_key(table, key)
        return self._txn.get(key, None, self._databases[table])

    def put(self, table: str, key: bytes, value: bytes) -> None:
        raise RuntimeError("a read job may not write")

    append = put

    def delete(self, table: str, key: bytes) -> None:
        raise RuntimeError("a read job may not write")

    def range(
        self, table: str, lo: bytes = b"", hi: bytes | None = None, *, reverse: bool = False, limit: int | None = None
    ) -> Iterator[tuple[bytes, bytes]]:
        cursor = self._txn.cursor(self._databases[table])
        if not (_seek_below(cursor, hi) if reverse else _seek(cursor, lo)):
            return iter(())
        first = cursor.key()
        if first < lo if reverse else hi is not None and first >= hi:
            return iter(())  # most look-ups find nothing: a generator for each would be dear
        if limit == 1:
            return iter((cursor.item(),))
        return self._walk(cursor.iterprev() if reverse else cursor.iternext(), lo, hi, reverse, limit)

    def _walk(
        self, pairs: Iterable[tuple[bytes, bytes]], lo: bytes, hi: bytes | None, reverse: bool, limit: int | None
    ) -> Iterator[tuple[bytes, bytes]]:
        left = -1 if limit is None else limit
        for key, value in pairs:
            if left == 0 or (key < lo if reverse else hi is not None and key >= hi):
                return
            yield key, value
            left -= 1
            if self._txn is _OVER:
                raise RuntimeError("this transaction is over")


class WriteView(ReadView):
    """Which may also write."""

    __slots__ = ()

    def put(self, table: str, key: bytes, value: bytes) -> None:
        if not 0 < len(key) <= KEY_MAX:
            raise bad_key(table, key)
        self._txn.put(key, value, db=self._databases[table])

    def append(self, table: str, key: bytes, value: bytes) -> None:
        if not 0 < len(key) <= KEY_MAX:
            raise bad_key(table, key)
        database = self._databases[table]
        # Else a page that is full is halved, and the half that stays behind never fills up.
        if not self._txn.put(key, value, append=True, db=database):
            self._txn.put(key, value, db=database)

    def delete(self, table: str, key: bytes) -> None:
        if not 0 < len(key) <= KEY_MAX:
            raise bad_key(table, key)
        self._txn.delete(key, db=self._databases[table])


def _seek(cursor: Any, lo: bytes) -> bool:
    # LMDB refuses to seek a key longer than it can hold, though a bound may well be (a key and one byte more).
    found = cursor.set_range(lo[:KEY_MAX]) if lo else cursor.first()
    return cursor.next() if found and len(lo) > KEY_MAX and cursor.key() < lo else found


def _seek_below(cursor: Any, hi: bytes | None) -> bool:
    if hi == b"":
        return False
    if hi is None or not cursor.set_range(hi[:KEY_MAX]):
        return cursor.last()
    return cursor.key() < hi or cursor.prev()
