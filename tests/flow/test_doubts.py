"""Doubts: who may be one, as it stands now; the same that the agent is told of."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from jivod.flow import doubts, steward
from jivod.flow.people import People
from jivod.model.contact import EMAIL
from jivod.model.reason import CLOSED
from jivod.store import reviews
from tests.flow.lives import Deed, lived, lives
from tests.flow.told import Event, policies
from tests.flow.world import World, accepted

A, B = "a@example.com", "b@example.com"
PHONE_1 = "+905320000001"


def home(world: World, body: dict[str, Any]) -> str:
    """The record that takes the event."""
    found = world.tell(body).customer
    assert found is not None
    return found


def test_a_merge_answers_the_question_and_it_is_not_asked_again() -> None:
    world = World()
    a, b = (home(world, accepted(i, number=i, email=email, phone=PHONE_1)) for i, email in ((1, A), (2, B)))
    assert len(world.reviews()) == 1
    world.decide(steward.merge, a, b)
    assert world.reviews() == []
    world.decide(steward.unmerge, (a,))
    world.decide(steward.tell_apart, a, b, different=False)
    world.tell(accepted(3, number=2, email=B, phone=PHONE_1))
    assert world.reviews() == []


@given(lives(longest=25), policies())
def test_the_open_pairs_are_those_that_the_agents_panel_counts(life: list[Event | Deed], rules: Any) -> None:
    world = lived(life, rules)
    found = world.ask(lambda txn: doubts.open_pairs(txn, People(txn), rules, 1000))
    pairs = [frozenset((one.a.id, one.b.id)) for one in found]
    assert len(set(pairs)) == len(pairs)
    for golden in world.everybody():
        beside = world.ask(lambda txn, id=golden.id: doubts.beside(txn, People(txn), id))  # type: ignore[misc]
        assert beside == {id for pair in pairs if golden.id in pair for id in pair} - {golden.id}
    for one in found:
        assert one.review.state != CLOSED
        assert one.winner in (one.a.id, one.b.id)
        assert (one.a.id, one.b.id) == tuple(world.golden(id).id for id in (one.review.a, one.review.b))
        again = world.ask(lambda txn, one=one: doubts.propose(one.b, one.a))  # type: ignore[misc]
        assert again == (one.winner, one.why)


def test_a_pair_is_proposed_by_proof_then_chats_then_age_then_id() -> None:
    world = World()
    a = world.golden(home(world, accepted(1, number=1, email=A)))
    b = world.golden(home(world, accepted(2, number=2, email=B)))
    assert doubts.propose(a, b) == (a.id, "the older one")
    world.tell(accepted(3, number=2, email=B))
    b = world.golden(b.id)
    assert doubts.propose(a, b) == (b.id, "more chats: 2 against 1")
    world.decide(steward.confirm, a.id, EMAIL, A)
    assert doubts.propose(world.golden(a.id), b) == (a.id, "verified data")


def test_only_fields_in_which_both_say_something_differ() -> None:
    world = World()
    home(world, accepted(1, number=1, email=A, phone=PHONE_1, name="Ali", token="crm-1"))
    home(world, accepted(2, number=2, email=B, phone=PHONE_1, token="crm-2"))
    (one,) = world.ask(lambda txn: doubts.open_pairs(txn, People(txn), world.desk.rules, 10))
    assert [(d.field, d.a, d.b) for d in one.differing] == [
        ("emails", (A,), (B,)), ("tokens", ("crm-1",), ("crm-2",)),
    ]  # fmt: skip
    assert one.review in world.ask(lambda txn: reviews.of(txn, one.a.id))
