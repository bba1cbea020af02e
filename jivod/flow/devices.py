"""Devices: a browser in which a user has signed in once is known again, so that nobody else's guessing keeps him out.

It holds a number of its own and a mark for each user: that number, the user and his password, sealed with the key of
the store. So nothing is kept of it here, and a new password makes strangers of all devices.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable

from jivod.model.user import User
from jivod.store import meta
from jivod.store.kv import Txn

NUMBER_BYTES = 16  # 22 characters
_BYTES = 24  # 32 characters


def mark(txn: Txn, user: User, number: str) -> str:
    """The mark of a user on the device with this number."""
    key = hmac.digest(meta.id_key(txn), b"jivod device", "sha256")
    said = "\0".join((number, user.name, user.password)).encode()
    return urlsafe_b64encode(hmac.digest(key, said, "sha256")[:_BYTES]).decode()


def is_known(txn: Txn, user: User, number: str, marks: Iterable[str]) -> bool:
    """Whether the device has a good mark of the user."""
    if not user.password:
        return False
    good = mark(txn, user, number).encode()
    return any([hmac.compare_digest(good, one.encode()) for one in marks])
