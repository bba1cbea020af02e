"""Enact: what a decision does to the store. Every refusal comes before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import define, evolve

from jivod.flow import detach, doubts
from jivod.flow.people import People
from jivod.model.claim import CLEARED_PREFIX, OPERATOR, PRIMARY_PREFIX, Claim
from jivod.model.customer import Edge
from jivod.model.decision import (
    Clear,
    Confirm,
    Decision,
    Detach,
    Different,
    Edit,
    Merge,
    Primary,
    Shared,
    Unmerge,
)
from jivod.model.entry import Entry
from jivod.model.errors import Refused
from jivod.policy.precedence import join
from jivod.policy.rules import Rules
from jivod.store import customers, decisions, different, edges, reasons, shared
from jivod.store.kv import Txn

BY_PERSON = "person"  # rule of an edge


@define(eq=False)
class Enactment:
    """One decision at its place in the journal."""

    txn: Txn
    people: People
    entry: Entry
    rules: Rules

    def enact(self, decision: Decision) -> None:
        """Do what was decided. Raises Refused, and nothing was changed, where it cannot be done."""
        deed: Callable[[Enactment, Any], tuple[str, ...]] = _DEEDS[type(decision)]
        decisions.note(self.txn, deed(self, decision), self.entry.seq)

    def find(self, id: str, decision: Decision) -> str:
        """The record that `id` means: itself, or the one that its anchor belongs to under this policy."""
        if customers.get(self.txn, id) is not None:
            return id
        reason = reasons.get(self.txn, decision.anchors[id]) if id in decision.anchors else None
        if reason is None or reason.customer is None:
            raise unknown(id)
        return reason.customer

    def say(self, id: str, attribute: str, value: str) -> tuple[str, ...]:
        """A claim of the operator, on the record of the living customer behind the record `id`."""
        old = self.people.record(self.people.root(id))
        at, seq = self.entry.received_at, self.entry.seq
        claim = Claim(attribute, value, OPERATOR, "", at, at, seq)
        self.people.put(old, evolve(old, claims=join(old.claims, (claim,))))
        return (old.id,)


def unknown(id: str) -> Refused:
    """There is no customer of this id."""
    return Refused(f"there is no customer {id}; `jivod find` looks for an e-mail, a phone or a name")


def _edit(deed: Enactment, d: Edit) -> tuple[str, ...]:
    return deed.say(deed.find(d.customer, d), d.attribute, d.value)


def _clear(deed: Enactment, d: Clear) -> tuple[str, ...]:
    return deed.say(deed.find(d.customer, d), CLEARED_PREFIX + d.attribute, d.value)


def _confirm(deed: Enactment, d: Confirm) -> tuple[str, ...]:
    return deed.say(deed.find(d.customer, d), d.key.kind, d.key.value)


def _primary(deed: Enactment, d: Primary) -> tuple[str, ...]:
    return deed.say(deed.find(d.customer, d), PRIMARY_PREFIX + d.key.kind, d.key.value)


def _merge(deed: Enactment, d: Merge) -> tuple[str, ...]:
    people, entry = deed.people, deed.entry
    loser, winner = deed.find(d.loser, d), deed.find(d.winner, d)
    if people.root(loser) == people.root(winner):
        raise Refused(f"{loser} and {winner} are one customer already; `jivod show` lists what is merged into it")
    for id in (loser, winner):
        if people.root(id) != id:
            raise Refused(f"{id} was merged into {people.root(id)}: name that one, or `jivod unmerge {id}` first")
    if winner in people.apart(loser):
        raise Refused(
            f"a person called {loser} and {winner} different; `jivod different {loser} {winner} --undo` takes it back"
        )
    doubts.settle(deed.txn, people, loser, winner)
    people.join(Edge(loser=loser, winner=winner, rule=BY_PERSON, seq=entry.seq, at=entry.received_at))
    return loser, winner


def _unmerge(deed: Enactment, d: Unmerge) -> tuple[str, ...]:
    losers = [deed.find(id, d) for id in d.customers]
    for loser in losers:
        if edges.get(deed.txn, loser) is None:
            raise Refused(f"{loser} is not merged into another customer, so there is nothing to undo")
    if d.tree:
        losers = list(dict.fromkeys([id for loser in losers for id in edges.tree(deed.txn, loser)]))
    winners = [_stand_alone(deed, loser) for loser in losers]
    return tuple(dict.fromkeys([*losers, *winners]))


def _stand_alone(deed: Enactment, loser: str) -> str:
    edge = deed.people.part(loser)
    assert edge is not None
    different.add(deed.txn, loser, edge.winner, deed.entry.seq)
    doubts.settle(deed.txn, deed.people, deed.people.root(loser), deed.people.root(edge.winner))
    return edge.winner


def _detach(deed: Enactment, d: Detach) -> tuple[str, ...]:
    home = deed.find(d.customer, d)
    made = detach.detach(deed.txn, deed.people, deed.people.root(home), d.seqs, deed.rules)
    different.add(deed.txn, made, home, deed.entry.seq)
    return home, made


def _different(deed: Enactment, d: Different) -> tuple[str, ...]:
    people = deed.people
    a, b = people.root(deed.find(d.a, d)), people.root(deed.find(d.b, d))
    if a == b:
        raise Refused(f"{d.a} and {d.b} are one customer; `jivod unmerge` takes them apart, and keeps them apart")
    if d.different:
        different.add(deed.txn, a, b, deed.entry.seq)
        doubts.settle(deed.txn, people, a, b)
    elif not _reconcile(deed, a, b):
        raise Refused(f"nobody called {d.a} and {d.b} different")
    return a, b


def _reconcile(deed: Enactment, a: str, b: str) -> bool:
    """Take back whatever keeps the two apart; False if nothing did."""
    mine = [record.id for record in deed.people.family(a)]
    theirs = {record.id for record in deed.people.family(b)}
    pairs = [(one, other) for one in mine for other in different.of(deed.txn, one) & theirs]
    return any([different.remove(deed.txn, one, other) for one, other in pairs])


def _share(deed: Enactment, d: Shared) -> tuple[str, ...]:
    shared.put(deed.txn, shared.Word(key=d.key, shared=d.shared, seq=deed.entry.seq))
    return ()


_DEEDS: dict[type[Decision], Callable[[Enactment, Any], tuple[str, ...]]] = {
    Edit: _edit,
    Clear: _clear,
    Confirm: _confirm,
    Primary: _primary,
    Merge: _merge,
    Unmerge: _unmerge,
    Detach: _detach,
    Different: _different,
    Shared: _share,
}
