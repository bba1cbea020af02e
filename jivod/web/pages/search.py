"""Search: what the one box finds: whose key this is, who is called so, and where it was said."""

from __future__ import annotations

from attrs import frozen

from jivod.flow import finding, query
from jivod.model import contact
from jivod.model.claim import DESCRIPTION, NAME, ORGANIZATION
from jivod.model.finding import MESSAGE, Hit
from jivod.store.kv import Txn
from jivod.web.api import place
from jivod.web.pages.page import Ask, Shown
from jivod.web.pages.record import ids_of
from jivod.web.pages.words import _

MANY = 25  # hits of one page

WHYS = {
    query.ID: _("by the id"),
    contact.EMAIL: _("by the e-mail"),
    contact.PHONE: _("by the phone"),
    contact.TOKEN: _("by the token"),
    contact.VERIFIED_TOKEN: _("by the signed token"),
    contact.VISITOR: _("by the browser"),
    NAME: _("by the name"),
    DESCRIPTION: _("by the description"),
    ORGANIZATION: _("by the organisation"),
    MESSAGE: _("said in a conversation"),
}


@frozen
class Row:
    """A hit, and why it is one, as a sentence."""

    hit: Hit
    why: str


def found(txn: Txn, ask: Ask, words: str, cursor: str | None) -> Shown:
    """What was found, the surest first."""
    found = finding.find(
        txn, ask.file, words, ask.desk.rules, MANY, place.read(cursor), accounts=ask.accounts, regions=ask.regions
    )
    values = {
        "rows": [Row(hit, WHYS.get(hit.why, WHYS[NAME])) for hit in found.hits],
        "q": words,
        "cursor": place.write(found.next),
        "begun": cursor is not None,
        "behind": found.behind,
    }
    return Shown("found.html", values, customers=ids_of([hit.customer for hit in found.hits if hit.customer]))
