"""Laws of the wire: whatever comes, reading gives an event or a refusal, the same one each time, and clean."""

from __future__ import annotations

import json
import random
from typing import Any

import attrs
import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from jivod.model.answer import Answer, ContactInfo, Row
from jivod.model.errors import Unreadable
from jivod.model.event import Event
from jivod.strict import make_converter
from jivod.wire import body, jivo
from tests.strategies.bodies import bodies, encode, json_objects, json_values, reordered

CODES = {
    "empty_body",
    "bad_utf8",
    "bad_json",
    "not_an_object",
    "no_event_name",
    "duplicate_key",
    "bad_number",
    "too_deep",
    "too_many_values",
}
SHAPELY = st.sampled_from(list(b'{}[]",:\\ \n09eE+-.truefalsnNI\x00\xff\xef\xbb\xbfevent_=')) | st.integers(0, 255)

STRICT = make_converter(detailed_validation=False)


def outcome(body: bytes) -> jivo.Reading | Unreadable:
    try:
        return jivo.read(body)
    except Unreadable as error:
        return error


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [found for item in value.items() for found in strings(item)]
    return [found for item in value for found in strings(item)] if isinstance(value, list | tuple) else []


def spread(body: Any, rnd: random.Random) -> bytes:
    """The same JSON in another order of keys, with other white space and escapes."""
    return json.dumps(
        reordered(body, rnd), indent=rnd.choice([None, 0, 1, "\t"]), ensure_ascii=rnd.random() < 0.5
    ).encode(errors="backslashreplace")


@given(json_objects())
@example({"event_name": "chat_finished", "chat": {"messages": {"1": "b", "0": "a"}}})
def test_every_value_of_an_event_has_the_type_that_its_class_declares(body: dict[str, Any]) -> None:
    event = jivo.read(encode(body)).event
    assert STRICT.structure(attrs.asdict(event), type(event)) == event


@given(json_objects())
@example({"event_name": "chat_finished", "chat": {"messages": {"1": "b", "0": "a"}}})
def test_any_object_with_an_event_name_is_read(body: dict[str, Any]) -> None:
    assert isinstance(jivo.read(encode(body)).event, Event)


@given(st.one_of(bodies(), json_objects()), st.randoms(use_true_random=False))
def test_order_of_keys_and_white_space_change_nothing(body: dict[str, Any], rnd: random.Random) -> None:
    assert jivo.read(spread(body, rnd)) == jivo.read(encode(body))


@given(st.one_of(bodies(), json_objects()), st.randoms(use_true_random=False))
def test_order_of_keys_does_not_show_in_any_dict_of_the_event(body: dict[str, Any], rnd: random.Random) -> None:
    one, other = jivo.read(encode(body)).event, jivo.read(spread(body, rnd)).event
    assert orjson.dumps(attrs.asdict(one)) == orjson.dumps(attrs.asdict(other))


@given(st.one_of(bodies(), json_objects()))
def test_reading_is_deterministic(body: dict[str, Any]) -> None:
    assert jivo.read(encode(body)) == jivo.read(encode(body))


@given(json_objects())
def test_every_text_of_an_event_is_utf8_without_nul(body: dict[str, Any]) -> None:
    for text in strings(attrs.asdict(jivo.read(encode(body)).event)):
        assert text.encode()
        assert "\0" not in text


@given(st.binary(max_size=200) | st.lists(SHAPELY, max_size=60).map(bytes))
def test_any_bytes_give_a_reading_or_a_refusal(body: bytes) -> None:
    found = outcome(body)
    assert isinstance(found, jivo.Reading) or found.code in CODES


@given(json_values().map(lambda value: json.dumps(value).encode()), st.data())
def test_damaged_json_gives_a_reading_or_a_refusal(body: bytes, data: st.DataObject) -> None:
    damaged = bytearray(body)
    damaged[data.draw(st.integers(0, len(body) - 1))] = data.draw(SHAPELY)
    found = outcome(bytes(damaged))
    assert isinstance(found, jivo.Reading) or found.code in CODES


SECRET = st.text("QXZJ0123456789@ğ", min_size=6, max_size=20)


@given(
    SECRET,
    st.sampled_from(
        [
            '"%s"',
            "%s",
            '{"%s":1,"%s":2}',
            '{"%s":NaN}',
            '{"%s":1e999}',
            '{"event_name":["%s"]}',
            '{"a":"%s',
            '{"a":%s}',
            "event=%s",
            "data=%s&x=1",
            '{"%s":[1 2]}',
            '["%s"]',
        ]
    ),
)
def test_a_refusal_never_repeats_what_came(secret: str, form: str) -> None:
    found = outcome(form.replace("%s", secret).encode())
    assert isinstance(found, Unreadable)
    assert not any(secret[start : start + 6] in str(found) for start in range(len(secret) - 5))


LINE = st.text(st.characters(), max_size=30)
ROWS = st.lists(
    st.builds(Row, content=LINE, title=st.none() | LINE, link=st.none() | LINE, key=st.none() | LINE), max_size=14
)
CONTACTS = st.none() | st.builds(
    ContactInfo, name=st.none() | LINE, email=st.none() | LINE, phone=st.none() | LINE, description=st.none() | LINE
)


@given(
    st.builds(
        Answer, contact_info=CONTACTS, rows=ROWS.map(tuple), crm_link=st.none() | LINE, enable_assign=st.booleans()
    )
)
def test_any_answer_is_valid_json_with_result_ok(answer: Answer) -> None:
    document = orjson.loads(jivo.write(answer))
    assert document["result"] == "ok"
    assert len(document.get("custom_data", [])) <= 10
    assert all(strings(document))
    assert all(ord(character) >= 32 or character in "\n\t" for text in strings(document) for character in text)


@given(LINE, LINE, LINE)
def test_any_error_is_valid_json(message: str, code: str, request_id: str) -> None:
    assert set(orjson.loads(jivo.write_error(message, code, request_id))) == {"result", "error"}


def compact(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


@given(json_values().map(compact) | st.lists(SHAPELY, max_size=20).map(bytes))
@example(b'{"a":1,"a":1}')
@example(b"-0")
@example(b"1.0")
@example(b"1e400")
@example(b"18446744073709551616")
@example(b'"\\ud800"')
@example(b'["\xff"]')
def test_the_short_way_reads_what_the_careful_way_reads(source: bytes) -> None:
    short = body.as_written(source)
    if short is not None:
        careful = body.carefully(source, 0)
        assert repr(careful) == repr(short)
