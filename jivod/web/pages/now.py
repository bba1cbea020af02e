"""Now: what happened last, everywhere; and, for pages that are open, what has come since."""

from __future__ import annotations

from attrs import frozen

from jivod.flow import news
from jivod.flow.news import Wish
from jivod.model.audit import FOUND
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages.page import Ask, Page, Shown
from jivod.web.pages.record import ids_of

MANY = 50  # rows


@frozen(kw_only=True)
class Since:
    """What came behind the entry `after`."""

    after: int = 0


def now(txn: Txn, ask: Ask) -> Shown:
    """The last happenings, the newest first."""
    return _last(txn, ask, "now.html", 0)


def rows(txn: Txn, ask: Ask) -> Shown:
    """Those that came since: alone, for a script to put above the others, or in place of them if there are so many."""
    return _last(txn, ask, "now_rows.html", ask.query.after)


def about(txn: Txn, ask: Ask) -> Shown:
    """How much is new about one customer, since his page was made."""
    wish = Wish(ask.query.after, ask.path["id"])
    told = news.hear(txn, [wish], ask.desk.rules)[wish]
    return Shown("news.html", {"count": len(told.items), "more": told.more or told.lost, "id": ask.path["id"]})


def _last(txn: Txn, ask: Ask, template: str, after: int) -> Shown:
    items = news.latest(txn, ask.desk.rules, MANY, after)
    values = {"items": items, "whole": not after or len(items) == MANY, "most": MANY}
    seen = ids_of([item.customer for item in items if item.customer is not None])
    return Shown(template, values, customers=seen)


PAGES = (
    Page(path=urls.NOW, work=now, menu="now", action=FOUND),
    Page(path=urls.NOW_ROWS, work=rows, query=Since, action=FOUND),
    Page(path=urls.PERSON_NEWS, work=about, query=Since),
)
