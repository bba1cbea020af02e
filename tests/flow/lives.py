"""Lives: events with people's decisions between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from attrs import frozen
from hypothesis import strategies as st

from jivod.flow import query, retract, steward
from jivod.model.claim import DESCRIPTION, NAME, TAG
from jivod.model.contact import EMAIL, PHONE, TOKEN, VISITOR, Key
from jivod.model.entry import Entry
from jivod.model.errors import Refused
from jivod.policy.rules import Rules
from jivod.store import customers, edges
from tests.flow.told import EMAILS, PHONES, Event, streams, tell, under
from tests.flow.world import World


def ids_of(world: World) -> list[str]:
    """Every record."""
    return sorted(world.ask(lambda txn: customers.newest(txn, 10_000)))


def root(world: World, id: str) -> str:
    return world.ask(lambda txn: edges.root(txn, id))


@frozen
class Deed:
    """Something that a person tries, about whoever is there."""

    kind: str
    one: int
    other: int
    flag: bool
    attribute: str
    value: str

    def carry_out(self, world: World) -> Entry | None:
        """The decision, None where it was refused."""
        ids = ids_of(world)
        if not ids:
            return None
        a, b = ids[self.one % len(ids)], ids[self.other % len(ids)]
        try:
            return self._deeds(world, a, b)[self.kind]()
        except Refused:
            return None

    def _deeds(self, world: World, a: str, b: str) -> dict[str, Callable[[], Entry]]:
        key = Key(EMAIL, EMAILS[self.one % 3]) if self.flag else Key(PHONE, PHONES[0])
        return {
            "merge": partial(world.decide, steward.merge, a, b),
            "unmerge": partial(world.decide, steward.unmerge, (a, b) if a != b else (a,), tree=self.flag),
            "unmerge one": partial(world.decide, steward.unmerge, (a,)),
            "different": partial(world.decide, steward.tell_apart, a, b, different=self.flag),
            "share": partial(world.decide, steward.share, key, shared=self.flag),
            "detach": lambda: world.decide(steward.detach, a, self._seqs(world, a)),
            "create": partial(world.decide, steward.create, [(self.attribute, self.value)]),
            "edit": partial(world.decide, steward.edit, a, self.attribute, self.value),
            "clear": partial(world.decide, steward.clear, a, self.attribute, self.value if self.flag else ""),
            "confirm": partial(world.decide, steward.confirm, a, self.attribute, self.value),
            "primary": partial(world.decide, steward.primary, a, self.attribute, self.value),
            "settle": partial(world.decide, steward.settle, a, self.attribute, self.value),
            "take back": lambda: world.decide(retract.take_back, a, self._decision(world, a)),
        }

    def _decision(self, world: World, id: str) -> int:
        """One of those about the customer; 0 where there is none."""
        found = [one.seq for one in world.ask(lambda txn: query.decided(txn, id, 1000))]
        return found[self.other % len(found)] if found else 0

    def _seqs(self, world: World, id: str) -> tuple[int, ...]:
        """One entry of the customer, or two."""
        found = [reason.seq for reason in world.reasons(root(world, id))]
        return tuple({found[self.one % len(found)], found[self.other % len(found)]}) if found else ()


VALUES = st.sampled_from(
    [(EMAIL, email) for email in EMAILS]
    + [(PHONE, phone) for phone in PHONES]
    + [(NAME, "Ayşe"), (NAME, "Elif"), (DESCRIPTION, "wholesale"), (DESCRIPTION, "retail")]
    + [(TAG, "vip"), (TOKEN, "crm-1"), (VISITOR, "main:1"), ("attr:Plan", "retail"), ("attr:Plan", "wholesale")]
)
KINDS = (
    "merge", "merge", "unmerge", "unmerge one", "different", "share", "detach", "detach",
    "create", "edit", "clear", "confirm", "primary", "settle",
    "take back", "take back",
)  # fmt: skip


@st.composite
def deeds(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> Deed:
    attribute, value = draw(VALUES)
    number = st.integers(0, 20)
    return Deed(draw(st.sampled_from(kinds)), draw(number), draw(number), draw(st.booleans()), attribute, value)


@st.composite
def lives(draw: st.DrawFn, longest: int = 40) -> list[Event | Deed]:
    """Events with decisions between them."""
    found: list[Event | Deed] = []
    for event in draw(streams(longest=longest)):
        found += [event, *draw(st.lists(deeds(), max_size=2))]
    return found


def lived(life: list[Event | Deed], rules: Rules) -> World:
    world = under(rules)
    for step in life:
        if isinstance(step, Deed):
            step.carry_out(world)
        else:
            tell(world, step)
    return world
