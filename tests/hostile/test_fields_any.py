"""F: any field of any event may be of any kind: it is taken, and nobody stumbles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jivod.model.event import CallEvent, Event
from tests.hostile.ground import Ground, Outcome
from tests.hostile.test_fields import event, taken


@pytest.mark.parametrize("name", ["visitor", "session", "page", "chat", "department", "topic", "organization", "status",
                                  "assigned_agent", "tags", "agents", "agent", "call", "attributes", "message",
                                  "user_token"])  # fmt: skip
def test_any_field_may_be_of_any_kind(ground: Ground, name: str) -> None:
    kinds = (
        "chat_accepted",
        "chat_finished",
        "offline_message",
        "client_attribute_updated",
        "call_event",
        "chat_assigned",
    )
    for kind in kinds:
        for value in (5, "x", [], [[]], {"x": [1]}, True, 1.5, [None], [{"id": {}}], {"": ""}, "\x00"):
            outcome: Outcome = ground.post({**event(kind), name: value})
            assert outcome.reply.status == 200


def test_a_call_may_be_anything(ground: Ground) -> None:
    read: Callable[[Any], Event] = lambda call: taken(ground, event("call_event", call=call))  # noqa: E731
    for odd in ({}, None, [], 5, {"type": {}, "status": 5, "phone": [], "record_url": "javascript:x"}):
        assert isinstance(read(odd), CallEvent)
