"""Chain: a record of the audit log <-> its line, which holds the digest of itself and of the line before.

A line is a JSON object that begins with "digest": SHA-256, in hex, of the digest of the line before (of 64 zeros for
the first) and of all that follows in the line. It takes no key: whoever has a copy and a digest that was noted
elsewhere can verify it.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import orjson

from jivod.model.audit import ACTIONS, DOORS, LONGEST, RESULTS, Record
from jivod.model.value import frozen

START = "0" * 64  # the digest before the first record
LINE_MAX = 1 << 16  # bytes

_HEAD = b'{"digest":"'
_REST = len(_HEAD) + 64 + 2  # where that begins which is digested
_LINE = re.compile(rb'\{"digest":"([0-9a-f]{64})",("number":[1-9][0-9]{0,17},.*\})\n', re.DOTALL)
_TEXTS = ("by", "door", "action", "verb", "result", "about", "proof")
_NUMBERS = ("at", "of", "count")
_ALWAYS = ("at", "by", "door", "action", "verb", "result")


@frozen(kw_only=True)
class Kept:
    """Record `number` of the log. `digest` stands for it and for all before it."""

    number: int
    digest: str
    record: Record


def write(before: str, number: int, record: Record) -> tuple[bytes, str]:
    """The line of a record that follows the one of digest `before`, and its own digest."""
    if record.action not in ACTIONS or record.door not in DOORS or record.result not in RESULTS:
        raise ValueError("a record says what was done in words of the list")
    rest = orjson.dumps({"number": number, **_shape(record)})[1:] + b"\n"
    digest = _digest(before, rest)
    return b'%s%s",%s' % (_HEAD, digest.encode(), rest), digest


def read(line: bytes) -> Kept:
    """The record in a whole line. Raises ValueError for what is none."""
    match = _LINE.fullmatch(line)
    if match is None or len(line) > LINE_MAX:
        raise ValueError("this is no record")
    plain: dict[str, Any] = orjson.loads(b"{" + match[2])
    number = plain.pop("number")
    return Kept(number=number, digest=match[1].decode(), record=_record(plain))


def follows(line: bytes, kept: Kept, before: str) -> bool:
    """Whether the line, which holds `kept`, is what was written behind the record of digest `before`."""
    return _digest(before, line[_REST:]) == kept.digest


def shape(kept: Kept) -> dict[str, Any]:
    """A record for people and programs."""
    return {"number": kept.number, **_shape(kept.record), "digest": kept.digest}


def _digest(before: str, rest: bytes) -> str:
    return sha256(before.encode() + rest).hexdigest()


def _shape(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(record, name) for name in _ALWAYS}
    found["by"] = found["by"][:LONGEST].encode("utf-8", "replace").decode()
    found["customers"] = record.customers
    if record.entries:
        found["entries"] = record.entries
    for name in ("of", "about", "count", "proof"):
        if value := getattr(record, name):
            found[name] = value
    return found


def _record(plain: dict[str, Any]) -> Record:
    try:
        record = Record(
            customers=tuple(plain.pop("customers")), entries=tuple(plain.pop("entries", ())),
            **plain,
        )  # fmt: skip
    except (TypeError, KeyError):
        raise ValueError("this is no record") from None
    texts = [getattr(record, name) for name in _TEXTS] + list(record.customers)
    numbers = [getattr(record, name) for name in _NUMBERS] + list(record.entries)
    if not all(type(text) is str for text in texts) or not all(type(number) is int for number in numbers):
        raise ValueError("this is no record")
    return record
