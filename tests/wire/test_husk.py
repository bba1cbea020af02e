"""Husk: of an old body everything stays that a customer or a conversation is made of, and no content."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jivod.model.chat import Visit
from jivod.model.entry import Entry
from jivod.model.event import ChatFinished
from jivod.policy.evidence import gather
from jivod.policy.rules import DEFAULT
from jivod.wire import husk, jivo
from tests.flow.world import ORIGIN
from tests.strategies.bodies import bodies, encode, json_objects

WORDS = ("hidden-words", "secret-page", "198.51.100.7", "Firefox", "Mordor", "spring-sale", "invited", "rec.example")
FULL: dict[str, Any] = {
    "event_name": "chat_finished",
    "chat_id": 7,
    "widget_id": "w",
    "visitor": {
        "name": "Ayşe",
        "email": "a@example.com",
        "chats_count": 3,
        "plain_messages": "hidden-words",
        "own": "hidden-words",
    },
    "agents": [{"id": 1, "name": "Elif", "photo": "https://example.com/secret-page"}],
    "chat": {
        "messages": [
            {"type": "visitor", "message": "hidden-words", "timestamp": 1_763_800_000},
            {"type": "agent", "message": {"text": "hidden-words"}, "timestamp": 1_763_800_005, "agent_id": 1},
            {"type": "hidden-words", "message": "x", "timestamp": 1_763_800_006},
            "hidden-words",
        ],
        "rate": "positive",
        "blacklisted": True,
        "invitation": "invited",
        "anything": {"else": "hidden-words"},
    },
    "html_messages": "<p>hidden-words</p>",
    "page": {"url": "https://example.com/secret-page", "title": "secret-page"},
    "session": {
        "ip_addr": "198.51.100.7",
        "user_agent": "Firefox",
        "geoip": {"country_code": "TR", "city": "Mordor", "latitude": "41"},
        "utm_json": {"campaign": "spring-sale"},
    },
    "something_new": "hidden-words",
}
OTHERS: tuple[dict[str, Any], ...] = (
    {"event_name": "offline_message", "offline_message_id": 1_763_800_000_123, "message": "hidden-words"},
    {"event_name": "chat_assigned", "chat_id": 7, "assign_to": "hidden-words"},
    {"event_name": "call_event", "call": {"phone": "+905320000001", "status": "end", "reason": "hidden-words",
                                          "record_url": "https://rec.example.com/1"}},
    {"event_name": "created_deal", "event_type": "crm_deal", "client_id": 3, "deal": {"name": "hidden-words"}},
    {"event": "CLIENT_MESSAGE", "client_id": 3, "chat_id": 4, "message": {"text": "hidden-words"}},
    {"sender": {"id": 1, "name": "hidden-words"}, "recipient": {"id": 2}, "message": {"text": "hidden-words"}},
    {"event_name": "something_new", "chat_id": 7, "page": {"url": "https://example.com/secret-page"}},
)  # fmt: skip
CRM_NAMES = st.sampled_from([
    {"event_name": "created_deal", "client_id": 3},
    {"event_type": "crm_x", "client_id": "3", "widget_id": 1},
    {"event": "x", "client_id": None},
    {"sender": {}, "message": {}},
    {"event_name": " " * 300 + "x", "chat_id": 1},
])  # fmt: skip


@given(st.one_of(bodies(), json_objects(), CRM_NAMES))
@example(FULL)
@example({"event_name": "chat_accepted", "agents": [{"id": n} for n in range(100)], "agent": {"id": 100}})
@example({"event_name": "chat_accepted", "topic_id": "t" * 400, "department": {"id": "d" * 400}})
@example({"event_name": "chat_accepted", "session": {"ip_addr": "198.51.100.7"}})
def test_a_husk_reads_as_the_event_without_its_content(body: dict[str, Any]) -> None:
    event = jivo.read(encode(body)).event
    assert husk.read(husk.write(event)) == husk.emptied(event)
    assert type(jivo.read(husk.write(event)).event) is type(event)


@given(st.one_of(bodies(), json_objects()))
@example(FULL)
def test_who_is_meant_is_the_same(body: dict[str, Any]) -> None:
    raw = encode(body)
    event, entry = jivo.read(raw).event, Entry(seq=1, received_at=1, origin=ORIGIN, body=raw)
    before = gather(event, entry, at=1, rules=DEFAULT, echoes=frozenset())
    assert gather(husk.read(husk.write(event)), entry, at=1, rules=DEFAULT, echoes=frozenset()) == before


@given(st.one_of(bodies(), json_objects()))
@example(FULL)
def test_a_husk_of_a_husk_is_the_same(body: dict[str, Any]) -> None:
    once = husk.write(jivo.read(encode(body)).event)
    assert husk.write(husk.read(once)) == once


@pytest.mark.parametrize("body", [FULL, *OTHERS])
def test_no_content_is_left(body: dict[str, Any]) -> None:
    left = husk.write(jivo.read(encode(body)).event).decode()
    assert not [word for word in WORDS if word in left]


def test_what_stays_of_a_finished_chat() -> None:
    event = husk.read(husk.write(jivo.read(encode(FULL)).event))
    assert isinstance(event, ChatFinished)
    assert event.visit == Visit(country_code="TR")
    assert [(m.author, m.at) for m in event.messages] == [
        ("visitor", 1_763_800_000_000), ("agent", 1_763_800_005_000), ("unknown", 1_763_800_006_000), ("unknown", None),
    ]  # fmt: skip
    assert (event.rate, event.blacklisted) == ("positive", True)
    assert (event.visitor.email, event.agents[0].name, event.chat_id) == ("a@example.com", "Elif", "7")
