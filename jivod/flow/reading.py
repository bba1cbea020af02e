"""Reading: what a journal entry says: a body as Jivo sent it, what is left of one, or a row that was imported. Not a
decision.
"""

from __future__ import annotations

from attrs import evolve

from jivod.model.entry import EVENT, IMPORT, Entry, Original
from jivod.model.errors import Refused
from jivod.store import journal
from jivod.wire import husk, jivo, row
from jivod.wire.jivo import Reading


def read(entry: Entry) -> Reading:
    """The event of an entry, and the digest of its content, also where that is gone. Raises Unreadable, or Damaged for
    a row.
    """
    if entry.original is not None:
        return Reading(husk.read(entry.body), bytes.fromhex(entry.original.digest))
    return row.read(entry.body) if entry.kind == IMPORT else jivo.read(entry.body)


def has_content(entry: Entry) -> bool:
    """Whether there is more in it than a customer or a conversation is made of."""
    return entry.kind == EVENT and entry.original is None


def emptied(entry: Entry) -> Entry:
    """The entry without its content. It reads as before but for what was said: that is made sure of, for there is no
    way back. Raises Refused.
    """
    reading = read(entry)
    body = husk.write(reading.event)
    if husk.read(body) != husk.emptied(reading.event):
        raise Refused(f"entry {entry.seq} would read in another way without its content: nothing went; report this")
    original = Original(digest=reading.digest.hex(), head=journal.head_of(journal.encode(entry)))
    return evolve(entry, body=body, original=original)
