"""Husk: what is left of a body whose content is too old to be kept: who it is about, when, in which conversation, by
which agent, how it was rated; no word of what was said, no page, no address of a machine.

It is a body that `wire.jivo` reads, made of what was read alone: nothing that jivod does not know survives in it. All
that a customer, a conversation or a decision was made of says the same as before.
"""

from __future__ import annotations

from typing import Any

import orjson
from attrs import evolve

from jivod.model.chat import Agent, Call, Message, Visit
from jivod.model.event import (
    CallEvent,
    ChatAssigned,
    ChatFinished,
    ClientAttributeUpdated,
    CrmEvent,
    Event,
    Foreign,
    OfflineMessage,
    Visitor,
)
from jivod.wire import jivo
from jivod.wire.oddity import ITEMS_MAX, Json
from jivod.wire.text import NAME_CAP

_AUTHORS = frozenset({"visitor", "agent"})
_VISITED = "visited"  # there was a visit of which nothing is left
_NAMELESS = "?"
_AS_THEY_ARE = frozenset({"attributes", "sender", "recipient"})


def emptied(event: Event) -> Event:
    """The event without its content."""
    common: dict[str, Any] = {
        "event_name": event.event_name if event.event_name.strip() else _NAMELESS,
        "visitor": evolve(event.visitor, chats_count=None),
        "visit": Visit(country_code=event.visit.country_code) if event.visit else None,
        "oddities": (),
    }
    if isinstance(event, ChatFinished):
        messages = tuple([_emptied_message(message) for message in event.messages])
        common |= {"messages": messages, "plain_messages": None, "html_messages": None, "invitation": None}
    elif isinstance(event, OfflineMessage):
        common["message"] = None
    elif isinstance(event, ChatAssigned):
        common["assign_to"] = None
    elif isinstance(event, CallEvent):
        call = event.call
        common["call"] = Call(type=call.type, status=call.status, phone=call.phone)
    return evolve(event, **common)


def write(event: Event) -> bytes:
    """The husk of the body that was read as `event`."""
    event = emptied(event)
    body = _foreign(event) if isinstance(event, Foreign) else {"event_name": event.event_name, **_fields(event)}
    return orjson.dumps(_filled(body))


def read(body: bytes) -> Event:
    """The event in a husk, `emptied` as it was."""
    event = jivo.read(body).event
    visited = event.visit is None and orjson.loads(body).get(_VISITED) is True
    return evolve(event, visit=Visit() if visited else event.visit, oddities=())


def _emptied_message(message: Message) -> Message:
    author = message.author if message.author in _AUTHORS else "unknown"
    return Message(author=author, at=message.at, agent_id=message.agent_id)


def _fields(event: Event) -> Json:
    if isinstance(event, CrmEvent):
        return {"event_type": event.event_type, "client_id": event.client_id, "widget_id": event.widget_id}
    body = _common(event)
    if isinstance(event, ChatFinished):
        body["chat"] = {
            "messages": [_message(message) for message in event.messages],
            "rate": event.rate,
            "blacklisted": event.blacklisted or None,
        }
    elif isinstance(event, OfflineMessage):
        body["offline_message_id"] = event.offline_message_id
    elif isinstance(event, ClientAttributeUpdated):
        body["attributes"] = event.attributes
    elif isinstance(event, CallEvent):
        body["call"] = {"type": event.call.type, "status": event.call.status, "phone": event.call.phone}
    return body


def _common(event: Event) -> Json:
    country = event.visit.country_code if event.visit else None
    return {
        "widget_id": event.widget_id,
        "user_token": event.user_token,
        "chat_id": event.chat_id,
        "client_id": event.client_id,
        "visitor": _visitor(event.visitor),
        "agents": [_agent(agent) for agent in event.agents[:ITEMS_MAX]],
        "agent": _agent(event.agents[-1]) if len(event.agents) > ITEMS_MAX else None,
        "session": {"geoip": {"country_code": country}} if country else None,
        _VISITED: True if event.visit and not country else None,
        "department": _label(event.department, "name", "id"),
        "topic": _label(event.topic, "title", "topic_id"),
        "organization": _label(event.organization, "name", "id"),
        "status": _label(event.status, "title", "id"),
        "assigned_agent": _agent(event.assigned_agent) if event.assigned_agent else None,
        "tags": [_label(tag, "title", "id") for tag in event.tags],
        "event_timestamp": event.at,
    }


def _foreign(event: Foreign) -> Json:
    """By these keys it is known as what it was; see `wire.names`."""
    ids = {"client_id": event.client_id, "chat_id": event.chat_id}
    if event.event_name == "chat_api":
        return {"sender": {}, "recipient": {}, **ids}
    return {"event": "gone", **ids, "client_id": event.client_id or ""}


def _visitor(visitor: Visitor) -> Json:
    return {
        "name": visitor.name,
        "email": visitor.email,
        "phone": visitor.phone,
        "description": visitor.description,
        "number": visitor.number,
        "social": list(visitor.social),
    }


def _agent(agent: Agent) -> Json:
    return _filled({"id": agent.id, "name": agent.name, "email": agent.email, "phone": agent.phone})


def _message(message: Message) -> Json:
    return _filled({"type": message.author, "timestamp": message.at, "agent_id": message.agent_id})


def _label(value: str | None, name: str, number: str) -> Json | None:
    """What `wire.oddity.label` reads as `value`: only an id is longer than a name may be."""
    return None if value is None else {name if len(value) <= NAME_CAP else number: value}


def _filled(body: Json) -> Json:
    """Without what is null or empty, also in objects."""
    found = {
        key: _filled(value) if type(value) is dict and key not in _AS_THEY_ARE else value for key, value in body.items()
    }
    return {key: value for key, value in found.items() if value not in (None, [], {}) or key in _AS_THEY_ARE}
