"""Two whom a person called different stay two: what both have says of neither that it is he."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import steward
from jivod.model.contact import PHONE
from tests.flow.world import World, accepted

A, B, PHONES = "koca@example.com", "kari@example.com", ("0532 111 30 01", "+905321113001")


def couple() -> tuple[World, str, str]:
    """Two with one phone."""
    world = World()
    one = world.tell(accepted(1, number=1, email=A, name="Koca", phone=PHONES[0])).customer
    other = world.tell(accepted(2, number=2, email=B, name="Kari", phone=PHONES[0])).customer
    assert one and other and one != other
    return world, one, other


def test_whoever_comes_with_what_two_have_is_neither_and_the_next_time_himself() -> None:
    world, one, other = couple()
    world.decide(steward.tell_apart, one, other)
    done = world.tell(accepted(3, number=3, phone=PHONES[0], name="Kocası"))
    assert done.customer not in (one, other)
    assert [world.golden(id).name for id in (one, other)] == ["Koca", "Kari"]
    assert done.answer.contact_info.email is None
    assert world.tell(accepted(4, number=4, phone=PHONES[1])).customer == done.customer
    assert world.differs_from(world.rebuilt()) == [] and world.findings() == []


def test_before_anybody_called_them_different_and_by_a_key_of_his_own_each_is_found() -> None:
    world, one, other = couple()
    assert world.tell(accepted(3, number=3, phone=PHONES[0])).customer == other
    world.decide(steward.tell_apart, one, other)
    assert world.tell(accepted(4, number=4, phone=PHONES[0], email=A)).customer == one
    assert world.tell(accepted(5, number=2, phone=PHONES[0])).customer == other


def test_whose_phone_it_is_as_a_person_says_is_found_by_it() -> None:
    world, one, other = couple()
    world.decide(steward.tell_apart, one, other)
    world.decide(steward.confirm, one, PHONE, PHONES[1])
    assert world.tell(accepted(3, number=3, phone=PHONES[0])).customer == one


@given(st.booleans(), st.lists(st.sampled_from(PHONES), min_size=1, max_size=6))
def test_however_often_it_comes_it_makes_one_more_at_most(apart: bool, phones: list[str]) -> None:
    world, one, other = couple()
    if apart:
        world.decide(steward.tell_apart, one, other)
    found = {world.tell(accepted(n, number=n, phone=phone)).customer for n, phone in enumerate(phones, 10)}
    assert len(found) == 1 and found.isdisjoint({one, other}) == apart
    assert world.golden(one).phones == world.golden(other).phones == (PHONES[1],)
