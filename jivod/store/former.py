"""Former: ids that were given out for records which the policy of now does not make any more. They resolve for ever.

Not a projection: it is kept through a rebuild, and a rebuild under another policy adds to it.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from jivod.store import codec, customers, keys, reasons
from jivod.store.kv import Txn
from jivod.store.tables import FORMER

Row = tuple[str, int]
"""An id, and the journal number of the entry that had made its record."""


def put(txn: Txn, id: str, seq: int) -> None:
    """Note that journal entry `seq` stands for whoever had this id."""
    txn.put(FORMER, keys.text(id), encode((id, seq)))


def meant(txn: Txn, id: str) -> str | None:
    """The record that an id means: its own, else the one to which the entry belongs now that had made it. None for an
    id that was never given out, or whose entry is nobody's now.
    """
    if customers.get(txn, id) is not None:
        return id
    record = txn.get(FORMER, keys.text(id))
    reason = None if record is None else reasons.get(txn, decode(record)[1])
    return None if reason is None else reason.customer


def of(txn: Txn, seqs: Container[int]) -> list[str]:
    """The ids for which one of these journal entries stands. Reads the whole table."""
    rows = (decode(record) for _, record in txn.range(FORMER))
    return [id for id, seq in rows if seq in seqs]


def encode(row: Row) -> bytes:
    """The record of a row."""
    return codec.encode(list(row))


def decode(record: bytes) -> Row:
    """The row in a record. Raises Damaged."""
    return codec.decode(FORMER, record, _row)


def place(row: Row) -> bytes:
    """The key of a row."""
    return keys.text(row[0])


def _row(row: list[Any]) -> Row:
    id, seq = row
    if not (isinstance(id, str) and isinstance(seq, int)):
        raise TypeError("a row is an id and a journal number")
    return id, seq
