"""Finding: what a search found, and why."""

from __future__ import annotations

from jivod.model.customer import GoldenRecord
from jivod.model.value import frozen

KEYS, PEOPLE, TALKS = range(3)
"""The stages of a search: whom the text is a key of, people by words, conversations."""

MESSAGE = "message"  # beside the names of attributes and kinds of key, what a hit may be found by


@frozen(kw_only=True)
class Part:
    """A piece of a text; `marked`: it is what was asked for."""

    text: str
    marked: bool


@frozen(kw_only=True)
class Hit:
    """The living `customer` that was found (None: the conversation is nobody's) and `why`: a kind of key, an attribute,
    or MESSAGE.

    A conversation is named by `account` and `ref`. `by` is who said it, `at` (UNIX ms) when. `snippet`: the words
    around what was found, as they were typed; joined, its parts are plain text.
    """

    why: str
    customer: GoldenRecord | None
    account: str | None = None
    ref: str | None = None
    by: str | None = None
    at: int | None = None
    snippet: tuple[Part, ...] = ()


@frozen(kw_only=True)
class Place:
    """A place in the hits: behind `skip` of those of `stage`, among the texts numbered under `below`."""

    stage: int
    below: int = 0
    skip: int = 0


@frozen(kw_only=True)
class Found:
    """A page of hits, best ones first; `next`: where the page after it begins, None behind the last.

    `behind`: so many entries of the journal are not yet searched by words; None: no word is.
    """

    hits: tuple[Hit, ...]
    next: Place | None
    behind: int | None
