"""Deeds: merge, unmerge, keep apart, settle, undo: what a person decides about customers."""

from __future__ import annotations

from typing import Any, TypedDict

from attrs import frozen

from jivod.flow import aside, query, retract, steward
from jivod.model.access import WRITE
from jivod.model.audit import CHANGED, DIFFERENT, MERGED, NOTED, SETTLED, UNMERGED
from jivod.model.decision import Decision
from jivod.model.entry import Entry
from jivod.model.errors import Refused
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api.card import card, known
from jivod.web.api.change import unusable
from jivod.web.api.fields import LONGEST_ID, number, text
from jivod.web.api.route import Ask, Done, Route, done
from jivod.web.problem import Fault
from jivod.wire import decision as wire
from jivod.wire import rest

SHOWN = 10  # customers that an answer shows


class Deed(TypedDict):
    """What was decided, and the customers that it was about as they are now, the first few."""

    decision: rest.Decided
    customers: list[rest.Card]


@frozen(kw_only=True)
class Merge:
    """The customer that the one in the address becomes part of."""

    into: str = text(LONGEST_ID)


@frozen(kw_only=True)
class Unmerge:
    """Only its own merge is taken back; with `tree` also those of all that had been merged into it."""

    tree: bool = False


@frozen(kw_only=True)
class Different:
    """The other customer; not `different`: the two may be merged again."""

    other: str = text(LONGEST_ID)
    different: bool = True


@frozen(kw_only=True)
class Settle:
    """Of the contested values of this attribute, the right one."""

    attribute: str = text(LONGEST_ID)
    value: str = text()


@frozen(kw_only=True)
class Note:
    """What others should know of the customer."""

    text: str = text(aside.LONGEST_NOTE)


@frozen(kw_only=True)
class Undo:
    """The decision to take back, by the number of its entry, as the history has it."""

    entry: int = number(1, 2**63 - 1)


def merge(txn: Txn, ask: Ask) -> Done:
    """The customer becomes part of another one."""
    known(txn, ask)
    _demand(txn, ask, "/into", ask.body.into)
    return _told(txn, ask, steward.merge(txn, ask.hand, ask.path["id"], ask.body.into))


def unmerge(txn: Txn, ask: Ask) -> Done:
    """The customer stands for itself again, and the two are kept apart as if they had been called different."""
    known(txn, ask)
    return _told(txn, ask, steward.unmerge(txn, ask.hand, (ask.path["id"],), tree=ask.body.tree))


def tell_apart(txn: Txn, ask: Ask) -> Done:
    """The two are different people: no rule merges them, and their review is answered."""
    known(txn, ask)
    _demand(txn, ask, "/other", ask.body.other)
    asked: Different = ask.body
    entry = steward.tell_apart(txn, ask.hand, ask.path["id"], asked.other, different=asked.different)
    return _told(txn, ask, entry)


def settle(txn: Txn, ask: Ask) -> Done:
    """One of the contested values is right."""
    golden = known(txn, ask)
    return _told(txn, ask, steward.settle(txn, ask.hand, golden.id, ask.body.attribute, ask.body.value))


def undo(txn: Txn, ask: Ask) -> Done:
    """The decision is taken back: the customer is what it was without it. Those whose merge it was are kept apart."""
    golden = known(txn, ask)
    return _told(txn, ask, retract.take_back(txn, ask.hand, golden.id, ask.body.entry))


def note(txn: Txn, ask: Ask) -> Done:
    """The text stays with the customer and decides nothing."""
    known(txn, ask)
    try:
        return _told(txn, ask, aside.note(txn, ask.hand, ask.path["id"], ask.body.text))
    except Refused as error:
        raise unusable([Fault("pointer", "/text", str(error))]) from None


def _demand(txn: Txn, ask: Ask, place: str, id: str) -> None:
    if query.show(txn, id, ask.desk.rules) is None:
        raise unusable([Fault("pointer", place, "is no id of a customer; GET /api/v1/customers finds it")])


def _told(txn: Txn, ask: Ask, entry: Entry) -> Done:
    decision = wire.read(entry.body)
    found = [query.show(txn, id, ask.desk.rules) for id in _about(decision, ask)]
    living = {golden.id: golden for golden in found if golden is not None}
    cards = [card(golden, ask.desk) for golden in living.values()]
    told = {"decision": rest.decided(entry.seq, entry.received_at, decision), "customers": cards}
    return done(told, [*wire.ids_of(decision), *[id for golden in living.values() for id in golden.ids]])


def _about(decision: Decision, ask: Ask) -> list[str]:
    return list(dict.fromkeys([ask.path["id"], *wire.ids_of(decision)]))[:SHOWN]


def _route(path: str, summary: str, work: Any, body: type, action: str) -> Route:
    return Route(
        method="POST", path=path, scope=WRITE, summary=summary, work=work, body=body, answer=Deed, action=action,
        writes=True, refusals=(409,),
    )  # fmt: skip


ROUTES = (
    _route(urls.CUSTOMER_MERGE, "Make a customer part of another", merge, Merge, MERGED),
    _route(urls.CUSTOMER_UNMERGE, "Take a merge back", unmerge, Unmerge, UNMERGED),
    _route(urls.CUSTOMER_DIFFERENT, "Two customers are different people", tell_apart, Different, DIFFERENT),
    _route(urls.CUSTOMER_NOTES, "Write a note about a customer", note, Note, NOTED),
    _route(urls.CUSTOMER_SETTLE, "Settle a contested value", settle, Settle, SETTLED),
    _route(urls.CUSTOMER_UNDO, "Take a decision back", undo, Undo, CHANGED),
)
