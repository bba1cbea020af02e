"""Chats: one conversation whole: who wrote what and when, calls, the pages that the visitor was on."""

from __future__ import annotations

from attrs import frozen

from jivod.flow import query, timeline
from jivod.model import audit
from jivod.model.access import Role
from jivod.model.chat import Transcript
from jivod.model.customer import GoldenRecord
from jivod.store import edges, reasons
from jivod.store.kv import Txn
from jivod.web import urls
from jivod.web.pages.page import Ask, Page, Shown
from jivod.web.pages.terms import TERMS
from jivod.web.problem import Problem, Stopped

MANY = 200  # messages of one page

NO_CHAT = Problem(404, "no_chat", "There is no conversation of this account and ref.")


@frozen(kw_only=True)
class Part:
    """Which part of a long conversation: its messages from this number on, or that in which one was said `at` (UNIX
    ms).
    """

    start: int = 0
    at: int = 0


def one(txn: Txn, ask: Ask) -> Shown:
    """One conversation; of a long one, a part."""
    whole = query.transcript(txn, ask.path["account"], ask.path["ref"])
    if whole is None:
        raise Stopped(NO_CHAT)
    here = _place_of(whole, ask.query.at)
    start = min(ask.query.start, max(0, len(whole.messages) - 1)) if here is None else here // MANY * MANY
    owner = _owner(txn, ask, whole)
    return Shown(
        "chat.html",
        {
            "whole": whole,
            "kind": timeline.kind_of(whole.chat),
            "owner": owner,
            "reason": reasons.get(txn, whole.chat.seqs[0]),
            "messages": whole.messages[start : start + MANY],
            "here": None if here is None else here - start,
            "before": max(0, start - MANY) if start else None,
            "after": start + MANY if start + MANY < len(whole.messages) else None,
            "terms": TERMS,
            "may_steward": ask.viewer.role.covers(Role.STEWARD),
        },
        customers=() if owner is None else owner.ids,
    )


def _place_of(whole: Transcript, at: int) -> int | None:
    """The number of the message that was said at this moment, if there is one."""
    return next((number for number, message in enumerate(whole.messages) if at and message.at == at), None)


def _owner(txn: Txn, ask: Ask, whole: Transcript) -> GoldenRecord | None:
    record = whole.chat.customer
    return None if record is None else query.show(txn, edges.root(txn, record), ask.desk.rules)


PAGES = (Page(path=urls.CONVERSATION, work=one, query=Part, menu="customers", action=audit.READ),)
