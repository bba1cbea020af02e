"""Events, imports, decisions of people, new policies, restarts and rebuilds in any order, over the real store."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jivod.flow import retract, steward
from jivod.flow.people import People
from jivod.flow.query import decided, show
from jivod.model.claim import DESCRIPTION, NAME, TAG
from jivod.model.contact import EMAIL, PHONE, TOKEN, Key
from jivod.model.customer import GoldenRecord
from jivod.model.decision import Unmerge
from jivod.model.entry import Entry
from jivod.model.errors import Refused
from jivod.policy.rules import Rules
from jivod.store import customers, different, edges, journal, reasons
from jivod.store.kv import Txn
from jivod.store.lmdb import open_engine
from jivod.store.tables import DIFFERENT
from tests.flow.imports import ROWS, Row, run
from tests.flow.told import EMAILS, PHONES, TOKENS, Event, events, policies, tell_together
from tests.flow.world import World
from tests.policy.drawn import written
from tests.store.engines import MAP

Deed = Callable[..., Entry]
Pair = tuple[str, str]

ATTRIBUTES = {
    EMAIL: [*EMAILS, "new@example.com"], PHONE: [*PHONES[:2], "+905320000009"], TOKEN: TOKENS[:2],
    NAME: ["Ayşe", "Deniz"], DESCRIPTION: ["wholesale", "gold"], TAG: ["vip"], "attr:Plan": ["retail", "gold"],
}  # fmt: skip
SAID = st.sampled_from([(attribute, value) for attribute, values in ATTRIBUTES.items() for value in values])
CONTACTS = st.sampled_from([(kind, value) for kind in (EMAIL, PHONE, TOKEN) for value in ATTRIBUTES[kind]])
PICK = st.integers(0, 7)  # which of those there are


class StewardMachine(RuleBasedStateMachine):
    """`ids` are all that were ever given out; `apart` holds the pairs of records that a person called different."""

    @initialize(stream=st.lists(events(), min_size=8, max_size=16))
    def begin(self, stream: list[Event]) -> None:
        self.beside = tempfile.TemporaryDirectory()
        self.world = World(engine=self.engine())
        self.ids: set[str] = set()
        self.apart: set[frozenset[str]] = set()
        self.listen(stream)

    def engine(self) -> Any:
        return open_engine(Path(self.beside.name) / "store", MAP, random_bytes=bytes)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.a_rebuild_agrees()
            self.world.engine.close()
            self.beside.cleanup()

    @rule(stream=st.lists(events(), min_size=1, max_size=4))
    def listen(self, stream: list[Event]) -> None:
        self.ids |= {done.customer for done in tell_together(self.world, stream) if done.customer is not None}

    @rule(file=st.lists(ROWS, min_size=1, max_size=3))
    def take_in(self, file: list[Row]) -> None:
        self.ids |= {done.customer for done in run(self.world, file) if done.customer is not None}

    @rule(rules=policies())
    def adopt(self, rules: Rules) -> None:
        self.world.adopt(written(rules))

    @rule()
    def restart(self) -> None:
        self.world.engine.close()
        self.world.engine = self.engine()

    @rule()
    def a_rebuild_agrees(self) -> None:
        assert self.world.differs_from(self.world.rebuilt()) == []

    @rule(said=st.lists(SAID, min_size=1, max_size=3))
    def create(self, said: list[Pair]) -> None:
        before = set(self.world.ask(lambda txn: customers.newest(txn, 1000)))
        if self.decide(steward.create, said):
            (made,) = set(self.world.ask(lambda txn: customers.newest(txn, 1000))) - before
            assert self.root(made) == made

    @rule(who=PICK, said=SAID)
    def edit(self, who: int, said: Pair) -> None:
        self.decide(steward.edit, self.somebody(who), *said)

    @rule(who=PICK, said=SAID, all_of_it=st.booleans())
    def clear(self, who: int, said: Pair, all_of_it: bool) -> None:
        self.decide(steward.clear, self.somebody(who), said[0], "" if all_of_it else said[1])

    @rule(who=PICK, which=PICK)
    def confirm(self, who: int, which: int) -> None:
        id = self.somebody(who)
        self.decide(steward.confirm, id, *self.contact(id, which))

    @rule(who=PICK, which=PICK)
    def primary(self, who: int, which: int) -> None:
        id = self.somebody(who)
        self.decide(steward.primary, id, *self.contact(id, which))

    @rule(who=PICK, which=PICK)
    def settle(self, who: int, which: int) -> None:
        contested = [(g.id, c) for g in self.world.everybody() for c in g.contested]
        if contested:
            id, lost = contested[(who + which) % len(contested)]
            assert self.decide(steward.settle, id, lost.attribute, lost.value)
            assert lost.attribute not in {c.attribute for c in self.world.golden(id).contested}

    @rule(loser=PICK, winner=PICK)
    def merge(self, loser: int, winner: int) -> None:
        pair = self.somebody(loser), self.somebody(winner)
        if self.decide(steward.merge, *pair):
            assert self.root(pair[0]) == self.root(pair[1])

    @rule(which=PICK, others=st.lists(PICK, max_size=2), tree=st.booleans())
    def unmerge(self, which: int, others: list[int], tree: bool) -> None:
        merged = [id for g in self.world.everybody() for id in g.merged] or [self.somebody(which)]
        named = tuple([merged[n % len(merged)] for n in (which, *others)])
        losers = [id for one in named for id in (self.world.ask(lambda t, o=one: edges.tree(t, o)) if tree else [one])]  # type: ignore[misc]
        parted = [self.world.ask(lambda txn, id=id: edges.get(txn, id)) for id in losers]  # type: ignore[misc]
        if self.decide(steward.unmerge, named, tree=tree):
            self.apart |= {frozenset((edge.loser, edge.winner)) for edge in parted if edge}
            assert {self.root(id) for id in losers} == set(losers)

    @rule(who=PICK, which=st.lists(PICK, min_size=1, max_size=2))
    def detach(self, who: int, which: list[int]) -> None:
        known = sorted((-len(self.world.reasons(g.id)), g.id) for g in self.world.everybody()) or [(0, "nobody")]
        _, id = known[who % len(known)]
        mine = [(r.seq, r.customer) for r in self.world.reasons(id)] or [(1, None)]
        seqs = tuple([mine[n % len(mine)][0] for n in which])
        before = set(self.world.ask(lambda txn: customers.newest(txn, 1000)))
        if self.decide(steward.detach, id, seqs):
            (made,) = set(self.world.ask(lambda txn: customers.newest(txn, 1000))) - before
            self.apart |= {frozenset((made, home)) for seq, home in mine if seq in seqs and home}
            assert all(self.world.ask(lambda txn, s=s: reasons.get(txn, s)).customer == made for s in seqs)  # type: ignore[union-attr,misc]

    @rule(a=PICK, b=PICK)
    def tell_apart(self, a: int, b: int) -> None:
        pair = self.root(self.somebody(a)), self.root(self.somebody(b))
        if self.decide(steward.tell_apart, *pair):
            self.apart.add(frozenset(pair))

    @rule(which=PICK)
    def reconcile(self, which: int) -> None:
        pairs = sorted(sorted(pair) for pair in self.apart) or [["nobody", "nobody"]]
        pair = {self.root(id) for id in pairs[which % len(pairs)]}
        if self.decide(steward.tell_apart, *pair, *pair if len(pair) == 1 else (), different=False):
            self.apart -= {two for two in self.apart if {self.root(id) for id in two} == pair}

    @rule(contact=CONTACTS, shared=st.booleans())
    def share(self, contact: Pair, shared: bool) -> None:
        assert self.decide(steward.share, Key(*contact), shared=shared)

    @rule(who=PICK, which=PICK)
    def take_back(self, who: int, which: int) -> None:
        id = self.somebody(who)
        known = self.world.ask(lambda txn: decided(txn, id, 1000))
        if known:
            one = known[which % len(known)]
            may_be = self.world.ask(lambda txn: retract.opposite(People(txn), edges.root(txn, id), one)) is not None
            entries = 2 if isinstance(one.decision, Unmerge) else 1  # they are no longer different, and then one
            assert self.decide(retract.take_back, id, one.seq, entries=entries) == may_be
            self.apart &= {frozenset(pair) for pair in self.noted()}  # to be different can be taken back

    def decide(self, deed: Deed, *what: Any, entries: int = 1, **named: Any) -> bool:
        """Whether it was done, in so many entries; refused, it has left no trace."""
        before = self.world.ask(journal.last)
        try:
            self.world.decide(deed, *what, **named)
        except Refused as refused:
            assert str(refused)
            assert self.world.ask(journal.last) == before
            return False
        assert self.world.ask(journal.last) == before + entries
        self.ids |= set(self.world.ask(lambda txn: customers.newest(txn, 1000)))
        return True

    def somebody(self, number: int) -> str:
        """One of the ids ever given out, merged or not; an unknown one while there is none."""
        ids = sorted(self.ids)
        return ids[number % len(ids)] if ids else "nobody"

    def contact(self, id: str, number: int) -> Pair:
        """An e-mail, a phone or a token of the customer; one of somebody else where there is none."""
        golden = self.world.ask(lambda txn: show(txn, id, self.world.desk.rules))
        there = {EMAIL: golden.emails, PHONE: golden.phones, TOKEN: golden.tokens} if golden else {}
        found = [(kind, value) for kind, values in there.items() for value in values] or [(EMAIL, EMAILS[0])]
        return found[number % len(found)]

    def root(self, id: str) -> str:
        return self.world.ask(lambda txn: edges.root(txn, id))

    def noted(self) -> list[Pair]:
        return self.world.ask(lambda txn: [different.decode(record)[:2] for _, record in txn.range(DIFFERENT)])

    @invariant()
    def the_store_is_sound(self) -> None:
        assert self.world.findings() == []

    @invariant()
    def every_id_resolves_to_a_golden_record(self) -> None:
        def found(txn: Txn) -> list[GoldenRecord | None]:
            return [show(txn, id, self.world.desk.rules) for id in sorted(self.ids)]

        for golden in self.world.ask(found):
            assert golden is not None and self.root(golden.id) == golden.id

    @invariant()
    def whom_a_person_called_different_are_two(self) -> None:
        noted = self.noted()
        assert {frozenset(pair) for pair in noted} >= self.apart
        for a, b in noted:
            assert self.root(a) != self.root(b)


TestSteward = pytest.mark.long(StewardMachine.TestCase)
TestSteward.settings = settings(
    max_examples=max(10, settings().max_examples // 2), stateful_step_count=35
)  # few, but long
