"""Dossier: everything that is kept of one person, for whoever asks what that is: all records of the customer, each
claim with source and time, conversations, reasons, decisions, and the bodies as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from attrs import asdict

from jivod.flow import query, regime
from jivod.flow.people import People
from jivod.model.chat import Chat
from jivod.model.customer import Customer
from jivod.model.decision import Decision
from jivod.model.entry import Entry
from jivod.model.errors import Damaged, Refused
from jivod.model.reason import Reason
from jivod.store import edges, former, journal, reviews
from jivod.store.kv import Txn
from jivod.wire import decision as wire

PAGE = 500

Json = dict[str, Any]
One = TypeVar("One", Reason, query.Decided)


def dossier(txn: Txn, id: str) -> Json:
    """All of the person behind `id`, any id ever given out. Raises Refused for an unknown one. Times are UNIX ms."""
    record = former.meant(txn, id)
    if record is None:
        raise Refused("there is no customer of this id; `jivod find` looks for an e-mail, a phone or a name")
    people = People(txn)
    root = people.root(record)
    family = people.family(root)
    reasons = list(_paged(query.explain, txn, root))
    decided = list(_paged(query.decided, txn, root))
    seqs = sorted({*[one.seq for one in reasons], *[one.seq for one in decided]})
    return {
        "person": root,
        "summary": asdict(people.golden(root, regime.in_force(txn))),
        "records": [_record(one) for one in family],
        "merges": [asdict(edge) for one in family if (edge := edges.get(txn, one.id)) is not None],
        "conversations": [_conversation(txn, row) for row in _history(txn, root)],
        "reasons": [asdict(one) for one in reasons],
        "decisions": [{"entry": one.seq, "at": one.at, **_decision(one.decision)} for one in decided],
        "reviews": [asdict(one) for member in family for one in reviews.of(txn, member.id)],
        "entries": [_entry(txn, seq) for seq in seqs],
    }


def _paged(ask: Callable[[Txn, str, int, int], list[One]], txn: Txn, root: str) -> Iterator[One]:
    after = 0
    while page := ask(txn, root, PAGE, after):
        yield from page
        after = page[-1].seq


def _history(txn: Txn, root: str) -> Iterator[Chat]:
    before = None
    while page := query.history(txn, root, PAGE, before):
        yield from page
        before = (page[-1].at, page[-1].account, page[-1].ref)


def _record(one: Customer) -> Json:
    return asdict(one)


def _conversation(txn: Txn, row: Chat) -> Json:
    whole = query.transcript(txn, row.account, row.ref)
    if whole is None:
        raise Damaged("chats: an index names a row that is not there; run `jivod check`")
    return asdict(whole)


def _decision(one: Decision) -> Json:
    return {"kind": wire.name_of(one), **asdict(one)}


def _entry(txn: Txn, seq: int) -> Json:
    entry: Entry | None = journal.get(txn, seq)
    if entry is None:
        raise Damaged("reasons: a record names a journal entry that is not there; run `jivod check`")
    return {**asdict(entry), "body": entry.body.decode("utf-8", "backslashreplace")}
