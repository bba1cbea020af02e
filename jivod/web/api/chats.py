"""Chats: the conversations of a customer, one whole, and why each belongs to him."""

from __future__ import annotations

from typing import Any, TypedDict

from attrs import frozen

from jivod.flow import query
from jivod.model import audit
from jivod.model.access import READ
from jivod.model.reason import Reason
from jivod.store import edges
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.api import page
from jivod.web.api.card import known
from jivod.web.api.fields import number
from jivod.web.api.page import DEFAULT, END, MOST, Paged
from jivod.web.api.route import Ask, Done, Route, done, missing
from jivod.web.problem import Problem
from jivod.wire import decision as wire
from jivod.wire import rest

NO_CHAT = Problem(404, "no_chat", "There is no conversation of this account and ref.")


@frozen(kw_only=True)
class After:
    """How much, and behind which journal entry: `after` is what `next` of the page before said."""

    limit: int = number(1, MOST, DEFAULT)
    after: int = number(0, END, 0)


class Event(TypedDict):
    """Journal entry `entry`: why it belongs to the customer, or what a person decided by it, or both."""

    entry: int
    reason: Reason | None
    decision: rest.Decided | None


def listed(txn: Txn, ask: Ask) -> Done:
    """The conversations of a customer and of all merged into it, newest first."""
    golden, limit = known(txn, ask), ask.query.limit
    before: Any = page.read(ask.query.cursor, "chats", int, str, str)
    found = query.history(txn, golden.id, limit + 1, before)
    last = found[limit - 1] if len(found) > limit else None
    cursor = None if last is None else page.write("chats", last.at, last.account, last.ref)
    return done(page.shape([rest.chat(row) for row in found[:limit]], cursor), golden.ids)


def read(txn: Txn, ask: Ask) -> Done:
    """One conversation with all that was said."""
    whole = query.transcript(txn, ask.path["account"], ask.path["ref"])
    if whole is None:
        raise missing(NO_CHAT)
    record = whole.chat.customer
    whose = None if record is None else edges.root(txn, record)
    return done({"customer": whose, **rest.transcript(whole)}, [whose, record])


def history(txn: Txn, ask: Ask) -> Done:
    """Why each event belongs to the customer, and what people decided about it, in the order of the journal."""
    golden, limit, after = known(txn, ask), ask.query.limit, ask.query.after
    reasons = {one.seq: rest.reason(one) for one in query.explain(txn, golden.id, limit + 1, after)}
    told = query.decided(txn, golden.id, limit + 1, after)
    decisions = {one.seq: rest.decided(one.seq, one.at, one.decision) for one in told}
    seqs = sorted({*reasons, *decisions})
    items = [{"entry": seq, "reason": reasons.get(seq), "decision": decisions.get(seq)} for seq in seqs[:limit]]
    named = [id for one in told if one.seq in seqs[:limit] for id in wire.ids_of(one.decision)]
    return done(page.shape(items, seqs[limit - 1] if len(seqs) > limit else None), [*golden.ids, *named])


ROUTES = (
    Route(
        method="GET", path=urls.CUSTOMER_CHATS, scope=READ, summary="Conversations of a customer", work=listed,
        query=Paged, answer=list[rest.ChatRow], action=audit.READ,
    ),
    Route(
        method="GET", path=urls.CUSTOMER_HISTORY, scope=READ, summary="Why, and what people decided", work=history,
        query=After, answer=list[Event], action=audit.READ,
    ),
    Route(
        method="GET", path=urls.CHAT, scope=READ, summary="One conversation whole", work=read,
        answer=rest.Conversation, action=audit.READ,
    ),
)  # fmt: skip
