"""Quarantine: bodies that could not be read, kept raw until somebody retries or drops them. The oldest make room."""

from __future__ import annotations

from typing import Any

from attrs import astuple

from jivod.model.entry import Origin, Quarantined
from jivod.store import codec, keys, meta
from jivod.store.kv import Txn
from jivod.store.tables import QUARANTINE

COUNT_MAX = 10_000
BYTES_MAX = 256 << 20
"""Bytes of bodies, all together."""

_STATE = "quarantine"  # in table meta: [items, bytes of bodies, last number given out]


def add(txn: Txn, *, received_at: int, origin: Origin, code: str, message: str, body: bytes) -> int:
    """Keep a body; its number, which is never given out twice. The oldest make room; the newest always stays."""
    count, size, last = _state(txn)
    item = Quarantined(number=last + 1, received_at=received_at, origin=origin, code=code, message=message, body=body)
    txn.put(QUARANTINE, keys.up(item.number), encode(item))
    meta.set_value(txn, _STATE, [count + 1, size + len(body), item.number])
    _make_room(txn)
    return item.number


def get(txn: Txn, number: int) -> Quarantined | None:
    """One body."""
    record = txn.get(QUARANTINE, keys.up(number))
    return None if record is None else decode(record)


def listed(txn: Txn, limit: int, after: int = 0) -> list[Quarantined]:
    """The bodies behind number `after`, oldest first."""
    return [decode(record) for _, record in txn.range(QUARANTINE, keys.up(after + 1), limit=limit)]


def remove(txn: Txn, number: int) -> bool:
    """Drop one body; False if there is none of that number."""
    found = get(txn, number)
    if found is None:
        return False
    _drop(txn, number, len(found.body))
    return True


def recount(txn: Txn) -> None:
    """Note anew how much there is, where some were left out of a copy."""
    sizes = [len(decode(record).body) for _, record in txn.range(QUARANTINE)]
    _, _, last = _state(txn)
    meta.set_value(txn, _STATE, [len(sizes), sum(sizes), last])


def held(txn: Txn) -> tuple[int, int]:
    """How many bodies, and how many bytes they have."""
    count, size, _ = _state(txn)
    return count, size


def given(txn: Txn) -> int:
    """The last number given out, 0 if none was."""
    return _state(txn)[2]


def encode(item: Quarantined) -> bytes:
    """The record of a body."""
    header = [item.number, item.received_at, *astuple(item.origin), item.code, item.message]
    return codec.encode_body(header, item.body)


def decode(record: bytes) -> Quarantined:
    """The body in a record. Raises Damaged."""
    return codec.decode_body(QUARANTINE, record, _quarantined)


def _quarantined(header: list[Any], body: bytes) -> Quarantined:
    number, received_at, channel, account, region, site, code, message = header
    origin = Origin(channel=channel, account=account, region=region, site=site)
    return Quarantined(number=number, received_at=received_at, origin=origin, code=code, message=message, body=body)


def _state(txn: Txn) -> tuple[int, int, int]:
    count, size, last = meta.value(txn, _STATE) or (0, 0, 0)
    return count, size, last


def _make_room(txn: Txn) -> None:
    count, size = held(txn)
    while count > 1 and (count > COUNT_MAX or size > BYTES_MAX):
        (oldest,) = listed(txn, limit=1)
        _drop(txn, oldest.number, len(oldest.body))
        count, size = held(txn)


def _drop(txn: Txn, number: int, length: int) -> None:
    count, size, last = _state(txn)
    txn.delete(QUARANTINE, keys.up(number))
    meta.set_value(txn, _STATE, [count - 1, size - length, last])
