"""Sessions: who is signed in, in which browser. Only the digest of a cookie is kept: a copy of the store opens nothing.

Not a projection: it is kept through a rebuild, but it is in no backup, for that would bring back who had signed out.
"""

from __future__ import annotations

from typing import Any

from jivod.model.user import Session
from jivod.store import codec, index, keys
from jivod.store.kv import Txn
from jivod.store.tables import SESSIONS, SESSIONS_BY_USER

INDEXES = {SESSIONS_BY_USER: "t"}
MOST = 20
"""Sessions of one user: beyond them the one that was used longest ago ends."""

_HEX = frozenset("0123456789abcdef")


def put(txn: Txn, session: Session) -> None:
    """Keep a session; it replaces what was known of it."""
    txn.put(SESSIONS, place(session), encode(session))
    index.update(txn, frozenset(), entries(session))


def get(txn: Txn, digest: str) -> Session | None:
    """The session whose cookie has this digest."""
    record = txn.get(SESSIONS, keys.text(digest))
    return None if record is None else decode(record)


def remove(txn: Txn, session: Session) -> None:
    """Take a session away."""
    txn.delete(SESSIONS, place(session))
    index.update(txn, entries(session), frozenset())


def of_user(txn: Txn, name: str) -> list[Session]:
    """All of one user, the one used last first."""
    rows = [txn.get(SESSIONS, key) for key in index.tails(txn, SESSIONS_BY_USER, keys.text(name))]
    found = [decode(record) for record in rows if record is not None]
    return sorted(found, key=lambda session: (session.seen_at, session.digest), reverse=True)


def entries(session: Session) -> index.Entries:
    """Every index entry of a record."""
    return {(SESSIONS_BY_USER, keys.pack(session.user, session.digest))}


def encode(session: Session) -> bytes:
    """The record of a session."""
    s = session
    return codec.encode([s.digest, s.user, s.made_at, s.seen_at, s.agent, s.address])


def decode(record: bytes) -> Session:
    """The session in a record. Raises Damaged."""
    return codec.decode(SESSIONS, record, _session)


def place(session: Session) -> bytes:
    """The key of a record."""
    return keys.text(session.digest)


def _session(row: list[Any]) -> Session:
    digest, user, made_at, seen_at, agent, address = row
    if len(digest) != 64 or not _HEX.issuperset(digest):
        raise ValueError("a session has a digest")
    return Session(digest=digest, user=user, made_at=made_at, seen_at=seen_at, agent=agent, address=address)
