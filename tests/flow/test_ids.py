"""Every id ever given out means somebody for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import ids, steward
from jivod.flow.anchor import anchor
from jivod.policy.rules import Rules
from jivod.store import customers, former, reasons
from jivod.store.tables import FORMER
from tests.flow.office import story
from tests.flow.told import policies
from tests.flow.world import World, accepted
from tests.policy import drawn

PHONE_FIRST = '[identity]\nkinds = ["verified_token", "token", "phone", "email", "visitor"]\n'


@given(st.data(), policies(), policies(), policies())
def test_an_id_means_whoever_has_the_entry_that_made_it(
    data: st.DataObject, rules: Rules, others: Rules, again: Rules
) -> None:
    """Also after a third policy."""
    world = story(data, rules, 15).world
    founded = {id: seq for id in all_ids(world) if (seq := world.ask(lambda txn, id=id: anchor(txn, id)))}  # type: ignore[misc]
    for policy in (others, again):
        world = switched(world, drawn.written(policy))
        for id, seq in founded.items():
            meant = world.ask(lambda txn, id=id: former.meant(txn, id))  # type: ignore[misc]
            reason = world.ask(lambda txn, seq=seq: reasons.get(txn, seq))  # type: ignore[misc]
            assert reason is not None
            assert meant in (id, reason.customer)
        assert world.findings() == []


def all_ids(world: World) -> list[str]:
    return world.ask(lambda txn: customers.newest(txn, 10_000))


def switched(world: World, policy: str) -> World:
    """As `jivod rebuild --policy` does it."""
    other = world.rebuilt(policy)
    rows = world.ask(lambda txn: [former.decode(record) for _, record in txn.range(FORMER)])
    for id, seq in rows:
        other.do(lambda txn, id=id, seq=seq: former.put(txn, id, seq))  # type: ignore[misc]
    ids.keep(world.engine, other.engine)
    return other


def test_an_old_id_finds_and_shows_whom_it_meant_and_people_may_name_it() -> None:
    world = World()
    a = world.tell(accepted(1, email="a@example.com", phone="+905320000001")).customer
    b = world.tell(accepted(2, email="b@example.com", phone="+905320000001")).customer
    assert b is not None
    other = switched(world, PHONE_FIRST)
    assert other.golden(b).id == a
    assert [g.id for g in other.find(b)] == [a]
    other.decide(steward.edit, b, "name", "Deniz")
    assert other.golden(a).name == "Deniz"
    back = switched(other, "")
    assert [(g.id, g.name) for g in back.everybody()] == [(a, "Deniz"), (b, None)]
    assert back.golden(b).id == b


def test_an_id_that_nobody_gave_out_means_nobody() -> None:
    world = switched(World(), PHONE_FIRST)
    assert world.ask(lambda txn: former.meant(txn, "nobody")) is None


def test_all_pages_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "PAGE", 2)
    world, steps = World(), []
    given_out = [world.tell(accepted(n, email=f"{n}@example.com", phone="+905320000001")).customer for n in range(5)]
    other = world.rebuilt(PHONE_FIRST)
    assert ids.keep(world.engine, other.engine, lambda: steps.append(1)) == 4
    assert [other.ask(lambda txn, id=id: former.meant(txn, id or "")) for id in given_out] == given_out[:1] * 5  # type: ignore[misc]
    assert len(steps) == 3
