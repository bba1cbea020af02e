"""J: what is no JSON, nearly JSON, or JSON with a catch, sent by who knows the secret."""

from __future__ import annotations

import tracemalloc
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jivod.flow.query import history
from jivod.store import quarantine
from tests.hold.scale import PROFILE
from tests.hostile.ground import NOTHING, QUARANTINED, STORED, Ground
from tests.strategies.bodies import bodies, encode, json_objects

LETTERS = [*b'{}[]":,\\ue0-+.truefalsn \n\x00\xff']  # of which JSON is made, and what breaks it
EXAMPLES = {"fast": 15, "ci": 300, "big": 10_000}[PROFILE]


def with_value(value: bytes) -> bytes:
    """A good event with one field more, whose value stands there as it is given."""
    known = b'"event_name":"chat_accepted","chat_id":1,"visitor":{"name":"Mallory","email":"mallory@example.com"}'
    return b"{" + known + b',"more":' + value + b"}"


GOOD = with_value(b"1")

REFUSED: dict[str, tuple[str, list[bytes]]] = {
    "J003": ("not_an_object", [b"null", b"1", b'"x"', b"[]", b'[{"event_name":"chat_finished"}]', b"[" + GOOD + b"]"]),
    "J005": (
        "bad_json",
        [GOOD[:-1] + b",}", with_value(b"1/*x*/"), b"//x\n" + GOOD, GOOD.replace(b'"', b"'"), b"{event_name:1}",
         GOOD + GOOD],
    ),
    "J006": ("bad_number", [with_value(v) for v in (b"NaN", b"Infinity", b"-Infinity", b"1e400", b"9" * 5000)]),
    "J010": ("bad_json", [with_value(v) for v in (b"01", b"+1", b".5", b"1.", b"-", b"1e", b"0x1", b"1_0")]),
    "J011": (
        "too_deep",
        [with_value(b"[" * 32 + b"]" * 32), b"[" * 50_000 + b"]" * 50_000, b"[" * 100_000,
         b'{"a":' * 20_000 + b"}" * 20_000],
    ),
    "J013": (
        "duplicate_key",
        [
            b'{"event_name":"chat_accepted","event_name":"chat_finished","chat_id":1}',
            with_value(b'{"a":1,"a":1}'),
            with_value(b'{"a":1,"\\u0061":2}'),
        ],
    ),
    "J017": ("too_many_values", [with_value(b"{" + b",".join(b'"%d":1' % n for n in range(90_000)) + b"}")]),
    "J020": ("bad_utf8", [with_value(b'"' + v + b'"') for v in (b"\xff", b"\xc0\xaf", b"\xe2\x82", b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80")]),
    "J022": (
        "bad_utf8",
        [GOOD.decode().encode(c) for c in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")],
    ),
    "J023": ("bad_utf8", [with_value('"ığdır"'.encode("cp1254")), with_value('"é"'.encode("latin-1")),
    with_value('"ы"'.encode("cp1251"))]),
    "J027": ("bad_json", [with_value(b'"a%cb"' % c) for c in (0, 1, 9, 10, 13, 27, 31)]),
    "J029": ("bad_json", [GOOD + b"=", b"data=" + GOOD, b"data=%7B%22event_name%22%3A1%7D", b"a=1&b=2"]),
    "J031": (
        "bad_json",
        [
            b"<html><body><h1>502 Bad Gateway</h1></body></html>",
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
            b'a:1:{s:10:"event_name";s:13:"chat_accepted";}',
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("id", REFUSED)
def test_what_cannot_be_read_is_refused_and_kept_as_it_came(id: str, ground: Ground) -> None:
    code, given_bodies = REFUSED[id]
    for body in given_bodies:
        outcome = ground.post(body)
        assert (outcome.code, outcome.kept) == (f"400 {code}", QUARANTINED), body[:80]
    kept = ground.shop.engine.read(lambda txn: quarantine.listed(txn, 100))
    assert sorted(one.body for one in kept) == sorted(given_bodies)


def test_j001_a_blank_body_is_refused_and_not_kept(ground: Ground) -> None:
    for body in (b"", b" ", b" \r\n\t " * 1000):
        assert (ground.post(body).code, ground.post(body).kept) == ("400 empty_body", NOTHING)


def test_j029_a_form_is_told_that_json_is_expected(ground: Ground) -> None:
    assert ground.post(b"data=" + GOOD).reply.json["result"] == "Expected JSON, but the body looks form-encoded."


@pytest.mark.parametrize(
    ("sent", "read", "flag"),
    [
        ("9007199254740993", "9007199254740993", None),
        ("18446744073709551616", "18446744073709551616", None),
        ("-1", "-1", "negative_id"),
        ("0", "0", None),
        ("12", "12", None),
        ('"12"', "12", None),
        ("12.0", "12", "fractional_id"),
        ("1e3", "1000", "fractional_id"),
        ("1.5", None, "not_an_id"),
        ("1e300", None, "not_an_id"),
        ("true", None, "not_an_id"),
    ],
)
def test_j009_a_number_of_a_chat_keeps_its_digits(
    ground: Ground, sent: str, read: str | None, flag: str | None
) -> None:
    outcome = ground.post(GOOD.replace(b'"chat_id":1', b'"chat_id":' + sent.encode()))
    assert outcome.is_ok and outcome.event.chat_id == read
    assert flag is None or flag in outcome.event.oddities


def test_j009_only_the_same_number_is_the_same_chat(ground: Ground) -> None:
    numbers = (b"9007199254740992", b"9007199254740993", b"12", b'"12"', b"12.0")
    for n, number in enumerate(numbers):
        assert ground.post(GOOD.replace(b'"chat_id":1', b'"chat_id":' + number).replace(b":1}", b":%d}" % n)).is_ok
    me = ground.golden("mallory@example.com").id
    chats = ground.shop.engine.read(lambda txn: history(txn, me, 100))
    assert sorted(chat.ref for chat in chats) == ["chat:12", "chat:9007199254740992", "chat:9007199254740993"]


def test_j012_32_levels_are_taken(ground: Ground) -> None:
    assert ground.post(with_value(b"[" * 31 + b"]" * 31)).is_ok


def test_j015_keys_that_mean_something_elsewhere_are_data(ground: Ground) -> None:
    names = ("__proto__", "constructor", "__class__", "$where", "prototype", "__init__", "toString", "hasOwnProperty")
    odd: dict[str, Any] = {name: {"email": "other@example.com", "isAdmin": True} for name in names}
    visitor = {**odd, "email": "mallory@example.com"}
    assert ground.post({"event_name": "chat_accepted", "chat_id": 1, **odd, "visitor": visitor}).is_ok
    attributes = {"event_name": "client_attribute_updated", "client_id": 5, "attributes": odd, "visitor": visitor}
    assert ground.post(attributes).is_ok
    assert ground.golden("mallory@example.com").attributes.keys() >= set(names)
    assert ground.found("other@example.com") == []


def test_j016_a_megabyte_of_little_values_takes_no_memory(ground: Ground) -> None:
    heavy = with_value(b"[" + b",".join([b"{}"] * 340_000) + b"]")
    ground.post(heavy)
    tracemalloc.start()
    outcome = ground.post(heavy + b" ")
    now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (outcome.code, outcome.kept) == ("400 too_many_values", QUARANTINED)
    assert most < 30 * 1024 * 1024 and now < 5 * 1024 * 1024


def test_j019_a_text_of_a_megabyte_is_shown_in_part_and_kept_whole(ground: Ground) -> None:
    text = "ş" * 500_000
    said = {"messages": [{"type": "visitor", "message": text}]}
    body = {"event_name": "chat_finished", "chat_id": 3, "visitor": {"email": "mallory@example.com"}, "chat": said}
    outcome = ground.post(body)
    assert outcome.is_ok and "cut_text" in outcome.event.oddities
    assert outcome.entry is not None and outcome.entry.body == orjson.dumps(body)
    (message,) = ground.chat(ground.golden("mallory@example.com").id).messages
    assert message.text == "ş" * (32 * 1024)


def test_j021_one_byte_order_mark_is_taken_off_and_two_are_not(ground: Ground) -> None:
    assert ground.post(b"\xef\xbb\xbf" + GOOD).is_ok
    assert (ground.post(b"\xef\xbb\xbf" * 2 + GOOD).kept) == QUARANTINED


@pytest.mark.parametrize(
    ("id", "escape"),
    [("J024", "\\ud800"), ("J024-low", "\\udfff"), ("J025", "\\udc00\\ud800"), ("J026", "\\u0000"), ("J026-esc",
     "\\u001b")],
)  # fmt: skip
def test_half_characters_and_controls_are_replaced_and_cut_nothing(ground: Ground, id: str, escape: str) -> None:
    visitor = f'{{"name":"before{escape}after","email":"odd{escape}@example.com","phone":"+90 532 {escape} 000 00 01"}}'
    said = f'{{"messages":[{{"type":"visitor","message":"text{escape}end"}}]}}'
    body = f'{{"event_name":"chat_finished","chat_id":1,"client_id":9,"visitor":{visitor},"chat":{said}}}'
    outcome = ground.post(body.encode())
    assert outcome.is_ok and outcome.entry is not None and outcome.entry.body == body.encode()
    shown = ground.post(f'{{"event_name":"chat_accepted","chat_id":1,"client_id":9,"visitor":{visitor}}}'.encode())
    answer = shown.reply.body.decode()
    mark = "\ufffd" * escape.count("\\")
    assert shown.reply.json["contact_info"]["name"] == f"before{mark}after" and escape not in answer
    me = ground.of(shown)
    assert (me.name, me.emails) == (f"before{mark}after", ())
    assert [m.text for m in ground.chat(me.id).messages] == [f"text{mark}end"]


def test_j028_what_is_escaped_is_what_it_stands_for(ground: Ground) -> None:
    name = b"<script>a</b>"
    escaped = rb"\u003cscript\u003ea\u003c\/b\u003e"
    plain = ground.post(GOOD.replace(b"Mallory", name))
    same = ground.post(GOOD.replace(b"Mallory", escaped))
    assert plain.is_ok and same.reply.status == 200
    assert plain.event.visitor.name == name.decode()
    assert same.kept == NOTHING  # the same event once more
    assert same.reply.body == plain.reply.body


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "", "application/json; charset=utf-16", "application/x-www-form-urlencoded",
     "multipart/form-data", "a/b; c=\""],
)  # fmt: skip
def test_j032_the_body_decides_whatever_it_is_called(ground: Ground, kind: str) -> None:
    assert ground.post(GOOD, Content_Type=kind).is_ok


def test_j034_any_json_object_is_taken_or_refused_in_words(ground: Ground) -> None:
    @settings(max_examples=EXAMPLES)
    @given(json_objects() | bodies())
    def any_object(body: dict[str, Any]) -> None:
        outcome = ground.post(encode(body))
        assert (outcome.reply.status, outcome.kept) in {(200, STORED), (200, NOTHING), (400, QUARANTINED)}

    any_object()


def test_j034_any_bytes_are_taken_or_refused_in_words(ground: Ground) -> None:
    @settings(max_examples=EXAMPLES)
    @given(st.lists(st.sampled_from(LETTERS), max_size=60).map(bytes))
    def any_bytes(value: bytes) -> None:
        assert ground.post(with_value(value)).reply.status in {200, 400}

    any_bytes()
