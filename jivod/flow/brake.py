"""Brake: rules merge customers by themselves only so fast and so far; beyond that a person looks first."""

from __future__ import annotations

from jivod.flow.people import People
from jivod.policy.rules import Rules
from jivod.store import merges
from jivod.store.kv import Txn

HOUR = 3_600_000  # ms


def is_on(txn: Txn, people: People, winner: str, loser: str, at: int, rules: Rules) -> bool:
    """Whether the merge of `loser` into `winner` at `at` (UNIX ms) has to wait for a person.

    An event may report what happened before others that came first: no hour around it may hold too many.
    """
    if sum(len(people.family(people.root(id))) for id in (winner, loser)) > rules.merges_per_customer + 1:
        return True
    return merges.between(txn, max(0, at - HOUR), at + HOUR, rules.merges_per_hour) >= rules.merges_per_hour
