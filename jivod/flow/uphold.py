"""Uphold: a decision of a person holds also under a policy that tells customers apart in another way than back then.

As long as it can be carried out as it was, it is. Else what it means is: who was called different is apart, who was
merged is one, and the merges by rule go round that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from attrs import define, evolve

from jivod.flow import detach, doubts
from jivod.flow.enact import BY_PERSON, Enactment
from jivod.flow.foresight import Foresight
from jivod.flow.people import People
from jivod.model.customer import Edge
from jivod.model.decision import Decision, Detach, Different, Merge, Unmerge
from jivod.model.errors import Refused
from jivod.policy.rules import Rules
from jivod.store import decisions, different, edges, journal, reasons
from jivod.store.kv import Txn
from jivod.wire import decision as wire

MANY = 1 << 20  # decisions about one record


@define(eq=False)
class Upholding(Enactment):
    """A decision at its place in the journal, or later: `now` is the entry that is being folded."""

    foresight: Foresight
    now: int


def uphold(deed: Upholding, decision: Decision) -> None:
    """Carry out what was decided; of what is void under this policy, as much as is left of it."""
    if isinstance(decision, Unmerge) and not _is_as_it_was(deed, decision):
        _uphold(deed, decision)
        return
    try:
        deed.enact(decision)
    except Refused:
        _uphold(deed, decision)


def make_up(txn: Txn, rules: Rules, foresight: Foresight, waiting: Iterable[int], now: int) -> None:
    """Carry out what was decided about the entries `waiting`, which were nobody's until entry `now`."""
    for seq in sorted({seq for entry in waiting for seq in foresight.decided.get(entry, ()) if seq < now}):
        entry = journal.get(txn, seq)
        assert entry is not None
        uphold(Upholding(txn, People(txn), entry, rules, foresight, now), wire.read(entry.body))


def _uphold(deed: Upholding, decision: Decision) -> None:
    otherwise: Callable[[Upholding, Any], Iterable[str]] | None = _OTHERWISE.get(type(decision))
    if otherwise is not None:
        decisions.note(deed.txn, dict.fromkeys(otherwise(deed, decision)), deed.entry.seq)


def _is_as_it_was(deed: Upholding, d: Unmerge) -> bool:
    """Whether it would part just those whom it parted then."""
    if not d.parted:
        return True
    named = [id for id in d.customers if _find(deed, id, d) == id]
    return len(named) == len(d.customers) and d.parted == tuple([
        (edge.loser, edge.winner) for edge in edges.above(deed.txn, named, within=d.tree)
    ])  # fmt: skip


def _find(deed: Upholding, id: str, d: Decision) -> str | None:
    """The record that is meant; None where those entries are nobody's now."""
    try:
        return deed.find(id, d)
    except Refused:
        return None


def _tell_apart(deed: Upholding, pairs: Iterable[tuple[str | None, str | None]]) -> list[str]:
    """Keep the records of each pair apart; all of them."""
    found = [(a, b) for a, b in pairs if a is not None and b is not None and a != b]
    for a, b in found:
        different.add(deed.txn, a, b, deed.entry.seq)
    for a, b in found:
        if deed.people.root(a) == deed.people.root(b):
            _knit(deed, [deed.people.root(a)])
        doubts.settle(deed.txn, deed.people, deed.people.root(a), deed.people.root(b))
    return [id for pair in found for id in pair]


def _different(deed: Upholding, d: Different) -> list[str]:
    pair = _find(deed, d.a, d), _find(deed, d.b, d)
    return _tell_apart(deed, [pair]) if d.different else []


def _unmerge(deed: Upholding, d: Unmerge) -> list[str]:
    return _tell_apart(deed, [(_find(deed, a, d), _find(deed, b, d)) for a, b in d.parted])


def _detach(deed: Upholding, d: Detach) -> list[str]:
    home = _find(deed, d.customer, d)
    if home is None:
        return []
    told = [reason for seq in d.seqs if (reason := reasons.get(deed.txn, seq)) is not None]
    going: dict[str, list[int]] = {}
    for reason in told:
        if reason.customer is not None:
            going.setdefault(reason.customer, []).append(reason.seq)
    made = [_taken_away(deed, record, seqs, home) for record, seqs in going.items()]
    return _tell_apart(deed, [(one, home) for one in made])


def _taken_away(deed: Upholding, record: str, seqs: list[int], home: str) -> str:
    """The record in which these entries of `record` are, apart from what else it holds of the customer `home`."""
    root = deed.people.root(home)
    if deed.people.root(record) == root:
        try:
            return detach.detach(deed.txn, deed.people, root, seqs, deed.rules)[1]
        except Refused:
            pass  # there is nothing else in it
    return record


def _merge(deed: Upholding, d: Merge) -> list[str]:
    loser, winner = _find(deed, d.loser, d), _find(deed, d.winner, d)
    if loser is None or winner is None or loser == winner:
        return []
    roots = [deed.people.root(loser), deed.people.root(winner)]
    if roots[0] != roots[1]:
        doubts.settle(deed.txn, deed.people, *roots)
        _knit(deed, roots)
    return [loser, winner]


def _knit(deed: Upholding, roots: list[str]) -> None:
    """Join the records of these living customers anew: first what people merged, then as rules did, but nobody with one
    who was called different.
    """
    members = {record.id for root in roots for record in deed.people.family(root)}
    found = [edge for id in sorted(members) if (edge := edges.get(deed.txn, id)) is not None]
    for edge in found:
        deed.people.part(edge.loser)
    decided = {seq for id in members for seq in decisions.of(deed.txn, id, 0, MANY)}
    for bond in deed.foresight.held({*decided, deed.entry.seq}, deed.now):
        pair = _find(deed, bond.merge.loser, bond.merge), _find(deed, bond.merge.winner, bond.merge)
        if pair[0] in members and pair[1] in members:
            _join(deed, Edge(loser=pair[0], winner=pair[1], rule=BY_PERSON, seq=bond.seq, at=bond.at))
    for edge in sorted(found, key=lambda e: (e.seq, e.loser)):
        if edge.rule != BY_PERSON:
            _join(deed, edge)


def _join(deed: Upholding, edge: Edge) -> None:
    people = deed.people
    loser, winner = people.root(edge.loser), people.root(edge.winner)
    if loser == winner or loser in people.apart(winner):
        return
    if edge.rule == BY_PERSON or edge.loser == loser:
        people.join(evolve(edge, loser=loser))
    else:  # the loser is part of another one by the word of a person: who that is stays on top
        people.join(evolve(edge, loser=winner, winner=edge.loser))


_OTHERWISE: dict[type[Decision], Callable[[Upholding, Any], list[str]]] = {
    Different: _different,
    Unmerge: _unmerge,
    Detach: _detach,
    Merge: _merge,
}
