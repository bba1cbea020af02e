"""Refusals: what people decide and cannot have is refused with the reason that the pages say in their own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jivod.flow import detach, dispatch, steward
from jivod.model import refusal
from jivod.model.errors import Refused
from tests.flow.world import World, accepted

Deed = Callable[[World, str, str], Any]


def pause_twice(world: World, a: str, b: str) -> None:
    world.do(lambda txn: dispatch.configure(txn, {"crm": ["customer.created"]}))
    for _ in range(2):
        world.do(lambda txn: dispatch.pause(txn, "crm"))


def part_again(world: World, a: str, b: str) -> None:
    world.decide(steward.merge, b, a)
    world.decide(steward.merge, b, str(world.tell(accepted(9, email="c@example.com")).customer))


def merge_strangers(world: World, a: str, b: str) -> None:
    world.decide(steward.tell_apart, a, b)
    world.decide(steward.merge, b, a)


def part_many(world: World, a: str, b: str) -> None:
    world.decide(steward.merge, b, a)
    world.decide(steward.merge, str(world.tell(accepted(9, email="c@example.com")).customer), a)
    world.decide(steward.unmerge, (a,), tree=True)


def part_the_first(world: World, a: str, b: str) -> None:
    world.tell(accepted(3, email="1@example.com"))
    world.decide(steward.detach, a, (1,))


REFUSED: dict[str, Deed] = {
    refusal.NOBODY: lambda world, a, b: world.decide(steward.merge, "nobody", a),
    refusal.ONE: lambda world, a, b: world.decide(steward.merge, a, a),
    refusal.PART: part_again,
    refusal.DIFFERENT: merge_strangers,
    refusal.ALONE: lambda world, a, b: world.decide(steward.unmerge, (a,)),
    refusal.MANY: part_many,
    refusal.LARGE: lambda world, a, b: world.decide(steward.detach, a, (1,)),
    refusal.ELSEWHERE: lambda world, a, b: world.decide(steward.detach, a, (2,)),
    refusal.ALL: lambda world, a, b: world.decide(steward.detach, a, (1,)),
    refusal.MAKER: part_the_first,
    refusal.NO_SINK: lambda world, a, b: world.do(lambda txn: dispatch.pause(txn, "none")),
    refusal.HALTED: pause_twice,
}


@pytest.mark.parametrize("reason", REFUSED)
def test_it_is_refused_for_this_reason(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    a, b = [str(world.tell(accepted(n, email=f"{n}@example.com")).customer) for n in (1, 2)]
    monkeypatch.setattr(detach, "LONGEST", 0 if reason == refusal.LARGE else detach.LONGEST)
    monkeypatch.setattr(steward, "MOST", 1)
    with pytest.raises(Refused) as caught:
        REFUSED[reason](world, a, b)
    assert caught.value.reason == reason


def test_every_reason_is_one_of_these() -> None:
    assert set(REFUSED) == set(refusal.REASONS)
