"""Different: pairs of customer records that a person called two people. No rule may merge them."""

from __future__ import annotations

from typing import Any

from jivod.store import codec, index, keys
from jivod.store.kv import Txn
from jivod.store.tables import DIFFERENT, DIFFERENT_OF

Pair = tuple[str, str]
"""Two record ids, the smaller first."""

INDEXES = {DIFFERENT_OF: "t"}


def add(txn: Txn, a: str, b: str, seq: int) -> None:
    """Note that journal entry `seq` called the two different; said again, the last one counts.

    Raises ValueError for one and the same.
    """
    pair = _pair(a, b)
    txn.put(DIFFERENT, keys.pack(*pair), encode((*pair, seq)))
    index.update(txn, frozenset(), entries((*pair, seq)))


def remove(txn: Txn, a: str, b: str) -> bool:
    """Take that back; False if the pair was never called different."""
    pair = _pair(a, b)
    there = txn.get(DIFFERENT, keys.pack(*pair))
    if there is None:
        return False
    txn.delete(DIFFERENT, keys.pack(*pair))
    index.update(txn, entries(decode(there)), frozenset())
    return True


def of(txn: Txn, id: str) -> frozenset[str]:
    """The records that are called different from the record `id`."""
    prefix = keys.text(id)
    above = index.tails(txn, DIFFERENT, prefix)
    below = [tail[: -len(prefix)] for tail in index.tails(txn, DIFFERENT_OF, prefix)]
    return frozenset([keys.unpack_text(other) for other in (*above, *below)])


def entries(row: tuple[str, str, int]) -> index.Entries:
    """Every index entry of a record."""
    a, b, _ = row
    return {(DIFFERENT_OF, keys.text(b) + keys.pack(a, b))}


def encode(row: tuple[str, str, int]) -> bytes:
    """The record of a pair and the journal number that decided it."""
    return codec.encode(list(row))


def decode(record: bytes) -> tuple[str, str, int]:
    """The pair in a record. Raises Damaged."""
    return codec.decode(DIFFERENT, record, _row)


def _row(row: list[Any]) -> tuple[str, str, int]:
    a, b, seq = row
    if not a < b:
        raise ValueError("a pair has a < b")
    return a, b, seq


def _pair(a: str, b: str) -> Pair:
    if a == b:
        raise ValueError("a record cannot differ from itself")
    return (a, b) if a < b else (b, a)
