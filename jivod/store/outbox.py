"""Outbox: changes that sinks may want to hear of, numbered from 1, as long as there is room. The oldest make room.

A change is written in the transaction of what caused it, and only while somebody listens. It is kept when it was told,
so that it can be told again, until it is old or others need the room.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from jivod.model.change import Change
from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import META, OUTBOX

COUNT_MAX = 100_000
_WANTED = keys.text("feed")  # in table meta: the kinds of changes that anybody listens to


def listen(txn: Txn, kinds: Iterable[str]) -> None:
    """From now on changes of these kinds are noted, and no others."""
    txn.put(META, _WANTED, codec.encode(sorted(kinds)))


def wanted(txn: Txn) -> frozenset[str]:
    """The kinds that are noted. Asked for each event, so it costs next to nothing."""
    record = txn.get(META, _WANTED)
    return frozenset() if record is None else _kinds(record)


@lru_cache(maxsize=4)
def _kinds(record: bytes) -> frozenset[str]:
    return codec.decode(META, record, frozenset)


def note(txn: Txn, kind: str, customer: str, *, seq: int, at: int, other: str = "") -> None:
    """Put a change under the next number, if anybody wants to hear of its kind."""
    if kind not in wanted(txn):
        return
    change = Change(number=last(txn) + 1, kind=kind, customer=customer, other=other, seq=seq, at=at)
    txn.put(OUTBOX, keys.up(change.number), encode(change))
    while (oldest := first(txn)) <= change.number - COUNT_MAX:
        txn.delete(OUTBOX, keys.up(oldest))


def first(txn: Txn) -> int:
    """The lowest number that is there; while there is none, the next one to be given."""
    for key, _ in txn.range(OUTBOX, limit=1):
        return keys.unpack_int(key)
    return 1


def last(txn: Txn) -> int:
    """The highest number, 0 while nothing was ever noted."""
    for key, _ in txn.range(OUTBOX, reverse=True, limit=1):
        return keys.unpack_int(key)
    return 0


def get(txn: Txn, number: int) -> Change | None:
    """One change."""
    record = txn.get(OUTBOX, keys.up(number))
    return None if record is None else decode(record)


def after(txn: Txn, number: int, limit: int) -> list[Change]:
    """The next changes behind `number`, ascending."""
    return [decode(record) for _, record in txn.range(OUTBOX, keys.up(number + 1), limit=limit)]


def since(txn: Txn, at: int) -> int:
    """The number of the first change that is not older than `at` (UNIX ms); behind the last one if there is none."""
    for _, record in txn.range(OUTBOX):
        change = decode(record)
        if change.at >= at:
            return change.number
    return last(txn) + 1


def trim(txn: Txn, told: int, before: int, limit: int) -> int:
    """Drop changes up to number `told` that are older than `before` (UNIX ms), at most `limit`; how many. The newest
    stays: no number is given twice.
    """
    stop = min(told + 1, last(txn))
    old = []
    for key, record in txn.range(OUTBOX, hi=keys.up(stop), limit=limit):
        if decode(record).at >= before:
            break
        old.append(key)
    for key in old:
        txn.delete(OUTBOX, key)
    return len(old)


def row(change: Change) -> list[Any]:
    """A change as a plain row."""
    return [change.number, change.kind, change.customer, change.other, change.seq, change.at]


def of_row(plain: list[Any]) -> Change:
    """The change in a plain row."""
    number, kind, customer, other, seq, at = plain
    return Change(number=number, kind=kind, customer=customer, other=other, seq=seq, at=at)


def encode(change: Change) -> bytes:
    """The record of a change."""
    return codec.encode(row(change))


def decode(record: bytes) -> Change:
    """The change in a record. Raises Damaged."""
    return codec.decode(OUTBOX, record, of_row)
