"""Fields: what each event carries, read from a checked body: the clean arguments of a class of `model.event`."""

from __future__ import annotations

from typing import Any

from jivod.model.chat import Call, Visit
from jivod.model.event import Visitor
from jivod.wire import oddity, pairs
from jivod.wire.oddity import Json, as_object
from jivod.wire.text import EMAIL_CAP, TITLE_CAP, TOKEN_CAP, URL_CAP, Odd, ident, line, text, time_in_id, time_ms


def common(body: Json, odd: Odd) -> Json:
    """The fields that any event may carry."""
    get = body.get
    visitor = as_object(get("visitor"), odd)
    values: Json = {
        "widget_id": ident(get("widget_id"), odd),
        "user_token": ident(get("user_token"), odd, TOKEN_CAP),
        "chat_id": ident(get("chat_id"), odd),
        "client_id": ident(get("client_id"), odd),
        "visitor": _visitor(visitor, odd),
        "agents": oddity.agents(body, odd),
        "visit": _visit(body, odd),
        "department": oddity.label(get("department"), "name", "id", odd),
        "topic": oddity.topic(body, odd),
        "organization": oddity.label(get("organization"), "name", "id", odd),
        "status": oddity.label(get("status"), "title", "id", odd),
        "assigned_agent": oddity.agent(get("assigned_agent"), odd),
        "tags": oddity.tags(body, visitor, _chat(body), odd),
    }
    if "event_timestamp" in body:
        odd.add("event_timestamp")
        values["at"] = time_ms(body["event_timestamp"], odd)
    return values


def chat_assigned(body: Json, odd: Odd) -> Json:
    """`common` and what the agent tied the chat to."""
    return {**common(body, odd), "assign_to": line(body.get("assign_to"), odd, URL_CAP)}


def chat_finished(body: Json, odd: Odd) -> Json:
    """`common` and the transcript. The event's time is that of its last message."""
    chat, visitor = as_object(body.get("chat"), odd), as_object(body.get("visitor"), odd)
    messages = oddity.messages(chat, odd)
    plain = oddity.transcript("plain_messages", body, visitor, odd)
    oddity.compare_transcript(messages, plain, odd)
    values = common(body, odd)
    times = [found.at for found in messages if found.at]
    if times:
        values["at"] = max(times)
    return values | {
        "messages": messages,
        "plain_messages": plain,
        "html_messages": oddity.transcript("html_messages", body, visitor, odd),
        "rate": line(chat.get("rate"), odd),
        "blacklisted": oddity.truth(chat.get("blacklisted"), odd),
        "invitation": text(chat.get("invitation"), odd),
    }


def offline_message(body: Json, odd: Odd) -> Json:
    """`common` and the message. Its id holds its time in the newer generations of Jivo."""
    values = common(body, odd)
    number = ident(body.get("offline_message_id"), odd)
    at = time_in_id(number)
    if at is not None:
        values["at"] = at
    return values | {"message": oddity.message_text(body.get("message"), odd), "offline_message_id": number}


def client_attribute_updated(body: Json, odd: Odd) -> Json:
    """`common` and the attributes."""
    return {**common(body, odd), "attributes": pairs.attributes(body.get("attributes"), odd)}


def call_event(body: Json, odd: Odd) -> Json:
    """`common` and the state of the call."""
    call = as_object(body.get("call"), odd)
    read = {name: line(call.get(name), odd) for name in ("type", "status", "phone", "reason")}
    return {**common(body, odd), "call": Call(**read, record_url=line(call.get("record_url"), odd, URL_CAP))}


def crm(body: Json, odd: Odd) -> Json:
    """Of the CRM-webhook family only what tells whom it is about: its other fields have other meanings."""
    client = body.get("client_id", _of(body.get("client"), "client_id"))
    return {
        "event_type": line(body.get("event_type"), odd),
        "client_id": ident(client, odd),
        "widget_id": ident(body.get("widget_id", _of(body.get("widget"), "widget_id")), odd),
    }


def foreign(body: Json, odd: Odd) -> Json:
    """Of the Bot API and the Chat API only the ids."""
    return {"client_id": ident(body.get("client_id"), odd), "chat_id": ident(body.get("chat_id"), odd)}


def _of(value: Any, name: str) -> Any:
    return value.get(name) if type(value) is dict else None


def _chat(body: Json) -> Json:
    chat = body.get("chat")
    return chat if type(chat) is dict else {}


def _visitor(visitor: Json, odd: Odd) -> Visitor:
    get = visitor.get
    return Visitor(
        name=line(get("name"), odd),
        email=line(get("email"), odd, EMAIL_CAP),
        phone=line(get("phone"), odd),
        description=text(get("description"), odd),
        number=ident(get("number"), odd),
        social=pairs.social(get("social"), odd),
        chats_count=ident(get("chats_count"), odd),
    )


def _visit(body: Json, odd: Odd) -> Visit | None:
    page, session = as_object(body.get("page"), odd), as_object(body.get("session"), odd)
    place = as_object(session.get("geoip"), odd)
    if not page and not session:
        return None
    visit = Visit(
        url=line(page.get("url"), odd, URL_CAP),
        title=line(page.get("title"), odd, TITLE_CAP),
        utm=pairs.utm(session, odd),
        ip_addr=line(session.get("ip_addr"), odd),
        user_agent=line(session.get("user_agent"), odd, URL_CAP),
        country_code=line(place.get("country_code"), odd),
        country=line(place.get("country"), odd),
        region=line(place.get("region"), odd),
        city=line(place.get("city"), odd),
        provider=line(place.get("organization"), odd) or line(place.get("isp"), odd),
    )
    return None if visit == _NOWHERE else visit


_NOWHERE = Visit()
