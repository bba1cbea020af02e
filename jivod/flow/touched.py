"""Touched: which conversations and customer records some journal entries may have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import define, field

from jivod.flow.case import open_case
from jivod.flow.reading import read
from jivod.model.decision import Detach, Retain
from jivod.model.entry import DECISION, ERASED, EVENT, IMPORT, Entry
from jivod.model.errors import Unreadable
from jivod.store import edges, journal, reasons
from jivod.store.kv import Txn
from jivod.wire import decision as wire

Chat = tuple[str, str]  # account, ref
MadeBy = Callable[[str], Iterable[Chat]]

FAMILY = 1000  # records of one customer that a decision is taken to be about, at most


@define(eq=False)
class Touched:
    """`made_by` knows in which conversation a customer record was made, as far as was followed. `emptied`:
    conversations of which the content is gone, and no word may be left of it.
    """

    txn: Txn
    made_by: MadeBy
    chats: dict[Chat, None] = field(factory=dict)
    records: dict[str, None] = field(factory=dict)
    emptied: dict[Chat, None] = field(factory=dict)

    def add(self, entry: Entry) -> None:
        """What follows from one more entry."""
        if entry.kind == DECISION:
            self._add_decision(entry)
        elif entry.kind != ERASED:
            self._add_event(entry)

    def _add_event(self, entry: Entry) -> None:
        reason = reasons.get(self.txn, entry.seq)
        if reason is not None and reason.customer is not None:
            self.records[reason.customer] = None
            self._add_makers(reason.merged)
        if entry.kind != IMPORT:
            self._add_chat(entry)

    def _add_decision(self, entry: Entry) -> None:
        decision = wire.read(entry.body)
        ids = wire.ids_of(decision)
        for id in ids:
            family = edges.tree(self.txn, edges.root(self.txn, id))[:FAMILY]
            self.records.update(dict.fromkeys([id, *family]))
        self._add_makers(ids)
        if isinstance(decision, Detach):
            self._add_moved(decision.seqs)
        if isinstance(decision, Retain):
            self.emptied.update(dict.fromkeys(filter(None, map(self._chat_at, decision.seqs))))

    def _add_moved(self, seqs: Iterable[int]) -> None:
        """Conversations that are another customer's now."""
        for seq in seqs:
            entry = journal.get(self.txn, seq)
            if entry is not None and entry.kind not in (DECISION, ERASED):
                self._add_event(entry)

    def _add_makers(self, ids: Iterable[str]) -> None:
        """Whether a record is a customer of its own, and so a new one, may be otherwise now."""
        for id in ids:
            self.chats.update(dict.fromkeys(self.made_by(id)))

    def _add_chat(self, entry: Entry) -> None:
        if (chat := _chat_of(entry)) is not None:
            self.chats[chat] = None

    def _chat_at(self, seq: int) -> Chat | None:
        entry = journal.get(self.txn, seq)
        return _chat_of(entry) if entry is not None and entry.kind == EVENT else None


def _chat_of(entry: Entry) -> Chat | None:
    try:
        case = open_case(entry, read(entry).event)
    except Unreadable:  # by a later jivod than the one that took it in
        return None
    return None if case.ref is None else (case.account, case.ref)
