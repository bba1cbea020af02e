"""Fingerprints: by which a body is known again; and how often it came again."""

from __future__ import annotations

from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import FINGERPRINTS, REPEATS


def find(txn: Txn, account: str, digest: bytes) -> int | None:
    """The journal number of the last entry of `account` with this digest (16 bytes)."""
    record = txn.get(FINGERPRINTS, keys.text(account) + digest)
    return None if record is None else decode(record)


def remember(txn: Txn, account: str, digest: bytes, seq: int) -> None:
    """Note that entry `seq` has this digest."""
    txn.put(FINGERPRINTS, keys.text(account) + digest, codec.encode(seq))


def count_repeat(txn: Txn, seq: int, at: int) -> int:
    """Count one more delivery of entry `seq`, at UNIX ms `at`; how many repeats there are now.

    An observation, not a projection: a rebuild cannot make it anew.
    """
    count = repeats(txn, seq) + 1
    txn.put(REPEATS, keys.up(seq), codec.encode([count, at]))
    return count


def repeats(txn: Txn, seq: int) -> int:
    """How often entry `seq` came again."""
    record = txn.get(REPEATS, keys.up(seq))
    return 0 if record is None else decode_repeats(record)


def repeated_at(txn: Txn, seq: int) -> int:
    """When entry `seq` came again the last time, UNIX ms; 0 if it never did."""
    record = txn.get(REPEATS, keys.up(seq))
    return 0 if record is None else codec.decode(REPEATS, record, lambda row: int(row[1]))


def decode(record: bytes) -> int:
    """The journal number in a record of table fingerprints. Raises Damaged."""
    return codec.decode(FINGERPRINTS, record, int)


def decode_repeats(record: bytes) -> int:
    """The count in a record of table repeats. Raises Damaged."""
    return codec.decode(REPEATS, record, lambda row: int(row[0]))
