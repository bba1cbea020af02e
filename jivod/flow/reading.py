"""Reading: what a journal entry says: a body as Jivo sent it, or a row that was imported. Not a decision."""

from __future__ import annotations

from jivod.model.entry import IMPORT, Entry
from jivod.wire import jivo, row
from jivod.wire.jivo import Reading


def read(entry: Entry) -> Reading:
    """The event of an entry, and the digest of its content. Raises Unreadable, or Damaged for a row."""
    return row.read(entry.body) if entry.kind == IMPORT else jivo.read(entry.body)
