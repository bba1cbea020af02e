"""Journal: every body as received, every imported row and every decision, byte for byte, numbered from 1.

Without a gap, and never changed, but that the content of a body may go when it is too old to be kept. The truth: all
else is a projection of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from typing import Any

from jivod.model.entry import EVENT, Entry, Origin, Original
from jivod.model.errors import Damaged
from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import JOURNAL


def append(txn: Txn, *, received_at: int, origin: Origin, body: bytes, kind: str = EVENT, signature: str = "") -> Entry:
    """Keep a body under the next number. The last one is read in this transaction: other processes append too."""
    entry = Entry(seq=last(txn) + 1, received_at=received_at, origin=origin, body=body, kind=kind, signature=signature)
    keep(txn, entry)
    return entry


def keep(txn: Txn, entry: Entry) -> None:
    """Put an entry of another store, or of this one, under its own number."""
    txn.append(JOURNAL, keys.up(entry.seq), encode(entry))


def get(txn: Txn, seq: int) -> Entry | None:
    """One entry."""
    record = txn.get(JOURNAL, keys.up(seq))
    return None if record is None else decode(record)


def size(txn: Txn, seq: int) -> int:
    """Bytes of an entry's record; 0 if there is none. Cheaper than to read it."""
    return len(txn.get(JOURNAL, keys.up(seq)) or b"")


def after(txn: Txn, seq: int, limit: int, limit_bytes: int = 8 << 20) -> list[Entry]:
    """The next entries behind number `seq` (0: from the first), ascending.

    At most `limit`; fewer, but one at least, where their records reach `limit_bytes` before that.
    """
    return _some(txn.range(JOURNAL, keys.up(seq + 1), limit=limit), limit_bytes)


def before(txn: Txn, seq: int | None, limit: int, limit_bytes: int = 8 << 20) -> list[Entry]:
    """The last entries below number `seq` (None: of all), descending; as many as with `after`."""
    hi = None if seq is None else keys.up(seq)
    return _some(txn.range(JOURNAL, hi=hi, reverse=True, limit=limit), limit_bytes)


def last(txn: Txn) -> int:
    """The highest number, 0 while the journal is empty."""
    for key, _ in txn.range(JOURNAL, reverse=True, limit=1):
        return keys.unpack_int(key)
    return 0


def head(txn: Txn, seq: int) -> str:
    """The digest of the record of an entry, as it was when that came; empty if there is none."""
    record = txn.get(JOURNAL, keys.up(seq))
    if record is None:
        return ""
    with suppress(Damaged):  # then it is another one than that which came
        original = decode(record).original
        if original is not None:
            return original.head
    return head_of(record)


def head_of(record: bytes) -> str:
    """The digest of a record."""
    return sha256(record).hexdigest()[:32]


def empty(txn: Txn, husk: Entry) -> bool:
    """Let the husk of an entry take its place; False if that is not the one that it was made of (any more)."""
    key = keys.up(husk.seq)
    record = txn.get(JOURNAL, key)
    if record is None or husk.original is None or head_of(record) != husk.original.head:
        return False
    txn.put(JOURNAL, key, encode(husk))
    return True


def encode(entry: Entry) -> bytes:
    """The record of an entry."""
    origin = entry.origin
    header = [
        entry.seq, entry.received_at, entry.kind, entry.signature,
        origin.channel, origin.account, origin.region, origin.site,
    ]  # fmt: skip
    if entry.original is not None:
        header += [entry.original.digest, entry.original.head]
    return codec.encode_body(header, entry.body)


def decode(record: bytes) -> Entry:
    """The entry in a record. Raises Damaged."""
    return codec.decode_body(JOURNAL, record, _entry)


def _some(rows: Iterable[tuple[bytes, bytes]], limit_bytes: int) -> list[Entry]:
    found: list[Entry] = []
    size = 0
    for _, record in rows:
        found.append(decode(record))
        size += len(record)
        if size >= limit_bytes:
            break
    return found


def _entry(header: list[Any], body: bytes) -> Entry:
    seq, received_at, kind, signature, channel, account, region, site, *gone = header
    origin = Origin(channel=channel, account=account, region=region, site=site)
    original = _original(*gone) if gone else None
    return Entry(
        seq=seq, received_at=received_at, origin=origin, body=body, kind=kind, signature=signature, original=original
    )


def _original(digest: str, head: str) -> Original:
    return Original(digest=digest, head=head)
