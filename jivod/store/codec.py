"""Codec: how a record lies on disk: a version byte, crc32 (4 bytes, big-endian) over version and payload, the payload.

The payload is orjson of plain lists, read by position; before a body it is one such line. Made for speed: it is written
and read on every event. LMDB 0.9 has no checksums of its own; a bit that flips on disk is found here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from zlib import crc32

import orjson

from jivod.model.claim import Claim
from jivod.model.contact import Key
from jivod.model.errors import Damaged

T = TypeVar("T")

VERSION = 1
_HEADER = 5
_MARK = bytes((VERSION,))


def seal(payload: bytes) -> bytes:
    """The record around a payload."""
    return _MARK + crc32(payload, VERSION).to_bytes(4, "big") + payload


def unseal(table: str, record: bytes) -> bytes:
    """The payload of a record. Raises Damaged, naming the table."""
    payload = record[_HEADER:]
    if record[:_HEADER] != _MARK + crc32(payload, VERSION).to_bytes(4, "big"):
        raise Damaged(f"a record of table {table} fails its checksum")
    return payload


def encode(row: Any) -> bytes:
    """The record of a plain value: lists, text, integers, None."""
    return seal(orjson.dumps(row))


def decode(table: str, record: bytes, make: Callable[[Any], T]) -> T:
    """What `make` builds from the plain value in a record. Raises Damaged, naming the table."""
    payload = unseal(table, record)
    try:
        return make(orjson.loads(payload))
    except (ValueError, TypeError, LookupError) as error:
        raise Damaged(f"a record of table {table} cannot be decoded") from error


def decode_nothing(table: str, record: bytes) -> None:
    """For rows that are all in their key. Raises Damaged for a value, naming the table."""
    if record:
        raise Damaged(f"a row of table {table} has a value")


def encode_body(header: list[Any], body: bytes) -> bytes:
    """The record of a body kept byte for byte, behind one line of plain values."""
    return seal(orjson.dumps(header) + b"\n" + body)


def decode_body(table: str, record: bytes, make: Callable[[list[Any], bytes], T]) -> T:
    """What `make` builds from header and body in a record. Raises Damaged, naming the table."""
    header, _, body = unseal(table, record).partition(b"\n")
    try:
        return make(orjson.loads(header), body)
    except (ValueError, TypeError, LookupError) as error:
        raise Damaged(f"a record of table {table} cannot be decoded") from error


def claim_rows(claims: tuple[Claim, ...]) -> list[list[Any]]:
    """Claims as plain rows."""
    return [[c.attribute, c.value, c.source, c.raw, c.first_at, c.last_at, c.seq] for c in claims]


def claims(rows: list[list[Any]]) -> tuple[Claim, ...]:
    """Claims from plain rows."""
    return tuple([Claim(*row) for row in rows])


def key_row(key: Key | None) -> list[str] | None:
    """A key as a plain row."""
    return None if key is None else [key.kind, key.value]


def key(row: list[str] | None) -> Key | None:
    """A key from a plain row."""
    return None if row is None else Key(*row)
