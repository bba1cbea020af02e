"""Absent: what to say of an id behind which there is nobody, or nobody any more."""

from __future__ import annotations

from jivod.model import refusal
from jivod.model.decision import Erase
from jivod.model.errors import Refused
from jivod.store import erased, journal
from jivod.store.kv import Txn
from jivod.wire import decision as wire


def unknown(which: str = "this id") -> Refused:
    """There is no such customer."""
    return Refused(
        f"there is no customer of {which}; `jivod find` looks for an e-mail, a phone or a name", refusal.NOBODY
    )


def erasures(txn: Txn) -> list[Erase]:
    """Every decision by which somebody was erased, the oldest first."""
    found = [wire.read(entry.body) for seq in erased.decisions(txn) if (entry := journal.get(txn, seq)) is not None]
    return [decision for decision in found if isinstance(decision, Erase)]


def erased_by(txn: Txn, id: str) -> int | None:
    """The journal number of the decision that erased whoever had this id; None if nobody was."""
    return erased.by(txn, id)


def nobody(txn: Txn, id: str, which: str = "this id") -> Refused:
    """The same of an id that was given out or not."""
    seq = erased_by(txn, id)
    entry = None if seq is None else journal.get(txn, seq)
    if entry is None:
        return unknown(which)
    decision = wire.read(entry.body)
    why = decision.reason if isinstance(decision, Erase) else ""
    told = f"the customer of {which} was erased by decision #{entry.seq}, and nothing is left to show: {why}"
    return Refused(told, refusal.NOBODY)
