"""Retention: old conversations lose what was said, and nothing else in the store, nor what comes, is any different."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from jivod.flow import retention, steward
from jivod.flow.ingest import quarantine_body
from jivod.flow.query import transcript
from jivod.flow.replay import differences
from jivod.model.chat import Chat
from jivod.model.decision import Retain
from jivod.model.entry import DECISION, EVENT
from jivod.model.errors import Refused, Unreadable
from jivod.model.reply import Reply
from jivod.model.retention import Rule
from jivod.policy.rules import Rules
from jivod.store import chats, journal, quarantine, replies
from jivod.store import retention as store
from jivod.store.tables import CHATS, DERIVED, TABLES
from jivod.wire import decision, husk
from tests.flow.lives import Deed, lived, lives
from tests.flow.retained import LATER, MONTHS, emptied, entries, retain
from tests.flow.test_erase import without
from tests.flow.told import HOUR, Event, policies, tell
from tests.flow.world import ORIGIN, START, World, accepted, client, finished
from tests.policy import drawn

DAY = 24 * HOUR
SAID = [
    {"type": "visitor", "message": "hidden-words", "timestamp": START // 1000},
    {"type": "agent", "message": "other-words", "timestamp": START // 1000 + 5, "agent_id": 7},
]
PAGE = {"url": "https://shop.example.com/hidden-page", "title": "hidden-title"}
CONTENT = ("hidden", "other-words", "203.0.113.7")

Life = list[Event | Deed]


def derived(world: World) -> dict[str, list[tuple[bytes, bytes]]]:
    return world.ask(lambda txn: {table: list(txn.range(table)) for table in DERIVED})


def everything(world: World) -> str:
    rows = world.ask(lambda txn: [row for table in TABLES for row in txn.range(table)])
    return b"\n".join(part for row in rows for part in row).decode(errors="replace")


@given(lives(longest=20), policies(), st.integers(0, 24))
def test_no_projection_changes_and_a_rebuild_gives_the_same(life: Life, rules: Rules, hours: int) -> None:
    world = lived(life, rules)
    before = derived(world)
    retain(world, START + hours * HOUR)
    assert derived(world) == before
    assert world.differs_from(world.rebuilt()) == []
    assert world.findings() == []


@given(lives(longest=12), policies(), policies(), st.integers(0, 12))
def test_another_policy_finds_the_same_as_without(life: Life, rules: Rules, other: Rules, hours: int) -> None:
    plain, thin = lived(life, rules), lived(life, rules)
    retain(thin, START + hours * HOUR)
    policy = drawn.written(other)
    assert plain.rebuilt(policy).differs_from(thin.rebuilt(policy)) == []


@given(lives(longest=12), lives(longest=12), policies(), st.integers(0, 12))
def test_what_comes_afterwards_is_decided_as_without(first: Life, second: Life, rules: Rules, hours: int) -> None:
    plain, thin = lived(first, rules), lived(first, rules)
    if retain(thin, START + hours * HOUR):  # then an entry tells of it
        nothing = decision.write(Retain(by="Kemal", months=MONTHS, spans=()))
        plain.do(lambda txn: journal.append(txn, received_at=0, origin=steward.ORIGIN, body=nothing, kind=DECISION))
    for world in (plain, thin):
        for step in second:
            if isinstance(step, Deed):
                step.carry_out(world)
            else:
                tell(world, step)
    assert differences(plain.engine, thin.engine) == []
    assert thin.differs_from(thin.rebuilt()) == []


@given(lives(longest=20), policies(), st.integers(0, 24))
def test_twice_changes_nothing(life: Life, rules: Rules, hours: int) -> None:
    world = lived(life, rules)
    retain(world, START + hours * HOUR)
    rows = everything(world)
    assert retain(world, START + hours * HOUR) == 0
    world.do(lambda txn: store.set_looked(txn, 0))
    assert retain(world, START + hours * HOUR) == 0
    assert everything(world) == rows


@given(lives(longest=20), policies(), st.integers(0, 24))
def test_a_conversation_is_whole_until_all_of_it_is_old(life: Life, rules: Rules, hours: int) -> None:
    world = lived(life, rules)
    before, at = START + hours * HOUR, {entry.seq: entry.received_at for entry in entries(world)}
    retain(world, before)
    gone, chat_of = set(emptied(world)), {seq: chat for chat in rows_of(world) for seq in chat.seqs}
    for entry in entries(world):
        if entry.kind == EVENT:
            last = max(chat_of[entry.seq].seqs) if entry.seq in chat_of else entry.seq
            assert (entry.seq in gone) == (at[last] < before)


def rows_of(world: World) -> list[Chat]:
    return world.ask(lambda txn: [chats.decode(record) for _, record in txn.range(CHATS)])


@pytest.fixture
def shop() -> World:
    """Ayşe, of one conversation with all there can be in it, beside what is nobody's."""
    world = World()
    world.tell({**accepted(1, number=1, name="Ayşe", email="ayse@example.com"), "page": PAGE})
    world.tell({**finished(1, number=1, messages=SAID), "plain_messages": "hidden-words", "agents": [{"name": "Elif"}]})
    world.tell({"event_name": "created_deal", "event_type": "crm_deal", "client_id": 1, "deal": {"name": "hidden"}})
    world.tell({"event_name": "offline_message", "message": "hidden-words", "visitor": {"name": "Ali"}})
    world.tell({**client(1, phone="0532 000 00 01"), "page": PAGE})
    return world


