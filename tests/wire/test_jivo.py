"""Reading events where fields meet, and writing answers."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from jivod.model.answer import Answer, ContactInfo, Row
from jivod.model.chat import Agent, Visit
from jivod.model.event import ChatFinished, OfflineMessage, Unknown
from jivod.wire import jivo
from tests.strategies.bodies import EVENTS, encode

FINISHED = {"event_name": "chat_finished", "chat_id": 1}


def read(body: dict[str, Any]) -> Any:
    return jivo.read(encode(body)).event


def written(answer: Answer) -> Any:
    return orjson.loads(jivo.write(answer))


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_of_nothing_but_its_name_is_read(name: str) -> None:
    event = read({"event_name": name})
    assert (event.event_name, event.chat_id, event.at, event.oddities) == (name, None, None, ())


def test_f002_an_unknown_event_carries_the_common_fields() -> None:
    event = read(
        {"event_name": "chat_exploded", "chat_id": 5, "agent": {"id": 1}, "page": {"url": "https://a.example"}}
    )
    assert isinstance(event, Unknown)
    assert (event.chat_id, event.agents, event.visit) == ("5", (Agent(id="1"),), Visit(url="https://a.example"))


def test_the_time_of_a_chat_is_that_of_its_last_message() -> None:
    messages = [{"timestamp": stamp} for stamp in (1763800000, 1763800050, None, 7, 1763800020)]
    assert read(FINISHED | {"chat": {"messages": messages}, "event_timestamp": 1763900000}).at == 1763800050000


def test_without_times_of_messages_the_timestamp_in_the_root_counts() -> None:
    assert read(FINISHED | {"event_timestamp": 1763900000}).at == 1763900000000
    assert read(FINISHED | {"event_timestamp": "soon"}).at is None


@pytest.mark.parametrize(
    "number, at", [(1763800500726, 1763800500726), ("1763800500726", 1763800500726), ("2614", None), (None, None)]
)
def test_the_time_of_an_offline_message_is_in_its_id(number: Any, at: int | None) -> None:
    event = read({"event_name": "offline_message", "offline_message_id": number})
    assert isinstance(event, OfflineMessage)
    assert event.at == at


def test_tags_of_the_chat_are_read() -> None:
    event = read(FINISHED | {"chat": {"tags": [{"title": "late"}]}, "tags": [{"title": "VIP"}]})
    assert isinstance(event, ChatFinished)
    assert (event.tags, event.oddities) == (("VIP", "late"), ("tags_in_chat",))


def test_the_provider_is_the_organization_or_else_isp() -> None:
    place = {"organization": "", "isp": "Example Telecom"}
    assert read(FINISHED | {"session": {"geoip": place}}).visit == Visit(provider="Example Telecom")


def test_f040_a_field_in_another_case_is_not_that_field() -> None:
    visitor = read(
        {"event_name": "chat_accepted", "visitor": {"Email": "a@example.com", "EMAIL": "b@example.com"}}
    ).visitor
    assert visitor.email is None


def test_f042_counts_are_text() -> None:
    assert (
        read({"event_name": "chat_accepted", "visitor": {"chats_count": 10**12}}).visitor.chats_count == "1000000000000"
    )


def test_crm_events_name_their_client_in_either_place() -> None:
    assert read({"event_name": "created_deal", "client": {"client_id": 7}}).client_id == "7"
    assert read({"event_name": "created_client", "client_id": 7, "client": 5}).client_id == "7"
    assert read({"event_name": "created_client", "client": 5}).client_id is None


@pytest.mark.parametrize("number", [2**53 + 1, 2**64, 2**200])
def test_the_digest_tells_big_numbers_apart(number: int) -> None:
    body = {"event_name": "chat_accepted", "chat_id": number}
    assert jivo.read(encode(body)).digest != jivo.read(encode(body | {"chat_id": number + 1})).digest


@pytest.mark.parametrize(
    "one, other", [(1, 1.0), (1, "1"), (1, True), ("a", "A"), (None, ""), ([], {}), ("\ud800", "\\ud800")]
)
def test_the_digest_tells_types_apart(one: Any, other: Any) -> None:
    assert jivo.digest({"a": one}) != jivo.digest({"a": other})


def test_the_digest_has_16_bytes_and_does_not_see_the_mark_in_front() -> None:
    body = encode({"event_name": "chat_accepted"})
    assert len(jivo.read(body).digest) == 16
    assert jivo.read(b"\xef\xbb\xbf" + body).digest == jivo.read(b"event = " + body).digest == jivo.read(body).digest


def test_the_plain_answer_is_just_ok() -> None:
    assert jivo.write(Answer()) == b'{"result":"ok"}'


def test_the_full_answer_has_its_keys_in_order() -> None:
    answer = Answer(
        contact_info=ContactInfo(email="a@example.com", name="Ayşe"),
        rows=(Row(content="1", title="Balance", link="https://a.example", key="sum"),),
        crm_link="https://crm.example.com/customers/1",
    )
    assert jivo.write(answer).decode() == (
        '{"result":"ok","contact_info":{"name":"Ayşe","email":"a@example.com"},'
        '"custom_data":[{"title":"Balance","key":"sum","content":"1","link":"https://a.example"}],'
        '"crm_link":"https://crm.example.com/customers/1","enable_assign":false}'
    )


def test_enable_assign_is_written_if_true_or_beside_contacts() -> None:
    assert "enable_assign" not in written(Answer(rows=(Row(content="x"),)))
    assert written(Answer(enable_assign=True)) == {"result": "ok", "enable_assign": True}
    assert written(Answer(contact_info=ContactInfo(name="a")))["enable_assign"] is False


def test_contacts_without_anything_known_are_left_out() -> None:
    assert written(Answer(contact_info=ContactInfo(name="", phone="\x00"))) == {"result": "ok"}


def test_at_most_ten_rows_are_written_and_blank_ones_do_not_count() -> None:
    rows = tuple(Row(content=content) for content in [" ", *map(str, range(12))])
    assert [row["content"] for row in written(Answer(rows=rows))["custom_data"]] == [str(n) for n in range(10)]


def test_a_row_is_cut_at_512_characters_but_a_long_link_is_left_out() -> None:
    row = Row(content="ş" * 600, title="t" * 600, key="k" * 600, link="https://a.example/" + "x" * 2048)
    assert written(Answer(rows=(row,)))["custom_data"] == [{"title": "t" * 512, "key": "k" * 512, "content": "ş" * 512}]


def test_control_characters_and_lone_surrogates_are_not_written() -> None:
    row = Row(content="a\x00b\x1b[0m\nc\td\r\x7f\ud800")
    assert written(Answer(rows=(row,), crm_link="\x07"))["custom_data"] == [{"content": "ab[0m\nc\td"}]


def test_an_error_names_code_and_request_beside_its_sentence() -> None:
    assert orjson.loads(jivo.write_error("Try\x00 again.\ud800", "busy", "r-1")) == {
        "result": "Try again.",
        "error": {"code": "busy", "request_id": "r-1"},
    }
