"""Idempotency: the same request with the same key is done once, however often it is sent within a day."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

from attrs import frozen

from jivod.model.reply import Reply
from jivod.store import replies
from jivod.store.kv import Txn
from jivod.web.api.route import Done
from jivod.web.problem import Fault, Problem, Stopped

if TYPE_CHECKING:
    from twisted.web.server import Request

HEADER = "Idempotency-Key"
REPLAYED = ("Idempotency-Replayed", "true")
LONGEST = 255
REUSED = Problem(
    422,
    "key_reused",
    "This Idempotency-Key was sent with another request before; take a new one for each request.",
    faults=(Fault("header", HEADER, "belongs to another request"),),
)
_WHAT = f"must be 1 to {LONGEST} visible ASCII characters"
_BAD = Problem(400, "bad_request", f"{HEADER} {_WHAT}.", faults=(Fault("header", HEADER, _WHAT),))
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")


@frozen
class Key:
    """A key that was sent, and the digest of the request that it belongs to."""

    text: str
    digest: str


def read(request: Request, raw: bytes) -> Key | None:
    """The key of a request with this body, or the digest of it; None without one. Raises Stopped for one that cannot
    be used.
    """
    lines = request.requestHeaders.getRawHeaders(HEADER)
    if lines is None:
        return None
    if len(lines) != 1 or not _KEY.fullmatch(lines[0]):
        raise Stopped(_BAD)
    return Key(lines[0], sha256(request.method + b" " + request.uri + b"\0" + raw).hexdigest())


def once(txn: Txn, who: str, key: Key | None, at: int, work: Callable[[], Done]) -> Done:
    """Do the work, unless `who` sent it with this key already; then the answer is what it was. What is refused is not
    kept: nothing was done. Raises Stopped for a key of another request.
    """
    if key is None:
        return work()
    kept = replies.get(txn, who, key.text, at)
    if kept is None:
        found = work()
        replies.put(
            txn,
            Reply(
                who=who,
                key=key.text,
                at=at,
                digest=key.digest,
                status=found.status,
                headers=found.headers,
                body=found.body,
            ),
        )
        return found
    if kept.digest != key.digest:
        raise Stopped(REUSED)
    return Done(status=kept.status, body=kept.body, headers=(*kept.headers, REPLAYED))
