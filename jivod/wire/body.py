"""Body: the bytes of a request become one JSON object, or `Unreadable` with a sentence that Jivo can show to a person.

Stricter than the standard library where leniency would lose or confuse data (UTF-8, duplicate keys, NaN, 1e400), and
bounded in depth and size. Integers keep all their digits. Messages name a place in the body, never what stands there.
"""

from __future__ import annotations

import json
import re
from math import isinf
from typing import Any, Never

import orjson

from jivod.model.errors import Unreadable
from jivod.model.value import frozen

DEPTH_MAX = 32
VALUES_MAX = 120_000  # of 100,000 messages all are kept, though but the first are read
KEYS_MAX = 1_000

_KEYS_LENGTH = KEYS_MAX * len('"":0,')  # bytes: a shorter object has fewer keys
_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_PREFIX = re.compile(rb"event\s*=\s*(?=\{)")  # an old wire form of Jivo
_FORM = re.compile(r"[\w.%+\[\]-]+=|.*\}=\s*\Z", re.DOTALL)
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)  # closing quote optional: linear for a cut body too
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_OPENING = b"[{"


@frozen
class Body:
    """The object in the body, and the quirks tolerated on the way to it."""

    value: dict[str, Any]
    oddities: set[str]


def parse(body: bytes) -> Body:
    """The JSON object in `body`. Raises `Unreadable`."""
    odd: set[str] = set()
    source = _unwrapped(body, odd)
    _check_size(source)
    value = as_written(source)
    if value is None:
        value = carefully(source, len(body) - len(source))
    if type(value) is not dict:
        raise Unreadable("not_an_object", "The body is JSON, but not an object with an event_name.")
    return Body(value, odd)


def as_written(source: bytes) -> Any | None:
    """The value of JSON that is as orjson would write it, as nearly all bodies of Jivo are; None for all other.

    Such a text has no second key of a name, no number that loses digits and no half character: `carefully` would read
    the same (a test holds the two together) in five times the time.
    """
    if len(source) >= _KEYS_LENGTH and source.count(b",") >= KEYS_MAX:
        return None
    try:
        value = orjson.loads(source)
        return value if orjson.dumps(value) == source.rstrip(_BLANK) else None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None


def carefully(source: bytes, offset: int) -> Any:
    """The value of any JSON text, which begins at `offset` of the body. Raises `Unreadable`."""
    return _loaded(_decoded(source, offset))


def _unwrapped(body: bytes, odd: set[str]) -> bytes:
    """The JSON text without what may stand before it."""
    source = body
    if source.startswith(_BOM):
        odd.add("byte_order_mark")
        source = source[len(_BOM) :]
    source = source.lstrip(_BLANK)
    if not source:
        raise Unreadable("empty_body", "The body is empty: a Jivo event as JSON was expected.")
    prefix = _PREFIX.match(source)
    if prefix:
        odd.add("event_prefix")
        source = source[prefix.end() :]
    return source


def _decoded(source: bytes, offset: int) -> str:
    if b"\0" in source[:4]:
        raise Unreadable("bad_utf8", "The body is not UTF-8: it looks like UTF-16 or UTF-32.")
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        place = offset + error.start
        raise Unreadable("bad_utf8", f"The body is not UTF-8: there is a wrong byte at offset {place}.") from None


def _check_size(source: bytes) -> None:
    """Depth and number of values, before anything is built. Most bodies pass by the first counts alone."""
    brackets = source.count(b"[") + source.count(b"{")
    if brackets <= DEPTH_MAX and (len(source) < VALUES_MAX or source.count(b",") + brackets < VALUES_MAX):
        return
    strings = (source.count(b'"') - source.count(b'\\"')) // 2  # at least; a value has at most one key
    bare = b"" if strings > 2 * VALUES_MAX else _STRING.sub(b"0", source)
    if not bare or _values(bare) > VALUES_MAX:
        raise Unreadable("too_many_values", f"The body holds more than {VALUES_MAX} values.")
    if _too_deep(bare):
        raise Unreadable("too_deep", f"The body is nested deeper than {DEPTH_MAX} levels.")


def _values(bare: bytes) -> int:
    """How many values a JSON text without strings holds: one more than commas in each container that is not empty."""
    tight = bare.translate(None, _BLANK)
    empty = tight.count(b"[]") + tight.count(b"{}")
    return 1 + tight.count(b",") + tight.count(b"[") + tight.count(b"{") - empty


def _too_deep(bare: bytes) -> bool:
    """Whether a JSON text without strings, of no more values than are allowed, is nested too deep."""
    depth = 0
    for bracket in bare.translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in _OPENING else -1
        if depth > DEPTH_MAX:
            return True
    return False


def _loaded(source: str) -> Any:
    try:
        return _DECODER.decode(source)
    except json.JSONDecodeError as error:
        raise _bad_json(source, error) from None


def _bad_json(source: str, error: json.JSONDecodeError) -> Unreadable:
    if _FORM.match(source):
        return Unreadable("bad_json", "Expected JSON, but the body looks form-encoded.")
    place = f"line {error.lineno}, column {error.colno}"
    return Unreadable("bad_json", f"The body is not valid JSON: the fault is at {place}.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > KEYS_MAX:
        raise Unreadable("too_many_values", f"An object in the body has more than {KEYS_MAX} keys.")
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Unreadable("duplicate_key", "An object in the body has the same key twice.")
    return value


def _float(source: str) -> float:
    value = float(source)
    if isinf(value):
        raise Unreadable("bad_number", "A number in the body is too large.")
    return value


def _int(source: str) -> int:
    try:
        return int(source)
    except ValueError:  # more digits than Python converts in reasonable time
        raise Unreadable("bad_number", "A number in the body has too many digits.") from None


def _constant(_: str) -> Never:
    raise Unreadable("bad_number", "The body holds NaN or Infinity, which are no JSON numbers.")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant)
