"""Now: what happened last, what came since, and how much is new about one customer."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jivod.flow import news, steward
from jivod.flow.steward import Hand
from jivod.model.contact import EMAIL, PHONE, Key
from jivod.policy.rules import DEFAULT
from jivod.store import journal
from tests.web.api.counter import accepted, finished
from tests.web.pages.test_customers import HOSTILE, Shape, ids
from tests.web.pages.window import Window
from tests.web.shop import NOW

HAND = Hand(by="Zeynep", at=NOW, rules=DEFAULT)


def rows(html: str) -> list[str]:
    """What each row says, without its marks."""
    found = re.findall(r"<tr>\s*<th scope=\"row\">(.*?)</tr>", html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]


def upto(html: str) -> int:
    found = re.search(r'<tbody data-upto="(\d+)"', html)
    assert found
    return int(found[1])


def call(status: str) -> dict[str, Any]:
    return {"event_name": "call_event", "call": {"type": "incoming", "status": status, "phone": "+90 532 000 00 09"}}


def offline(message: str) -> dict[str, Any]:
    return {"event_name": "offline_message", "offline_message_id": "5", "message": message, "visitor": {}}


def test_what_happened_newest_first(full: Window) -> None:
    full.tell({"event_name": "client_updated", "client_id": "7", "visitor": {"number": "7", "name": "Ayşe Yılmaz"}})
    full.tell(call("start"))
    full.tell(call("agent_connected"))
    full.tell(call("end"))
    full.tell(offline("\n Are you\tthere? \nYes"))
    (deniz,), (mehmet,) = (ids(full.page(f"/customers?q={name}")) for name in ("deniz", "mehmet"))
    full.do(lambda txn: steward.edit(txn, HAND, deniz, "attr:size", "41"))
    full.do(lambda txn: steward.merge(txn, HAND, mehmet, deniz))
    full.tell({**finished(9, email="ayse@example.com"), "agents": [{"id": 3, "name": "Can"}]})
    told = rows(full.page("/now"))
    assert [re.sub(r" (just now|in .*|.* ago)$", "", row) for row in told] == [
        "AY Ayşe Yılmaz Chat ended hello shop Can",
        "D Deniz Merged Zeynep",
        "D Deniz Changed size: 41 Zeynep",
        "Nobody who is known Offline message Are you there? shop",
        "– +90 532 000 00 09 Call ended +90 532 000 00 09 shop",
        "– +90 532 000 00 09 Call +90 532 000 00 09 shop",
        "D Deniz Chat shop",
        "D Deniz Chat shop",
        "AY Ayşe Yılmaz Chat ended hello shop",
        "AY Ayşe Yılmaz Chat shop",
    ]  # fmt: skip


def test_a_conversation_of_nobody_is_linked_with_the_name_that_was_given(full: Window) -> None:
    full.tell({**offline("Are you there?"), "visitor": {"name": "<i>Hasan"}})
    row = full.page("/now").split("<tr>")[2]  # behind the head
    assert '<a href="/chats/main/offline%3A5">Nobody who is known</a>' in row
    assert 'Name given: <bdi dir="auto">&lt;i&gt;Hasan</bdi>' in row
    page = full.page("/chats/main/offline%3A5")
    assert '<dt>Name given</dt><dd><bdi dir="auto">&lt;i&gt;Hasan</bdi> <span class="source">nothing proves it<' in page
    full.tell({**offline("Hello"), "offline_message_id": "6", "visitor": {"name": "Ayşe", "email": "ayse@example.com"}})
    assert "Name given" not in full.page("/chats/main/offline%3A6")
    assert "Name given" not in full.page("/now").split("<tr>")[2]


def test_which_contact_was_called_shared(full: Window) -> None:
    full.do(lambda txn: steward.share(txn, HAND, Key(PHONE, "+905320000001"), shared=True))
    full.do(lambda txn: steward.share(txn, HAND, Key(EMAIL, "ayse@example.com"), shared=False))
    assert [re.sub(r" (just now|in .*|.* ago)$", "", row) for row in rows(full.page("/now"))[:2]] == [
        "A contact Not shared any more email: ayse@example.com Zeynep",
        "A contact Shared by several people phone: +905320000001 Zeynep",
    ]


def test_what_came_since_and_nothing_else(full: Window) -> None:
    page = full.page("/now")
    assert (len(rows(page)), upto(page)) == (4, 4)
    assert 'aria-current="page"' in page and '<meta name="live" content="4">' in page
    assert rows(full.page("/now/rows?after=4")) == []
    full.tell(accepted(5, name="Can", email="can@example.com"))
    since = full.page("/now/rows?after=4")
    assert (len(rows(since)), upto(since), "<html" in since, "data-whole" in since) == (1, 5, False, False)
    for n in range(60):
        full.tell(accepted(100 + n, email="can@example.com"))
    since = full.page("/now/rows?after=5")
    assert (len(rows(since)), upto(since), "data-whole" in since) == (50, 65, True)
    assert len(rows(full.page("/now"))) == len(rows(full.page("/now/rows"))) == 50
    assert rows(full.page("/now/rows?after=999")) == []
    assert full.look("/now/rows?after=x").status == full.look("/now/rows?after=-1").status == 400


def test_many_rows_of_an_import_hide_nothing_within_bounds(full: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "_SCAN", 2)
    monkeypatch.setattr(news, "WINDOW", 100)

    def fill(txn: Any, count: int) -> None:
        first = journal.get(txn, 1)
        assert first is not None
        for _ in range(count):
            journal.append(txn, received_at=NOW, origin=first.origin, body=b"", kind="erased")

    full.do(lambda txn: fill(txn, 40))
    assert len(rows(full.page("/now"))) == 4
    full.do(lambda txn: fill(txn, 100))
    assert "Nothing has happened yet" in full.page("/now")


def test_how_much_is_new_about_one_customer(full: Window) -> None:
    (ayse,) = ids(full.page("/customers?q=yilmaz"))
    page = full.page(f"/customers/{ayse}")
    assert f'<meta name="live" content="4" data-customer="{ayse}">' in page and "live.js" in page
    assert full.page(f"/customers/{ayse}/news?after=4").strip() == ""
    full.tell(accepted(5, email="ayse@example.com"))
    full.tell(accepted(6, email="mehmet@example.com"))
    one = full.page(f"/customers/{ayse}/news?after=4")
    assert "1 new event<" in one and f'href="/customers/{ayse}"' in one and "<html" not in one
    full.tell(finished(5, email="ayse@example.com"))
    assert "2 new events<" in full.page(f"/customers/{ayse}/news?after=4")
    for n in range(101):
        full.tell(accepted(100 + n, email="ayse@example.com"))
    assert "Much is new" in full.page(f"/customers/{ayse}/news?after=4")
    assert full.page("/customers/nobody/news?after=0").strip() == ""


def test_an_empty_list_says_what_will_be_there(window: Window) -> None:
    html = window.page("/now")
    assert "appear here as they come" in html and '<a class="button" href="/now">Refresh</a>' in html


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_visitor_typed_is_text_and_nothing_else(text: str) -> None:
    shapes = []
    for typed in ("Plain", text):
        window = Window()
        said = {"messages": [{"type": "visitor", "message": typed}]}
        agent = {"id": 1, "name": typed}
        window.tell({**accepted(1, name=typed, email="a@example.com"), "page": {"title": typed}, "agent": agent})
        window.tell({**finished(1, name=typed), "chat": said, "agents": [agent]})
        window.tell(offline(typed))
        window.tell({**call("start"), "visitor": {"phone": typed}})
        id = ids(window.page("/customers"))[0]
        window.do(lambda txn, t=typed, i=id: steward.edit(txn, HAND, i, "attr:x", t[:99]))
        shapes.append(Shape(window.page("/now")))
    plain, hostile = shapes
    assert plain.found == hostile.found
    assert text.split("\n", maxsplit=1)[0].strip()[:50] in hostile.text
