"""Erased: the ids of people who were erased, which mean nobody for ever; and marks of their contacts.

A mark is a digest keyed by the store's own secret: it tells whether a contact is one of theirs, and nothing else.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from jivod.model.contact import Key
from jivod.store import codec, keys, meta
from jivod.store.kv import Txn
from jivod.store.tables import ERASED

MARK_BYTES = 16

Row = tuple[str, int]
"""An id or a mark, and the journal number of the decision."""


def put(txn: Txn, id: str, seq: int) -> None:
    """Note that decision `seq` erased whoever had this id, or a contact of this mark."""
    txn.put(ERASED, keys.text(id), encode((id, seq)))


def by(txn: Txn, id: str) -> int | None:
    """The journal number of the decision that erased whoever had this id, or this mark; None for all others."""
    record = txn.get(ERASED, keys.text(id))
    return None if record is None else decode(record)[1]


def decisions(txn: Txn) -> list[int]:
    """The journal numbers of all decisions that erased somebody, ascending."""
    return sorted({decode(record)[1] for _, record in txn.range(ERASED)})


def mark(txn: Txn, key: Key) -> str:
    """The mark of a contact."""
    name = f"{key.kind}\0{key.value}".encode("utf-8", "surrogatepass")
    return blake2b(name, key=meta.id_key(txn), digest_size=MARK_BYTES).hexdigest()


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
