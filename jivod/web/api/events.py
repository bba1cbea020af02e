"""Events: the journal: every body as it came in, and every decision."""

from __future__ import annotations

from jivod.model import audit
from jivod.model.access import READ
from jivod.model.entry import DECISION, Entry
from jivod.store import edges, journal, reasons
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api import page
from jivod.web.api.chats import After
from jivod.web.api.route import Ask, Done, Route, done
from jivod.wire import decision as wire
from jivod.wire import rest

BYTES = 2 << 20  # of one page, about


def listed(txn: Txn, ask: Ask) -> Done:
    """Entries in their order. `next` is null at the end; ask on from the last entry, and new ones come."""
    limit = ask.query.limit
    found = journal.after(txn, ask.query.after, limit, BYTES)
    more = bool(found) and found[-1].seq < journal.last(txn)
    whose = [_customer(txn, entry) for entry in found]
    items = [rest.line(entry, id) for entry, id in zip(found, whose, strict=True)]
    named = [id for entry in found if entry.kind == DECISION for id in wire.ids_of(wire.read(entry.body))]
    return done(page.shape(items, found[-1].seq if more else None), [*whose, *named])


def _customer(txn: Txn, entry: Entry) -> str | None:
    reason = reasons.get(txn, entry.seq)
    return None if reason is None or reason.customer is None else edges.root(txn, reason.customer)


ROUTES = (
    Route(
        method="GET",
        path=urls.EVENTS,
        scope=READ,
        summary="The journal",
        work=listed,
        query=After,
        answer=list[rest.Line],
        action=audit.READ,
    ),
)
