"""Side by side: what is equal and what differs, what a merge would bring, what stands against it."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import steward
from jivod.flow.comparison import (
    CALLED_SHARED,
    DIFFERING,
    EQUAL,
    KEY_DISAGREES,
    NAMES_DIFFER,
    ONE_SIDED,
    TOO_COMMON,
    Comparison,
    compare,
    merged,
)
from jivod.flow.doubts import MORE_CHATS, fields, propose
from jivod.flow.people import People
from jivod.model.contact import EMAIL, PHONE, Key
from jivod.policy.rules import DEFAULT
from tests.flow.office import story
from tests.flow.world import World, accepted

SHARED = "+905320000001"


def compared(world: World, a: str, b: str) -> Comparison:
    return world.ask(lambda txn: compare(txn, People(txn), a, b, world.desk.rules))


@given(st.data())
def test_what_it_foretells_is_what_a_merge_makes(data: st.DataObject) -> None:
    world = story(data, DEFAULT, longest=12).world
    ids = [g.id for g in world.everybody()]
    if len(ids) < 2:
        return
    a, b = data.draw(st.permutations(ids))[:2]
    found = compared(world, a, b)
    assert propose(found.a, found.b)[0] == found.winner.id
    other = world.ask(lambda txn: merged(People(txn), found.loser.id, found.winner.id, world.desk.rules))
    assert fields(other) == fields(found.after)  # whoever stays, the same is shown
    apart = world.ask(lambda txn: People(txn).apart(a))
    if b in apart:
        world.decide(steward.tell_apart, a, b, different=False)
    world.decide(steward.merge, found.loser.id, found.winner.id)
    made = world.golden(found.winner.id)
    assert sorted(made.merged) == sorted(found.after.merged)
    assert made == evolve(found.after, merged=made.merged)
    assert {line.field for line in found.lines if line.mark == ONE_SIDED and line.a and line.b} == set()


def test_lines_are_marked_and_the_winner_s_news_are_told() -> None:
    world = World()
    a = str(world.tell(accepted(1, email="a@example.com", phone=SHARED, name="Ayşe", description="vip")).customer)
    world.tell(accepted(3, email="a@example.com"))
    b = str(world.tell(accepted(2, email="b@example.com", phone=SHARED, name="Deniz")).customer)
    found = compared(world, a, b)
    marks = {line.field: line.mark for line in found.lines}
    assert marks == {"name": DIFFERING, "emails": DIFFERING, "phones": EQUAL, "description": ONE_SIDED}
    assert (found.winner.id, found.ground) == (a, MORE_CHATS)
    assert found.shared == (Key(PHONE, SHARED),)
    assert dict(found.brings)["emails"] == ("b@example.com",)
    assert [(o.ground, o.kind) for o in found.against] == [(KEY_DISAGREES, EMAIL), (NAMES_DIFFER, "")]


def test_a_key_of_many_speaks_against_it() -> None:
    world = World()
    ids = [str(world.tell(accepted(n, email=f"{n}@example.com", phone=SHARED)).customer) for n in range(1, 7)]
    assert (TOO_COMMON, PHONE, SHARED) in [(o.ground, o.kind, o.value) for o in compared(world, *ids[:2]).against]
    world.decide(steward.share, Key(PHONE, SHARED), shared=True)
    assert (CALLED_SHARED, PHONE, SHARED) in [(o.ground, o.kind, o.value) for o in compared(world, *ids[:2]).against]
    world.decide(steward.share, Key(PHONE, SHARED), shared=False)
    assert PHONE not in [o.kind for o in compared(world, *ids[:2]).against]
