"""Place: where the next page of a search begins, as a cursor."""

from __future__ import annotations

from jivod.model.finding import KEYS, PEOPLE, TALKS, Place
from jivod.web.api import page
from jivod.web.api.page import BAD_CURSOR
from jivod.web.problem import Stopped

_HIGHEST = (1 << 63) - 1  # of what the side file numbers its texts by


def read(cursor: str | None) -> Place | None:
    """The place that a cursor means, None without one. Raises Stopped for one that is not of a search."""
    found = page.read(cursor, "search", int, str, int)
    if found is None:
        return None
    stage, below, skip = found
    if stage not in (KEYS, PEOPLE, TALKS) or not (below.isascii() and below.isdigit() and len(below) < 20):
        raise Stopped(BAD_CURSOR)
    return Place(stage=stage, below=min(int(below), _HIGHEST), skip=skip)


def write(place: Place | None) -> str | None:
    """The cursor of a place; None behind the last page."""
    return None if place is None else page.write("search", place.stage, str(place.below), place.skip)
