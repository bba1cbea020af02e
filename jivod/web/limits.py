"""Limits: what one peer may take of us, by number, and what a Host header may look like."""

from __future__ import annotations

import re
from functools import lru_cache

from attrs import frozen

CONTENT_LENGTH_DIGITS = 12
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]{2,45}\]|([A-Za-z0-9_.-]{1,253}))(?::([0-9]{1,5}))?")


@frozen(kw_only=True)
class Limits:
    """Sizes in bytes, times in seconds. Deadlines are absolute: a byte now and then does not prolong them.

    A body of `short_body` or less may come from anybody; a longer one, up to `body`, only with a known secret, and all
    the longer ones together may hold `long_bodies`. Files for an import may have `upload`, and all together hold
    `uploads`. So bodies hold at most connections * short_body + long_bodies + uploads.
    An answer without an end (`stream_...`) has no deadline; a peer that does not read it is cut off sooner than others.
    """

    body: int = 1024 * 1024
    short_body: int = 64 * 1024
    long_bodies: int = 64 * 1024 * 1024
    upload: int = 16 * 1024 * 1024
    uploads: int = 32 * 1024 * 1024
    trailer_bytes: int = 1024
    header_bytes: int = 8 * 1024
    headers: int = 64
    header_time: float = 10.0
    body_time: float = 20.0
    idle_time: float = 60.0
    stall_time: float = 30.0
    linger_time: float = 2.0
    stream_stall_time: float = 5.0
    stream_silence: float = 20.0
    stream_unread: int = 32 * 1024
    connections: int = 1000
    connections_per_address: int = 64
    requests_per_connection: int = 1000


@lru_cache(maxsize=256)
def is_sane_host(value: bytes) -> bool:
    """Whether `value` can be the Host of a request: a name or address of sane labels, and a port that exists."""
    match = _HOST.fullmatch(value)
    if match is None:
        return False
    name, port = match.groups()
    if name is not None and any(not 1 <= len(label) <= 63 for label in name.removesuffix(b".").split(b".")):
        return False
    return port is None or 0 < int(port) <= 65535
