"""Trial: a chat that nobody began, played to see what the agent would see. It is an event like any other.

It comes by a channel and an account of its own, from one invented visitor: whoever looks for him finds all of it.
"""

from __future__ import annotations

import orjson

from jivod.flow.attribution import evidence_of
from jivod.flow.case import Desk, open_case
from jivod.flow.ingest import Delivery, Ingested, ingest
from jivod.flow.people import People
from jivod.flow.reading import read
from jivod.flow.respond import respond
from jivod.model.answer import Answer
from jivod.model.entry import EVENT, TEST, Entry, Origin
from jivod.model.event import Event
from jivod.model.value import frozen
from jivod.policy.reply import Panel
from jivod.store import journal, reasons
from jivod.store.kv import Txn
from jivod.wire import jivo

CHANNEL = TEST
ORIGIN = Origin(channel=TEST, account=TEST)
EMAIL = "test.visitor@example.com"


@frozen(kw_only=True)
class Tried:
    """A trial that is in the journal: the `entry`, what it says, what the agent sees, and the living customer."""

    entry: Entry
    event: Event
    shown: Panel | Answer
    customer: str | None


def play(txn: Txn, at: int, desk: Desk) -> Ingested:
    """The visitor begins a chat, at `at` (UNIX ms)."""
    body = orjson.dumps(
        {
            "event_name": "chat_accepted",
            "chat_id": at,
            "widget_id": CHANNEL,
            "visitor": {"name": "Test Visitor", "email": EMAIL, "number": str(at)},
            "agent": {"id": "1", "name": "Test Agent", "email": "agent@example.com"},
            "page": {"url": "https://shop.example.com/test", "title": "Test"},
        }
    )
    return ingest(txn, Delivery(origin=ORIGIN, received_at=at, body=body, reading=jivo.read(body)), desk)


def tried(txn: Txn, seq: int, desk: Desk) -> Tried | None:
    """The trial that journal entry `seq` is, as it would be answered now; None if that is none, or is none any more."""
    entry, reason = journal.get(txn, seq), reasons.get(txn, seq)
    if entry is None or reason is None or entry.kind != EVENT or entry.origin != ORIGIN:
        return None
    people, event = People(txn), read(entry).event
    case = open_case(entry, event)
    shown = respond(txn, people, case, reason, evidence_of(txn, case, desk.rules), desk)
    customer = None if reason.customer is None else people.root(reason.customer)
    return Tried(entry=entry, event=event, shown=shown, customer=customer)
