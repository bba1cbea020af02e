"""Ulid: ids that sort by time and cannot be guessed, in 26 letters of Crockford's alphabet, here in lower case."""

from __future__ import annotations

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26


def ulid(at: int, secret: bytes) -> str:
    """The id of moment `at` (UNIX ms, below 2**48) and of ten secret bytes."""
    number = (at << 80) | int.from_bytes(secret, "big")
    return "".join([_LETTERS[(number >> shift) & 31] for shift in range(125, -1, -5)])
