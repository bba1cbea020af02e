"""Replies: what the API answered to requests that named a key, so that the same again does nothing twice.

Not a projection, and not for ever: after a day, or where there are too many, the oldest go. They hold what the answers
held, customers too: where a person is erased all of them go.
"""

from __future__ import annotations

from typing import Any

from jivod.model.reply import Reply
from jivod.store import codec, index, keys, meta
from jivod.store.kv import Txn
from jivod.store.tables import REPLIES, REPLIES_BY_TIME

INDEXES = {REPLIES_BY_TIME: "i"}
KEPT_FOR = 86_400_000  # ms
COUNT_MAX = 10_000
BYTES_MAX = 64 << 20
"""Bytes of bodies, all together."""

AT_ONCE = 100  # old ones that one new one clears away

_STATE = "replies"  # in table meta: [replies, bytes of bodies]


def get(txn: Txn, who: str, key: str, now: int) -> Reply | None:
    """What was answered, unless that was more than a day before `now`."""
    record = txn.get(REPLIES, keys.pack(who, key))
    found = None if record is None else decode(record)
    return found if found is not None and now - found.at < KEPT_FOR else None


def put(txn: Txn, reply: Reply) -> None:
    """Keep an answer in place of an outdated one; the oldest make room, the newest always stays."""
    outdated = txn.get(REPLIES, keys.pack(reply.who, reply.key))
    if outdated is not None:
        _drop(txn, decode(outdated))
    txn.put(REPLIES, keys.pack(reply.who, reply.key), encode(reply))
    index.update(txn, frozenset(), entries(reply))
    count, size = held(txn)
    meta.set_value(txn, _STATE, [count + 1, size + len(reply.body)])
    for old in _oldest(txn, AT_ONCE):
        count, size = held(txn)
        is_crowded = count > COUNT_MAX or size > BYTES_MAX
        if count == 1 or not (is_crowded or reply.at - old.at >= KEPT_FOR):
            break
        _drop(txn, old)


def drop_outdated(txn: Txn, now: int) -> None:
    """Drop some that are older than a day, where no new one has done it."""
    for old in _oldest(txn, AT_ONCE):
        if now - old.at < KEPT_FOR:
            break
        _drop(txn, old)


def recount(txn: Txn) -> None:
    """Note anew how much there is, where they were left out of a copy."""
    sizes = [len(decode(record).body) for _, record in txn.range(REPLIES)]
    meta.set_value(txn, _STATE, [len(sizes), sum(sizes)])


def held(txn: Txn) -> tuple[int, int]:
    """How many, and how many bytes their bodies have."""
    count, size = meta.value(txn, _STATE) or (0, 0)
    return count, size


def entries(reply: Reply) -> index.Entries:
    """Every index entry of a record."""
    return {(REPLIES_BY_TIME, keys.up(reply.at) + keys.pack(reply.who, reply.key))}


def encode(reply: Reply) -> bytes:
    """The record of an answer."""
    r = reply
    return codec.encode_body([r.who, r.key, r.at, r.digest, r.status, r.headers], r.body)


def decode(record: bytes) -> Reply:
    """The answer in a record. Raises Damaged."""
    return codec.decode_body(REPLIES, record, _reply)


def place(reply: Reply) -> bytes:
    """The key of a record."""
    return keys.pack(reply.who, reply.key)


def _reply(header: list[Any], body: bytes) -> Reply:
    who, key, at, digest, status, headers = header
    named = tuple([(name, value) for name, value in headers])
    return Reply(who=who, key=key, at=at, digest=digest, status=status, headers=named, body=body)


def _oldest(txn: Txn, limit: int) -> list[Reply]:
    rows = [txn.get(REPLIES, key[8:]) for key, _ in txn.range(REPLIES_BY_TIME, limit=limit)]
    return [decode(record) for record in rows if record is not None]


def _drop(txn: Txn, reply: Reply) -> None:
    count, size = held(txn)
    txn.delete(REPLIES, place(reply))
    index.update(txn, entries(reply), frozenset())
    meta.set_value(txn, _STATE, [count - 1, size - len(reply.body)])
