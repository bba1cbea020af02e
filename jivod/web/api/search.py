"""Search: one box for everything that can be found: who has this key, who is called so, where was this said."""

from __future__ import annotations

from typing import TypedDict

from attrs import frozen

from jivod.model.access import READ
from jivod.model.audit import FOUND
from jivod.model.finding import Hit
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api import page, place
from jivod.web.api.body import unfit
from jivod.web.api.card import card
from jivod.web.api.fields import text
from jivod.web.api.page import Paged
from jivod.web.api.route import Ask, Done, Route, done
from jivod.web.problem import Fault
from jivod.wire import rest

LONGEST = 200  # characters of what is searched for


@frozen(kw_only=True)
class Search(Paged):
    """`q`: e-mail, phone, token, visitor number, id; or words, of which the last may be a beginning, and "phrases"."""

    q: str | None = text(LONGEST, default=None)


class Hits(TypedDict):
    """A page; `behind`: so many entries of the journal are not yet searched by words, null: no word is."""

    items: list[rest.Hit]
    next: str | None
    behind: int | None


def found(txn: Txn, ask: Ask) -> Done:
    """Customers by a key, then by words, then conversations, each with why. A page may be short of `limit`, or empty,
    and there may be a next one all the same.
    """
    from jivod.flow import finding

    if ask.query.q is None:
        raise unfit([Fault("parameter", "q", "is missing")])
    page_of_it = finding.find(
        txn,
        ask.file,
        ask.query.q,
        ask.desk.rules,
        ask.query.limit,
        place.read(ask.query.cursor),
        accounts=ask.accounts,
        regions=ask.regions,
    )
    items = [_shape(hit, ask) for hit in page_of_it.hits]
    seen = [id for hit in page_of_it.hits if hit.customer is not None for id in hit.customer.ids]
    return done({**page.shape(items, place.write(page_of_it.next)), "behind": page_of_it.behind}, seen)


def _shape(hit: Hit, ask: Ask) -> dict[str, object]:
    whose = None if hit.customer is None else card(hit.customer, ask.desk)
    return {**rest.hit(hit), "customer": whose}


ROUTES = (
    Route(
        method="GET", path=urls.SEARCH, scope=READ, summary="Find customers and conversations", work=found,
        query=Search, answer=Hits, action=FOUND,
    ),
)  # fmt: skip
