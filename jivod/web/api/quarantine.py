"""Quarantine: bodies that could not be read: list, show, retry."""

from __future__ import annotations

from typing import TypedDict

from jivod.flow import inbox
from jivod.model import audit
from jivod.model.access import ADMIN
from jivod.model.entry import Quarantined
from jivod.model.errors import Unreadable
from jivod.store import quarantine as items
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api import page
from jivod.web.api.chats import After
from jivod.web.api.page import END
from jivod.web.api.route import Ask, Done, Route, done, missing
from jivod.web.problem import Problem, Stopped
from jivod.wire import rest

NO_ITEM = Problem(404, "no_item", "There is no such item in quarantine; the oldest go where there are too many.")


class Retried(TypedDict):
    """The body is journal entry `entry` now, and belongs to this customer; `repeated`: it was there already."""

    number: int
    entry: int
    customer: str | None
    repeated: bool


def listed(txn: Txn, ask: Ask) -> Done:
    """What is kept, oldest first, without the bodies."""
    limit = ask.query.limit
    found = items.listed(txn, limit + 1, ask.query.after)
    more = found[limit - 1].number if len(found) > limit else None
    return done(page.shape([rest.quarantined(item, whole=False) for item in found[:limit]], more))


def read(txn: Txn, ask: Ask) -> Done:
    """One body as it came."""
    return done(rest.quarantined(_item(txn, ask), whole=True))


def retry(txn: Txn, ask: Ask) -> Done:
    """Read it again; it leaves the quarantine only if that works."""
    number = _item(txn, ask).number
    try:
        came = inbox.retry(txn, number, ask.desk)
    except Unreadable as error:
        raise Stopped(Problem(409, error.code, f"{error}")) from None
    told = {"number": number, "entry": came.seq, "customer": came.customer, "repeated": came.repeated}
    return done(told, [came.customer])


def _item(txn: Txn, ask: Ask) -> Quarantined:
    number = ask.path["number"]
    item = items.get(txn, number) if number < END else None
    if item is None:
        raise missing(NO_ITEM)
    return item


ROUTES = (
    Route(
        method="GET", path=urls.QUARANTINE, scope=ADMIN, summary="Bodies that could not be read", work=listed,
        query=After, answer=list[rest.Refusal], action=audit.READ,
    ),
    Route(
        method="GET", path=urls.QUARANTINED, scope=ADMIN, summary="One body as it came", work=read,
        answer=rest.Refusal, action=audit.READ,
    ),
    Route(
        method="POST", path=urls.QUARANTINE_RETRY, scope=ADMIN, summary="Read a body again", work=retry,
        answer=Retried, action=audit.RETRIED, writes=True, refusals=(409,),
    ),
)  # fmt: skip