def the_chat(world: World) -> Any:
    return world.ask(lambda txn: transcript(txn, "main", "chat:1"))


def test_no_word_is_left_and_all_else_is(shop: World) -> None:
    assert all(word in everything(shop) for word in CONTENT)
    (ayse,), whole = shop.find("ayse@example.com"), the_chat(shop)
    assert retain(shop, LATER) == 5
    assert not [word for word in CONTENT if word in everything(shop)]
    assert shop.find("0532 000 00 01") == [ayse]
    left = the_chat(shop)
    assert (left.chat, left.agents, left.rate, left.finished) == (whole.chat, whole.agents, whole.rate, True)
    assert left.emptied and not whole.emptied
    assert [(m.at, m.author, m.text) for m in left.messages] == [(m.at, m.author, None) for m in whole.messages]


def test_the_journal_tells_who_confirmed_it_and_which_entries_lost_their_content(shop: World) -> None:
    shop.decide(steward.edit, shop.find("ayse@example.com")[0].id, "name", "Ayşe Kaya")
    shop.tell(accepted(2, number=2))
    retain(shop, LATER)
    told = decision.read(entries(shop)[-1].body)
    assert told == Retain(by="Kemal", months=MONTHS, spans=((1, 5), (7, 7)))
    assert isinstance(told, Retain)
    assert list(told.seqs) == emptied(shop) == [1, 2, 3, 4, 5, 7]


def test_the_same_body_again_is_still_a_repeat(shop: World) -> None:
    retain(shop, LATER)
    rows = derived(shop)
    again = shop.tell({**accepted(1, number=1, name="Ayşe", email="ayse@example.com"), "page": PAGE})
    assert again.repeated and again.seq == 1
    assert derived(shop) == rows


