"""Audit: who read or changed whom, when, by which door, and what came of it.

It names customers by their ids alone, and what was looked for not at all: so an erasure need not touch it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import evolve

from jivod.model.value import frozen

# What is done with customers.
FOUND = "found"  # a search: the ids of those that were shown
READ = "read"
EXPORTED = "exported"
ENTERED = "entered"
CHANGED = "changed"
NOTED = "noted"
MERGED = "merged"
UNMERGED = "unmerged"
DETACHED = "detached"
DIFFERENT = "different"
SETTLED = "settled"
REVIEWED = "reviewed"  # called one, two or not yet to be told
SHARED = "shared"
IMPORTED = "imported"
RETRIED = "retried"
ERASED = "erased"
REBUILT = "rebuilt"
RESTORED = "restored"
OPENED = "opened"  # the store, for something that shows nobody

# What is done with those who may, and with the log itself.
SIGNED_IN = "signed in"
SIGNED_OUT = "signed out"
TOKEN_MADE = "token made"
TOKEN_REVOKED = "token revoked"
USER_MADE = "user made"
USER_CHANGED = "user changed"
USER_REMOVED = "user removed"
AUDITED = "audited"

# What the log does itself.
CONTINUED = "continued"  # a file begins; `proof` is the digest of the record before
MENDED = "mended"  # a write had been cut off; `proof` is the digest of what is left of it, `count` its bytes
MISSED = "missed"  # `count` records could not be taken in
TRIMMED = "trimmed"  # what was too old is gone: the log begins with record `count` now

READING = frozenset({FOUND, READ, EXPORTED, OPENED, AUDITED})
CHANGING = frozenset(
    {
        ENTERED, CHANGED, NOTED, MERGED, UNMERGED, DETACHED, DIFFERENT, SETTLED, REVIEWED, SHARED, IMPORTED,
        RETRIED, ERASED, REBUILT, RESTORED, SIGNED_IN, SIGNED_OUT, TOKEN_MADE, TOKEN_REVOKED,
        USER_MADE, USER_CHANGED, USER_REMOVED,
    }
)  # fmt: skip
ACTIONS = READING | CHANGING | {CONTINUED, MENDED, MISSED, TRIMMED}

API = "api"
CLI = "cli"
PAGE = "page"
OWN = "own"  # jivod itself
DOORS = frozenset({API, CLI, PAGE, OWN})

BEGUN = "begun"  # a change: without a record that is `of` this one, nobody knows how it ended; the journal does
DONE = "done"
REFUSED = "refused"  # nothing was changed
DENIED = "denied"  # whoever asked may not
FAILED = "failed"
RESULTS = frozenset({BEGUN, DONE, REFUSED, DENIED, FAILED})

MANY = 500
"""Customers, or journal entries, of one record."""

ALL = "all"  # customers: too many to be named

LONGEST = 200  # characters of a name
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")


@frozen(kw_only=True)
class Record:
    """`at`: UNIX ms. `by`: the name of the token, the login name of the operator, or the user of the pages. `verb` is
    what was called, in words of jivod. `entries` are the journal entries that tell what was changed. `of`: the number
    of the record by which this was begun. `about`: the token or user it is about, or ALL.
    """

    at: int
    by: str
    door: str
    action: str
    verb: str = ""
    result: str = DONE
    customers: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    of: int = 0
    about: str = ""
    count: int = 0
    proof: str = ""


def own(at: int, action: str, *, count: int = 0, proof: str = "") -> Record:
    """A record that the log makes of itself."""
    return Record(at=at, by="jivod", door=OWN, action=action, count=count, proof=proof)


def parts(record: Record) -> Iterator[Record]:
    """The record as those of at most MANY customers and entries."""
    ids, seqs = tuple(dict.fromkeys(record.customers)), record.entries
    if len(ids) <= MANY >= len(seqs) and len(ids) == len(record.customers):
        yield record
        return
    for start in range(0, max(len(ids), len(seqs), 1), MANY):
        yield evolve(record, customers=ids[start : start + MANY], entries=seqs[start : start + MANY])


def is_id(text: str) -> bool:
    """Whether this can be the id of a customer, and no e-mail, phone or name that was put in its place."""
    return _ID.fullmatch(text) is not None
