"""Activity: living customers, the one last heard of first. Read only.

The journal is the order, so there is no index to keep: an entry stands for its customer unless he has a later one.
"""

from __future__ import annotations

from jivod.flow.people import People
from jivod.model.customer import GoldenRecord
from jivod.policy.rules import Rules
from jivod.store import edges, reasons
from jivod.store.kv import Txn

SCAN_MAX = 2000
"""Entries that one page looks at, at most: it may be short where one customer has filled the last hours."""


def latest(txn: Txn, rules: Rules, limit: int, before: int | None = None) -> tuple[list[GoldenRecord], int | None]:
    """Customers by their last journal entry; and the entry below which the page after this goes on, None behind the
    last.
    """
    people = People(txn)
    found: dict[str, None] = {}
    looked_at = 0
    for reason in reasons.latest(txn, before, SCAN_MAX):
        looked_at, before = looked_at + 1, reason.seq
        root = people.root(reason.customer) if reason.customer is not None else None
        if root is not None and root not in found and _last(txn, root) == reason.seq:
            found[root] = None
            if len(found) == limit:
                break
    more = before if len(found) == limit or looked_at == SCAN_MAX else None
    return [people.golden(id, rules) for id in found], more


def _last(txn: Txn, root: str) -> int:
    return max(reasons.last(txn, member) for member in edges.tree(txn, root))
