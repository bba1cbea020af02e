"""Taken back: the customers are as before the decision, whatever it was, and the journal still tells all of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import query, steward
from jivod.flow.retract import opposite, take_back
from jivod.flow.steward import Hand
from jivod.model.claim import NAME, TAG
from jivod.model.contact import EMAIL
from jivod.model.customer import GoldenRecord
from jivod.model.decision import Unmerge
from jivod.model.errors import Refused
from jivod.policy.rules import DEFAULT
from jivod.store import journal
from jivod.wire import decision as wire
from tests.flow.office import story
from tests.flow.world import World, accepted


def hand(world: World) -> Hand:
    world.clock += 1000
    return Hand(by="Elif", at=world.clock, rules=world.desk.rules, regions=("TR",))


def looks(world: World) -> dict[str, Any]:
    """What people see of everybody. An unmerge keeps two apart from then on: that is its meaning, not a look."""
    return {g.id: _look(g) for g in world.everybody()}


def _look(g: GoldenRecord) -> Any:
    return (
        g.name, g.emails, g.phones, g.description, g.attributes, g.tags, g.tokens, g.contested, g.merged, g.chats,
        g.verified_contacts,
    )  # fmt: skip


@given(st.data())
def test_a_decision_and_its_opposite_leave_everybody_as_he_was(data: st.DataObject) -> None:
    office = story(data, DEFAULT, longest=12)
    world = office.world
    before, last = looks(world), world.ask(journal.last)
    office.decide()
    if world.ask(journal.last) == last:
        return
    done = world.ask(lambda txn: query.decision(txn, last + 1))
    if world.ask(lambda txn: opposite(txn, done)) is None:
        return
    at = hand(world)
    id = wire.ids_of(done.decision)[0]
    world.do(lambda txn: take_back(txn, at, id, done.seq))
    if isinstance(done.decision, Unmerge):
        assert {*looks(world)} == {*before}  # the tree may hang together in another way
    else:
        assert looks(world) == before
    assert world.findings() == []
    assert world.differs_from(world.rebuilt()) == []


def two() -> tuple[World, str, str]:
    world = World()
    a = str(world.tell(accepted(1, email="a@example.com", name="Ayşe")).customer)
    return world, a, str(world.tell(accepted(2, email="b@example.com")).customer)


def test_an_unmerge_is_taken_back_into_one() -> None:
    world, a, b = two()
    world.decide(steward.merge, a, b)
    seq = world.decide(steward.unmerge, (a,)).seq
    at = hand(world)
    world.do(lambda txn: take_back(txn, at, a, seq))
    assert world.golden(a).id == b
    assert world.differs_from(world.rebuilt()) == []


def test_what_others_say_too_is_not_taken_away_with_it() -> None:
    world, a, _ = two()
    seq = world.decide(steward.edit, a, EMAIL, "a@example.com").seq
    assert world.ask(lambda txn: opposite(txn, query.decision(txn, seq))) is None


def test_a_value_that_was_taken_away_is_given_again() -> None:
    world, a, _ = two()
    world.decide(steward.edit, a, TAG, "vip")
    seq = world.decide(steward.clear, a, TAG, "vip").seq
    at = hand(world)
    world.do(lambda txn: take_back(txn, at, a, seq))
    assert world.golden(a).tags == ("vip",)


def test_what_was_overtaken_is_refused() -> None:
    world, a, b = two()
    merge = world.decide(steward.merge, a, b).seq
    world.decide(steward.unmerge, (a,))
    name = world.decide(steward.edit, a, NAME, "Fatma").seq
    for id, seq in ((a, merge), (b, name), (a, 1), (a, 10**9)):
        at = hand(world)
        with pytest.raises(Refused, match="cannot be taken back"):
            world.do(lambda txn, at=at, id=id, seq=seq: take_back(txn, at, id, seq))  # type: ignore[misc]
