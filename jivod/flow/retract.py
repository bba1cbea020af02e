"""Retract: a decision is taken back by the opposite one, where there is an opposite and it still means something.

What was said of a customer is taken back as if it had never been said: what others say of him stands as it did before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import evolve

from jivod.flow import aside, query, steward
from jivod.flow.people import People
from jivod.flow.query import Decided
from jivod.flow.steward import Hand
from jivod.model.claim import Claim, subject
from jivod.model.decision import (
    Clear,
    Confirm,
    Decision,
    Delay,
    Different,
    Edit,
    Merge,
    Note,
    Primary,
    Retract,
    Strike,
    Unmerge,
)
from jivod.model.entry import DECISION, Entry
from jivod.model.errors import Refused
from jivod.model.living import living
from jivod.model.word import Word, word
from jivod.store import delays, different, edges, former, journal, notes
from jivod.store.kv import Txn
from jivod.wire import decision as wire

Deed = Callable[[Txn, Hand], Entry]

_OF_DATA = (Edit, Clear, Confirm, Primary, Note, Strike)


def take_back(txn: Txn, hand: Hand, id: str, seq: int) -> Entry:
    """Take back the decision that is journal entry `seq`, about the customer `id`. Raises Refused."""
    root, found = steward.living_of(txn, id), decided(txn, seq)
    deed = None if found is None else opposite(People(txn), root, found)
    if deed is None:
        raise Refused(
            "this decision cannot be taken back, or something was decided since; "
            f"`jivod show {root} --why` tells what was"
        )
    return deed(txn, hand)


def decided(txn: Txn, seq: int) -> Decided | None:
    """The decision that journal entry `seq` is; None where it is none, or was emptied since."""
    entry = journal.get(txn, seq)
    return query.decision(txn, seq) if entry is not None and entry.kind == DECISION else None


def is_of_data(txn: Txn, decision: Decision) -> bool:
    """Whether it is for whoever looks after a customer's data; the others are about who is who, or settle a doubt."""
    if isinstance(decision, Retract):
        original = decided(txn, decision.of)
        return original is not None and _is_of_data(original.decision)
    return _is_of_data(decision)


def opposite(people: People, root: str, one: Decided) -> Deed | None:
    """What takes the decision back as far as it is about the living customer `root`; None where nothing does, or where
    it was overtaken since.
    """
    said = word(one.decision, one.seq)
    if isinstance(one.decision, Retract):
        return _say_again(people, root, one.decision)
    if said is not None:
        return _unsay(people, root, one.decision, said)
    return _opposite(people.txn, one) if is_about(people, root, one.decision) else None


def is_about(people: People, root: str, decision: Decision) -> bool:
    """Whether the living customer `root` is one of those that it names."""
    found = [former.meant(people.txn, id) for id in wire.ids_of(decision)]
    return any(people.root(record) == root for record in found if record is not None)


def _is_of_data(decision: Decision) -> bool:
    return isinstance(decision, _OF_DATA) and not (isinstance(decision, Edit) and decision.settles)


def _opposite(txn: Txn, one: Decided) -> Deed | None:
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
        case Note(customer=customer):
            slip = notes.get(txn, one.seq)
            struck = slip is not None and bool(slip.struck)
            return lambda txn, hand: aside.strike(txn, hand, customer, one.seq, struck=not struck)
    return None


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


def _unsay(people: People, root: str, decision: Decision, said: Word) -> Deed | None:
    """None where an operator said the same by another decision too, or where the word has come to nothing."""
    claims = _claims(people, root)
    mine = [c for c in claims if said.is_said_by(c)]
    if not mine or not all(said.is_all_of(c) for c in mine) or not _counts(claims, decision, mine[0]):
        return None
    customer = _named(people, root, decision)
    return lambda txn, hand: steward.decide(
        txn, hand, Retract(by=hand.by, customer=customer, of=said.seq, attribute=said.attribute, value=said.value)
    )


def _say_again(people: People, root: str, taken: Retract) -> Deed | None:
    """None where an operator said it again meanwhile, or where what it was about is not there any more."""
    found, claims = decided(people.txn, taken.of), _claims(people, root)
    said = None if found is None else word(found.decision, taken.of)
    if found is None or said is None or not is_about(people, root, taken):
        return None
    makes_a_value = isinstance(found.decision, Edit) and not found.decision.settles
    if any(said.is_said_by(c) for c in claims) or not (makes_a_value or _is_there(claims, said.attribute, said.value)):
        return None
    again: Any = found.decision
    customer = _named(people, root, taken)
    return lambda txn, hand: steward.decide(txn, hand, evolve(again, by=hand.by, customer=customer))


def _claims(people: People, root: str) -> tuple[Claim, ...]:
    return tuple([claim for record in people.family(root) for claim in record.claims])


def _counts(claims: tuple[Claim, ...], decision: Decision, claim: Claim) -> bool:
    """Whether an operator's word still does anything: nobody took the value away, or gave back the one taken away."""
    if isinstance(decision, Clear) and decision.value:
        return not _is_there(claims, claim.attribute, claim.value)
    return claim in living(claims)


def _is_there(claims: tuple[Claim, ...], attribute: str, value: str) -> bool:
    """Whether somebody says so of what the attribute is about; "" is any value."""
    return any(c.attribute == subject(attribute) and value in ("", c.value) for c in living(claims))


def _named(people: People, root: str, decision: Decision) -> str:
    """The record that it names, by which it is found under another policy too; `root`, where that is another's now."""
    named = former.meant(people.txn, wire.ids_of(decision)[0])
    return named if named is not None and people.root(named) == root else root
