"""Shared: what a person said of a key: used by several people, or one customer's own. Else the policy counts."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from jivod.model.contact import Key
from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import SHARED


@frozen(kw_only=True)
class Word:
    """`shared` is what was said of `key` last, by journal entry `seq`."""

    key: Key
    shared: bool
    seq: int


def put(txn: Txn, word: Word) -> None:
    """Keep the word; it replaces an earlier one."""
    txn.put(SHARED, _place(word.key), encode(word))


def get(txn: Txn, key: Key) -> bool | None:
    """Whether a person called the key shared; None where nobody said anything."""
    record = txn.get(SHARED, _place(key))
    return None if record is None else decode(record).shared


def listed(txn: Txn, limit: int) -> list[Word]:
    """What was said, by kind and value."""
    return [decode(record) for _, record in txn.range(SHARED, limit=limit)]


def encode(word: Word) -> bytes:
    """The record of a word."""
    return codec.encode([codec.key_row(word.key), word.shared, word.seq])


def decode(record: bytes) -> Word:
    """The word in a record. Raises Damaged."""
    return codec.decode(SHARED, record, _word)


def place(word: Word) -> bytes:
    """The key of a record."""
    return _place(word.key)


def _word(row: list[Any]) -> Word:
    (kind, value), shared, seq = row
    return Word(key=Key(kind, value), shared=shared, seq=seq)


def _place(key: Key) -> bytes:
    return keys.pack(key.kind, key.value)
