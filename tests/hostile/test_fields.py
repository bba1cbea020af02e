"""F: good JSON from who knows the secret, whose fields are not what they should be. Always 200, and stored."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import orjson
import pytest

from jivod.flow.ingest import Delivery, ingest
from jivod.model.entry import Origin
from jivod.model.event import ChatAssigned, ChatFinished, Event, Unknown
from jivod.store import journal
from jivod.wire import jivo
from tests.hostile.ground import STORED, Ground
from tests.web.shop import NOW

WHO = "mallory@example.com"
Json = dict[str, Any]
numbers = count(1)


def event(name: str = "chat_accepted", /, visitor: Json | None = None, **more: Any) -> Json:
    """An event of somebody who can be found."""
    known = {"name": "Mallory", "email": WHO, "number": "66"}
    return {"event_name": name, "chat_id": f"c{next(numbers)}", "visitor": {**known, **(visitor or {})}, **more}


def finished(**chat: Any) -> Json:
    return event("chat_finished", chat=chat)


def said(*messages: Any) -> Json:
    return finished(messages=list(messages))


Case = tuple[Json, str | None]  # an event, and the oddity by which it is flagged
TAKEN: dict[str, list[Case]] = {
    "F002": [(event("chat_exploded"), None)],
    "F003": [
        (event(" chat_accepted "), "event_name_not_exact"), (event("CHAT_ACCEPTED"), "event_name_not_exact"),
        (event("x" * 10_240), None), (event("../../x"), None), (event("__init__"), None),
        (event("\x00chat\x1b[31m"), "control_character"),
    ],
    "F004": [
        (event(chat_id=None), None), (event(chat_id=""), None), (event(chat_id=" "), None),
        (event(chat_id={"id": 1}), "not_an_id"), (event(chat_id=[1]), "not_an_id"), (event(chat_id=False), "not_an_id"),
    ],
    "F005": [
        (event(**{name: ""}), None) for name in ("id", "widget_id", "client_id", "user_token", "chat_id")
    ] + [(event(visitor={"number": "", "email": "", "phone": ""}, chat_id=""), None)],
    "F006": [
        (event(visitor={"number": "n" * size}, chat_id="k" * size, user_token="t" * size, client_id="c" * size), flag)
        for size, flag in ((512, None), (513, "long_id"), (100_000, "long_id"))
    ],
    "F009": [(event(agent=[]), "empty_list_for_object"), (event(agent=None), None), (finished(agents=[]), None)],
    "F010": [
        (event("chat_finished", agents=odd, chat={"messages": odd}), flag)
        for odd, flag in (({}, "object_for_list"), (None, None), (5, "not_a_list"), ("x", "not_a_list"),
                          ({"a": 1}, "message_not_an_object"))
    ],
    "F012": [
        (said({}), "message_without_type"), (said({"message": 5}), "number_for_text"),
        (said({"message": {}}), "message_as_object"), (said({"message": None}), None), (said({"message": []}),
         "not_text"),
        (said(None, 5, [], "x"), "message_not_an_object"),
    ],
    "F013": [
        (said({"type": "visitor", "message": "x", "timestamp": at}), flag)
        for at, flag in ((0, "unbelievable_time"), (-1, "unbelievable_time"), (1e18, "unbelievable_time"),
                         ("yesterday", "unbelievable_time"), (NOW, "time_in_milliseconds"), (NOW / 1000 + 0.5, None),
                         (None, None), (253_402_300_799, "unbelievable_time"), (2_200_000_000, None),
                         (True, "unbelievable_time"), ([], "unbelievable_time"))
    ],
    "F026": [
        (event(page={"url": url, "title": "x"}), None)
        for url in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example")
    ] + [(event(page={"url": "https://x.example/" + "a" * 100_000, "title": {}}), "cut_text")],
    "F027": [(event(page={"url": "https://x.example", "title": "</title><script>alert(1)</script>"}), None)],
    "F028": [
        (event(custom_data=odd), None)
        for odd in ([{"title": "t", "content": "c", "link": "javascript:x"}] * 10_000, 5, "x", {}, [[[]]], None)
    ],
    "F029": [
        (event(visitor={"social": {"odd": "javascript:alert(1)", "vk": 5, "x": {"url": "data:x"}}}),
         "social_without_link"),
        (event(visitor={"social": [[], {}, None]}), "social_without_link"),
    ],
    "F030": [
        (event(session={"geoip": odd}), flag)
        for odd, flag in (({}, None), (None, None), ({"latitude": "91", "longitude": "NaN"}, None),
                          ({"latitude": "abc", "longitude": []}, None), (5, "not_an_object"), ([],
                           "empty_list_for_object"))
    ],
    "F032": [(event(session={"user_agent": 'x\r\n{"level":"critical","message":"all is lost"}\r\n'}), None)],
    "F033": [(event(session={"utm": "source==cmd|' /C calc'!A0|medium=x"}), None)],
    "F035": [
        (finished(messages=[], rate=odd), flag)
        for odd, flag in (("", None), (99, "number_for_text"), (-1, "number_for_text"), ("good<script>", None),
                          (True, "not_text"), ({}, "not_text"))
    ],
    "F042": [
        (event(visitor={"chats_count": -5, "number": 10**12}), None),
        (event(visitor={"chats_count": 10**12, "number": -3}), "negative_id"),
        (event(visitor={"chats_count": 2**63, "number": 2**63}), None),
    ],
}  # fmt: skip


@pytest.mark.parametrize("id", TAKEN)
def test_it_is_taken_and_flagged(id: str, ground: Ground) -> None:
    for body, flag in TAKEN[id]:
        outcome = ground.post(body)
        assert outcome.is_ok, body
        assert outcome.entry is not None and outcome.entry.body == orjson.dumps(body)
        assert flag is None or flag in outcome.event.oddities, body


def taken(ground: Ground, body: Json) -> Event:
    outcome = ground.post(body)
    assert outcome.is_ok
    return outcome.event


def test_f003_a_name_is_no_label_of_a_metric(ground: Ground) -> None:
    before = ground.shop.call("GET", "/metrics").body.count(b"\n")
    for name in ("chat_exploded", "../../x", "__class__", *(f"made-up-{n}" for n in range(50))):
        assert isinstance(taken(ground, event(name)), Unknown)
    metrics = ground.shop.call("GET", "/metrics").body
    assert b"made-up" not in metrics and b"exploded" not in metrics and metrics.count(b"\n") < before + 10


def test_f003_an_event_without_a_name_that_is_a_text_is_none(ground: Ground) -> None:
    for name in ("", " ", None, 5, [], {}, True):
        assert ground.post({**event(), "event_name": name}).code == "400 no_event_name"


def test_f007_a_body_without_ids_harms_none_of_its_group(ground: Ground) -> None:
    """All in one commit, as the writer does it."""
    empty = {"event_name": "chat_accepted", "chat_id": "", "client_id": "", "user_token": "", "visitor": {"number": ""}}
    bodies = [event(visitor={"email": f"f{n}@example.com", "number": str(n)}) for n in range(50)]
    bodies.insert(25, empty)
    origin = Origin(channel="shop", account="main", region="TR")
    raws = [orjson.dumps(body) for body in bodies]
    jobs = [
        lambda txn, raw=raw: ingest(
            txn,
            Delivery(origin=origin, received_at=NOW, body=raw, reading=jivo.read(raw)),
            ground.shop.rulebook.desk(txn),
        )
        for raw in raws
    ]
    outcomes = ground.shop.engine.write(jobs)
    assert [outcome.error for outcome in outcomes] == [None] * 51
    assert ground.shop.engine.read(lambda txn: [entry.body for entry in journal.after(txn, 0, 100)]) == raws


def test_f011_of_very_many_messages_the_first_are_read_and_all_are_kept(ground: Ground) -> None:
    many = said(*[{}] * 100_000)
    assert "too_many_items" in taken(ground, many).oddities
    shortest = {"message": "ok", "timestamp": 1_763_800_001, "type": "visitor"}
    read = taken(ground, said(*[{**shortest, "message": str(n)} for n in range(18_000)]))
    assert isinstance(read, ChatFinished) and len(read.messages) == 5_000
    assert [message.text for message in read.messages[::4999]] == ["0", "4999"]


def test_f012_a_message_without_anything_is_told_as_one(ground: Ground) -> None:
    read = taken(ground, said({}, {"message": {"text": "inside"}}, {"text": "beside"}))
    assert isinstance(read, ChatFinished) and [m.text for m in read.messages] == [None, "inside", "beside"]


def test_f013_what_has_no_time_has_that_of_its_receipt(ground: Ground) -> None:
    for at in (0, -1, 1e18, "yesterday", None, 253_402_300_799):
        ground.post(said({"type": "visitor", "message": "x", "timestamp": at}))
        assert ground.chat(ground.golden(WHO).id).chat.at == NOW


@pytest.mark.parametrize(
    "name",
    ["<b>" * 100, "x" * 10_000, "   ", "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 90, "Z" + "\u0300" * 20_000,
     "\u202egnp.exe"],
)  # fmt: skip
def test_f024_a_name_is_shown_in_part(ground: Ground, name: str) -> None:
    outcome = ground.post(event(visitor={"name": name}))
    assert outcome.is_ok and len(ground.golden(WHO).name or "") <= 256
    assert outcome.entry is not None and orjson.loads(outcome.entry.body)["visitor"]["name"] == name


def test_f025_marks_without_end_cost_no_time(ground: Ground) -> None:
    """To reorder so many takes seconds; 50 ms are asked for, and a busy machine is given four times that."""
    marks = "\u0f71\u0f72\u0f74" * 30_000
    bodies = (said({"type": "visitor", "message": marks}), event(visitor={"name": marks,
    "email": marks + "@example.com"}),
              event(visitor={"phone": marks, "description": marks}), event(page={"url": marks,
              "title": marks}))  # fmt: skip
    for body in bodies:
        begun = time.process_time()
        assert ground.post(body).is_ok
        assert time.process_time() - begun < 0.2


def test_f037_a_transcript_that_says_otherwise_is_kept_beside_the_messages(ground: Ground) -> None:
    body = {**said({"type": "visitor", "message": "this was said"}), "plain_messages": "Visitor: something else"}
    read = taken(ground, body)
    assert isinstance(read, ChatFinished) and "plain_messages_differ" in read.oddities
    told = ground.chat(ground.golden(WHO).id)
    assert ([m.text for m in told.messages], told.plain_messages) == (["this was said"], "Visitor: something else")


def test_f038_what_a_chat_was_tied_to_is_a_text(ground: Ground) -> None:
    victim = ground.of(ground.post({**event(), "visitor": {"email": "victim@example.com"}}))
    link = f"https://crm.example.com/customers/{victim.id}"
    for text in ("javascript:alert(1)", link, "somebody", "//evil.example"):
        read = taken(ground, event("chat_assigned", assign_to=text))
        assert isinstance(read, ChatAssigned) and read.assign_to == text
    assert ground.golden("victim@example.com") == victim


def test_f040_a_field_in_another_case_is_not_that_field(ground: Ground) -> None:
    body = {**event(), "visitor": {"number": "66", "Email": WHO, "EMAIL": WHO, "eMail": WHO, "Name": "Other"}}
    assert taken(ground, body).visitor.email is None
    assert ground.found(WHO) == []


def test_f043_a_text_is_cut_between_two_characters(ground: Ground) -> None:
    for lead in ("", "x", "xx", "xxx"):
        read = taken(ground, said({"type": "visitor", "message": lead + "\U0001f600" * 20_000}))
        assert isinstance(read, ChatFinished)
        text = read.messages[0].text or ""
        assert 65_532 <= len(text.encode()) <= 65_536 and set(text) <= {"x", "\U0001f600"}


def test_f044_what_is_private_in_a_text_is_in_no_log(ground: Ground) -> None:
    text = "my card is 4111 1111 1111 1111, my number 10000000146, my password kahve-masa-42"
    assert taken(ground, said({"type": "visitor", "message": text}))
    assert ground.post(orjson.dumps(event(visitor={"description": text}))[:-1]).kept != STORED
    logged = ground.log.getvalue()
    assert not [secret for secret in ("4111", "10000000146", "kahve-masa") if secret in logged]
