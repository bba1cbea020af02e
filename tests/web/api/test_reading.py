"""What is read: conversations, reasons, reviews, the journal, the quarantine; all of it in pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from jivod.web.api import page
from tests.web.api.counter import Counter, accepted, finished


def walk(counter: Counter, path: str, name: str) -> list[Any]:
    """All items, two at a time."""
    found: list[Any] = []
    place: Any = ""
    while place is not None:
        part = counter.get(f"{path}?limit=2" + (f"&{name}={place}" if place != "" else ""))
        assert len(part["items"]) <= 2
        found += part["items"]
        place = part["next"]
    return found


@pytest.fixture
def anna(counter: Counter) -> tuple[Counter, str]:
    for n in range(5):
        counter.tell(finished(n + 1, email="anna@example.com", name="Anna"))
    (card,) = counter.get("/customers")["items"]
    counter.ask("PATCH", f"/customers/{card['id']}", {"name": "Anna A"}, If_Match="*")
    return counter, card["id"]


def test_conversations(anna: tuple[Counter, str]) -> None:
    counter, id = anna
    rows = walk(counter, f"/customers/{id}/chats", "cursor")
    assert sorted(row["ref"] for row in rows) == [f"chat:{n + 1}" for n in range(5)]
    assert rows[0]["rate"] == "positive"
    whole = counter.get(f"/chats/main/{rows[0]['ref']}")
    assert (whole["customer"], whole["messages"][0]["text"]) == (id, "hello")
    assert counter.ask("GET", "/chats/main/chat:99").status == 404
    assert counter.ask("GET", "/chats/other/chat:1").status == 404


@pytest.mark.parametrize("chat", ["a/b", "a//b", "ü ?#%", "../x", "+90"])
def test_a_conversation_of_any_ref(counter: Counter, chat: str) -> None:
    counter.tell(accepted(chat, email="a@example.com"))
    assert counter.get(f"/chats/main/{quote(f'chat:{chat}', safe='')}")["chat"]["ref"] == f"chat:{chat}"


def test_history_tells_reasons_and_decisions(anna: tuple[Counter, str]) -> None:
    counter, id = anna
    items = walk(counter, f"/customers/{id}/history", "after")
    assert [item["entry"] for item in items] == [1, 2, 3, 4, 5, 6]
    assert [item["reason"]["rule"] for item in items[:5]] == ["new", "key", "key", "key", "key"]
    assert (items[5]["reason"], items[5]["decision"]["kind"], items[5]["decision"]["by"]) == (None, "edit", "admin")


def test_who_was_entered_has_both_by_one_entry(counter: Counter) -> None:
    id = counter.enter(name="Elif")["id"]
    (item,) = counter.get(f"/customers/{id}/history?limit=1")["items"]
    assert (item["reason"]["rule"], item["decision"]["kind"]) == ("created", "create")


def test_events_are_the_journal(anna: tuple[Counter, str]) -> None:
    counter, id = anna
    lines = walk(counter, "/events", "after")
    assert [line["body"].encode() for line in lines] == [entry.body for entry in counter.shop.journal()]
    assert [line["customer"] for line in lines] == [*[id] * 5, None]
    assert [line["kind"] for line in lines] == [*["event"] * 5, "decision"]
    assert counter.get("/events?after=6") == {"items": [], "next": None}


def test_quarantine(full: Counter) -> None:
    for _ in range(4):
        full.shop.post(b"\xff{")
    items = walk(full, "/quarantine", "after")
    assert [item["number"] for item in items] == [1, 2, 3, 4, 5]
    assert "body" not in items[0]
    assert full.get("/quarantine/2")["body"] == "\\xff{"
    reply = full.ask("POST", "/quarantine/2/retry")
    assert reply.status == 409
    assert len(full.shop.quarantine()) == 5


def test_a_body_that_can_be_read_by_now_leaves_the_quarantine(full: Counter) -> None:
    from jivod.flow.ingest import quarantine_body
    from jivod.model.entry import Origin
    from jivod.model.errors import Unreadable

    body = b'{"event_name":"chat_accepted","chat_id":9,"visitor":{"email":"late@example.com"}}'
    origin = Origin(channel="shop", account="main")
    number = full.do(lambda txn: quarantine_body(txn, origin, 5, body, Unreadable("x", "x")))
    reply = full.ask("POST", f"/quarantine/{number}/retry", Idempotency_Key="k")
    assert (reply.status, reply.json["repeated"]) == (200, False)
    assert full.get(f"/customers/{reply.json['customer']}")["emails"] == ["late@example.com"]
    assert full.ask("POST", f"/quarantine/{number}/retry").status == 404
    assert full.ask("POST", f"/quarantine/{number}/retry", Idempotency_Key="k").json == reply.json


@pytest.mark.parametrize("number", ["0", "99", "-1", "x", "1" * 40, "9007199254740993"])
def test_an_item_that_is_not_there(full: Counter, number: str) -> None:
    for method, rest in (("GET", ""), ("POST", "/retry")):
        assert full.ask(method, f"/quarantine/{number}{rest}").status == 404


def test_reviews_in_pages(counter: Counter) -> None:
    for n in range(5):
        counter.enter(name=f"N {n}", emails=["one@example.com"])
    assert {one["review"]["why"] for one in walk(counter, "/reviews", "cursor")} == {
        "The two share an e-mail; one of them was entered by hand."
    }


WRONG = [
    ("limit=0", "limit"),
    ("limit=101", "limit"),
    ("limit=x", "limit"),
    ("limit=", "limit"),
    ("limit=-1", "limit"),
    ("limit=%D9%A1", "limit"),
    ("limit=1&limit=2", "limit"),
    ("limit=" + "1" * 4000, "limit"),
    ("nonsense=1", "nonsense"),
    ("q=%ff", "q"),
    ("q=", "q"),
    ("q=a&id=b", "q"),
    ("cursor=x", "cursor"),
    ("cursor=%00", "cursor"),
    ("cursor=" + page.write("found", 1 << 60), "cursor"),
    ("cursor=" + page.write("newest", "a\0"), "cursor"),
    ("cursor=" + page.write("chats", 1, "a", "b"), "cursor"),
    ("cursor=" + page.write("newest", "a") + "=", "cursor"),
]


def test_a_parameter_that_is_wrong_is_named(full: Counter) -> None:
    for query, name in WRONG:
        reply = full.ask("GET", f"/customers?{query}")
        assert reply.status == 400, (query, reply.body)
        assert [error["parameter"] for error in reply.json["errors"]] == [name], query


@pytest.mark.parametrize("path", ["/customers/{id}/chats", "/reviews"])
def test_a_cursor_of_another_list_is_refused(full: Counter, path: str) -> None:
    id = full.get("/customers?limit=1")["items"][0]["id"]
    cursor = page.write("newest", "x")
    assert full.ask("GET", path.format(id=id) + f"?cursor={cursor}").json["code"] == "bad_cursor"
