"""Letter: what a sink is told of a change, made of the store as it is when it is told. Of a customer who is no more
nothing is told, but that he was erased.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from attrs import asdict

from jivod.flow import query, regime
from jivod.flow.case import Case, open_case
from jivod.flow.reading import read
from jivod.model.change import CALL_ENDED, CHAT_FINISHED, ERASED, MERGED, OFFLINE_MESSAGE, UNMERGED, Change
from jivod.model.errors import Unreadable
from jivod.model.event import CallEvent, OfflineMessage
from jivod.model.value import frozen
from jivod.store import chats, journal, meta
from jivod.store.kv import Txn
from jivod.wire import feed, rest

_OF_A_CONVERSATION = frozenset({CHAT_FINISHED, OFFLINE_MESSAGE, CALL_ENDED})


@frozen(kw_only=True)
class Letter:
    """`id` is the same whenever the change is told."""

    id: str
    body: bytes


def letter(txn: Txn, change: Change, link: Callable[[str], str]) -> Letter | None:
    """What to tell; None if there is nothing left to be told. `link` gives the page of a customer."""
    data = _data(txn, change, link)
    return None if data is None else Letter(id=_id(txn, change), body=feed.write(change.kind, change.at, data))


def _id(txn: Txn, change: Change) -> str:
    """Also in a store that was restored no two changes have the same one."""
    name = f"{change.number} {change.kind} {change.customer} {change.other} {change.seq} {change.at}"
    return "msg_" + blake2b(name.encode(), key=meta.id_key(txn), digest_size=12).hexdigest()


def _data(txn: Txn, change: Change, link: Callable[[str], str]) -> dict[str, Any] | None:
    head: dict[str, Any] = {"number": change.number, "entry": change.seq, "id": change.customer or None}
    if change.kind == ERASED:
        return head
    if change.kind in (MERGED, UNMERGED):
        head["merged" if change.kind == MERGED else "parted_from"] = change.other
    if change.customer:
        golden = query.show(txn, change.customer, regime.in_force(txn))
        if golden is None:
            return None
        head["customer"] = {**rest.card(golden), "crm_link": link(golden.id)}
    else:
        head["customer"] = None
    if change.kind not in _OF_A_CONVERSATION:
        return head
    said = _said(txn, change)
    return None if said is None else {**head, **said}


def _said(txn: Txn, change: Change) -> dict[str, Any] | None:
    case = _case(txn, change.seq)
    chat = chats.get(txn, case.account, case.ref) if case is not None and case.ref else None
    if case is None or chat is None:
        return None
    if change.kind == CHAT_FINISHED:
        whole = query.transcript(txn, chat.account, chat.ref)
        return None if whole is None else rest.transcript(whole)
    said: dict[str, Any] = {"chat": rest.chat(chat)}
    if isinstance(case.event, OfflineMessage):
        said["message"] = case.event.message
    if isinstance(case.event, CallEvent):
        said["call"] = asdict(case.event.call)
    return said


def _case(txn: Txn, seq: int) -> Case | None:
    """The entry as an event; None where nothing of it is left."""
    entry = journal.get(txn, seq)
    try:
        return None if entry is None else open_case(entry, read(entry).event)
    except Unreadable:
        return None
