"""Parcel: a file that somebody sends: what kind it says it is, and where it waits until its turn comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

from attrs import frozen
from twisted.internet.defer import Deferred

from jivod.web.hook import refuse_encoded
from jivod.web.problem import Problem, Stopped
from jivod.wire.guess import CSV, JSONL, VCARD, WHOLE

if TYPE_CHECKING:
    from twisted.web.server import Request

TYPES = {
    "text/csv": CSV,
    "application/x-ndjson": JSONL,
    "application/jsonl": JSONL,
    "text/vcard": VCARD,
}
"""Content-Type -> format."""

_CHARSETS = {"": None, "utf-8": None, "windows-1254": "cp1254", "windows-1251": "cp1251"}
_NOT_TYPE = Problem(
    415,
    "unsupported_type",
    f"Send the file with Content-Type: {', '.join(TYPES)}; its charset may be utf-8, windows-1254 or windows-1251.",
)
_EMPTY = Problem(400, "empty_body", "The body is empty; a file with customers is expected.")
_WHOLE = Problem(
    422, "whole_export", "This is a whole store; `jivod import` brings it into an empty one while jivod is stopped."
)


@frozen(kw_only=True)
class Parcel:
    """An open `file` that has no name, so that nobody finds it and nothing is left of it; `digest` of its bytes."""

    file: BinaryIO
    digest: str


@frozen(kw_only=True)
class Label:
    """What a file says it is: one of `wire.guess.FORMATS`, and the encoding, if it says one."""

    format: str
    encoding: str | None


class Porter(Protocol):
    """Who has errands done (`jivod.service.errands.Errands`)."""

    def pack(self, raw: bytes) -> Deferred[Parcel]:
        """Put the bytes of a file where they do not take memory. Fails with StoreFull where there is no room."""

    def expect(self, id: str, parcel: Parcel) -> None:
        """Hold the file of an errand that is about to be asked for."""

    def look(self, id: str) -> None:
        """It was asked for, or was not; see what the store says. If it is not there, let go of its file."""


def label(request: Request, raw: bytes) -> Label:
    """What the request says its body is. Raises Stopped, or Unreadable for a compressed one."""
    refuse_encoded(request)
    kind, _, parameters = (request.getHeader(b"Content-Type") or b"").decode("latin-1").lower().partition(";")
    name, _, charset = parameters.strip().partition("=")
    charset = charset.strip('"') if name.strip() == "charset" else "" if not name else "?"
    if kind.strip() not in TYPES or charset not in _CHARSETS:
        raise Stopped(_NOT_TYPE)
    if not raw:
        raise Stopped(_EMPTY)
    if raw.startswith(WHOLE):
        raise Stopped(_WHOLE)
    return Label(format=TYPES[kind.strip()], encoding=_CHARSETS[charset])
