"""Erasures: a person is forgotten. The store is made anew without him by a process of its own, beside the daemon; until
that is done he is shown and answered for as before.
"""

from __future__ import annotations

from attrs import frozen

from jivod.flow import erase, errands
from jivod.flow.typed import is_storable
from jivod.model import audit
from jivod.model.access import ADMIN
from jivod.model.errand import ERASURE, Errand
from jivod.store import errands as kept
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api.card import known
from jivod.web.api.change import unusable
from jivod.web.api.fields import text
from jivod.web.api.route import Ask, Done, Route, done, missing
from jivod.web.problem import Fault, Problem
from jivod.wire import errand as wire

NO_ERASURE = Problem(404, "no_erasure", "There is no erasure of this id; the oldest go where there are many.")


@frozen(kw_only=True)
class Wish:
    """Why the customer is to be erased. It is kept for ever, so name nobody."""

    reason: str = text(erase.LONGEST_REASON)


def ask_for(txn: Txn, ask: Ask) -> Done:
    """Erase a customer with all that was merged into it, for ever. `Location` says where to look whether it is done.
    Who asks twice is told of the first.
    """
    golden = known(txn, ask)
    if not ask.body.reason.strip() or not is_storable(ask.body.reason):
        raise unusable([Fault("pointer", "/reason", "says nothing; say why, in words that name nobody")])
    asked = {"id": golden.id, "reason": ask.body.reason}
    errand = errands.ask(txn, Errand(id=ask.id, kind=ERASURE, by=ask.who.name, asked=asked, asked_at=ask.at))
    place = urls.ERASURE.replace("<id>", errand.id)
    return done(wire.shown(errand), [golden.id], status=202, headers=(("Location", place),))


def read(txn: Txn, ask: Ask) -> Done:
    """Whether an erasure is done."""
    errand = kept.get(txn, ask.path["id"])
    if errand is None or errand.kind != ERASURE:
        raise missing(NO_ERASURE)
    shown = wire.shown(errand)
    return done(shown, [shown["customer"]])


ROUTES = (
    Route(
        method="POST", path=urls.CUSTOMER_ERASE, scope=ADMIN, summary="Erase a customer for ever", work=ask_for,
        body=Wish, answer=wire.Erasure, status=202, writes=True, errand=True, action=audit.ERASED,
    ),
    Route(
        method="GET", path=urls.ERASURE, scope=ADMIN, summary="What came of an erasure", work=read,
        answer=wire.Erasure, action=audit.READ,
    ),
)  # fmt: skip
