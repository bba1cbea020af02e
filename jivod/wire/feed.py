"""Feed: the body of an outgoing webhook and its signature, as Standard Webhooks (standardwebhooks.com) say."""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import orjson

BODY_MAX = 20_000
"""Bytes of a body: what the standard asks for, and n8n, Make and the like take without a murmur."""

_CUTS = ((4000, 100), (1000, 50), (500, 20), (200, 10), (100, 5), (50, 2))  # characters of a text, items of a list
_IN_TIME = frozenset({"messages", "calls", "agents", "visits", "entries"})  # the newest last
_TABLES = frozenset({"attributes", "sources", "utm"})  # their fields are other people's


def write(kind: str, at: int, data: dict[str, Any]) -> bytes:
    """The body: what happened, when (`at`, UNIX ms), and to whom. What does not fit is cut, and `truncated` says so."""
    moment = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = {"type": kind, "timestamp": moment, "data": data}
    body = orjson.dumps(message)
    for text, items in _CUTS:
        if len(body) <= BODY_MAX:
            break
        body = orjson.dumps({**message, "data": {**_cut(data, text, items), "truncated": True}})
    if len(body) > BODY_MAX:
        plain = {name: value for name, value in data.items() if not isinstance(value, (dict, list, tuple))}
        body = orjson.dumps({**message, "data": {**_cut(plain, 50, 2), "truncated": True}})
    return body


def sign(key: bytes, id: str, second: int, body: bytes) -> str:
    """The value of `webhook-signature` for the body `id`, sent at `second` (UNIX)."""
    signed = b".".join([id.encode(), str(second).encode(), body])
    return "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()


def headers(key: bytes, id: str, second: int, body: bytes) -> dict[str, str]:
    """What goes with the body."""
    return {
        "content-type": "application/json",
        "user-agent": "jivod",
        "webhook-id": id,
        "webhook-timestamp": str(second),
        "webhook-signature": sign(key, id, second, body),
    }


def _cut(value: Any, text: int, items: int, name: str = "") -> Any:
    """`value`, which is called `name`, with shorter texts and lists. Of what is listed in the order of time the end
    stays, else the beginning.
    """
    if isinstance(value, str):
        return value if len(value) <= text else value[: text - 1] + "…"
    if isinstance(value, dict):
        pairs = list(value.items())[: items if name in _TABLES else None]
        return {key[:text]: _cut(each, text, items, key) for key, each in pairs}
    if isinstance(value, (list, tuple)):
        return [_cut(each, text, items) for each in (value[-items:] if name in _IN_TIME else value[:items])]
    return value
