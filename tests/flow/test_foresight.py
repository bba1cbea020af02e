"""What people decided holds under any policy, whichever was in force when they decided it."""

from __future__ import annotations

from typing import Any

from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import steward
from jivod.flow.enact import BY_PERSON
from jivod.flow.foresight import foresee
from jivod.model.claim import TAG
from jivod.model.decision import Different, Unmerge
from jivod.model.entry import DECISION, Entry
from jivod.model.errors import Refused
from jivod.store import customers, different, edges, journal, reasons
from jivod.store.kv import Txn
from jivod.wire import decision as wire
from tests.flow.told import Event, policies, streams, tell, under
from tests.flow.world import World, accepted, finished, updated
from tests.policy import drawn

BOTH_ARE_ONE = 'kinds = ["phone", "verified_token", "token", "email", "visitor"]'
PHONE_FIRST = f"[identity]\n{BOTH_ARE_ONE}\n"
MERGES = '[identity]\non_conflict = "merge"\n'


@define(eq=False)
class Office:
    """A person who decides at random, and remembers what. Ids go with an entry that stands for the record."""

    world: World
    data: st.DataObject
    edits: list[tuple[int, str]] = field(factory=list)
    moved: set[int] = field(factory=set)

    def decide(self) -> None:
        ids = [g.id for g in self.world.everybody()]
        merged = [id for g in self.world.everybody() for id in g.merged]
        kind = self.data.draw(st.sampled_from(["different", "merge", "merge", "unmerge", "edit", "reconcile", "detach"]))
        try:
            if kind == "unmerge" and merged:
                tree = self.data.draw(st.booleans())
                self.world.decide(steward.unmerge, (self.data.draw(st.sampled_from(merged)),), tree=tree)
            elif kind in ("edit", "detach") and ids:
                getattr(self, kind)(self.data.draw(st.sampled_from(ids)))
            elif len(ids) > 1 and kind not in ("unmerge", "edit", "detach"):
                getattr(self, kind)(*self.data.draw(st.permutations(ids))[:2])
        except Refused:
            pass

    def different(self, a: str, b: str) -> None:
        self.world.decide(steward.tell_apart, a, b)

    def reconcile(self, a: str, b: str) -> None:
        self.world.decide(steward.tell_apart, a, b, different=False)

    def merge(self, a: str, b: str) -> None:
        self.world.decide(steward.merge, a, b)

    def edit(self, id: str) -> None:
        tag = f"tag-{len(self.edits)}"
        entry = self.world.decide(steward.edit, id, TAG, tag)
        self.edits.append((wire.read(entry.body).anchors[id], tag))

    def detach(self, id: str) -> None:
        seqs = [reason.seq for reason in self.world.reasons(id)]
        before = self.world.ask(lambda txn: {seq: record_of(txn, seq) for seq in seqs})
        self.world.decide(steward.detach, id, (self.data.draw(st.sampled_from(seqs)),))
        after = self.world.ask(lambda txn: {seq: record_of(txn, seq) for seq in seqs})
        self.moved |= {seq for seq in seqs if before[seq] != after[seq]}


def record_of(txn: Txn, seq: int) -> str | None:
    reason = reasons.get(txn, seq)
    return reason.customer if reason else None


def root_of(txn: Txn, seq: int) -> str | None:
    record = record_of(txn, seq)
    return edges.root(txn, record) if record else None


def decisions(world: World) -> list[Entry]:
    return [e for e in world.ask(lambda txn: journal.after(txn, 0, 10_000)) if e.kind == DECISION]


def standing(world: World) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Entries of whom people called different, and of whom they merged, as far as nobody took it back."""
    apart: list[tuple[int, int]] = []
    together: list[tuple[int, int]] = []
    for entry in decisions(world):
        found = wire.read(entry.body)
        pairs = found.parted if isinstance(found, Unmerge) else ()
        if isinstance(found, Different) and found.different:
            pairs = ((found.a, found.b),)
        for a, b in pairs:
            if world.ask(lambda txn, a=a, b=b: b in different.of(txn, a)):  # type: ignore[misc]
                apart.append((found.anchors[a], found.anchors[b]))
        if found.__class__.__name__ == "Merge":
            loser, winner = wire.ids_of(found)
            edge = world.ask(lambda txn, loser=loser: edges.get(txn, loser))  # type: ignore[misc]
            if edge is not None and (edge.rule, edge.seq) == (BY_PERSON, entry.seq):
                together.append((found.anchors[loser], found.anchors[winner]))
    return apart, together


def story(data: st.DataObject, rules: Any, longest: int = 25) -> Office:
    """Events and decisions in turn."""
    office = Office(world=under(rules), data=data)
    for event in data.draw(streams(longest=longest)):
        tell(office.world, event)
        if data.draw(st.integers(0, 3)) == 0:
            office.decide()
    for _ in range(data.draw(st.integers(0, 4))):
        office.decide()
    return office


@given(st.data(), policies(), policies())
def test_what_people_decided_holds_under_any_other_policy(data: st.DataObject, rules: Any, others: Any) -> None:
    office = story(data, rules)
    apart, together = standing(office.world)
    other = office.world.rebuilt(drawn.written(others))
    roots = {s: other.ask(lambda txn, s=s: root_of(txn, s)) for pair in (*apart, *together) for s in pair}  # type: ignore[misc]
    for a, b in apart:
        if not {a, b} & office.moved and roots[a] is not None:
            assert roots[a] != roots[b]
    for a, b in together:
        if not {a, b} & office.moved and roots[a] is not None and roots[b] is not None:
            assert roots[a] == roots[b]
    for seq, tag in office.edits:
        root = other.ask(lambda txn, seq=seq: root_of(txn, seq))  # type: ignore[misc]
        if root is not None and seq not in office.moved:
            assert tag in other.golden(root).tags
    assert other.findings() == []


@given(st.data(), policies())
def test_a_fold_under_the_same_policy_is_the_same_byte_for_byte(data: st.DataObject, rules: Any) -> None:
    office = story(data, rules)
    assert office.world.differs_from(office.world.rebuilt()) == []
    assert office.world.differs_from(office.world.rebuilt(drawn.written(rules))) == []


@given(st.data(), policies(), policies())
def test_a_store_that_went_on_under_another_policy_is_the_fold_of_its_journal(
    data: st.DataObject, rules: Any, others: Any
) -> None:
    office = story(data, rules, 15)
    office.world = office.world.rebuilt(drawn.written(others))
    for event in data.draw(streams(longest=15)):
        tell(office.world, event)
        if data.draw(st.integers(0, 2)) == 0:
            office.decide()
    assert office.world.differs_from(office.world.rebuilt()) == []
