"""Page: a list in parts. A cursor is the place at which the next part begins; it means nothing to whoever holds it."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson
from attrs import frozen

from jivod.web.api.fields import number, text
from jivod.web.problem import Fault, Problem, Stopped

DEFAULT = 20
MOST = 100  # items of one page
END = 1 << 53  # numbers that every JSON reader reads as they are
LONGEST = 1000  # characters of a cursor

BAD_CURSOR = Problem(
    400,
    "bad_cursor",
    "This cursor is not one of this list; leave it out to begin anew.",
    faults=(Fault("parameter", "cursor", "is not what `next` of this list said"),),
)
_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")


@frozen(kw_only=True)
class Paged:
    """How much of a list, and from where: `cursor` is what `next` of the page before said."""

    limit: int = number(1, MOST, DEFAULT)
    cursor: str | None = text(LONGEST, default=None)


def shape(items: list[Any], cursor: str | int | None) -> dict[str, Any]:
    """A page; `next` is the cursor of the page after it, null behind the last."""
    return {"items": items, "next": cursor}


def write(kind: str, *place: str | int) -> str:
    """The cursor of a `place` in the list `kind`."""
    return urlsafe_b64encode(orjson.dumps([kind, *place])).rstrip(b"=").decode()


def read(cursor: str | None, kind: str, *types: type) -> tuple[Any, ...] | None:
    """The place in the list `kind` that a cursor means, a value of each of `types`; None without a cursor. Raises
    Stopped for one that is not of this list.
    """
    if cursor is None:
        return None
    try:
        if not _ALPHABET.fullmatch(cursor):
            raise ValueError
        found, *place = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        raise Stopped(BAD_CURSOR) from None
    if found != kind or [type(one) for one in place] != list(types) or not all(map(_is_sane, place)):
        raise Stopped(BAD_CURSOR)
    return tuple(place)


def _is_sane(value: str | int) -> bool:
    return 0 <= value < END if isinstance(value, int) else "\0" not in value
