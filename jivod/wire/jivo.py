"""Jivo: bytes <-> Event, Answer. The only module of this room that others import.

A body is checked (`wire.body`), its fields are read with all their quirks (`wire.fields`), and the event is made of
them. That every value has the type its class declares is held by a test with the strict converter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import orjson

from jivod.model.answer import ROWS_MAX, Answer, ContactInfo, Row
from jivod.model.event import (
    CallEvent,
    ChatAccepted,
    ChatAssigned,
    ChatFinished,
    ChatUpdated,
    ClientAttributeUpdated,
    ClientUpdated,
    CrmEvent,
    Event,
    Foreign,
    OfflineMessage,
    Unknown,
)
from jivod.model.value import frozen
from jivod.wire import body as bodies
from jivod.wire import fields, names
from jivod.wire.oddity import Json
from jivod.wire.text import URL_CAP, Odd

CONTENT_CAP = 512  # characters of a row

_DIGEST_BYTES = 16
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

Reader = tuple[type[Event], Callable[[Json, Odd], Json]]
_WEBHOOKS: dict[str, Reader] = {
    "chat_accepted": (ChatAccepted, fields.common),
    "chat_updated": (ChatUpdated, fields.common),
    "chat_assigned": (ChatAssigned, fields.chat_assigned),
    "chat_finished": (ChatFinished, fields.chat_finished),
    "offline_message": (OfflineMessage, fields.offline_message),
    "client_updated": (ClientUpdated, fields.common),
    "client_attribute_updated": (ClientAttributeUpdated, fields.client_attribute_updated),
    "call_event": (CallEvent, fields.call_event),
}
_OTHERS: dict[str, Reader] = {
    names.CRM: (CrmEvent, fields.crm),
    names.FOREIGN: (Foreign, fields.foreign),
    names.UNKNOWN: (Unknown, fields.common),
}
_NAMES = frozenset(_WEBHOOKS)


@frozen
class Reading:
    """A body as read. `digest`: 16 bytes over the canonical JSON, whatever the order of keys and the white space."""

    event: Event
    digest: bytes


def read(body: bytes) -> Reading:
    """The event in `body`. A pure function of the bytes. Raises `Unreadable` with a code and a sentence."""
    found = bodies.parse(body)
    kind, name = names.recognise(found.value, _NAMES, found.oddities)
    cls, fields_of = _WEBHOOKS[name] if kind == names.WEBHOOK else _OTHERS[kind]
    values = fields_of(found.value, found.oddities)
    event = cls(event_name=name, oddities=tuple(sorted(found.oddities)), **values)
    return Reading(event, digest(found.value))


def digest(value: Json) -> bytes:
    """16 bytes over the canonical JSON of `value`."""
    try:
        canonical = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # numbers beyond 64 bits, lone surrogates
        canonical = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return blake2b(canonical, digest_size=_DIGEST_BYTES).digest()


def write(answer: Answer) -> bytes:
    """The JSON body of a 200. Only what is known; without `contact_info` and rows it is {"result":"ok"}."""
    document: Json = {"result": "ok"}
    if contact := _contact(answer.contact_info):
        document["contact_info"] = contact
    rows = [row for given in answer.rows if (row := _row(given))][:ROWS_MAX]
    if rows:
        document["custom_data"] = rows
    if link := showable(answer.crm_link):
        document["crm_link"] = link
    if answer.enable_assign or contact:
        document["enable_assign"] = answer.enable_assign
    return orjson.dumps(document)


def write_error(message: str, code: str, request_id: str) -> bytes:
    """The JSON body of any other status: Jivo shows `message` to a person, `code` and `request_id` are for the log."""
    document = {"result": showable(message), "error": {"code": showable(code), "request_id": showable(request_id)}}
    return orjson.dumps(document)


def _contact(given: ContactInfo | None) -> dict[str, str]:
    if given is None:
        return {}
    known = {"name": given.name, "phone": given.phone, "email": given.email, "description": given.description}
    return {field: shown for field, value in known.items() if (shown := showable(value))}


def _row(row: Row) -> dict[str, Any] | None:
    content = showable(row.content)[:CONTENT_CAP]
    if not content.strip():
        return None
    link = showable(row.link)
    written = {
        "title": showable(row.title)[:CONTENT_CAP],
        "key": showable(row.key)[:CONTENT_CAP],
        "content": content,
        "link": link if len(link) <= URL_CAP else "",
    }
    return {field: value for field, value in written.items() if value}


def showable(value: str | None) -> str:
    """Text without control characters (but line feed and tab) and lone surrogates."""
    return _UNSHOWABLE.sub("", value) if value else ""
