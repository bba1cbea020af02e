"""Customers: search, enter, read, change."""

from __future__ import annotations

from attrs import evolve, frozen

from jivod.flow import query, steward
from jivod.model import audit
from jivod.model.access import READ, WRITE
from jivod.model.contact import EMAIL, PHONE
from jivod.model.customer import GoldenRecord
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api import change, page
from jivod.web.api.card import card, known, place, shown
from jivod.web.api.change import Change, Newcomer
from jivod.web.api.fields import text
from jivod.web.api.page import Paged
from jivod.web.api.route import Ask, Done, Route, done
from jivod.web.problem import Fault, Problem, Stopped
from jivod.wire import decision as wire
from jivod.wire import rest

LONGEST = 200  # characters of what is searched for
FOUND = 1000  # customers that one search finds, at most

_ONE = (Fault("parameter", "q", "goes alone, and so do email, phone and id"),)
_ONE_SEARCH = Problem(400, "bad_request", "Search by one of q, email, phone and id.", faults=_ONE)


@frozen(kw_only=True)
class Search(Paged):
    """By anything (`q`: e-mail, phone, token, visitor number, id, or words of the name), or by one thing alone, in any
    spelling. Without any: all customers, the last one made first.
    """

    q: str | None = text(LONGEST, default=None)
    email: str | None = text(LONGEST, default=None)
    phone: str | None = text(LONGEST, default=None)
    id: str | None = text(LONGEST, default=None)


def search(txn: Txn, ask: Ask) -> Done:
    """Customers, best matches first."""
    asked: Search = ask.query
    given = {None: asked.q, EMAIL: asked.email, PHONE: asked.phone, query.ID: asked.id}
    wanted = [(by, words) for by, words in given.items() if words is not None]
    if len(wanted) > 1:
        raise Stopped(_ONE_SEARCH)
    return _found(txn, ask, *wanted[0]) if wanted else _newest(txn, ask)


def _found(txn: Txn, ask: Ask, by: str | None, words: str) -> Done:
    limit = ask.query.limit
    (skip,) = page.read(ask.query.cursor, "found", int) or (0,)
    most = max(0, min(limit + 1, FOUND - skip))
    found = query.find(
        txn, words, ask.desk.rules, most, accounts=ask.accounts, regions=ask.regions, by=by, skip=min(skip, FOUND)
    )
    cursor = page.write("found", skip + limit) if len(found) > limit else None
    return _page(ask, found[:limit], cursor)


def _newest(txn: Txn, ask: Ask) -> Done:
    (before,) = page.read(ask.query.cursor, "newest", str) or (None,)
    found, last = query.newest(txn, ask.desk.rules, ask.query.limit, before)
    cursor = None if last is None else page.write("newest", last)
    return _page(ask, found, cursor)


def _page(ask: Ask, found: list[GoldenRecord], cursor: str | None) -> Done:
    return done(
        page.shape([card(golden, ask.desk) for golden in found], cursor), [id for golden in found for id in golden.ids]
    )


def enter(txn: Txn, ask: Ask) -> Done:
    """A new customer. Who shares a contact with him is set beside him as a review."""
    known_of_him = change.said(ask.body, ask.hand)
    if not known_of_him:
        raise change.unusable([Fault("pointer", "", "says nothing of the customer; send a name, an e-mail or a phone")])
    entry = steward.create(txn, ask.hand, known_of_him)
    (id,) = wire.ids_of(wire.read(entry.body))
    answer = shown(txn, ask, id, 201)
    return evolve(answer, headers=(*answer.headers, ("Location", place(id))))


def read(txn: Txn, ask: Ask) -> Done:
    """The customer behind any id ever given out."""
    return shown(txn, ask, ask.path["id"])


def alter(txn: Txn, ask: Ask) -> Done:
    """All that a change says, or nothing."""
    golden = known(txn, ask)
    change.carry_out(txn, ask.hand, golden.id, change.steps(ask.body, golden))
    return shown(txn, ask, golden.id)


ROUTES = (
    Route(
        method="GET", path=urls.CUSTOMERS, scope=READ, summary="Search customers", work=search, query=Search,
        answer=list[rest.Card], action=audit.FOUND,
    ),
    Route(
        method="POST", path=urls.CUSTOMERS, scope=WRITE, summary="Enter a customer", work=enter, body=Newcomer,
        answer=rest.Card, action=audit.ENTERED, status=201, writes=True, tagged=True,
    ),
    Route(
        method="GET", path=urls.CUSTOMER, scope=READ, summary="One customer", work=read, answer=rest.Card,
        action=audit.READ, tagged=True,
    ),
    Route(
        method="PATCH", path=urls.CUSTOMER, scope=WRITE, summary="Change a customer", work=alter, body=Change,
        answer=rest.Card, action=audit.CHANGED, writes=True, match=True, tagged=True,
    ),
)  # fmt: skip
