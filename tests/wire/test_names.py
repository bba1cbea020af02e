"""Which family a body belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.model.errors import Unreadable
from jivod.wire import names

KNOWN = frozenset({"chat_accepted"})


def recognised(body: dict[str, Any]) -> tuple[str, str]:
    return names.recognise(body, KNOWN, set())


@pytest.mark.parametrize(
    "body, expected",
    [
        ({"event_name": "chat_accepted"}, (names.WEBHOOK, "chat_accepted")),
        ({"event_name": "chat_accepted", "event_type": "crm_client"}, (names.WEBHOOK, "chat_accepted")),
        ({"event_name": "chat_exploded"}, (names.UNKNOWN, "chat_exploded")),
        ({"event_name": "created_deal"}, (names.CRM, "created_deal")),
        ({"event_name": "completed task"}, (names.CRM, "completed task")),
        ({"event_name": "anything", "event_type": "crm_future"}, (names.CRM, "anything")),
        ({"event_type": "crm_deal"}, (names.CRM, "crm")),
        ({"event_name": "chat_accepted", "event": "X", "chat_id": 1}, (names.WEBHOOK, "chat_accepted")),
        ({"event": "CLIENT_MESSAGE", "client_id": "1"}, (names.FOREIGN, "bot_api")),
        ({"event": "CHAT_CLOSED", "chat_id": "1", "sender": {}, "message": {}}, (names.FOREIGN, "bot_api")),
        ({"sender": {}, "recipient": {}}, (names.FOREIGN, "chat_api")),
        ({"sender": {}, "message": {}}, (names.FOREIGN, "chat_api")),
    ],
)
def test_the_family_is_known_by_its_shape(body: dict[str, Any], expected: tuple[str, str]) -> None:
    assert recognised(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event_name": None},
        {"event_name": ""},
        {"event_name": " \n"},
        {"event_name": ["chat_accepted"]},
        {"event_name": 5},
        {"event_name": None, "sender": {}, "recipient": {}},
        {"event": "CLIENT_MESSAGE"},
        {"event": " ", "chat_id": 1},
        {"event": {}, "chat_id": 1},
        {"sender": {}},
        {"sender": "a", "message": {}},
        {"event_type": "deal"},
        {"event_type": 5},
    ],
)
def test_without_a_name_or_a_known_shape_it_is_no_event(body: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as caught:
        recognised(body)
    assert caught.value.code == "no_event_name"


@pytest.mark.parametrize("name", ["Chat_Accepted", "chat_accepted ", " chat_accepted", "CHAT_ACCEPTED"])
def test_f003_a_name_is_taken_exactly_and_the_near_miss_is_noted(name: str) -> None:
    odd: set[str] = set()
    assert names.recognise({"event_name": name}, KNOWN, odd) == (names.UNKNOWN, name)
    assert odd == {"event_name_not_exact"}


def test_f003_a_name_is_clean_and_bounded() -> None:
    assert recognised({"event_name": "a\x00\ud800" + "b" * 10_000}) == (names.UNKNOWN, "a\ufffd\ufffd" + "b" * 253)
    assert recognised({"event_name": "\x00"}) == (names.UNKNOWN, "?")


def test_the_names_of_the_crm_family_are_plain_ascii() -> None:
    assert all(name.isascii() for name in names.CRM_NAMES)
    assert len(names.CRM_NAMES) == 32
