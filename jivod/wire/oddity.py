"""Oddity: the shapes in which Jivo sends one thing, each tolerated in a function of its name.

Every function takes what stands in the body and adds to `odd` the names of the quirks it met; what it returns is plain
and clean. Objects are walked in sorted order wherever it shows: the order of keys never changes what is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jivod.model.chat import Agent, Message
from jivod.wire.text import EMAIL_CAP, MESSAGE_CAP, Odd, ident, line, text, time_ms

Json = dict[str, Any]

MESSAGES_MAX = 5_000
ITEMS_MAX = 100
HIDDEN = "<Message text is not displayed here>"

_NOTHING: Json = {}
_INDEX_DIGITS = 9
_COMPARED = 20  # messages looked for in plain_messages
_MESSAGE_KEYS = frozenset({"message", "text", "timestamp", "type"})
_AGENT_KEYS = frozenset({"id", "name", "email"})
_TAG_KEYS = frozenset({"id", "title"})


def as_object(value: Any, odd: Odd) -> Json:
    """An object; {} for what is absent, null or empty in any shape. Of a list, its first object."""
    if type(value) is dict:
        return value
    if value is None:
        return _NOTHING
    if type(value) is not list:
        odd.add("not_an_object")
        return _NOTHING
    odd.add("list_for_object" if value else "empty_list_for_object")
    return next((item for item in value if type(item) is dict), _NOTHING)


def as_items(value: Any, keys: frozenset[str], odd: Odd, cap: int = ITEMS_MAX) -> list[Any]:
    """A list of at most `cap`. An object is a list keyed by index, or one item where it has one of an item's `keys`."""
    items: list[Any] = []
    if type(value) is list:
        items = value
    elif type(value) is dict:
        odd.add("object_for_list")
        items = [value] if not keys.isdisjoint(value) else [value[key] for key in sorted(value, key=_by_index)]
    elif value is not None:
        odd.add("not_a_list")
    if len(items) > cap:
        odd.add("too_many_items")
    return items[:cap]


def _by_index(key: str) -> tuple[int, int, str]:
    if len(key) <= _INDEX_DIGITS and key.isascii() and key.isdigit():
        return (0, int(key), key)
    return (1, 0, key)


def label(value: Any, name: str, number: str, odd: Odd) -> str | None:
    """Of an object with a name and an id: the name, else the id. A bare text or id is taken as it is."""
    if value is None:
        return None
    if type(value) is str or type(value) is int:
        odd.add("text_for_object")
        return line(str(value), odd)
    found = as_object(value, odd)
    return line(found.get(name), odd) or ident(found.get(number), odd)


def topic(body: Json, odd: Odd) -> str | None:
    """The dialogue's topic, also from a bare topic_id in the root."""
    found = label(body.get("topic"), "title", "topic_id", odd)
    if found is None and "topic_id" in body:
        odd.add("topic_in_root")
        return ident(body["topic_id"], odd)
    return found


def agent(value: Any, odd: Odd) -> Agent | None:
    """One agent; None where nothing is known of him. Of a list, the first."""
    found = as_object(value, odd)
    if not found:
        return None
    read = Agent(
        id=ident(found.get("id", found.get("agent_id")), odd),
        name=line(found.get("name"), odd),
        email=line(found.get("email"), odd, EMAIL_CAP),
        phone=line(found.get("phone"), odd),
    )
    return None if read == _NO_AGENT else read


_NO_AGENT = Agent()


def agents(body: Json, odd: Odd) -> tuple[Agent, ...]:
    """`agents[]` in their order, then `agent` if he is not the last one anyway: the last one owns the end."""
    read: list[Agent] = []
    if "agents" in body:
        read = [found for item in as_items(body["agents"], _AGENT_KEYS, odd) if (found := agent(item, odd))]
    single = agent(body.get("agent"), odd)
    if single and (not read or read[-1] != single):
        read.append(single)
    return tuple(read)


def tags(body: Json, visitor: Json, chat: Json, odd: Odd) -> tuple[str, ...]:
    """Titles (else ids) of the tags, wherever they stand: root, visitor or chat. Each once."""
    found: dict[str, None] = {}
    for place, name in ((body, ""), (visitor, "tags_in_visitor"), (chat, "tags_in_chat")):
        if place.get("tags"):
            if name:
                odd.add(name)
            found |= dict.fromkeys(_titles(as_items(place["tags"], _TAG_KEYS, odd), odd))
    return tuple(found)[:ITEMS_MAX]


def _titles(items: list[Any], odd: Odd) -> Iterable[str]:
    for item in items:
        title = label(item, "title", "id", odd)
        if title:
            yield title


def message_text(value: Any, odd: Odd) -> str | None:
    """The text of a message, also inside an object; None where Jivo shows its placeholder instead."""
    if type(value) is dict:
        odd.add("message_as_object")
        value = value.get("text")
    read = text(value, odd, MESSAGE_CAP)
    if read == HIDDEN:
        odd.add("hidden_message_text")
        return None
    return read


def messages(chat: Json, odd: Odd) -> tuple[Message, ...]:
    """The messages of a finished chat, in their order."""
    items = as_items(chat.get("messages"), _MESSAGE_KEYS, odd, MESSAGES_MAX)
    return tuple([read for item in items if (read := _message(item, odd))])


def _message(item: Any, odd: Odd) -> Message | None:
    if type(item) is not dict:
        odd.add("message_not_an_object")
        read = message_text(item, odd) if type(item) is str else None
        return Message(author="unknown", text=read) if read else None
    sender = ident(item.get("agent_id"), odd)
    return Message(
        author=line(item.get("type"), odd) or _untyped(sender, odd),
        text=message_text(item["message"] if "message" in item else item.get("text"), odd),
        at=time_ms(item.get("timestamp"), odd),
        agent_id=sender,
    )


def _untyped(sender: str | None, odd: Odd) -> str:
    odd.add("message_without_type")
    return "agent" if sender else "unknown"


def transcript(name: str, body: Json, visitor: Json, odd: Odd) -> str | None:
    """`plain_messages` or `html_messages` from the root, else from the visitor."""
    read = text(body.get(name), odd, MESSAGE_CAP)
    if read is None and visitor.get(name):
        odd.add("transcript_in_visitor")
        return text(visitor[name], odd, MESSAGE_CAP)
    return read


def compare_transcript(read: tuple[Message, ...], plain: str | None, odd: Odd) -> None:
    """Notes where the messages and plain_messages contradict each other; both are kept, the messages are shown."""
    if plain and any(found.text not in plain for found in read[:_COMPARED] if found.text):
        odd.add("plain_messages_differ")


def truth(value: Any, odd: Odd) -> bool:
    """A flag, also where it comes as a number or as text."""
    if value is None or type(value) is bool:
        return bool(value)
    odd.add("not_a_flag")
    return value == 1 or (type(value) is str and value.strip().lower() in ("1", "true"))
