"""People: the customers that one job looks at, each read once."""

from __future__ import annotations

from attrs import define, field

from jivod.model.claim import IMPORT, OPERATOR, VERIFIED
from jivod.model.contact import KINDS, Key
from jivod.model.customer import Customer, Edge, GoldenRecord
from jivod.model.errors import Damaged
from jivod.model.living import living
from jivod.policy.identity import Candidate
from jivod.policy.rules import Rules
from jivod.policy.survivorship import golden
from jivod.store import customers, different, edges
from jivod.store.kv import Txn

_TRUSTED = frozenset((OPERATOR, IMPORT, VERIFIED))


@define(eq=False)
class People:
    """A job's view of customers and edges; what it puts, it sees."""

    txn: Txn
    _records: dict[str, Customer] = field(factory=dict)
    _roots: dict[str, str] = field(factory=dict)
    _trees: dict[str, list[str]] = field(factory=dict)

    def record(self, id: str) -> Customer:
        """The record `id`, which must exist: an index or an edge names it."""
        if id not in self._records:
            found = customers.get(self.txn, id)
            if found is None:
                raise Damaged("customers: an index names a record that is not there; run `jivod check`")
            self._records[id] = found
        return self._records[id]

    def root(self, id: str) -> str:
        """The living customer that `id` is part of."""
        if id not in self._roots:
            self._roots[id] = edges.root(self.txn, id)
        return self._roots[id]

    def family(self, root: str) -> list[Customer]:
        """The record of `root` and those of all merged into it, root first."""
        if root not in self._trees:
            self._trees[root] = edges.tree(self.txn, root)
        return [self.record(id) for id in self._trees[root]]

    def candidate(self, root: str, *, alone: bool) -> Candidate:
        """The living customer as identity sees it: every key of the family. `alone`: no other is asked about."""
        family = self.family(root)
        held: dict[str, set[str]] = {}
        trusted = []
        for claim in living(tuple([claim for record in family for claim in record.claims])):
            if claim.attribute in KINDS:
                held.setdefault(claim.attribute, set()).add(claim.value)
                if claim.source in _TRUSTED:
                    trusted.append(Key(claim.attribute, claim.value))
        return Candidate(
            id=root,
            held={kind: frozenset(values) for kind, values in held.items()},
            seen_at=max([r.seen_at for r in family]),
            trusted=frozenset(trusted),
            apart=frozenset() if alone else self.apart(root),
        )

    def apart(self, root: str) -> frozenset[str]:
        """The living customers that a person called different from `root`, or from one merged into it."""
        others = [other for record in self.family(root) for other in different.of(self.txn, record.id)]
        return frozenset([self.root(other) for other in others]) - {root}

    def golden(self, root: str, rules: Rules) -> GoldenRecord:
        """The golden record of the living customer `root`."""
        first, *others = self.family(root)
        return golden(first, others, rules)

    def put(self, old: Customer | None, new: Customer) -> None:
        """Write a record with its index entries."""
        customers.put(self.txn, old, new)
        self._records[new.id] = new

    def part(self, loser: str) -> Edge | None:
        """Take the edge of `loser` away; the edge there was."""
        edge = edges.remove(self.txn, loser)
        self._forget()
        return edge

    def _forget(self) -> None:
        self._roots.clear()
        self._trees.clear()

    def join(self, edge: Edge) -> None:
        """Add an edge: `edge.loser` is part of `edge.winner` from now on."""
        edges.add(self.txn, edge)
        self._forget()
