"""Policies: which policy was in force from which journal entry on: a rebuild folds each entry under that of its time.

Not a projection: it is kept through a rebuild, and a rebuild under another policy begins it anew.
"""

from __future__ import annotations

from typing import Any

from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import POLICIES


def adopt(txn: Txn, seq: int, text: str) -> None:
    """The policy `text` (TOML; "" for the built-in one) is in force from journal entry `seq` on."""
    txn.put(POLICIES, keys.up(seq), encode(text))


def at(txn: Txn, seq: int) -> str:
    """The policy in force at entry `seq`; "" where none was ever adopted."""
    for _, record in txn.range(POLICIES, hi=keys.up(seq + 1), reverse=True, limit=1):
        return decode(record)
    return ""


def listed(txn: Txn) -> list[tuple[int, str]]:
    """All of them, each with the first entry that it decided, ascending."""
    return [(keys.unpack_int(key), decode(record)) for key, record in txn.range(POLICIES)]


def encode(text: str) -> bytes:
    """The record of a policy."""
    return codec.encode(text)


def decode(record: bytes) -> str:
    """The policy in a record. Raises Damaged."""
    return codec.decode(POLICIES, record, _text)


def _text(plain: Any) -> str:
    if not isinstance(plain, str):
        raise TypeError("a policy is text")
    return plain
