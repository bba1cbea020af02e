"""Signature: user_tokens that a site signed with the key it shares with us, so that nobody can be somebody else.

Two forms: `v1.<id>.<unix time>.<hex HMAC-SHA256>`, signed over all before the last dot, and a JWT with HS256 whose
`id`, else `sub`, names the customer, as Jivo's mobile SDK wants it. Anybody may write such a text, so each has at most
one reading, and what is written in an unusual way is refused. `iss` and `aud` are not read: the key is for this alone.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from math import isfinite
from typing import Any, Never

from jivod.model.value import frozen

GOOD = "good"
WRONG = "wrong signature"
STALE = "signature too old"
FUTURE = "signature from the future"
FOREIGN = "not signed with plain HS256"
MALFORMED = "not a signed token of ours"

TOKEN_LONGEST = 2048  # characters
ID_LONGEST = 400  # characters
LEEWAY = 60  # seconds by which the clocks of the site and of this server may differ

_V1 = "v1."
_TIME = re.compile(r"[0-9]{1,13}")  # 13: milliseconds, a common slip, are so told as a time in the future
_HEX = re.compile(r"[0-9A-Fa-f]{64}")
_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
_NOT_IN_ID = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # controls; half characters, which no UTF-8 can hold
_BRACKETS_MAX = 64  # in one JSON text, so that its depth stays far from Python's limit

Seconds = int | float


@frozen
class _Signed:
    """What a token says of itself. `message` is what its `signature` should be over; times in UNIX seconds."""

    id: str
    message: bytes
    signature: bytes
    issued: Seconds | None
    begins: Seconds | None = None
    ends: Seconds | None = None
    is_plain_hs256: bool = True


def looks_signed(token: str) -> bool:
    """True for the shape of either form, good or not: `v1.` and three parts more, or a JWT whose header has an alg."""
    if token.startswith(_V1):
        return token.count(".") >= 3
    return _JWT.fullmatch(token) is not None and _header(token.partition(".")[0]) is not None


def signed_id(token: str) -> str | None:
    """The id in a token, NOT verified: who it says it is. None exactly where `check` says `MALFORMED`."""
    signed = _read(token)
    return signed.id if signed else None


def check(token: str, secret: bytes, now: int, max_age: int) -> str:
    """`GOOD`, or the reason in words why the id in `token` proves nothing. Never raises.

    `secret`: the configured text in UTF-8. `now`: UNIX milliseconds. `max_age`: seconds from a v1's time, or from the
    `iat` of a JWT without `exp`. A JWT with neither is good until the key is changed: Jivo's SDK asks for `{"id": ...}`
    and nothing else, the same for a customer each time.
    """
    signed = _read(token)
    if signed is None:
        return MALFORMED
    if not signed.is_plain_hs256:
        return FOREIGN
    expected = hmac.digest(secret, signed.message, "sha256")
    if not hmac.compare_digest(expected, signed.signature) or not secret:
        return WRONG
    return _in_time(signed, now, max_age)


def _in_time(signed: _Signed, now: int, max_age: int) -> str:
    begins = [t for t in (signed.issued, signed.begins) if t is not None]
    if any(now < (t - LEEWAY) * 1000 for t in begins):
        return FUTURE
    ends = signed.ends
    if ends is None and signed.issued is not None:
        ends = signed.issued + max_age
    return STALE if ends is not None and now >= (ends + LEEWAY) * 1000 else GOOD


def _read(token: str) -> _Signed | None:
    if len(token) > TOKEN_LONGEST:
        return None
    return _read_v1(token) if token.startswith(_V1) else _read_jwt(token)


def _read_v1(token: str) -> _Signed | None:
    """Split from the right: time and signature have no dot, so an id may have some and there is one reading only."""
    parts = token.removeprefix(_V1).rsplit(".", 2)
    if len(parts) != 3:
        return None
    id, time, signature = parts
    if not (_is_id(id) and _TIME.fullmatch(time) and _HEX.fullmatch(signature)):
        return None
    return _Signed(id, f"{_V1}{id}.{time}".encode(), bytes.fromhex(signature), issued=int(time))


def _read_jwt(token: str) -> _Signed | None:
    if not _JWT.fullmatch(token):
        return None
    message, _, signature = token.rpartition(".")
    head, _, payload = message.partition(".")
    header, claims = _header(head), _object(payload)
    if header is None or claims is None:
        return None
    try:
        issued, begins, ends = (_date(claims, name) for name in ("iat", "nbf", "exp"))
        proof = _decoded(signature)
    except ValueError:
        return None
    id = _id_text(claims["id"] if "id" in claims else claims.get("sub"))
    plain = header["alg"] == "HS256" and "crit" not in header
    return _Signed(id, message.encode(), proof, issued, begins, ends, plain) if _is_id(id) else None


def _header(part: str) -> dict[str, Any] | None:
    header = _object(part)
    return header if header and type(header.get("alg")) is str else None


def _object(part: str) -> dict[str, Any] | None:
    """The JSON object in one part of a JWT; None for anything else."""
    if len(part) > TOKEN_LONGEST:
        return None
    try:
        text = _decoded(part).decode()
        if text.count("{") + text.count("[") > _BRACKETS_MAX:
            return None
        value = json.loads(text, object_pairs_hook=_no_name_twice, parse_constant=_no_number)
    except ValueError:
        return None
    return value if type(value) is dict else None


def _decoded(part: str) -> bytes:
    """Base64url without padding, in the only way those bytes are written. Raises ValueError."""
    raw = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if urlsafe_b64encode(raw).rstrip(b"=") != part.encode():
        raise ValueError("spare bits are set")
    return raw


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name twice")
    return value


def _no_number(text: str) -> Never:
    raise ValueError(f"{text} is not JSON")


def _date(claims: dict[str, Any], name: str) -> Seconds | None:
    """The NumericDate under `name`, None where there is none. Raises ValueError."""
    value = claims.get(name)
    if type(value) is int or (type(value) is float and isfinite(value)):
        return value
    if name in claims:
        raise ValueError(f"{name} is not a time")
    return None


def _id_text(value: Any) -> str:
    """A text as it is, a whole number in digits. A fraction is no id: two of them may be one after rounding."""
    if type(value) is int:
        return str(value)
    return value if type(value) is str else ""


def _is_id(text: str) -> bool:
    return len(text) <= ID_LONGEST and text.strip() != "" and not _NOT_IN_ID.search(text)
