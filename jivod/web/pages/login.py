"""Login: the way in. While there are no users, it says so."""

from __future__ import annotations

from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages.page import Ask, Page, Shown


def login(txn: Txn, ask: Ask) -> Shown:
    """What to do to get in."""
    return Shown("login.html")


PAGES = (Page(path=urls.LOGIN, role=None, work=login),)
