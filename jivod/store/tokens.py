"""Tokens: who may call the API: name, scope and digest of each token, never the token.

Not a projection: it is kept through a rebuild.
"""

from __future__ import annotations

from typing import Any

from jivod.model.access import SCOPES, Access
from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import TOKENS

MOST = 100
"""Tokens that there may be: whoever is asked for one looks at all of them."""

_HEX = frozenset("0123456789abcdef")


def put(txn: Txn, access: Access) -> None:
    """Keep a token under its name; it replaces another one of that name."""
    txn.put(TOKENS, keys.text(access.name), encode(access))


def get(txn: Txn, name: str) -> Access | None:
    """The token of that name."""
    record = txn.get(TOKENS, keys.text(name))
    return None if record is None else decode(record)


def remove(txn: Txn, name: str) -> bool:
    """Take a token away; False if there is none of that name."""
    if get(txn, name) is None:
        return False
    txn.delete(TOKENS, keys.text(name))
    return True


def listed(txn: Txn) -> list[Access]:
    """All of them, by name."""
    return [decode(record) for _, record in txn.range(TOKENS, limit=MOST)]


def encode(access: Access) -> bytes:
    """The record of a token."""
    return codec.encode([access.name, access.scope, access.digest, access.created_at])


def decode(record: bytes) -> Access:
    """The token in a record. Raises Damaged."""
    return codec.decode(TOKENS, record, _access)


def place(access: Access) -> bytes:
    """The key of a record."""
    return keys.text(access.name)


def _access(row: list[Any]) -> Access:
    name, scope, digest, created_at = row
    if scope not in SCOPES or len(digest) != 64 or not _HEX.issuperset(digest):
        raise ValueError("a token has a scope and a digest")
    return Access(name=name, scope=scope, digest=digest, created_at=created_at)