def test_a_late_end_belongs_to_its_conversation_which_is_young_again(shop: World) -> None:
    retain(shop, LATER)
    shop.tell(finished(1, number=1, messages=[{"type": "visitor", "message": "late", "timestamp": START // 1000 + 60}]))
    chat = the_chat(shop)
    assert chat.chat.seqs == (1, 2, 7) and chat.messages[-1].text == "late"
    assert retain(shop, shop.clock) == 0
    assert retain(shop, LATER) == 1


def test_more_entries_than_one_turn_takes() -> None:
    world = World()
    for number in range(retention.TURN + retention.PAGE + 20):
        world.tell({**accepted(1, number=1), "event_timestamp": START // 1000 + number})
    assert retain(world, LATER) == retention.TURN + retention.PAGE + 20
    assert world.ask(store.looked) == len(entries(world))


def test_an_erasure_takes_what_is_left(shop: World) -> None:
    retain(shop, LATER)
    left = everything(without(shop, shop.find("ayse@example.com")[0].id))
    assert "ayse@example.com" not in left and "Ayşe" not in left


def test_nothing_goes_where_the_husk_would_read_in_another_way(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = everything(shop)
    monkeypatch.setattr(husk, "write", lambda event: b'{"event_name":"chat_accepted"}')
    with pytest.raises(Refused, match="entry 1 would read in another way"):
        shop.ask(lambda txn: retention.due(txn, 0, LATER, LATER))
    assert everything(shop) == rows


def test_another_process_that_was_faster_is_no_harm(shop: World) -> None:
    shop.do(lambda txn: retention.confirm(txn, Rule(chats_months=MONTHS), "Kemal", START))
    turn = shop.ask(lambda txn: retention.due(txn, 0, LATER, LATER))
    assert turn is not None
    assert [shop.do(lambda txn: retention.take_turn(txn, turn, MONTHS, START)) for _ in range(2)] == [5, 0]
    assert shop.findings() == []


def test_a_time_that_cannot_be_is_that_of_the_next_entry() -> None:
    world = World()
    for number, at in enumerate((START, START + 9 * DAY, START + 1, START + 2 * DAY, START + 9 * DAY)):
        world.tell(accepted(number, number=number + 1), at=at)
    retain(world, START + DAY, now=START + 3 * DAY)
    assert emptied(world) == [1, 2, 3]
    retain(world, START - DAY, now=START - DAY // 2)  # the clock of the machine went astray
    assert emptied(world) == [1, 2, 3]


@pytest.mark.parametrize(
    ("wanted", "confirmed", "months"),
    [(24, None, None), (24, 24, 24), (2, 24, 24), (36, 24, 36), (None, 24, None), (24, "quarantine", None)],
)
def test_nothing_goes_by_a_stricter_rule_than_was_confirmed(wanted: Any, confirmed: Any, months: int | None) -> None:
    world = World()
    if confirmed is not None:
        rule = Rule(quarantine_days=3) if confirmed == "quarantine" else Rule(chats_months=confirmed)
        world.do(lambda txn: retention.confirm(txn, rule, "Kemal", START))
    assert world.ask(lambda txn: retention.in_force(txn, Rule(chats_months=wanted))).chats_months == months


def test_nobody_cannot_confirm() -> None:
    with pytest.raises(Refused, match="needs the name"):
        World().do(lambda txn: retention.confirm(txn, Rule(chats_months=2), " ", START))


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ("2026-11-26T03:04", 24, "2024-11-26T03:04"),
        ("2026-03-31T00:00", 1, "2026-02-28T00:00"),
        ("2024-02-29T12:00", 12, "2023-02-28T12:00"),
        ("2026-01-15T00:00", 1, "2025-12-15T00:00"),
        ("2026-01-15T00:00", 240, "2006-01-15T00:00"),
    ],
)
def test_months_are_those_of_the_calendar(now: str, months: int, then: str) -> None:
    assert retention.months_before(ms(now), months) == ms(then)


def ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)


def test_about_how_many_are_older(shop: World) -> None:
    times = [entry.received_at for entry in entries(shop)]
    assert [shop.ask(lambda txn, at=at: retention.older(txn, at)) for at in (0, *times, LATER)] == [  # type: ignore[misc]
        0, 0, 1, 2, 3, 4, 5,
    ]  # fmt: skip
    retain(shop, LATER)
    assert shop.ask(lambda txn: retention.older(txn, times[-1] + 1)) == 0


def test_many_old_bodies_are_found_in_steps_and_none_twice() -> None:
    world, error = World(), Unreadable("bad_json", "The body is not valid JSON.")
    for number in range(25):
        world.do(lambda txn, at=START + number: quarantine_body(txn, ORIGIN, at, b"x", error))  # type: ignore[misc]
    rule, now = Rule(quarantine_days=1), START + DAY + 23
    assert world.ask(lambda txn: retention.stale(txn, rule, now)) == list(range(1, 24))
    assert world.ask(lambda txn: retention.stale(txn, rule, now, limit=13)) == list(range(1, 14))


def test_without_any_consent_nothing_goes(shop: World) -> None:
    rows, turn = everything(shop), shop.ask(lambda txn: retention.due(txn, 0, LATER, LATER))
    assert turn is not None and shop.do(lambda txn: retention.take_turn(txn, turn, MONTHS, START)) == 0
    assert everything(shop) == rows


def test_old_bodies_in_quarantine_go_and_answers_of_yesterday() -> None:
    world, error = World(), Unreadable("bad_json", "The body is not valid JSON.")
    for days in range(5):
        world.do(lambda txn, days=days: quarantine_body(txn, ORIGIN, START + days * DAY, b"hidden", error))  # type: ignore[misc]
    told = Reply(who="crm", key="k", at=START, digest="d", status=200, headers=(), body=b"answer-of-yesterday")
    world.do(lambda txn: replies.put(txn, told))
    now, rule = START + 5 * DAY, Rule(quarantine_days=3)
    assert world.ask(lambda txn: retention.stale(txn, Rule(), now)) == []
    assert world.do(lambda txn: retention.tidy(txn, rule, now)) == 2
    assert world.do(lambda txn: retention.tidy(txn, rule, now)) == 0
    assert [item.number for item in world.ask(lambda txn: quarantine.listed(txn, 10))] == [3, 4, 5]
    assert "answer-of-yesterday" not in everything(world)
    assert world.findings() == []


def test_only_the_husk_of_an_event_counts_as_sound(shop: World) -> None:
    retain(shop, LATER)
    entry = entries(shop)[0]
    assert entry.original is not None
    broken = evolve(entry, original=evolve(entry.original, digest="zz"))
    shop.do(lambda txn: journal.keep(txn, broken))
    assert [finding.what for finding in shop.findings()] == ["entry 1 is no husk of an event"]

