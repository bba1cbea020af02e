"""A card that is changed back says what it said once before, byte for byte; what is delivered again says nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow.ingest import REDELIVERED
from tests.flow.world import World, accepted, updated

Json = dict[str, Any]

LATER = REDELIVERED + 60_000  # ms
A = "a@example.com"


def client(state: str) -> Json:
    return {"event_name": "client_updated", "client_id": 7, "visitor": {"number": 7, "email": A},
            "status": {"id": 1, "title": state}}  # fmt: skip


def attribute(state: str) -> Json:
    return {"event_name": "client_attribute_updated", "client_id": 7, "attributes": {"Plan": state}}


def chat(state: str) -> Json:
    return updated(1, number=7, email=A, name=state)


def state_of(world: World, body: Json) -> str | None:
    (golden,) = world.everybody()
    known = {"client_updated": golden.attributes.get("status"), "chat_updated": golden.name}
    return known.get(body["event_name"], golden.attributes.get("Plan"))


KINDS = pytest.mark.parametrize("said", [client, attribute, chat])


@KINDS
def test_who_changes_a_card_back_is_heard(said: Any) -> None:
    world = World()
    world.tell(accepted(1, number=7, email=A))
    for state in ("lead", "won", "lead", "won", "lead"):
        world.clock += LATER
        assert not world.tell(said(state)).repeated
        assert state_of(world, said(state)) == state
    assert world.differs_from(world.rebuilt()) == [] and world.findings() == []


@KINDS
def test_what_is_delivered_again_says_nothing_however_often(said: Any) -> None:
    world = World()
    world.tell(accepted(1, number=7, email=A))
    world.tell(said("lead"))
    world.tell(said("won"))
    for _ in range(5):  # each within a quarter of an hour of the one before, though not of the first
        world.clock += REDELIVERED - 60_000
        assert world.tell(said("lead")).repeated
    assert state_of(world, said("won")) == "won"


@pytest.mark.parametrize(
    "body",
    [accepted(1, number=7, email=A), {**chat("lead"), "event_timestamp": 1_790_000_000}],
)
def test_a_chat_begins_once_and_a_body_with_a_time_of_its_own_is_told_apart_by_it(body: Json) -> None:
    world = World()
    world.tell(body)
    world.clock += LATER
    assert world.tell(body).repeated


@given(st.lists(st.tuples(st.sampled_from([client, attribute, chat]), st.sampled_from("abc"), st.booleans())))
def test_each_card_is_as_it_was_last_changed(changes: list[tuple[Any, str, bool]]) -> None:
    world, last = World(), {}
    world.tell(accepted(1, number=7, email=A))
    for said, state, is_delivered_twice in changes:
        world.clock += LATER
        for _ in range(1 + is_delivered_twice):
            world.tell(said(state))
        last[said] = state
    assert all(state_of(world, said(state)) == state for said, state in last.items())
    assert world.differs_from(world.rebuilt()) == [] and world.findings() == []
