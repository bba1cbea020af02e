"""Customers: the list of them all, and the search."""

from __future__ import annotations

from attrs import frozen

from jivod.flow import activity, query
from jivod.model import audit
from jivod.model.customer import GoldenRecord
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api import page as cursors
from jivod.web.pages import search
from jivod.web.pages.form import text
from jivod.web.pages.page import Ask, Page, Shown
from jivod.web.pages.record import ids_of

MANY = 50  # customers of one page
FOUND = 1000  # customers that one search finds, at most
LONGEST = 256  # characters of what is searched for


@frozen(kw_only=True)
class Search:
    """What is looked for (nothing: all, the last heard of first), and where the page begins."""

    q: str | None = text(LONGEST, default=None)
    cursor: str | None = text(cursors.LONGEST, default=None)


def listed(txn: Txn, ask: Ask) -> Shown:
    """Customers, best matches or latest first. Words are found by the side file; without one, keys and names are."""
    words = (ask.query.q or "").strip()
    if words and ask.file is not None:
        return search.found(txn, ask, words, ask.query.cursor)
    if words:
        (skip,) = cursors.read(ask.query.cursor, "found", int) or (0,)
        found, more = _found(txn, ask, words, min(skip, FOUND))
        cursor = None if more is None else cursors.write("found", more)
    else:
        (before,) = cursors.read(ask.query.cursor, "heard", int) or (None,)
        found, more = activity.latest(txn, ask.desk.rules, MANY, before)
        cursor = None if more is None else cursors.write("heard", more)
    values = {"customers": found, "q": words, "cursor": cursor, "begun": ask.query.cursor is not None}
    return Shown("customers.html", values, customers=ids_of(found))


def _found(txn: Txn, ask: Ask, words: str, skip: int) -> tuple[list[GoldenRecord], int | None]:
    most = max(0, min(MANY + 1, FOUND - skip))
    found = query.find(txn, words, ask.desk.rules, most, accounts=ask.accounts, regions=ask.regions, skip=skip)
    return found[:MANY], skip + MANY if len(found) > MANY else None


PAGES = (
    Page(path=urls.PEOPLE, work=listed, query=Search, menu="customers", action=audit.FOUND),
)
