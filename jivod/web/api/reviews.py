"""Reviews: pairs of customers who may be one. Answered by a merge of the two, or by calling them different."""

from __future__ import annotations

from jivod.flow import doubts
from jivod.flow.people import People
from jivod.model import audit
from jivod.model.access import READ
from jivod.model.reason import Review
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api import page
from jivod.web.api.page import Paged
from jivod.web.api.route import Ask, Done, Route, done
from jivod.wire import rest


def listed(txn: Txn, ask: Ask) -> Done:
    """Open reviews, newest first; a page may be shorter than asked, where some have come to nothing."""
    place = page.read(ask.query.cursor, "reviews", int, str, str)
    before = None if place is None else Review(a=place[1], b=place[2], why="", key=None, seq=0, at=place[0])
    found, last = doubts.page(txn, People(txn), ask.desk.rules, ask.query.limit, before)
    cursor = None if last is None else page.write("reviews", last.at, last.a, last.b)
    items = [
        rest.doubt(one.review, one.a, one.b, one.winner, one.why, {d.field: (d.a, d.b) for d in one.differing})
        for one in found
    ]
    return done(page.shape(items, cursor), [id for one in found for golden in (one.a, one.b) for id in golden.ids])


ROUTES = (
    Route(
        method="GET", path=urls.REVIEWS, scope=READ, summary="Customers who may be one", work=listed, query=Paged,
        answer=list[rest.OpenReview], action=audit.READ,
    ),
)  # fmt: skip
