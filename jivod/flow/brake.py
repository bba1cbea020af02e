"""Brake: rules merge customers by themselves only so fast and so far; beyond that a person looks first."""

from __future__ import annotations

from jivod.flow.people import People
from jivod.policy.rules import Rules
from jivod.store import merges
from jivod.store.kv import Txn

HOUR = 3_600_000  # ms


def is_on(txn: Txn, people: People, winner: str, at: int, rules: Rules) -> bool:
    """Whether another merge into `winner` at `at` (UNIX ms) has to wait for a person."""
    if len(people.family(people.root(winner))) > rules.merges_per_customer:
        return True
    return merges.between(txn, max(0, at - HOUR), at, rules.merges_per_hour) >= rules.merges_per_hour
