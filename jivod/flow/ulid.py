"""Ulid: ids that sort by time and cannot be guessed, in 26 letters of Crockford's alphabet, here in lower case."""

from __future__ import annotations

from base64 import b32encode

_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz")
LENGTH = 26
_PADDING = 160 - 5 * LENGTH  # bits: b32encode takes five bytes at a time


def ulid(at: int, secret: bytes) -> str:
    """The id of moment `at` (UNIX ms, below 2**48) and of ten secret bytes."""
    number = (at << 80) | int.from_bytes(secret, "big")
    return b32encode((number << _PADDING).to_bytes(20, "big"))[:LENGTH].translate(_CROCKFORD).decode()
