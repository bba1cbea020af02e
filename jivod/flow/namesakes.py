"""Namesakes: who else has a contact that a person gives to a customer. Whether the two are one is asked at once: the
next event with that contact is added to one of them alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from jivod.flow import doubts
from jivod.flow.attribution import look_up
from jivod.flow.people import People
from jivod.model.contact import KINDS, Key
from jivod.model.entry import Entry
from jivod.model.reason import Rival
from jivod.policy.rules import STRONGEST, Rules
from jivod.store.kv import Txn

ENTERED = "one of them was entered by hand"
GIVEN = "a person gave it to one of them"


def ask(
    txn: Txn,
    people: People,
    entry: Entry,
    rules: Rules,
    customer: str,
    said: Iterable[tuple[str, str]],
    *,
    why: str = GIVEN,
) -> None:
    """Open a review for the record `customer`, of whom `entry` says these (attribute, value), and each other living
    customer who has one of the contacts among them, if it may decide something.
    """
    keys = [Key(attribute, value) for attribute, value in said if attribute in KINDS]
    if keys and rules.on_conflict != STRONGEST:
        rivals = _namesakes(txn, people, rules, keys, why)
        doubts.raise_all(txn, people, customer, rivals, entry.seq, entry.received_at)


def _namesakes(txn: Txn, people: People, rules: Rules, keys: Iterable[Key], why: str) -> list[Rival]:
    """Those from whom a person took the key away do not hold it."""
    found, _ = look_up(txn, people, keys, rules)
    return [
        Rival(customer=id, key=key, why=why)
        for key, ids in found.items()
        for id in sorted(ids)
        if key.value in people.candidate(id, alone=True).held.get(key.kind, ())
    ]
