"""Decisions: which journal entries are decisions about which customer record, for the history that people read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jivod.store import index, keys
from jivod.store.kv import Txn, prefix_end
from jivod.store.tables import DECISIONS


def note(txn: Txn, ids: Iterable[str], seq: int) -> None:
    """Journal entry `seq` decided about the records `ids`."""
    for id in ids:
        txn.put(DECISIONS, keys.text(id) + keys.up(seq), b"")


def of(txn: Txn, id: str, after: int, limit: int) -> list[int]:
    """The journal numbers of decisions about the record `id` behind number `after`, ascending."""
    tails = index.tails(txn, DECISIONS, keys.text(id), start=keys.up(after + 1), limit=limit)
    return [keys.unpack_int(tail) for tail in tails]


def newest(txn: Txn, id: str, before: int | None = None) -> Iterator[int]:
    """The journal numbers of decisions about the record `id` below `before`, descending. Lazy."""
    prefix = keys.text(id)
    hi = prefix_end(prefix) if before is None else prefix + keys.up(before)
    for key, _ in txn.range(DECISIONS, prefix, hi, reverse=True):
        yield keys.unpack_int(key)


def read_key(key: bytes) -> tuple[str, int]:
    """The record and the journal number in a key. Raises ValueError for a key of another shape."""
    number = keys.rest(key, "t")
    if len(number) != 8:
        raise ValueError("a key is a record and a journal number")
    return keys.unpack_text(key[:-8]), keys.unpack_int(number)
