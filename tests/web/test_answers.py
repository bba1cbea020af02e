"""The operator's rows through the webhook: within the deadline, with whatever is known by then."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from twisted.internet.task import Clock
from twisted.logger import LogEvent

from jivod.model.written import ALWAYS, VERIFIED, RowDraft, Written
from jivod.policy import front
from jivod.web.answers import Answers
from jivod.web.lookup import make_lookup
from jivod.web.metrics import Metrics
from tests.web.shop import DEADLINE, EVENT, FINISHED, HeldWriter, Shop, open_shop, request
from tests.web.test_lookup import FOUND, Asker

URL = Written("https://crm.example.com/{{ customer.email }}", "jivod.toml:2")
HOSTILE = ("{{ 7*7 }}", "{% include 'x' %}", "x" * 100_000, "a\x00b\r\n\x1b[2J", "${7*7}", "\ud800", "__class__")


def draft(content: str, when: str = ALWAYS, **parts: str) -> RowDraft:
    others = {name: Written(text, "jivod.toml:1") for name, text in parts.items()}
    return RowDraft(content=Written(content, "jivod.toml:1"), when=when, **others)


def answers(*drafts: RowDraft, asker: Any = None, deadline: float = 0.8) -> Callable[[Clock, Metrics], Answers]:
    def make(clock: Clock, metrics: Metrics) -> Answers:
        made = front.prepare(drafts, URL, ["balance"], "en", lambda: 0.0)
        assert made.inquiry is not None
        paths = {"balance": ("balance",)}
        lookup = make_lookup(made.inquiry, asker or Asker(), paths, deadline, 60, clock=clock, metrics=metrics)
        return Answers(rows=made.rows, lookup=lookup, metrics=metrics)

    return make


BALANCE = draft("{{ lookup.balance }}", title="Balance")
NAME = draft("{{ customer.name }}", title="Name")


def rows(body: Any) -> dict[str, str]:
    return {row.get("title", ""): row["content"] for row in body["custom_data"]}


def test_the_rows_come_after_who_it_is() -> None:
    shop = open_shop(make_answers=answers(NAME, draft("{{ channel.account }} {{ event.name }}", title="Where")))
    told = shop.post(EVENT).json
    assert list(rows(told)) == ["Customer", "Name", "Where", "Chats so far"]
    assert rows(told)["Where"] == "main chat_accepted"
    assert told["contact_info"] == open_shop().post(EVENT).json["contact_info"]


def test_a_repeat_is_answered_with_the_rows_again() -> None:
    shop = open_shop(make_answers=answers(NAME))
    assert shop.post(EVENT).json["contact_info"] == shop.post(EVENT).json["contact_info"]
    assert rows(shop.post(EVENT).json)["Name"] == "Ayşe Yılmaz"


def test_events_that_fill_no_panel_ask_nobody() -> None:
    asker = Asker()
    shop = open_shop(make_answers=answers(BALANCE, asker=asker))
    assert shop.post(FINISHED).json == {"result": "ok"}
    nobody = {"event_name": "chat_accepted", "chat_id": 0, "visitor": {}}
    assert shop.post(orjson.dumps(nobody)).json["result"] == "ok"
    assert asker.waiting == []


def test_a_row_for_proven_customers_stays_shut_for_who_only_typed_something() -> None:
    asker = Asker()
    shop = open_shop(make_answers=answers(draft("{{ lookup.balance }}", VERIFIED, title="Balance"), asker=asker))
    assert "Balance" not in rows(shop.post(EVENT).json)
    assert asker.waiting == []


def test_a_crm_that_does_not_answer_costs_its_deadline_and_its_row() -> None:
    shop = open_shop(make_answers=answers(BALANCE, NAME))
    wire = shop.connect()
    wire.send(request())
    shop.pass_time(0.7)
    assert wire.replies() == []
    assert len(shop.journal()) == 1  # on disk long before
    shop.pass_time(0.2)
    assert list(rows(wire.reply().json)) == ["Customer", "Name", "Chats so far"]
    assert (shop.metrics.lookups, shop.metrics.rows) == ({"late": 1}, {"shown": 1, "missing": 1})


def test_a_crm_that_answers_in_time_fills_its_row() -> None:
    asker = Asker()
    shop = open_shop(make_answers=answers(BALANCE, asker=asker))
    wire = shop.connect()
    wire.send(request())
    asker.waiting[0].callback(FOUND)
    assert rows(wire.reply().json)["Balance"] == "5"


def test_a_slow_commit_and_a_slow_crm_together_keep_the_deadline() -> None:
    shop = open_shop(make_writer=HeldWriter, make_answers=answers(BALANCE, deadline=10))
    wire = shop.connect()
    wire.send(request())
    shop.pass_time(DEADLINE - 0.5)
    shop.writer.release()
    assert wire.replies() == []
    shop.pass_time(0.6)
    assert (wire.reply().status, "Balance" in rows(wire.reply().json)) == (200, False)


def test_who_hangs_up_while_the_crm_is_asked_leaves_nothing_behind() -> None:
    shop = open_shop(make_answers=answers(BALANCE))
    wire = shop.connect()
    wire.send(request())
    wire.hang_up()
    shop.pass_time(1)
    assert (shop.metrics.lookups, shop.metrics.lookups_waiting, len(shop.journal())) == ({"late": 1}, 0, 1)


def test_a_fault_of_ours_costs_the_rows_and_not_the_answer(failures: list[LogEvent]) -> None:
    class Broken:
        def asks(self, panel: object) -> bool:
            raise ZeroDivisionError

    broken: Any = Broken()
    shop = open_shop(make_answers=lambda _, metrics: Answers(rows=broken, lookup=broken, metrics=metrics))
    told = shop.post(EVENT).json
    assert list(rows(told)) == ["Customer", "Chats so far"]
    assert told["contact_info"]["email"] == "ayse@example.com"
    assert len(failures) == 1
    failures.clear()


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_name_is_only_a_name(hostile: str) -> None:
    shop: Shop = open_shop(make_answers=answers(NAME, draft("{{ attributes | items | list }}", title="All")))
    visitor = {"name": hostile, "number": "12", "email": "ayse@example.com"}
    attributes = {"event_name": "client_attribute_updated", "client_id": "12", "visitor": {"number": "12"},
                  "attributes": {"__class__": hostile, hostile: "x"}}  # fmt: skip
    for told in (attributes, {"event_name": "chat_accepted", "chat_id": 1, "visitor": visitor}):
        reply = shop.post(json.dumps(told).encode())  # orjson refuses half a character, Jivo may send one
        assert (reply.status, reply.json["result"]) == (200, "ok")
    shown = rows(reply.json)
    assert "49" not in shown.get("Name", "")
    assert all(character.isprintable() for character in shown.get("Name", "") + shown.get("All", ""))
