"""Conditional: a tag for each state of a customer, so that nobody overwrites what he has not seen."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

from attrs import frozen

from jivod.web.problem import Fault, Problem, Stopped

if TYPE_CHECKING:
    from twisted.web.server import Request

TAG_BYTES = 12
MANY = 20  # tags in one header

CHANGED = Problem(412, "changed", "The customer has changed since; read it again, and send its new ETag.")
NEEDED = Problem(
    428,
    "if_match_needed",
    "Send If-Match with the ETag of the customer as you know it, or * to change it however it is.",
)
_TAG = r'(?:W/)?"[\x21\x23-\x7e]{0,100}"'
_LIST = re.compile(rf"{_TAG}(?:\s*,\s*{_TAG})*")
_EACH = re.compile(_TAG)


@frozen
class Tags:
    """What a header says: any state, or one of these."""

    any: bool
    tags: frozenset[str] = frozenset()

    def has(self, tag: str) -> bool:
        """Whether the state with this tag is meant. A weak tag names none."""
        return self.any or tag in self.tags


def tag_of(body: bytes) -> str:
    """The tag of a state, by what is shown of it."""
    return f'"{blake2b(body, digest_size=TAG_BYTES).hexdigest()}"'


def read(request: Request, name: str) -> Tags | None:
    """The header `name`; None without it. Raises Stopped for one that cannot be read."""
    lines = request.requestHeaders.getRawHeaders(name)
    if lines is None:
        return None
    text = ", ".join(lines).strip()
    if text == "*":
        return Tags(any=True)
    found = _EACH.findall(text) if _LIST.fullmatch(text) else []
    if not 1 <= len(found) <= MANY:
        what = "must be * or the ETag of the customer, in its quotes"
        raise Stopped(Problem(400, "bad_request", f"{name} {what}.", faults=(Fault("header", name, what),)))
    return Tags(any=False, tags=frozenset(found))


def demand(tags: Tags | None, tag: str) -> None:
    """Raise Stopped unless the state with this tag is the one that the caller knows, if he said so."""
    if tags is not None and not tags.has(tag):
        raise Stopped(CHANGED)
