"""Anchor: the journal entry that stands for a record where another policy tells the customers apart in another way."""

from __future__ import annotations

from jivod.policy.identity import CREATED, NEW
from jivod.store import reasons
from jivod.store.kv import Txn

LOOKED_AT = 64  # entries of a record among which is the one that made it

_MAKING = (NEW, CREATED)


def anchor(txn: Txn, id: str) -> int | None:
    """The entry that made the record `id`; None for a record without any. Before it there may be others, of a
    conversation that was nobody's until later.
    """
    first = reasons.of(txn, id, 0, LOOKED_AT)
    return next((reason.seq for reason in first if reason.rule in _MAKING), first[0].seq if first else None)
