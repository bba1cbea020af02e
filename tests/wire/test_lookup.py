"""What another CRM answers: the few values that were asked for, whatever else stands there."""

from __future__ import annotations

import math

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jivod.model.errors import Unreadable
from jivod.wire.lookup import TEXT_CAP, read

BODY = orjson.dumps(
    {"account": {"balance": 12.5, "vip": True, "none": None, "blank": "  "}, "orders": [{"total": "7"}], "deep": [[1]]}
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("account", "balance"), 12.5),
        (("account", "vip"), True),
        (("orders", 0, "total"), "7"),
        (("deep", 0, 0), 1),
        (("account",), None),
        (("orders",), None),
        (("account", "none"), None),
        (("account", "blank"), None),
        (("account", "balance", "more"), None),
        (("orders", "total"), None),
        (("orders", 0, "total", 0, 0), "7"),
        (("orders", 9, "total"), None),
        (("account", 0), None),
        (("__class__",), None),
    ],
)
def test_the_way_to_a_value(path: tuple[str | int, ...], value: object) -> None:
    assert read(BODY, {"x": path}).get("x") == value


def test_a_list_may_be_the_whole_answer() -> None:
    assert read(b'[{"a": 1}]', {"a": (0, "a")}) == {"a": 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\x00\xff",
        b'{"a":1',
        b"null",
        b"7",
        b'"text"',
        b"NaN",
        b"\x1f\x8b\x08",
        b"[" * 5000,
        b'{"a":1}x',
    ],
)
def test_what_is_no_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body, {"a": ("a",)})


@pytest.mark.parametrize(("text", "value"), [(b"1e999", None), (b"9" * 40, 1e40), (b"-1", -1)])
def test_numbers_have_an_end(text: bytes, value: object) -> None:
    try:
        found = read(b'{"a":%s}' % text, {"a": ("a",)}).get("a")
    except Unreadable:
        found = None
    assert found == value


def test_a_text_has_an_end() -> None:
    assert read(orjson.dumps({"a": "x" * 60_000}), {"a": ("a",)}) == {"a": "x" * TEXT_CAP}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=3),
    max_leaves=8,
)
PATHS = st.lists(st.sampled_from(["a", "b", 0, 1]), min_size=1, max_size=4).map(tuple)


@given(JSON, PATHS)
def test_whatever_stands_there_a_value_is_a_single_one(document: object, path: tuple[str | int, ...]) -> None:
    try:
        found = read(orjson.dumps(document), {"x": path})
    except Unreadable:
        assert not isinstance(document, (dict, list))
        return
    for value in found.values():
        assert isinstance(value, (str, bool, int, float))
        assert not isinstance(value, float) or math.isfinite(value)
