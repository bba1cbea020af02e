"""Retract: a decision is taken back by the opposite one, where there is an opposite and it still means something."""

from __future__ import annotations

from collections.abc import Callable

from jivod.flow import aside, query, steward
from jivod.flow.people import People
from jivod.flow.query import Decided
from jivod.flow.steward import Hand
from jivod.model.claim import OPERATOR
from jivod.model.decision import Clear, Decision, Delay, Different, Edit, Merge, Note, Strike, Unmerge
from jivod.model.entry import DECISION, Entry
from jivod.model.errors import Refused
from jivod.model.living import living
from jivod.store import delays, different, edges, former, journal, notes
from jivod.store.kv import Txn
from jivod.wire import decision as wire

Deed = Callable[[Txn, Hand], Entry]

OF_CONTACTS = (Edit, Clear, Note, Strike)
"""What who looks after a customer's data decides; the others are about who is who."""


def opposite(txn: Txn, one: Decided) -> Deed | None:
    """What takes the decision back; None where nothing does, or where it was overtaken since."""
    match one.decision:
        case Merge(loser=loser):
            edge = edges.get(txn, loser)
            return _unmerge(loser) if edge is not None and edge.seq == one.seq else None
        case Unmerge(parted=((loser, winner),)):
            return _merge_again(loser, winner) if _stand_apart(txn, loser, winner) else None
        case Different(a=a, b=b, different=True):
            return _reconcile(a, b) if b in different.of(txn, a) else None
        case Delay(a=a, b=b, until=until) if until:
            pair = sorted((a, b))
            return _ask_now(a, b) if delays.until(txn, pair[0], pair[1]) == until else None
    return _opposite_of_said(txn, one)


def take_back(txn: Txn, hand: Hand, id: str, seq: int) -> Entry:
    """Take back the decision that is journal entry `seq`, about the customer `id`. Raises Refused."""
    root, entry = steward.living_of(txn, id), journal.get(txn, seq)
    found = query.decision(txn, seq) if entry is not None and entry.kind == DECISION else None
    deed = opposite(txn, found) if found is not None and is_about(txn, root, found.decision) else None
    if deed is None:
        raise Refused("this decision cannot be taken back, or something was decided since; look at the page as it is")
    return deed(txn, hand)


def is_about(txn: Txn, root: str, decision: Decision) -> bool:
    """Whether the living customer `root` is one of those that it is about."""
    found = [former.meant(txn, id) for id in wire.ids_of(decision)]
    return any(edges.root(txn, record) == root for record in found if record is not None)


def _unmerge(loser: str) -> Deed:
    return lambda txn, hand: steward.unmerge(txn, hand, (loser,))


def _merge_again(loser: str, winner: str) -> Deed:
    def deed(txn: Txn, hand: Hand) -> Entry:
        steward.tell_apart(txn, hand, loser, winner, different=False)
        return steward.merge(txn, hand, loser, edges.root(txn, winner))

    return deed


def _stand_apart(txn: Txn, loser: str, winner: str) -> bool:
    return edges.get(txn, loser) is None and winner in different.of(txn, loser) and edges.root(txn, winner) != loser


def _reconcile(a: str, b: str) -> Deed:
    return lambda txn, hand: steward.tell_apart(txn, hand, a, b, different=False)


def _ask_now(a: str, b: str) -> Deed:
    return lambda txn, hand: aside.put_off(txn, hand, a, b, 0)


def _opposite_of_said(txn: Txn, one: Decided) -> Deed | None:
    match one.decision:
        case Note(customer=customer):
            slip = notes.get(txn, one.seq)
            struck = slip is not None and bool(slip.struck)
            return lambda txn, hand: aside.strike(txn, hand, customer, one.seq, struck=not struck)
        case Edit(customer=customer, attribute=attribute, value=value, settles=False):
            if _is_only_word(txn, customer, attribute, value, one.at):
                return lambda txn, hand: steward.clear(txn, hand, customer, attribute, value)
        case Clear(customer=customer, attribute=attribute, value=value) if value:
            if not _says(txn, customer, attribute, value):
                return lambda txn, hand: steward.edit(txn, hand, customer, attribute, value)
    return None


def _claims(txn: Txn, id: str, attribute: str) -> list[tuple[str, str, int]]:
    """(value, source, first time) of what still stands of this attribute."""
    people = People(txn)
    every = tuple([claim for record in people.family(people.root(id)) for claim in record.claims])
    return [(c.value, c.source, c.first_at) for c in living(every) if c.attribute == attribute]


def _says(txn: Txn, id: str, attribute: str, value: str) -> bool:
    return any(held == value for held, _, _ in _claims(txn, id, attribute))


def _is_only_word(txn: Txn, id: str, attribute: str, value: str, at: int) -> bool:
    """Whether nobody but this decision says so: what others say too would go with it."""
    words = [(source, first) for held, source, first in _claims(txn, id, attribute) if held == value]
    return words == [(OPERATOR, at)]
