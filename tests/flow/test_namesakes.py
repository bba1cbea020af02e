"""Namesakes: a contact of one customer that a person gives to another one is a doubt, told at once, and once."""

from __future__ import annotations

import pytest

from jivod.flow import retract, steward
from jivod.model.claim import TAG
from jivod.model.contact import EMAIL, PHONE, TOKEN, Key
from tests.flow.world import World, accepted

A, B = "a@example.com", "b@example.com"
PHONE_1 = "+905320000001"


def two(world: World) -> tuple[str, str]:
    """Two customers who have nothing in common."""
    ids = [world.tell(accepted(n, email=email, phone=phone)).customer for n, (email, phone) in enumerate(
        ((A, None), (B, PHONE_1)), 1
    )]  # fmt: skip
    return str(ids[0]), str(ids[1])


def asked(world: World) -> list[tuple[set[str], Key | None]]:
    return [({review.a, review.b}, review.key) for review in world.reviews()]


def sound(world: World) -> bool:
    return world.findings() == [] and world.differs_from(world.rebuilt()) == []


@pytest.mark.parametrize("key", [Key(EMAIL, B), Key(PHONE, PHONE_1)], ids=lambda key: key.kind)
def test_what_another_one_has_is_asked_about_when_it_is_given(key: Key) -> None:
    world = World()
    a, b = two(world)
    seq = world.decide(steward.edit, a, key.kind, key.value).seq
    assert asked(world) == [({a, b}, key)]
    assert [(review.seq, review.at) for review in world.reviews()] == [(seq, world.clock)]
    assert sound(world)
    world.tell(accepted(9, email=B, phone=PHONE_1))
    assert len(world.reviews()) == 1
    assert sound(world)


def test_of_two_who_were_called_different_nobody_asks() -> None:
    world = World()
    a, b = two(world)
    world.decide(steward.tell_apart, a, b)
    world.decide(steward.edit, a, EMAIL, B)
    assert asked(world) == []
    assert sound(world)


def test_what_decides_nothing_or_is_nobody_elses_is_no_doubt() -> None:
    world = World()
    a, b = two(world)
    world.decide(steward.edit, b, TAG, "vip")
    world.decide(steward.share, Key(PHONE, PHONE_1), shared=True)
    world.decide(steward.clear, b, EMAIL, B)
    for attribute, value in ((TAG, "vip"), (PHONE, PHONE_1), (EMAIL, B), (EMAIL, "c@example.com"), (TOKEN, "u-1")):
        world.decide(steward.edit, a, attribute, value)
    assert asked(world) == []
    assert sound(world)


def test_under_the_policy_that_never_asks_nobody_does() -> None:
    world = World()
    world.adopt('[identity]\non_conflict = "strongest"\n')
    a, _ = two(world)
    world.decide(steward.edit, a, EMAIL, B)
    assert asked(world) == []
    assert sound(world)


@pytest.mark.parametrize("value", ["", A])
def test_what_was_taken_away_and_is_given_back_may_be_another_ones_by_then(value: str) -> None:
    world = World()
    a = str(world.tell(accepted(1, number=1, email=A, phone=PHONE_1)).customer)
    seq = world.decide(steward.clear, a, EMAIL, value).seq
    other = str(world.tell(accepted(2, number=2, email=A)).customer)
    assert (asked(world), a != other) == ([], True)
    world.decide(retract.take_back, a, seq)
    assert asked(world) == [({a, other}, Key(EMAIL, A))]
    assert sound(world)
