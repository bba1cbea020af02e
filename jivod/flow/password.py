"""Password: which one is good enough, how it is kept, and whether this is the one. Slow, so never on the reactor.

Argon2id at the floor that OWASP names (19 MiB, two passes, one lane). When the floor rises, each hash is made anew at
the next sign-in.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 256  # characters
MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
GUESSES = 10**8
"""A password that a good guesser finds within so many tries is too common: score 3 of 4, as zxcvbn counts it."""

_LOOKED_AT = 72  # characters by which it is judged: the time grows with their square
_OWN = 8  # characters that must be left without the name

TOO_SHORT = "A password has at least 12 characters; a few unrelated words are easy to remember."
TOO_LONG = "A password has at most 256 characters."
HAS_NAME = "This password is little more than the user name; choose another."
TOO_COMMON = "This password would be among the first to be guessed; take a few unrelated words."
UNFIT = "This password has a character that cannot be used."


def fault_of(password: str, name: str) -> str | None:
    """Why it cannot be the password of the user `name`, in a sentence; None if it can."""
    if len(password) > LONGEST:
        return TOO_LONG
    try:
        plain = normalise(password)
    except UnicodeEncodeError:
        return UNFIT
    if "\0" in plain:
        return UNFIT
    if len(plain) < SHORTEST:
        return TOO_SHORT
    if any(len(plain.casefold().replace(part, "")) < _OWN for part in _parts(name)):
        return HAS_NAME
    return TOO_COMMON if _guesses(plain, name) < GUESSES else None


def hash_of(password: str) -> str:
    """What is kept of it."""
    return _hasher().hash(normalise(password))


def is_right(kept: str, password: str) -> bool:
    """Whether it is the one of which `kept` is kept. "", for who has none or is nobody, takes as long and never is."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        plain = normalise(password) if len(password) <= LONGEST else ""
    except UnicodeEncodeError:
        plain = ""
    try:
        return _hasher().verify(kept or _decoy(), plain) and bool(kept and plain)
    except (InvalidHashError, VerificationError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether what is kept was made with less effort than is asked now."""
    return _hasher().check_needs_rehash(kept)


def normalise(password: str) -> str:
    """The same text for every keyboard that can type it (NFKC). Raises UnicodeEncodeError for what is no text."""
    password.encode()
    return normalize("NFKC", password)


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher, Type

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)


@lru_cache(maxsize=1)
def _decoy() -> str:
    """A hash of nothing that anybody knows."""
    return _hasher().hash(secrets.token_urlsafe(32))


def _parts(name: str) -> list[str]:
    whole = name.casefold()
    return [part for part in {whole, whole.partition("@")[0]} if part]


def _guesses(plain: str, name: str) -> float:
    from zxcvbn import zxcvbn

    return float(zxcvbn(plain[:_LOOKED_AT], user_inputs=[*_parts(name), "jivo", "jivod"])["guesses"])
