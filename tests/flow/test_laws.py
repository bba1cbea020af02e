"""The invariants, on generated streams of events: order, repeat, rebuild, nothing lost, explain, blank."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from attrs import asdict
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow.query import transcript
from jivod.model.customer import GoldenRecord
from jivod.store import reasons
from tests.flow.world import START, World, accepted, finished, updated
from tests.strategies.bodies import bodies, chats

Json = dict[str, Any]

streams = st.lists(bodies(), max_size=25)
BLANKS = (None, "", " ", "\u00a0", "\n")
ODD_PEOPLE = {
    "emails": (None, "a@example.com"),
    "phones": (None, "+905320000001"),
    "numbers": (1,),
    "chat_ids": (11,),
    "tokens": (None, "t1"),
}
EVEN_PEOPLE = {
    "emails": (None, "b@example.com"),
    "phones": (None, "+905320000002"),
    "numbers": (2,),
    "chat_ids": (12,),
    "tokens": (None, "t2"),
}


def face(record: GoldenRecord) -> Json:
    """A golden record without what depends on who came first: the id, and the ids merged."""
    return asdict(record, filter=lambda a, _: a.name not in ("id", "merged"))


def told(stream: list[Json]) -> World:
    world = World()
    for body in stream:
        world.tell(body)
    return world


@given(
    st.lists(bodies(**ODD_PEOPLE), max_size=8),
    st.lists(bodies(**EVEN_PEOPLE), max_size=8),
    st.randoms(use_true_random=False),
)
def test_order_events_that_share_no_key_commute_customers_ids_and_all(
    odd: list[Json], even: list[Json], chance: random.Random
) -> None:
    one, other = World(), World()
    receipts = [(START + i, body) for i, body in enumerate(odd)]
    others = [(START + 100 + i, body) for i, body in enumerate(even)]
    for at, body in receipts + others:
        one.tell(body, at=at)
    while receipts or others:
        source = receipts if receipts and (not others or chance.random() < 0.5) else others
        at, body = source.pop(0)
        other.tell(body, at=at)
    assert one.everybody() == other.everybody()
    assert [(r.a, r.b, r.why) for r in one.reviews()] == [(r.a, r.b, r.why) for r in other.reviews()]


@given(chats(min_events=2, max_events=6), st.permutations(range(6)))
def test_order_of_one_chat_does_not_matter_where_each_event_carries_its_time(
    chat: list[Json], order: list[int]
) -> None:
    timed = [{**body, "event_timestamp": 1_763_700_000 + i} for i, body in enumerate(chat)]
    straight = told(timed)
    shuffled = told([timed[i] for i in order if i < len(timed)])
    assert [face(g) for g in straight.everybody()] == [face(g) for g in shuffled.everybody()]


@pytest.mark.long
def test_all_720_orders_of_six_timed_events_of_a_chat_agree() -> None:
    at = 1_763_800_000
    six = [
        {**accepted(1, number=7, name="Guest"), "event_timestamp": at},
        {**accepted(1, number=7, name="Deniz", email="a@example.com"), "event_timestamp": at + 1},
        {**updated(1, number=7, name="Deniz Aksoy", phone="0532 000 00 02"), "event_timestamp": at + 2},
        {**updated(1, number=7, name="Deniz", email="b@example.com", phone="+905320000003"), "event_timestamp": at + 3},
        finished(1, number=7, name="D. Aksoy", messages=[{"message": "hello", "timestamp": at + 4, "type": "visitor"}]),
        finished(
            1, number=7, phone="0532 000 00 04",
            messages=[
                {"message": "hello", "timestamp": at + 4, "type": "visitor"},
                {"message": "bye", "timestamp": at + 5, "type": "agent", "agent_id": 3},
            ],
        ),
    ]  # fmt: skip
    seen = set()
    for order in itertools.permutations(six):
        world = told(list(order))
        (golden,) = world.everybody()
        (chat,) = world.chats(golden.id)
        whole = world.ask(lambda txn, ref=chat.ref: transcript(txn, "main", ref))  # type: ignore[misc]
        assert whole is not None
        history = asdict(whole, filter=lambda a, _: a.name not in ("customer", "seqs", "facts"))
        seen.add((repr(face(golden)), repr(history), repr([(f.attribute, f.value) for f in chat.facts])))
    assert len(seen) == 1


@given(st.lists(bodies(), min_size=1, max_size=15), st.data())
def test_repeat_any_event_again_changes_nothing(stream: list[Json], data: st.DataObject) -> None:
    world, again = told(stream), told(stream)
    for body in data.draw(st.lists(st.sampled_from(stream), max_size=5)):
        assert again.tell(body).repeated
    assert world.differs_from(again) == []


@given(streams)
def test_rebuild_gives_the_live_state_byte_for_byte_and_the_check_is_clean(stream: list[Json]) -> None:
    world = told(stream)
    assert world.differs_from(world.rebuilt()) == []
    assert world.findings() == []


@given(streams)
def test_nothing_lost_every_event_is_reachable_from_exactly_one_living_customer_or_kept_as_nobodys(
    stream: list[Json],
) -> None:
    world = World()
    seqs = {world.tell(body).seq for body in stream}
    owners: dict[int, list[str]] = {seq: [] for seq in seqs}
    for customer in world.everybody():
        for reason in world.reasons(customer.id):
            owners[reason.seq].append(customer.id)
    for seq in world.ask(lambda txn: reasons.unattributed(txn, 0, 1000)):
        owners[seq].append("nobody")
    assert all(len(found) == 1 for found in owners.values()), owners


@given(streams)
def test_nothing_lost_every_value_that_came_with_an_event_is_a_claim_of_its_customer_or_what_we_told_its_card(
    stream: list[Json],
) -> None:
    world = World()
    said: list[tuple[int, str]] = []
    told: set[str] = set()  # at any time: what a card says later may end that it was told
    for body in stream:
        done = world.tell(body)
        visitor = body.get("visitor") or {}
        said += [(done.seq, _normal(v)) for f in ("name", "email", "phone", "description") if (v := visitor.get(f))]
        told |= {value for card in world.cards() for _, value in card.told}
    for customer in world.everybody():
        mine = {r.seq for r in world.reasons(customer.id)}
        claimed = {claim.value for claim in world.claims(customer.id)}
        for seq, value in said:
            assert seq not in mine or value in claimed or value in told, value


def _normal(value: str) -> str:
    return {"C@Example.com": "c@example.com", "0532 000 00 02": "+905320000002"}.get(value, value)


@given(streams)
def test_explain_every_journal_entry_has_a_reason_that_names_a_rule(stream: list[Json]) -> None:
    world = World()
    for body in stream:
        done = world.tell(body)
        reason = world.ask(lambda txn, seq=done.seq: reasons.get(txn, seq))  # type: ignore[misc]
        assert reason is not None and reason.rule
        if reason.rule == "key":
            assert reason.key is not None and reason.customer is not None


@given(st.lists(bodies(events=["chat_accepted", "chat_finished"], chat_ids=(11, 12)), min_size=1, max_size=8))
def test_a_conversation_begins_with_the_first_that_is_known_of_it(stream: list[Json]) -> None:
    """A visitor writes before an agent takes the chat, which is the first event that Jivo sends of it."""
    world = told(stream)
    for number in (11, 12):
        whole = world.ask(lambda txn, number=number: transcript(txn, "main", f"chat:{number}"))  # type: ignore[misc]
        if whole is not None:
            known = {whole.chat.opened_at} | {m.at for m in whole.messages if m.at is not None}
            assert whole.began_at == min(known)


@given(streams, st.fixed_dictionaries({k: st.sampled_from(BLANKS) for k in ("name", "email", "phone", "description")}))
def test_blank_never_wins_never_matches_never_clashes(stream: list[Json], padding: Json) -> None:
    plain, blank = World(), World()
    for i, body in enumerate(stream):
        visitor = body.get("visitor")
        given_values = {k: v for k, v in visitor.items() if v is not None} if isinstance(visitor, dict) else None
        plain.tell(body if given_values is None else {**body, "visitor": given_values}, at=START + i)
        blank.tell(body if given_values is None else {**body, "visitor": padding | given_values}, at=START + i)
    assert sorted(repr(face(g)) for g in plain.everybody()) == sorted(repr(face(g)) for g in blank.everybody())
