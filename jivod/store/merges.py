"""Merges: when rules merged customers by themselves, for the brake that stops them before a flood."""

from __future__ import annotations

from jivod.store import keys
from jivod.store.kv import Txn
from jivod.store.tables import MERGES

KEY_SIZE = 24
"""Bytes of a key: three integers."""


def note(txn: Txn, at: int, seq: int, number: int) -> None:
    """Merge `number` of journal entry `seq` happened at `at` (UNIX ms)."""
    txn.put(MERGES, keys.up(at) + keys.up(seq) + keys.up(number), b"")


def between(txn: Txn, start: int, end: int, limit: int) -> int:
    """How many there were from `start` to `end` (UNIX ms, both included); counts to `limit` at most."""
    return sum(1 for _ in txn.range(MERGES, keys.up(start), keys.up(end + 1), limit=limit))


def seq_of(key: bytes) -> int:
    """The journal number in a key. Raises ValueError for a key of another size."""
    if len(key) != KEY_SIZE:
        raise ValueError(f"a key has {KEY_SIZE} bytes")
    return keys.unpack_int(key[:16])
