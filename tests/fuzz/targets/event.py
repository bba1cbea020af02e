"""A webhook body: an event or `Unreadable`; the digest is of the JSON, not of how it is written; and its husk."""

from __future__ import annotations

import json

from attrs import evolve

from jivod.model.errors import Unreadable
from jivod.model.event import Event
from jivod.wire import body, husk, jivo

CODES = frozenset({
    "bad_json", "bad_number", "bad_utf8", "duplicate_key", "empty_body", "no_event_name", "not_an_object", "too_deep",
    "too_many_values",
})  # fmt: skip
AROUND = frozenset({"byte_order_mark", "event_prefix"})  # oddities of what stands before the JSON
LONGEST_SENTENCE = 120  # none of it is input


def check(data: bytes) -> None:
    try:
        reading = jivo.read(data)
    except Unreadable as error:
        assert error.code in CODES, error.code
        assert len(str(error)) < LONGEST_SENTENCE, str(error)
        return
    assert jivo.read(data) == reading
    again = jivo.read(json.dumps(body.parse(data).value, indent=1, sort_keys=True).encode())
    assert again.digest == reading.digest
    assert _plain(again.event) == _plain(reading.event)
    left = husk.write(reading.event)
    assert husk.read(left) == husk.emptied(reading.event)
    assert husk.write(husk.read(left)) == left


def _plain(event: Event) -> Event:
    """The event without what tells how it was written."""
    return evolve(event, oddities=tuple([odd for odd in event.oddities if odd not in AROUND]))
