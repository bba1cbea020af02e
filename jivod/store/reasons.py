"""Reasons: why each journal entry belongs to a customer record, or to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jivod.model.contact import Key
from jivod.model.errors import Damaged
from jivod.model.reason import Reason, Rival
from jivod.store import codec, index, keys
from jivod.store.kv import Txn, prefix_end
from jivod.store.tables import REASONS, REASONS_BY_CUSTOMER, UNATTRIBUTED

INDEXES = {REASONS_BY_CUSTOMER: "t", UNATTRIBUTED: ""}


def get(txn: Txn, seq: int) -> Reason | None:
    """The reason of one journal entry."""
    record = txn.get(REASONS, keys.up(seq))
    return None if record is None else decode(record)


def put(txn: Txn, old: Reason | None, new: Reason) -> None:
    """Keep `new` where `old` (as `get` gave it, or None for a new one) is now."""
    txn.put(REASONS, keys.up(new.seq), encode(new))
    index.update(txn, frozenset() if old is None else entries(old), entries(new))


def of(txn: Txn, customer_id: str, after: int, limit: int) -> list[Reason]:
    """The reasons of one customer record behind journal number `after`, ascending."""
    prefix = keys.text(customer_id)
    tails = index.tails(txn, REASONS_BY_CUSTOMER, prefix, start=keys.up(after + 1), limit=limit)
    return [_reason_at(txn, tail) for tail in tails]


def newest(txn: Txn, customer_id: str, limit: int) -> list[Reason]:
    """The last reasons of one customer record, descending."""
    prefix = keys.text(customer_id)
    rows = txn.range(REASONS_BY_CUSTOMER, prefix, prefix_end(prefix), reverse=True, limit=limit)
    return [_reason_at(txn, key[len(prefix) :]) for key, _ in rows]


def numbers(txn: Txn, customer_id: str, after: int = 0, limit: int | None = None) -> list[int]:
    """The journal numbers of the entries of one customer record behind number `after`, ascending; `limit`: the first
    so many.
    """
    tails = index.tails(txn, REASONS_BY_CUSTOMER, keys.text(customer_id), start=keys.up(after + 1), limit=limit)
    return [keys.unpack_int(tail) for tail in tails]


def latest(txn: Txn, before: int | None, limit: int) -> Iterator[Reason]:
    """The reasons below journal number `before` (None: all), the last one first. Lazy."""
    hi = None if before is None else keys.up(before)
    for _, record in txn.range(REASONS, hi=hi, reverse=True, limit=limit):
        yield decode(record)


def last(txn: Txn, customer_id: str) -> int:
    """The journal number of the last entry of one customer record; 0 if it has none."""
    lo = keys.text(customer_id)
    found = next(iter(txn.range(REASONS_BY_CUSTOMER, lo, prefix_end(lo), reverse=True, limit=1)), None)
    return 0 if found is None else keys.unpack_int(found[0])


def unattributed(txn: Txn, after: int, limit: int) -> list[int]:
    """The journal numbers behind `after` that belong to nobody, ascending."""
    return [keys.unpack_int(key) for key, _ in txn.range(UNATTRIBUTED, keys.up(after + 1), limit=limit)]


def entries(reason: Reason) -> index.Entries:
    """Every index entry of a record."""
    if reason.customer is None:
        return {(UNATTRIBUTED, keys.up(reason.seq))}
    return {(REASONS_BY_CUSTOMER, keys.text(reason.customer) + keys.up(reason.seq))}


def encode(reason: Reason) -> bytes:
    """The record of a reason."""
    r = reason
    rivals = [[rival.customer, rival.key.kind, rival.key.value, rival.why] for rival in r.rivals]
    dropped = [[key.kind, key.value, why] for key, why in r.dropped]
    return codec.encode([r.seq, r.customer, r.rule, codec.key_row(r.key), rivals, dropped, r.merged, r.proven])


def decode(record: bytes) -> Reason:
    """The reason in a record. Raises Damaged."""
    return codec.decode(REASONS, record, _reason)


def _reason(row: list[Any]) -> Reason:
    seq, customer, rule, key, rivals, dropped, merged, proven = row
    return Reason(
        seq=seq,
        customer=customer,
        rule=rule,
        key=codec.key(key),
        rivals=tuple([Rival(customer=id, key=Key(kind, value), why=why) for id, kind, value, why in rivals]),
        dropped=tuple([(Key(kind, value), why) for kind, value, why in dropped]),
        merged=tuple(merged),
        proven=proven,
    )


def _reason_at(txn: Txn, key: bytes) -> Reason:
    record = txn.get(REASONS, key)
    if record is None:
        raise Damaged(f"table {REASONS_BY_CUSTOMER} names a reason that is not there")
    return decode(record)
