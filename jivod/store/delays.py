"""Delays: reviews that a person put off until a later day."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import DELAYS


@frozen(kw_only=True)
class Delay:
    """Journal entry `seq` put the review of `a` and `b` off until `until` (UNIX ms). `a` < `b`, as the review has
    them.
    """

    a: str
    b: str
    until: int
    seq: int


def put(txn: Txn, delay: Delay) -> None:
    """Keep the delay; it replaces an earlier one."""
    txn.put(DELAYS, place(delay), encode(delay))


def until(txn: Txn, a: str, b: str) -> int:
    """Until when (UNIX ms) the review of this pair is put off; 0 if nobody put it off."""
    record = txn.get(DELAYS, keys.pack(a, b))
    return 0 if record is None else decode(record).until


def remove(txn: Txn, a: str, b: str) -> None:
    """Put the review off no longer."""
    txn.delete(DELAYS, keys.pack(a, b))


def encode(delay: Delay) -> bytes:
    """The record of a delay."""
    return codec.encode([delay.a, delay.b, delay.until, delay.seq])


def decode(record: bytes) -> Delay:
    """The delay in a record. Raises Damaged."""
    return codec.decode(DELAYS, record, _delay)


def place(delay: Delay) -> bytes:
    """The key of a record."""
    return keys.pack(delay.a, delay.b)


def _delay(row: list[Any]) -> Delay:
    a, b, until, seq = row
    if not (isinstance(until, int) and isinstance(seq, int) and a < b):
        raise TypeError("a delay is of a pair, a time and a journal number")
    return Delay(a=a, b=b, until=until, seq=seq)
