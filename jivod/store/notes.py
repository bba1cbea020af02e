"""Notes: which journal entries are notes of a person about a customer, and which of them were taken away again.

What a note says is in the journal alone.
"""

from __future__ import annotations

from typing import Any

from attrs import frozen

from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import NOTES


@frozen(kw_only=True)
class Slip:
    """Journal entry `seq` is a note; decision `struck` took it away, 0: it stands."""

    seq: int
    struck: int = 0


def put(txn: Txn, slip: Slip) -> None:
    """Keep the slip; it replaces an earlier one."""
    txn.put(NOTES, keys.up(slip.seq), encode(slip))


def get(txn: Txn, seq: int) -> Slip | None:
    """Of this entry; None if it is no note."""
    record = txn.get(NOTES, keys.up(seq))
    return None if record is None else decode(record)


def encode(slip: Slip) -> bytes:
    """The record of a slip."""
    return codec.encode([slip.seq, slip.struck])


def decode(record: bytes) -> Slip:
    """The slip in a record. Raises Damaged."""
    return codec.decode(NOTES, record, _slip)


def place(slip: Slip) -> bytes:
    """The key of a record."""
    return keys.up(slip.seq)


def _slip(row: list[Any]) -> Slip:
    seq, struck = row
    if not (isinstance(seq, int) and isinstance(struck, int)):
        raise TypeError("a slip is two journal numbers")
    return Slip(seq=seq, struck=struck)
