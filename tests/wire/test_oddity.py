"""The shapes in which one thing comes: objects, lists, labels, agents, tags, messages, flags."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.model.chat import Agent, Message
from jivod.wire import oddity

ONE = {"id": "1", "name": "Elif", "email": "elif@example.org"}
TWO = {"id": 2, "name": "Mert"}
ELIF = Agent(id="1", name="Elif", email="elif@example.org")
MERT = Agent(id="2", name="Mert")


def noted(function: Any, *args: Any) -> tuple[Any, set[str]]:
    odd: set[str] = set()
    return function(*args, odd), odd


@pytest.mark.parametrize(
    "value, expected, names",
    [
        ({"a": 1}, {"a": 1}, set()),
        ({}, {}, set()),
        (None, {}, set()),
        ([], {}, {"empty_list_for_object"}),
        ([{"a": 1}, {"b": 2}], {"a": 1}, {"list_for_object"}),
        ([1, {"a": 1}], {"a": 1}, {"list_for_object"}),
        ([1], {}, {"list_for_object"}),
        ("x", {}, {"not_an_object"}),
        (5, {}, {"not_an_object"}),
        (True, {}, {"not_an_object"}),
    ],
)
def test_an_object_is_found_in_any_shape(value: Any, expected: Any, names: set[str]) -> None:
    assert noted(oddity.as_object, value) == (expected, names)


@pytest.mark.parametrize(
    "value, expected, names",
    [
        ([1, 2], [1, 2], set()),
        (None, [], set()),
        ({}, [], {"object_for_list"}),
        ({"10": "c", "9": "b", "x": "d", "0": "a"}, ["a", "b", "c", "d"], {"object_for_list"}),
        ({"id": 1, "0": 2}, [{"id": 1, "0": 2}], {"object_for_list"}),
        ("x", [], {"not_a_list"}),
        (5, [], {"not_a_list"}),
    ],
)
def test_f010_a_list_is_found_in_any_shape(value: Any, expected: Any, names: set[str]) -> None:
    assert noted(oddity.as_items, value, frozenset({"id"})) == (expected, names)


def test_a_list_is_cut_at_its_cap() -> None:
    odd: set[str] = set()
    assert oddity.as_items([1, 2, 3], frozenset(), odd, 2) == [1, 2]
    assert odd == {"too_many_items"}


@pytest.mark.parametrize(
    "value, expected, names",
    [
        ({"id": 3, "name": "Sales"}, "Sales", set()),
        ({"id": 3, "name": " "}, "3", set()),
        ({"id": "3"}, "3", set()),
        ({}, None, set()),
        (None, None, set()),
        ([], None, {"empty_list_for_object"}),
        ([{"name": "Sales"}], "Sales", {"list_for_object"}),
        ("Sales", "Sales", {"text_for_object"}),
        (3, "3", {"text_for_object"}),
        (True, None, {"not_an_object"}),
    ],
)
def test_a_label_is_the_name_or_else_the_id(value: Any, expected: str | None, names: set[str]) -> None:
    assert noted(oddity.label, value, "name", "id") == (expected, names)


@pytest.mark.parametrize(
    "body, expected, names",
    [
        ({"topic": {"topic_id": 3, "title": "Delivery", "parent_id": None}}, "Delivery", set()),
        ({"topic": {"topic_id": 3}}, "3", set()),
        ({"topic_id": 3}, "3", {"topic_in_root"}),
        ({"topic": {"title": "Delivery"}, "topic_id": 3}, "Delivery", set()),
        ({"topic": None, "topic_id": None}, None, {"topic_in_root"}),
        ({}, None, set()),
    ],
)
def test_the_topic_may_stand_in_the_root(body: Any, expected: str | None, names: set[str]) -> None:
    assert noted(oddity.topic, body) == (expected, names)


@pytest.mark.parametrize(
    "body, expected, names",
    [
        ({"agent": ONE}, [ELIF], set()),
        ({"agents": [ONE, TWO]}, [ELIF, MERT], set()),
        ({"agents": [TWO, ONE, TWO]}, [MERT, ELIF, MERT], set()),
        ({"agents": [ONE], "agent": TWO}, [ELIF, MERT], set()),
        ({"agents": [TWO, ONE], "agent": ONE}, [MERT, ELIF], set()),
        ({"agents": {"1": TWO, "0": ONE}}, [ELIF, MERT], {"object_for_list"}),
        ({"agents": ONE}, [ELIF], {"object_for_list"}),
        ({"agents": [None, 5, {}, ONE]}, [ELIF], {"not_an_object"}),
        ({"agents": None, "agent": None}, [], set()),
        ({"agents": 5}, [], {"not_a_list"}),
        ({"agent": []}, [], {"empty_list_for_object"}),
        ({"agent": [ONE]}, [ELIF], {"list_for_object"}),
        ({"agent": {"agent_id": 1, "name": "Elif", "email": "elif@example.org"}}, [ELIF], set()),
        ({"agent": {"id": None, "name": ""}}, [], set()),
        ({}, [], set()),
    ],
)
def test_f009_agents_keep_their_order_and_the_last_one_closes(body: Any, expected: Any, names: set[str]) -> None:
    assert noted(oddity.agents, body) == (tuple(expected), names)


def test_tags_are_read_wherever_they_stand_and_each_once() -> None:
    body = {"tags": [{"id": "1", "title": "VIP"}, {"id": 2}, {"title": ""}, None]}
    visitor, chat = {"tags": ["VIP", "new"]}, {"tags": {"id": 9, "title": "late"}}
    found, odd = noted(oddity.tags, body, visitor, chat)
    assert found == ("VIP", "2", "new", "late")
    assert odd == {"tags_in_visitor", "tags_in_chat", "text_for_object", "object_for_list"}


def test_at_most_100_tags_are_kept() -> None:
    found, odd = noted(oddity.tags, {"tags": [{"title": str(number)} for number in range(101)]}, {}, {})
    assert (len(found), odd) == (100, {"too_many_items"})


@pytest.mark.parametrize(
    "value, expected, names",
    [
        ("hello", "hello", set()),
        (" \n", None, set()),
        (oddity.HIDDEN, None, {"hidden_message_text"}),
        (f" {oddity.HIDDEN} ", None, {"hidden_message_text"}),
        ({"text": "hello"}, "hello", {"message_as_object"}),
        ({}, None, {"message_as_object"}),
        (5, "5", {"number_for_text"}),
        (None, None, set()),
    ],
)
def test_the_text_of_a_message_is_its_own_or_nothing(value: Any, expected: str | None, names: set[str]) -> None:
    assert noted(oddity.message_text, value) == (expected, names)


@pytest.mark.parametrize(
    "item, expected, names",
    [
        (
            {"type": "agent", "message": "hi", "timestamp": 1763800000, "agent_id": 7},
            Message(author="agent", text="hi", at=1763800000000, agent_id="7"),
            set(),
        ),
        ({"text": "hi"}, Message(author="unknown", text="hi"), {"message_without_type"}),
        (
            {"agent_id": "7"},
            Message(author="agent", agent_id="7"),
            {"message_without_type"},
        ),
        ("hi", Message(author="unknown", text="hi"), {"message_not_an_object"}),
    ],
)
def test_f012_a_message_is_read_without_its_parts(item: Any, expected: Any, names: set[str]) -> None:
    assert noted(oddity.messages, {"messages": [item]}) == ((expected,), names)


@pytest.mark.parametrize("item", [None, 5, "", []])
def test_f012_what_is_no_message_is_left_out(item: Any) -> None:
    assert noted(oddity.messages, {"messages": [item]}) == ((), {"message_not_an_object"})


def test_f011_the_first_5000_messages_are_read() -> None:
    found, odd = noted(oddity.messages, {"messages": [{"type": "visitor", "message": "m"}] * 6000})
    assert (len(found), odd) == (5000, {"too_many_items"})


def test_the_transcript_of_the_root_goes_before_that_of_the_visitor() -> None:
    visitor = {"plain_messages": "there"}
    assert noted(oddity.transcript, "plain_messages", {"plain_messages": "here"}, visitor) == ("here", set())
    assert noted(oddity.transcript, "plain_messages", {"plain_messages": ""}, visitor) == (
        "there",
        {"transcript_in_visitor"},
    )


@pytest.mark.parametrize(
    "texts, plain, names",
    [
        (["hi", "ho"], "[1] A: hi\n[2] B: ho", set()),
        (["hi", "ho"], "[1] A: hi", {"plain_messages_differ"}),
        ([None], "[1] A: hi", set()),
        (["hi"], None, set()),
    ],
)
def test_f037_a_transcript_that_contradicts_the_messages_is_noted(
    texts: list[str | None], plain: str | None, names: set[str]
) -> None:
    odd: set[str] = set()
    oddity.compare_transcript(tuple(Message(author="visitor", text=text) for text in texts), plain, odd)
    assert odd == names


@pytest.mark.parametrize(
    "value, expected, names",
    [
        (True, True, set()),
        (False, False, set()),
        (None, False, set()),
        (1, True, {"not_a_flag"}),
        (0, False, {"not_a_flag"}),
        ("True", True, {"not_a_flag"}),
        ("no", False, {"not_a_flag"}),
        ([], False, {"not_a_flag"}),
    ],
)
def test_a_flag_may_come_as_a_number_or_a_text(value: Any, expected: bool, names: set[str]) -> None:
    assert noted(oddity.truth, value) == (expected, names)
