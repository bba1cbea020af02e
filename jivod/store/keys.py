"""Keys: components packed so that keys sort like the tuples they encode.

Text is UTF-8 and a NUL, so no component is the beginning of another. An integer is 8 bytes, big-endian; `down` packs
it complemented, for newest first. Text that is longer than `TEXT_MAX` bytes, or holds a NUL, or is no UTF-8, is packed
as 0xFF, its digest in hex, and a NUL: it sorts behind all other text and still finds itself. So every text has a key,
and three texts with an integer stay within the 511 bytes of `store.kv`.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

TEXT_MAX = 150
_INTEGER_END = 1 << 64
_DIGEST = 0xFF  # never begins UTF-8


@lru_cache(maxsize=4096)  # one event asks for the same few texts a dozen times
def text(value: str) -> bytes:
    """One text component. Never fails."""
    try:
        raw = value.encode()
    except UnicodeEncodeError:
        return _digested(value)
    if len(raw) > TEXT_MAX or b"\0" in raw:
        return _digested(value)
    return raw + b"\0"


def _digested(value: str) -> bytes:
    digest = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()
    return b"\xff" + digest.encode() + b"\0"


def up(value: int) -> bytes:
    """An integer, 0 <= value < 2**64, smallest first. Raises OverflowError outside."""
    return value.to_bytes(8, "big")


def down(value: int) -> bytes:
    """An integer, 0 <= value < 2**64, largest first. Raises OverflowError outside."""
    return (_INTEGER_END - 1 - value).to_bytes(8, "big")


def pack(*components: str | int) -> bytes:
    """One key of texts and ascending integers."""
    return b"".join([text(c) if isinstance(c, str) else up(c) for c in components])


def unpack_int(key: bytes) -> int:
    """The ascending integer at the end of `key`."""
    return int.from_bytes(key[-8:], "big")


def unpack_text(key: bytes) -> str:
    """The one text component that `key` is. Raises ValueError for a digest: such text cannot be had back."""
    if key[:1] == b"\xff" or key[-1:] != b"\0":
        raise ValueError("this key component is a digest")
    return key[:-1].decode()


def rest(key: bytes, shape: str) -> bytes:
    """What is behind the leading components of `key`; `shape` is one letter each, t for text, i for an integer.

    Raises ValueError if the key is too short for that.
    """
    at = 0
    for letter in shape:
        at = key.index(b"\0", at) + 1 if letter == "t" else at + 8
    if at >= len(key):
        raise ValueError("key ends too early")
    return key[at:]
