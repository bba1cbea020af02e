"""Users: who may sign in to the pages: role, hash of the password, digest of the one-time link.

Not a projection: it is kept through a rebuild, and it is in a backup.
"""

from __future__ import annotations

from typing import Any

from jivod.model.access import Role
from jivod.model.user import User
from jivod.store import codec, keys
from jivod.store.kv import Txn
from jivod.store.tables import USERS

MOST = 500
"""Users that there may be: whoever follows a link is looked for among all of them."""


def put(txn: Txn, user: User) -> None:
    """Keep a user under his name; it replaces what was known of him."""
    txn.put(USERS, keys.text(user.name), encode(user))


def get(txn: Txn, name: str) -> User | None:
    """The user of that name."""
    record = txn.get(USERS, keys.text(name))
    return None if record is None else decode(record)


def listed(txn: Txn) -> list[User]:
    """All of them, by name."""
    return [decode(record) for _, record in txn.range(USERS, limit=MOST)]


def any_there(txn: Txn) -> bool:
    """Whether there is a user at all."""
    return any(True for _ in txn.range(USERS, limit=1))


def encode(user: User) -> bytes:
    """The record of a user."""
    u = user
    return codec.encode(
        [u.name, u.role, u.created_at, u.password, u.link, u.link_until, u.disabled, u.language, u.zone]
    )


def decode(record: bytes) -> User:
    """The user in a record. Raises Damaged."""
    return codec.decode(USERS, record, _user)


def place(user: User) -> bytes:
    """The key of a record."""
    return keys.text(user.name)


def _user(row: list[Any]) -> User:
    name, role, created_at, password, link, link_until, disabled, language, zone = row
    if type(disabled) is not bool or not isinstance(password, str) or not isinstance(link, str):
        raise ValueError("a user has a password and a link, or none, and is disabled or not")
    return User(
        name=name,
        role=Role(role),
        created_at=created_at,
        password=password,
        link=link,
        link_until=link_until,
        disabled=disabled,
        language=language,
        zone=zone,
    )
