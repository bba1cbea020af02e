"""Trace: what a page, and a way in, leave in the audit log: who was shown or changed whom; never what was typed."""

from __future__ import annotations

from attrs import evolve

from jivod.model import audit
from jivod.model.audit import DENIED, DONE, FAILED, PAGE, REFUSED, Record, is_id
from jivod.model.errors import Refused
from jivod.web.pages.page import Moved, Page, Shown
from jivod.web.problem import Stopped
from jivod.web.signin import deed
from jivod.web.signin.deed import Deed

_DEEDS = {
    deed.SIGNED_IN: (audit.SIGNED_IN, DONE),
    deed.FAILED: (audit.SIGNED_IN, DENIED),
    deed.SIGNED_OUT: (audit.SIGNED_OUT, DONE),
    deed.SESSION_ENDED: (audit.SIGNED_OUT, DONE),
    deed.PASSWORD_SET: (audit.USER_CHANGED, DONE),
    deed.USER_ADDED: (audit.USER_MADE, DONE),
    deed.USER_CHANGED: (audit.USER_CHANGED, DONE),
    deed.LINK_GIVEN: (audit.USER_CHANGED, DONE),
}


def asked(by: str, at: int, page: Page, id: str) -> Record:
    """What is asked for. `id`: the customer in the address, if there is one; what can be no id is not repeated."""
    customers = (id,) if page.writes and is_id(id) else ()
    verb = f"{page.method} {page.path}"
    return Record(at=at, by=by, door=PAGE, action=page.action or audit.OPENED, verb=verb, customers=customers)


def told(asked: Record, found: Shown | Moved | Exception) -> Record:
    """What came of it."""
    if isinstance(found, Exception):
        return evolve(asked, result=REFUSED if isinstance(found, (Refused, Stopped)) else FAILED)
    return evolve(asked, customers=tuple(dict.fromkeys([*asked.customers, *found.customers])), entries=found.entries)


def denied(by: str, at: int, page: Page) -> Record:
    """Who asked may not do this."""
    return evolve(asked(by, at, page, ""), result=DENIED)


def entered(deed: Deed) -> Record | None:
    """What somebody did about his own or another's way in; None where it was not even looked at."""
    if deed.what not in _DEEDS:
        return None
    action, result = _DEEDS[deed.what]
    return Record(at=deed.at, by=deed.by, door=PAGE, action=action, verb=deed.what, result=result, about=deed.about)
