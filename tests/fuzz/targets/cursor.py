"""The cursor of a page: a place of that list, or `Stopped` with 400; a place is its own cursor again."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from jivod.web.api import page, place
from jivod.web.problem import Stopped

LISTS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("reviews", (int, str, str)),
    ("found", (int,)),
    ("newest", (str,)),
    ("search", (int, str, int)),
)


def check(data: bytes) -> None:
    text = data.decode("latin-1")
    for kind, types in LISTS:
        for cursor in (text, _wrapped(kind, data)):
            try:
                found = page.read(cursor, kind, *types)
            except Stopped as stopped:
                assert stopped.problem.status == 400
            else:
                assert found is not None
                assert page.read(page.write(kind, *found), kind, *types) == found
    _demand_place(text)
    _demand_place(_wrapped("search", data))


def _wrapped(kind: str, data: bytes) -> str:
    """A cursor whose envelope is right; the place in it is `data`."""
    json = b'["' + kind.encode() + b'",' + data + b"]"
    return urlsafe_b64encode(json).rstrip(b"=").decode()


def _demand_place(cursor: str) -> None:
    try:
        found = place.read(cursor)
    except Stopped as stopped:
        assert stopped.problem.status == 400
    else:
        assert found is not None
        assert place.read(place.write(found)) == found
