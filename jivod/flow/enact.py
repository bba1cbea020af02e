"""Enact: what a decision does to the store. Every refusal comes before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Any

from attrs import define, evolve

from jivod.flow import create, detach, doubts, namesakes
from jivod.flow.absent import unknown
from jivod.flow.people import People
from jivod.flow.reading import emptied, has_content
from jivod.model import refusal
from jivod.model.claim import OPERATOR, Claim, is_cleared, is_union, subject
from jivod.model.customer import Customer, Edge
from jivod.model.decision import (
    Clear,
    Confirm,
    Create,
    Decision,
    Delay,
    Detach,
    Different,
    Edit,
    Erase,
    Merge,
    Note,
    Primary,
    Retain,
    Retract,
    Shared,
    Strike,
    Unmerge,
)
from jivod.model.entry import Entry
from jivod.model.errors import Refused
from jivod.model.word import Word, word
from jivod.policy.precedence import join
from jivod.policy.rules import Rules
from jivod.store import customers, decisions, different, edges, erased, journal, notes, reasons, shared
from jivod.store.kv import Txn

BY_PERSON = "person"  # rule of an edge


@define(eq=False)
class Enactment:
    """One decision at its place in the journal."""

    txn: Txn
    people: People
    entry: Entry
    rules: Rules

    def enact(self, decision: Decision) -> tuple[str, ...]:
        """Do what was decided; the records that it was about. Raises Refused, and nothing was changed, where it cannot
        be done.
        """
        deed: Callable[[Enactment, Any], tuple[str, ...]] = _DEEDS[type(decision)]
        touched = deed(self, decision)
        decisions.note(self.txn, touched, self.entry.seq)
        return touched

    def find(self, id: str, decision: Decision) -> str:
        """The record that `id` means: itself, or the one that its anchor belongs to under this policy."""
        if customers.get(self.txn, id) is not None:
            return id
        reason = reasons.get(self.txn, decision.anchors[id]) if id in decision.anchors else None
        if reason is None or reason.customer is None:
            raise unknown()
        return reason.customer

    def say(self, records: list[Customer], attribute: str, value: str) -> tuple[str, ...]:
        """A claim of the operator, on each of `records`; their ids."""
        at, seq = self.entry.received_at, self.entry.seq
        claim = Claim(attribute, value, OPERATOR, "", at, at, seq)
        for old in records:
            self.people.put(old, evolve(old, claims=join(old.claims, (claim,))))
        return tuple([old.id for old in records])

    def itself(self, id: str) -> list[Customer]:
        """The record `id`. Where it is not the living customer's, as it was when this was decided, it is still the one
        that was meant.
        """
        return [self.people.record(id)]

    def holders(self, id: str, attribute: str, value: str) -> list[Customer]:
        """The records of the same customer that hold the value ("": any), else the record itself: so an undo of a merge
        leaves what was said of a value where the value is.
        """
        family = self.people.family(self.people.root(id))
        there = [r for r in family if (held := r.values(attribute)) and (not value or value in held)]
        return there or self.itself(id)


def _edit(deed: Enactment, d: Edit) -> tuple[str, ...]:
    id = deed.find(d.customer, d)
    records = deed.holders(id, d.attribute, d.value) if d.settles or is_union(d.attribute) else deed.itself(id)
    touched = deed.say(records, d.attribute, d.value)
    namesakes.ask(deed.txn, deed.people, deed.entry, deed.rules, id, [(d.attribute, d.value)])
    return touched


def _say(deed: Enactment, d: Clear | Confirm | Primary) -> tuple[str, ...]:
    said = word(d, deed.entry.seq)
    assert said is not None
    holders = deed.holders(deed.find(d.customer, d), subject(said.attribute), said.value)
    return deed.say(holders, said.attribute, said.value)


def _retract(deed: Enactment, d: Retract) -> tuple[str, ...]:
    """Nothing else tells of the word then, as if it had never been said; the journal does."""
    taken, id = Word(d.attribute, d.value, d.of), deed.find(d.customer, d)
    touched, again = [], set[tuple[str, str]]()
    for old in deed.people.family(deed.people.root(id)):
        left = tuple([c for c in old.claims if not taken.is_all_of(c)])
        if len(left) < len(old.claims):
            deed.people.put(old, evolve(old, claims=left))
            touched.append(old.id)
            again |= {(d.subject, value) for value in old.values(d.subject) if is_cleared(d.attribute)}
    namesakes.ask(deed.txn, deed.people, deed.entry, deed.rules, id, sorted(again))
    return tuple(touched) or (id,)


def _merge(deed: Enactment, d: Merge) -> tuple[str, ...]:
    people, entry = deed.people, deed.entry
    loser, winner = deed.find(d.loser, d), deed.find(d.winner, d)
    if loser == winner:
        raise Refused(f"{loser} cannot be merged into itself; name another customer", refusal.ONE)
    if people.root(loser) == people.root(winner):
        why = f"{loser} and {winner} are one customer already, {people.root(loser)}; `jivod unmerge` takes them apart"
        raise Refused(why, refusal.ONE)
    for id in (loser, winner):
        if people.root(id) != id:
            why = f"{id} was merged into {people.root(id)}: name that one, or `jivod unmerge {id}` first"
            raise Refused(why, refusal.PART)
    if winner in people.apart(loser):
        why = f"a person called {loser} and {winner} different, or undid their merge"
        raise Refused(f"{why}; `jivod different {loser} {winner} --undo` takes it back", refusal.DIFFERENT)
    doubts.settle(deed.txn, people, loser, winner)
    people.join(Edge(loser=loser, winner=winner, rule=BY_PERSON, seq=entry.seq, at=entry.received_at))
    return loser, winner


def _unmerge(deed: Enactment, d: Unmerge) -> tuple[str, ...]:
    losers = [edge.loser for edge in edges.above(deed.txn, [deed.find(id, d) for id in d.customers], within=d.tree)]
    if not losers:
        why = "none of them is part of another customer, so there is nothing to undo; `jivod show` tells"
        raise Refused(why, refusal.ALONE)
    winners = [_stand_alone(deed, loser) for loser in losers]
    return tuple(dict.fromkeys([*losers, *winners]))


def _stand_alone(deed: Enactment, loser: str) -> str:
    edge = deed.people.part(loser)
    assert edge is not None
    different.add(deed.txn, loser, edge.winner, deed.entry.seq)
    doubts.settle(deed.txn, deed.people, deed.people.root(loser), deed.people.root(edge.winner))
    return edge.winner


def _detach(deed: Enactment, d: Detach) -> tuple[str, ...]:
    root = deed.people.root(deed.find(d.customer, d))
    home, made = detach.detach(deed.txn, deed.people, root, d.seqs, deed.rules)
    for other in dict.fromkeys((home, root)):
        different.add(deed.txn, made, other, deed.entry.seq)
    return tuple(dict.fromkeys((root, home, made)))


def _different(deed: Enactment, d: Different) -> tuple[str, ...]:
    people = deed.people
    one, other = deed.find(d.a, d), deed.find(d.b, d)  # these two, whatever they are part of under another policy
    a, b = people.root(one), people.root(other)
    if a == b:
        why = f"both are one customer, {a}; `jivod unmerge` takes apart what was merged, and keeps it apart"
        raise Refused(why, refusal.ONE)
    if d.different:
        different.add(deed.txn, one, other, deed.entry.seq)
        doubts.settle(deed.txn, people, a, b)
    elif not _reconcile(deed, a, b):
        raise Refused(f"nobody called {a} and {b} different, so nothing keeps them apart; `jivod merge {a} {b}` works")
    return one, other


def _reconcile(deed: Enactment, a: str, b: str) -> bool:
    """Take back whatever keeps the two apart; False if nothing did."""
    mine = [record.id for record in deed.people.family(a)]
    theirs = {record.id for record in deed.people.family(b)}
    pairs = [(one, other) for one in mine for other in different.of(deed.txn, one) & theirs]
    return any([different.remove(deed.txn, one, other) for one, other in pairs])


def _erase(deed: Enactment, d: Erase) -> tuple[str, ...]:
    for name in (*d.customers, *d.marks):
        erased.put(deed.txn, name, deed.entry.seq)
    return ()


def _retain(deed: Enactment, d: Retain) -> tuple[str, ...]:
    """Where the journal was put together from older copies, the content is there again."""
    for seq in takewhile(lambda seq: seq < deed.entry.seq, d.seqs):
        entry = journal.get(deed.txn, seq)
        if entry is not None and has_content(entry):
            journal.keep(deed.txn, emptied(entry))
    return ()


def _note(deed: Enactment, d: Note) -> tuple[str, ...]:
    id = deed.find(d.customer, d)
    notes.put(deed.txn, notes.Slip(seq=deed.entry.seq))
    return (id,)


def _strike(deed: Enactment, d: Strike) -> tuple[str, ...]:
    id = deed.find(d.customer, d)
    notes.put(deed.txn, notes.Slip(seq=d.note, struck=deed.entry.seq if d.struck else 0))
    return (id,)


def _delay(deed: Enactment, d: Delay) -> tuple[str, ...]:
    one, other = deed.find(d.a, d), deed.find(d.b, d)
    doubts.put_off(deed.txn, deed.people, deed.people.root(one), deed.people.root(other), d.until, deed.entry.seq)
    return one, other


def _share(deed: Enactment, d: Shared) -> tuple[str, ...]:
    shared.put(deed.txn, shared.Word(key=d.key, shared=d.shared, seq=deed.entry.seq))
    return ()


_DEEDS: dict[type[Decision], Callable[[Enactment, Any], tuple[str, ...]]] = {
    Create: lambda deed, d: create.create(deed.txn, deed.people, deed.entry, deed.rules, d),
    Edit: _edit,
    Clear: _say,
    Confirm: _say,
    Primary: _say,
    Retract: _retract,
    Merge: _merge,
    Unmerge: _unmerge,
    Detach: _detach,
    Different: _different,
    Erase: _erase,
    Retain: _retain,
    Delay: _delay,
    Note: _note,
    Strike: _strike,
    Shared: _share,
}
