"""Undo, told as short stories: what is taken back, what goes along, and what stays."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from jivod.flow import steward, undo
from jivod.model.contact import EMAIL, PHONE, TOKEN, VISITOR, Key
from jivod.model.customer import Edge
from jivod.model.errors import Damaged, Refused
from jivod.store import edges
from jivod.store.kv import Txn
from jivod.store.tables import JOURNAL, REASONS
from tests.flow.lives import Deed, lived, lives
from tests.flow.told import Event, policies, streams
from tests.flow.world import World, accepted, client, finished, updated

A, B, OFFICE = "a@example.com", "b@example.com", "info@example.com"
PHONE_1 = "+905320000001"
KEY = Key(EMAIL, OFFICE)


def attached(world: World, key: Key = KEY) -> list[list[str]]:
    """The conversations that the key alone added, in their groups."""
    found = world.ask(lambda txn: undo.attachments(txn, key))
    return [[ref for _, ref in one.refs] for one in found]


def edge(world: World, id: str | None) -> Edge:
    found = world.ask(lambda txn: edges.get(txn, str(id)))
    assert found is not None
    return found


def home(world: World, body: dict[str, Any]) -> str:
    """The record that takes the event."""
    found = world.tell(body).customer
    assert found is not None
    return found


def steward_of(world: World) -> steward.Hand:
    return steward.Hand(by="Elif", at=world.clock, rules=world.desk.rules)


def test_who_is_parted_takes_along_the_provisional_customers_that_came_for_him() -> None:
    world = World()
    loser, winner = home(world, accepted(1, number=1, email=A)), home(world, accepted(2, number=2, email=B))
    world.decide(steward.merge, loser, winner)
    nameless = home(world, accepted(3, number=3))
    world.tell(updated(3, number=3, email=A))
    assert world.golden(nameless).id == winner
    assert edge(world, nameless).winner == loser
    world.decide(steward.unmerge, (loser,))
    assert world.golden(nameless).id == loser
    assert world.golden(winner).chats == 1


def test_a_value_is_taken_from_all_who_are_one_by_then_and_is_not_back_when_they_are_parted() -> None:
    world = World()
    loser = home(world, accepted(1, number=1, email=A, phone=PHONE_1))
    winner = home(world, accepted(2, number=2, email=B, phone=PHONE_1))
    world.decide(steward.merge, loser, winner)
    world.decide(steward.clear, winner, PHONE, PHONE_1)
    world.decide(steward.unmerge, (loser,))
    assert [world.golden(id).phones for id in (loser, winner)] == [(), ()]


def test_a_customer_is_parted_twice_and_once_is_enough() -> None:
    world = World()
    loser, winner = home(world, accepted(1, number=1, email=A)), home(world, accepted(2, number=2, email=B))
    world.decide(steward.merge, loser, winner)
    world.decide(steward.unmerge, (loser, loser))
    assert world.golden(loser).id == loser


def test_no_more_than_a_page_of_customers_is_parted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    winner, *losers = [home(world, accepted(i, number=i, email=f"p{i}@example.com")) for i in range(1, 5)]
    for loser in losers:
        world.decide(steward.merge, loser, winner)
    monkeypatch.setattr(steward, "MOST", 2)
    for arguments in ({"ids": tuple(losers)}, {"ids": ()}, {"ids": (winner,), "tree": True}):
        with pytest.raises(Refused, match=r"unmerge|name the others"):
            world.decide(steward.unmerge, **arguments)
    world.decide(steward.unmerge, tuple(losers[:2]))
    assert [world.golden(id).id for id in losers] == [*losers[:2], winner]


def test_the_conversations_that_a_key_alone_added_come_in_groups_of_what_else_they_share() -> None:
    world = World()
    world.tell(accepted(1, number=1, email=OFFICE))
    world.tell(accepted(2, number=2, email=OFFICE, phone=PHONE_1))
    world.tell(accepted(3, number=3, email=OFFICE, phone=PHONE_1))
    world.tell(accepted(4, number=4, email=OFFICE))
    world.tell(finished(4, number=4, email=OFFICE))
    assert attached(world) == [["chat:2", "chat:3"], ["chat:4"]]


def test_what_came_by_another_key_that_only_they_brought_goes_with_them() -> None:
    world = World()
    world.tell(accepted(1, number=1, email=OFFICE))
    world.tell(accepted(2, number=2, email=OFFICE))
    world.tell(accepted(3, number=2))
    card = world.tell(client(2, name="Cem"))
    assert attached(world) == [["chat:2", "chat:3", f"entry:{card.seq}"]]


def test_what_came_by_a_key_of_the_customers_own_stays() -> None:
    world = World()
    mine = home(world, accepted(1, number=1, email=OFFICE))
    world.tell(accepted(2, number=1, email=OFFICE))
    world.tell(accepted(3, number=3, email=OFFICE))
    world.decide(steward.edit, mine, "visitor", "main:3")
    assert attached(world) == []


def test_a_key_that_everybody_has_ties_nothing() -> None:
    world = World()
    for chat in (1, 2, 3):
        world.tell(accepted(chat, number=chat, email=OFFICE, phone=PHONE_1))
    assert attached(world) == []
    world.decide(steward.share, Key(PHONE, PHONE_1), shared=True)
    assert attached(world) == [["chat:2"], ["chat:3"]]


def test_a_key_that_was_too_common_to_decide_ties_nothing() -> None:
    world = World()
    for i in range(1, 6):
        world.tell(accepted(i, number=i, email=f"p{i}@example.com", phone=PHONE_1))
    world.tell(accepted(11, number=11, email=OFFICE))
    for chat in (12, 13):
        world.tell(accepted(chat, number=chat, email=OFFICE, phone=PHONE_1))
    assert attached(world) == [["chat:12"], ["chat:13"]]


def test_a_conversation_that_was_nobodys_at_first_is_found_too() -> None:
    world = World()
    world.tell(accepted(1, number=1, email=OFFICE))
    world.tell(accepted(2))
    world.tell(updated(2, email=OFFICE))
    (one,) = world.ask(lambda txn: undo.attachments(txn, KEY))
    assert (one.seqs, one.refs) == ((2, 3), (("main", "chat:2"),))


def test_pages_of_what_a_key_added_miss_none_and_repeat_none() -> None:
    world = World()
    for chat in range(1, 7):
        world.tell(accepted(chat, number=chat, email=OFFICE, token=f"crm-{chat % 2}"))
    every = world.ask(lambda txn: undo.attachments(txn, KEY))
    assert len(every) == 0  # the tokens keep the two customers of the office apart, and tie the rest to them
    world.decide(steward.share, Key(TOKEN, "crm-0"), shared=True)
    world.decide(steward.share, Key(TOKEN, "crm-1"), shared=True)
    world.tell(accepted(9, number=9, email=OFFICE))
    every = world.ask(lambda txn: undo.attachments(txn, KEY))
    paged, after = [], ("", 0)
    while page := world.ask(lambda txn, after=after: undo.attachments(txn, KEY, after=after, limit=1)):  # type: ignore[misc]
        paged += page
        after = page[-1].place
    assert paged == every
    assert every


def test_what_a_key_added_is_taken_back_for_each_group_alone() -> None:
    world = World()
    mine = home(world, accepted(1, number=1, email=OFFICE))
    for chat in (2, 3):
        world.tell(accepted(chat, number=chat, email=OFFICE))
    made = [
        world.do(lambda txn, one=one: undo.take_back_attachment(txn, steward_of(world), one))[1]  # type: ignore[misc]
        for one in world.ask(lambda txn: undo.attachments(txn, KEY))
    ]
    assert [world.golden(id).visitors for id in made] == [("main:2",), ("main:3",)]
    assert world.golden(mine).visitors == ("main:1",)
    assert attached(world) == []
    assert world.differs_from(world.rebuilt()) == []


@given(lives(longest=25), policies())
def test_pages_of_merges_miss_none_and_each_is_told_with_what_made_it(life: list[Event | Deed], rules: Any) -> None:
    world = lived(life, rules)
    every = world.ask(lambda txn: undo.merges(txn))
    paged, after = [], ""
    while page := world.ask(lambda txn, after=after: undo.merges(txn, after=after, limit=2)):  # type: ignore[misc]
        paged += page
        after = page[-1].place
    assert paged == every
    assert [one.edge for one in every] == world.ask(lambda txn: edges.listed(txn, 1000))
    for one in every:
        assert bool(one.keys) != bool(one.by)
        for key in one.keys:
            assert one in world.ask(lambda txn, key=key: undo.merges(txn, key=key))  # type: ignore[misc]


@given(streams(longest=25), policies())
def test_whatever_a_key_added_can_be_taken_back_and_then_it_added_nothing(stream: list[Event], rules: Any) -> None:
    world = lived(list(stream), rules)
    for key in (Key(EMAIL, A), Key(PHONE, PHONE_1), Key(VISITOR, "main:1"), Key(TOKEN, "crm-1")):
        for one in world.ask(lambda txn, key=key: undo.attachments(txn, key)):  # type: ignore[misc]
            world.do(lambda txn, one=one: undo.take_back_attachment(txn, steward_of(world), one))  # type: ignore[misc]
        assert attached(world, key) == []
    assert world.differs_from(world.rebuilt()) == []
    assert world.findings() == []


@pytest.mark.parametrize("table", [JOURNAL, REASONS])
def test_an_edge_whose_cause_is_missing_is_damage(table: str) -> None:
    world = World()
    loser, winner = home(world, accepted(1, number=1, email=A)), home(world, accepted(2, number=2, email=B))
    if table == JOURNAL:
        world.decide(steward.merge, loser, winner)
    else:
        world.tell(accepted(3, number=3))
        world.tell(updated(3, number=3, email=A))

    def empty(txn: Txn) -> None:
        for key in [key for key, _ in txn.range(table)]:
            txn.delete(table, key)

    world.do(empty)
    with pytest.raises(Damaged, match="jivod check"):
        world.ask(lambda txn: undo.merges(txn))
