"""Erased: the ids of people who were erased. They mean nobody for ever, and are never given out again."""

from __future__ import annotations

from typing import Any

from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import ERASED

Row = tuple[str, int]
"""An id, and the journal number of the decision."""


def put(txn: Txn, id: str, seq: int) -> None:
    """Note that decision `seq` erased whoever had this id."""
    txn.put(ERASED, keys.text(id), encode((id, seq)))


def by(txn: Txn, id: str) -> int | None:
    """The journal number of the decision that erased whoever had this id; None for all others."""
    record = txn.get(ERASED, keys.text(id))
    return None if record is None else decode(record)[1]


def encode(row: Row) -> bytes:
    """The record of a row."""
    return codec.encode(list(row))


def decode(record: bytes) -> Row:
    """The row in a record. Raises Damaged."""
    return codec.decode(ERASED, record, _row)


def place(row: Row) -> bytes:
    """The key of a row."""
    return keys.text(row[0])


def _row(row: list[Any]) -> Row:
    id, seq = row
    if not (isinstance(id, str) and isinstance(seq, int)):
        raise TypeError("a row is an id and a journal number")
    return id, seq
