"""Errands: what the API was asked for that takes long, and what came of it.

Not a projection, and not for ever: where there are many, the oldest that are over go. What an import left may name
anybody: where a person is erased all imports that are over go.
"""

from __future__ import annotations

from typing import Any

from jivod.model.errand import KINDS, STATES, Errand
from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import ERRANDS

MOST = 50


def get(txn: Txn, id: str) -> Errand | None:
    """The errand of that id."""
    record = txn.get(ERRANDS, keys.text(id))
    return None if record is None else decode(record)


def put(txn: Txn, errand: Errand) -> None:
    """Keep an errand as it is now."""
    txn.put(ERRANDS, place(errand), encode(errand))


def add(txn: Txn, errand: Errand) -> None:
    """Keep a new one; the oldest that are over make room."""
    put(txn, errand)
    there = listed(txn)
    for old in [old for old in there if old.is_over][: max(0, len(there) - MOST)]:
        txn.delete(ERRANDS, place(old))


def listed(txn: Txn) -> list[Errand]:
    """All of them, oldest first."""
    return [decode(record) for _, record in txn.range(ERRANDS)]


def encode(errand: Errand) -> bytes:
    """The record of an errand."""
    e = errand
    header = [e.id, e.kind, e.by, e.asked, e.asked_at, e.state, e.ended_at, e.told, e.error]
    return codec.encode_body(header, e.rows)


def decode(record: bytes) -> Errand:
    """The errand in a record. Raises Damaged."""
    return codec.decode_body(ERRANDS, record, _errand)


def place(errand: Errand) -> bytes:
    """The key of a record."""
    return keys.text(errand.id)


def _errand(header: list[Any], rows: bytes) -> Errand:
    id, kind, by, asked, asked_at, state, ended_at, told, error = header
    if kind not in KINDS or state not in STATES or not isinstance(asked, dict):
        raise ValueError("an errand has a kind and a state")
    return Errand(
        id=id, kind=kind, by=by, asked=asked, asked_at=asked_at, state=state, ended_at=ended_at, told=told,
        error=error, rows=rows,
    )  # fmt: skip
