"""Office: a person who decides about customers at random while events come in, and remembers what."""

from __future__ import annotations

from attrs import define, field
from hypothesis import strategies as st

from jivod.flow import steward
from jivod.model.claim import TAG
from jivod.model.contact import EMAIL, PHONE
from jivod.model.errors import Refused
from jivod.policy.rules import Rules
from jivod.store import edges, reasons
from jivod.store.kv import Txn
from jivod.wire import decision as wire
from tests.flow.told import EMAILS, PHONES, streams, tell, under
from tests.flow.world import World


@define(eq=False)
class Office:
    """`edits`: an entry of whom a tag was given, and the tag. `moved`: entries that were detached."""

    world: World
    data: st.DataObject
    edits: list[tuple[int, str]] = field(factory=list)
    moved: set[int] = field(factory=set)

    def decide(self) -> None:
        ids = [g.id for g in self.world.everybody()]
        merged = [id for g in self.world.everybody() for id in g.merged]
        kind = self.data.draw(
            st.sampled_from(["different", "merge", "merge", "unmerge", "edit", "reconcile", "detach", "create"])
        )
        try:
            if kind == "unmerge" and merged:
                tree = self.data.draw(st.booleans())
                self.world.decide(steward.unmerge, (self.data.draw(st.sampled_from(merged)),), tree=tree)
            elif kind == "create":
                self.create(self.data.draw(st.sampled_from((*EMAILS, *PHONES))))
            elif kind in ("edit", "detach") and ids:
                getattr(self, kind)(self.data.draw(st.sampled_from(ids)))
            elif len(ids) > 1 and kind not in ("unmerge", "edit", "detach", "create"):
                getattr(self, kind)(*self.data.draw(st.permutations(ids))[:2])
        except Refused:
            pass

    def create(self, contact: str) -> None:
        self.world.decide(steward.create, [(EMAIL if "@" in contact else PHONE, contact), (TAG, "entered")])

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


def story(data: st.DataObject, rules: Rules, longest: int = 25) -> Office:
    """Events and decisions in turn."""
    office = Office(world=under(rules), data=data)
    for event in data.draw(streams(longest=longest)):
        tell(office.world, event)
        if data.draw(st.integers(0, 3)) == 0:
            office.decide()
    for _ in range(data.draw(st.integers(0, 4))):
        office.decide()
    return office
