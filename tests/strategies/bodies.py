"""Bodies: Hypothesis strategies for webhook bodies as Jivo sends them. Every dial is a keyword.

The alphabets are small on purpose, so that customers, chats and visitors meet. `None` in one stands for "not given":
the key is then null or absent. The strategies give dicts; `encode` makes the bytes of one.

    bodies()                                         any event of one of a few customers
    bodies(events=["chat_accepted"], phones=[None])  nobody gives a phone
    chats(min_events=2)                              the events of one chat, in a sensible order
    json_objects()                                   any JSON object, with no manners
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

Json = dict[str, Any]
Values = Sequence[Any]

EVENTS = (
    "chat_accepted",
    "chat_updated",
    "chat_assigned",
    "chat_finished",
    "offline_message",
    "client_updated",
    "client_attribute_updated",
    "call_event",
)
CLIENT_EVENTS = frozenset({"client_updated", "client_attribute_updated"})

NAMES = (None, "Ayşe Yılmaz", "Deniz Aksoy", "Guest")
EMAILS = (None, "a@example.com", "b@example.com", "C@Example.com")
PHONES = (None, "+905320000001", "+905320000002", "0532 000 00 02")
NUMBERS = (None, 1, 2, "2", 3)
CHAT_IDS = (None, 11, 12, "12", 13)
TOKENS = (None, "token-1", "token-2")
DESCRIPTIONS = (None, "wholesale", "retail")
WIDGETS = ("widgetA", "widgetB")
TEXTS = ("hello", "where is my order?", "İyi günler", "<b>bold</b>", "👍")
TIMES = range(1_763_800_000, 1_763_900_000)  # seconds
AGENTS: tuple[Json, ...] = (
    {"id": "3107", "name": "Elif Demir", "email": "elif@example.org"},
    {"id": 3108, "name": "Mert Kaya", "email": "mert@example.org", "phone": None},
)


def encode(body: Json) -> bytes:
    """The bytes that Jivo would post for `body`."""
    written = json.dumps(body, ensure_ascii=False)
    try:
        return written.encode()
    except UnicodeEncodeError:  # a lone surrogate can only be sent as an escape
        return json.dumps(body).encode()


def reordered(value: Any, rnd: random.Random) -> Any:
    """The same JSON value with the keys of every object in another order."""
    if isinstance(value, dict):
        pairs = [(key, reordered(item, rnd)) for key, item in value.items()]
        rnd.shuffle(pairs)
        return dict(pairs)
    return [reordered(item, rnd) for item in value] if isinstance(value, list) else value


def bodies(
    *,
    events: Sequence[str] = EVENTS,
    names: Values = NAMES,
    emails: Values = EMAILS,
    phones: Values = PHONES,
    numbers: Values = NUMBERS,
    chat_ids: Values = CHAT_IDS,
    tokens: Values = TOKENS,
    descriptions: Values = DESCRIPTIONS,
    widgets: Values = WIDGETS,
    agents: Sequence[Json] = AGENTS,
    texts: Sequence[str] = TEXTS,
    times: Sequence[int] = TIMES,
    max_messages: int = 4,
) -> SearchStrategy[Json]:
    """One body. A field is drawn from its alphabet; an event gets the fields that Jivo sends with it."""

    @st.composite
    def build(draw: DrawFn) -> Json:
        event = draw(st.sampled_from(list(events)))
        number = draw(st.sampled_from(list(numbers)))
        body: Json = {"event_name": event, "widget_id": draw(st.sampled_from(list(widgets)))}
        body |= draw(_given("user_token", tokens))
        if event != "client_attribute_updated":
            body["visitor"] = draw(
                visitors(names=names, emails=emails, phones=phones, descriptions=descriptions, numbers=[number])
            )
        body |= {"client_id": number} if event in CLIENT_EVENTS else draw(_given("chat_id", chat_ids))
        return body | draw(_special(event, agents=agents, texts=texts, times=times, max_messages=max_messages))

    return build()


def visitors(
    *,
    names: Values = NAMES,
    emails: Values = EMAILS,
    phones: Values = PHONES,
    descriptions: Values = DESCRIPTIONS,
    numbers: Values = NUMBERS,
) -> SearchStrategy[Json]:
    """A `visitor` object."""
    fields = {"name": names, "email": emails, "phone": phones, "description": descriptions, "number": numbers}
    return _merged(*(_given(name, values) for name, values in fields.items()))


def messages(
    *,
    texts: Sequence[str] = TEXTS,
    times: Sequence[int] = TIMES,
    agent_ids: Values = ("3107", 3108),
    min_size: int = 0,
    max_size: int = 4,
) -> SearchStrategy[list[Json]]:
    """The `chat.messages` of a finished chat, in order of time. `times` are seconds."""
    common = {"message": st.sampled_from(list(texts)), "timestamp": st.sampled_from(times)}
    one = st.fixed_dictionaries({**common, "type": st.just("visitor")}) | st.fixed_dictionaries(
        {**common, "type": st.just("agent"), "agent_id": st.sampled_from(list(agent_ids))}
    )
    return st.lists(one, min_size=min_size, max_size=max_size).map(lambda got: sorted(got, key=_time))


def chats(*, min_events: int = 1, max_events: int = 5, **dials: Any) -> SearchStrategy[list[Json]]:
    """The bodies of one chat of one visitor: accepted, updates and calls, perhaps its end. Dials as of `bodies`."""
    numbers = [number for number in dials.pop("numbers", NUMBERS) if number is not None]
    chat_ids = [chat for chat in dials.pop("chat_ids", CHAT_IDS) if chat is not None]

    @st.composite
    def build(draw: DrawFn) -> list[Json]:
        own = {
            **dials,
            "numbers": [draw(st.sampled_from(numbers))],
            "chat_ids": [draw(st.sampled_from(chat_ids))],
            "widgets": [draw(st.sampled_from(list(dials.get("widgets", WIDGETS))))],
        }
        size = draw(st.integers(min_events, max_events))
        middle = ["chat_updated"] * 2 + ["call_event"]
        events = ["chat_accepted", *draw(st.lists(st.sampled_from(middle), min_size=size, max_size=size))][:size]
        if size > 1 and draw(st.booleans()):
            events[-1] = "chat_finished"
        return [draw(bodies(**{**own, "events": [event]})) for event in events]

    return build()


def json_values(*, max_leaves: int = 12, texts: SearchStrategy[str] | None = None) -> SearchStrategy[Any]:
    """Any JSON value, with lone surrogates, control characters and integers of any size."""
    text = texts if texts is not None else st.text(st.characters(), max_size=12)
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text

    def nested(inner: SearchStrategy[Any]) -> SearchStrategy[Any]:
        return st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4)

    return st.recursive(leaves, nested, max_leaves=max_leaves)


FIELDS = (
    "widget_id",
    "user_token",
    "chat_id",
    "client_id",
    "visitor",
    "agent",
    "agents",
    "chat",
    "plain_messages",
    "html_messages",
    "message",
    "offline_message_id",
    "session",
    "page",
    "department",
    "call",
    "organization",
    "status",
    "assigned_agent",
    "tags",
    "topic",
    "topic_id",
    "attributes",
    "assign_to",
    "event_type",
    "event_timestamp",
    "name",
    "email",
    "phone",
    "description",
    "number",
    "social",
    "chats_count",
    "messages",
    "timestamp",
    "type",
    "agent_id",
    "rate",
    "blacklisted",
    "invitation",
    "geoip",
    "utm",
    "utm_json",
    "ip_addr",
    "user_agent",
    "url",
    "title",
    "id",
    "text",
    "reason",
    "record_url",
    "value",
)
"""Every key that means something somewhere in a body."""


def json_objects(*, events: Sequence[str] = EVENTS, max_leaves: int = 30) -> SearchStrategy[Json]:
    """A JSON object with an event name whose known keys hold values of any type, at any depth."""
    text = st.sampled_from(FIELDS) | st.text(st.characters(), max_size=8)
    inner = json_values(max_leaves=max_leaves, texts=text)
    return st.builds(
        lambda name, fields: {**fields, "event_name": name},
        st.sampled_from(list(events)) | st.text(st.characters(), min_size=1).filter(str.strip),
        st.dictionaries(text, inner, max_size=8),
    )


def _special(
    event: str, *, agents: Sequence[Json], texts: Sequence[str], times: Sequence[int], max_messages: int
) -> SearchStrategy[Json]:
    agent = st.sampled_from(list(agents))
    if event == "chat_finished":
        listed = messages(texts=texts, times=times, max_size=max_messages)
        chat = st.fixed_dictionaries({"messages": listed, "rate": st.sampled_from([None, "positive"])})
        return st.fixed_dictionaries({"chat": chat, "agents": st.lists(agent, max_size=2)})
    if event == "offline_message":
        number = st.sampled_from(times).map(lambda seconds: seconds * 1000)
        return st.fixed_dictionaries({"message": st.sampled_from(list(texts)), "offline_message_id": number})
    if event == "client_attribute_updated":
        value = st.sampled_from(["gold", "silver", 42, True, None])
        return st.fixed_dictionaries({"attributes": st.dictionaries(st.sampled_from(["Segment", "Yaş"]), value)})
    if event == "call_event":
        state = {"type": st.just("incoming"), "status": st.sampled_from(["start", "agent_connected", "end"])}
        return st.fixed_dictionaries({"call": st.fixed_dictionaries(state), "agent": agent})
    if event == "chat_assigned":
        return st.fixed_dictionaries({"assign_to": st.just("https://crm.example.com/customers/x"), "agent": agent})
    return st.just({}) if event in CLIENT_EVENTS else st.fixed_dictionaries({"agent": agent})


def _given(name: str, values: Values) -> SearchStrategy[Json]:
    """{name: value}; for None the key is null or absent."""

    def shapes(value: Any) -> SearchStrategy[Json]:
        return st.just({name: value}) if value is not None else st.sampled_from([{name: None}, {}])

    return st.sampled_from(list(values)).flatmap(shapes)


def _merged(*parts: SearchStrategy[Json]) -> SearchStrategy[Json]:
    return st.tuples(*parts).map(lambda found: {name: value for part in found for name, value in part.items()})


def _time(message: Json) -> int:
    return int(message["timestamp"])
