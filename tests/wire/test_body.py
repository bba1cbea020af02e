"""Bytes become one checked JSON object, or a refusal that says what is wrong and where, never what stands there."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from jivod.model.errors import Unreadable
from jivod.wire import body

NAME = b'"event_name":"chat_accepted"'


def parsed(source: bytes) -> dict[str, Any]:
    return body.parse(source).value


def refusal(source: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        body.parse(source)
    return caught.value


@pytest.mark.parametrize("source", [b"", b"   ", b"\r\n\t ", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"])
def test_j001_a_blank_body_is_empty(source: bytes) -> None:
    assert refusal(source).code == "empty_body"


@pytest.mark.parametrize("source", [b"null", b"1", b'"x"', b"[]", b'[{"event_name":"chat_finished"}]', b"true"])
def test_j003_what_is_not_an_object_is_refused(source: bytes) -> None:
    assert refusal(source).code == "not_an_object"


@pytest.mark.parametrize(
    "source",
    [
        b'{"a":1,}',
        b'{"a":1 /* why */}',
        b"{'a':1}",
        b"{a:1}",
        b'{"a":01}',
        b'{"a":+1}',
        b'{"a":.5}',
        b'{"a":1.}',
        b'{"a":"tab\there"}',
        b'{"a":"\x07"}',
        b'{"a":"\\x"}',
        b'{"a":1}{"b":2}',
        b"<html><body>502</body></html>",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "y">]><x>&e;</x>',
        b'a:1:{s:10:"event_name";s:1:"x";}',
    ],
)
def test_j005_j010_j027_j031_what_is_almost_json_is_refused(source: bytes) -> None:
    assert refusal(source).code == "bad_json"


def test_bad_json_is_located() -> None:
    error = refusal(b'{"a": 1,\n "b": oops}')
    assert str(error) == "The body is not valid JSON: the fault is at line 2, column 7."


@pytest.mark.parametrize(
    "source", [b"event=%7B%22event_name%22%3A1%7D", b'data={"event_name":"x"}', b'{"event_name":"x"}=', b"a=1&b=2"]
)
def test_j029_a_form_gets_the_hint_that_json_is_expected(source: bytes) -> None:
    error = refusal(source)
    assert error.code == "bad_json"
    assert "Expected JSON" in str(error)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-1e400", b"9" * 4301])
def test_j006_a_number_that_json_or_python_cannot_hold_is_refused(number: bytes) -> None:
    assert refusal(b'{"a":[%s]}' % number).code == "bad_number"


@pytest.mark.parametrize("number", [2**53 + 1, 2**64, 2**64 + 1, -1, 10**400])
def test_j009_an_integer_keeps_all_its_digits(number: int) -> None:
    assert parsed(b'{"a":%d}' % number) == {"a": number}


@pytest.mark.parametrize("opening, closing", [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize("depth", [32, 99_999])
def test_j011_more_than_32_levels_are_too_deep(opening: bytes, closing: bytes, depth: int) -> None:
    inner = opening * depth + b"1" + closing * depth
    assert refusal(b'{"a":%s}' % inner).code == "too_deep"


def test_j011_deep_nesting_that_never_closes_is_too_deep() -> None:
    assert refusal(b"[" * 100_000).code == "too_deep"


@pytest.mark.parametrize("opening, closing", [(b"[", b"]"), (b'{"a":', b"}")])
def test_j012_32_levels_are_fine(opening: bytes, closing: bytes) -> None:
    assert "a" in parsed(b'{"a":%s1%s}' % (opening * 31, closing * 31))


def test_brackets_inside_strings_are_no_levels() -> None:
    assert parsed(b'{"a":"%s\\"%s"}' % (b"[" * 100, b"{" * 100))["a"] == "[" * 100 + '"' + "{" * 100


def test_a_cut_body_with_many_objects_is_bad_json_and_not_too_deep() -> None:
    assert refusal(b'{"a":[' + b'{"b":1},' * 100).code == "bad_json"


def test_many_siblings_are_not_deep() -> None:
    assert len(parsed(b'{"a":[%s]}' % b",".join([b'{"b":[{}]}'] * 1000))["a"]) == 1000


@pytest.mark.parametrize("twice", [b"%s,%s" % (NAME, NAME), b'"a":{"b":1,"b":1}', b'"a":[{"":1,"":2}]'])
def test_j013_a_key_twice_in_one_object_is_refused(twice: bytes) -> None:
    assert refusal(b"{%s}" % twice).code == "duplicate_key"


def test_j015_keys_that_mean_something_elsewhere_are_data() -> None:
    assert set(parsed(b'{"__proto__":1,"constructor":2,"__class__":3,"$where":4}')) == {
        "__proto__",
        "constructor",
        "__class__",
        "$where",
    }


@pytest.mark.parametrize("item", [b"{}", b"[]", b"0", b'""', b'"\\""', b'{"a":1}', b"null"])
def test_j016_a_megabyte_of_tiny_values_is_too_many(item: bytes) -> None:
    items = b",".join([item] * (1_000_000 // (len(item) + 1)))
    assert refusal(b'{"a":[%s]}' % items).code == "too_many_values"


def test_j016_too_many_values_are_refused_before_they_are_built() -> None:
    source = b'{"a":[%s]}' % b",".join([b"{}"] * 333_000)
    tracemalloc.start()
    refusal(source)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize("item", [b"0", b"{}", b"[ ]", b'","'])
def test_120_000_values_are_not_too_many(item: bytes) -> None:
    assert len(parsed(b'{"a":[%s]}' % b",".join([item] * 119_998))["a"]) == 119_998


@pytest.mark.parametrize("item", [b"0", b"{}", b"[ ]", b'","'])
def test_120_001_values_are_too_many(item: bytes) -> None:
    assert refusal(b'{"a":[%s]}' % b",".join([item] * 119_999)).code == "too_many_values"


def test_commas_inside_a_text_are_no_values() -> None:
    assert len(parsed(b'{"a":"%s"}' % (b"," * 130_000))["a"]) == 130_000


@pytest.mark.parametrize("keys", [1_001, 30_000])
def test_j017_an_object_has_at_most_1000_keys(keys: int) -> None:
    source = b",".join(b'"%d":1' % number for number in range(keys))
    assert refusal(b"{%s}" % source).code == "too_many_values"


def test_j017_1000_keys_are_fine() -> None:
    assert len(parsed(b"{%s}" % b",".join(b'"%d":1' % number for number in range(1_000)))) == 1_000


@pytest.mark.parametrize("wrong", [b"\xff", b"\xc0\xaf", b"\xc3", b"\xed\xa0\x80", b"\xfd", b"\xf5\x80\x80\x80"])
def test_j020_j023_bytes_that_are_not_utf8_are_refused(wrong: bytes) -> None:
    error = refusal(b'{"a":"%s"}' % wrong)
    assert error.code == "bad_utf8"
    assert "offset 6" in str(error)


def test_the_offset_counts_from_the_start_of_the_body() -> None:
    assert "offset 9." in str(refusal(b'\xef\xbb\xbf{"a":"\xff"}'))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_j022_other_encodings_of_unicode_are_refused(encoding: str) -> None:
    assert refusal('{"event_name":"x"}'.encode(encoding)).code == "bad_utf8"


def test_j021_one_byte_order_mark_is_taken_off() -> None:
    found = body.parse(b"\xef\xbb\xbf{%s}" % NAME)
    assert (found.value, found.oddities) == ({"event_name": "chat_accepted"}, {"byte_order_mark"})


def test_a_second_byte_order_mark_is_bad_json() -> None:
    assert refusal(b"\xef\xbb\xbf" * 2 + b"{%s}" % NAME).code == "bad_json"


@pytest.mark.parametrize("prefix", [b"event = ", b"event=", b"  event =\n"])
def test_the_old_wire_form_is_taken_off(prefix: bytes) -> None:
    found = body.parse(prefix + b"{%s}" % NAME)
    assert (found.value, found.oddities) == ({"event_name": "chat_accepted"}, {"event_prefix"})


def test_a_long_string_that_never_ends_takes_no_quadratic_time() -> None:
    assert refusal(b'{"a":"' + b'\\"[,' * 250_000).code == "bad_json"
