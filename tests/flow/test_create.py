"""A person enters a customer: a record of its own, told from others like any, also by another policy."""

from __future__ import annotations

import pytest

from jivod.flow import steward
from jivod.flow.anchor import anchor
from jivod.flow.query import decided
from jivod.model.claim import NAME, TAG
from jivod.model.contact import EMAIL, PHONE
from jivod.model.decision import Create
from jivod.model.errors import Refused
from jivod.policy.identity import CREATED, KEY
from jivod.store import journal
from jivod.wire import decision as wire
from tests.flow.world import World, accepted

PHONE_FIRST = '[identity]\nkinds = ["verified_token", "token", "phone", "email", "visitor"]\n'
ANNA = ((EMAIL, "anna@example.com"), (PHONE, "0532 000 00 01"), (NAME, "Anna"))


def entered(world: World, *said: tuple[str, str]) -> str:
    found = wire.read(world.decide(steward.create, said).body)
    assert isinstance(found, Create)
    return found.customer


def sound(world: World) -> bool:
    return world.findings() == [] and world.differs_from(world.rebuilt()) == []


def test_he_is_known_as_he_was_entered_and_a_rebuild_gives_the_same_id() -> None:
    world = World()
    id = entered(world, *ANNA)
    golden = world.golden(id)
    assert (golden.name, golden.emails, golden.phones) == ("Anna", ("anna@example.com",), ("+905320000001",))
    assert golden.verified_contacts == ("anna@example.com", "+905320000001")
    assert world.rebuilt().golden(id) == golden
    assert sound(world)


def test_the_decision_is_told_with_who_and_when() -> None:
    world = World()
    id = entered(world, *ANNA)
    (done,) = world.ask(lambda txn: decided(txn, id, 10))
    assert (done.decision.by, done.at, done.seq) == ("Elif", world.clock, 1)
    (why,) = world.reasons(id)
    assert (why.rule, why.seq) == (CREATED, 1)


def test_two_entered_at_the_same_moment_are_two() -> None:
    world = World()
    ids = {wire.ids_of(wire.read(world.decide(steward.create, ANNA, at=5).body)) for _ in range(2)}
    assert len(ids) == 2


def test_his_chats_find_him_and_do_not_take_him_for_one_of_the_chat_alone() -> None:
    world = World()
    id = entered(world, (PHONE, "+905320000001"))
    other = world.tell(accepted(1, email="b@example.com")).customer
    assert world.tell(accepted(2, phone="+905320000001")).customer == id
    world.tell(accepted(2, email="b@example.com", phone="+905320000001"))
    assert world.golden(id).id == id
    assert world.golden(other).id == other
    assert sound(world)


def test_whoever_shares_a_contact_is_asked_about() -> None:
    world = World()
    there = world.tell(accepted(1, email="anna@example.com")).customer
    id = entered(world, *ANNA)
    (review,) = world.reviews()
    assert {review.a, review.b} == {there, id}
    assert sound(world)


def test_whose_contact_was_taken_away_shares_it_no_more() -> None:
    world = World()
    there = world.tell(accepted(1, email="anna@example.com")).customer
    world.decide(steward.clear, there, EMAIL, "anna@example.com")
    entered(world, *ANNA)
    assert world.reviews() == []
    assert sound(world)


@pytest.mark.parametrize(
    "said",
    [[], [(EMAIL, "no e-mail")], [("nonsense", "x")], [(NAME, "a"), (NAME, "b")], [(TAG, str(n)) for n in range(201)]],
)
def test_what_says_nothing_is_refused_and_leaves_nothing(said: list[tuple[str, str]]) -> None:
    world = World()
    with pytest.raises(Refused):
        world.decide(steward.create, said)
    assert world.ask(journal.last) == 0


def test_whom_a_person_called_different_from_him_is_apart_under_any_policy() -> None:
    world = World()
    id = entered(world, (PHONE, "+905320000001"), (EMAIL, "a@example.com"))
    other = world.tell(accepted(1, email="b@example.com", phone="+905320000001")).customer
    assert other != id
    assert len(world.rebuilt(PHONE_FIRST).everybody()) == 1
    world.decide(steward.tell_apart, id, other)
    assert [g.id for g in world.rebuilt(PHONE_FIRST).everybody()] == [id, other]


def test_what_is_detached_leaves_him_as_he_was_entered() -> None:
    world = World()
    id = entered(world, *ANNA)
    before = world.golden(id)
    told = world.tell(accepted(1, phone="+905320000001", name="Deniz"))
    assert told.customer == id
    assert [why.rule for why in world.reasons(id)] == [CREATED, KEY]
    world.decide(steward.detach, id, (told.seq,))
    assert world.golden(id) == before
    assert len(world.everybody()) == 2
    assert sound(world)


def test_that_he_was_entered_cannot_be_detached() -> None:
    world = World()
    id = entered(world, *ANNA)
    seq = world.tell(accepted(1, phone="+905320000001", name="Deniz")).seq
    for asked in ((1,), (1, seq)):
        with pytest.raises(Refused, match="entry 1 is no conversation"):
            world.decide(steward.detach, id, asked)
    assert world.ask(lambda txn: anchor(txn, id)) == 1
