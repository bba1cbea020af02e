"""Customers as JSON Lines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies.bodies import json_values
from tests.wire.test_table import items, upload


def test_keys_are_named_like_columns_and_lists_are_several() -> None:
    line = {
        "id": 7, "E-posta": ["a@example.com", "b@example.com"], "tags": ["x,y", "z"], "phone": "1\n2", "Active": True,
        "attributes": {"Balance": 12.5, "email": "old"}, "nothing": None,
    }  # fmt: skip
    (one,) = items(json.dumps(line))
    assert sorted(one.said) == sorted([
        ("id", "7"), ("email", "a@example.com"), ("email", "b@example.com"), ("tag", "x,y"), ("tag", "z"),
        ("phone", "1"), ("phone", "2"), ("attr:Active", "true"), ("attr:Balance", "12.5"), ("attr:email", "old"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "not valid JSON"), ("[1]", "no object"), ('{"a":1,"a":2}', "same key twice"), ('{"a":NaN}', "NaN"),
        ('{"email":[["a"]]}', "no text"), ("[" * 40 + "]" * 40, "deeper"),
        ('{"a":"' + "x" * (1 << 20) + '"}', "too long"),
    ],
)  # fmt: skip
def test_p007_a_bad_line_is_reported_and_the_next_is_read(line: str, why: str) -> None:
    first, wrong, last = items(f'{{"email":"a@example.com"}}\n{line}\n{{"email":"b@example.com"}}\n')
    assert why in wrong.fault
    assert (first.fault, last.said, wrong.line, last.line) == ("", (("email", "b@example.com"),), 2, 3)


def test_a_refused_line_says_why_and_can_be_read_again() -> None:
    found = upload('{"email":"bad","refused":"earlier"}\n[1]\n')
    one, two = [found.refused_as(item, "why") for item in found.rows]
    assert (json.loads(one), json.loads(two)) == (
        {"email": "bad", "refused": "why"}, {"refused": "why", "line": "[1]"},
    )  # fmt: skip
    assert items(one)[0].said == (("email", "bad"),)


def test_of_a_key_the_field_may_be_told() -> None:
    (one,) = items('{"Kod":"7","x":1}', said={"kod": "id", "absent": "email"})
    assert one.said == (("id", "7"), ("attr:x", "1"))


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), json_values(), max_size=6))
def test_any_object_says_texts_or_is_at_fault(found: dict[str, Any]) -> None:
    for item in items('{"email":"a@example.com"}\n' + json.dumps(found)):
        assert item.fault or all(type(value) is str for _, value in item.said)
