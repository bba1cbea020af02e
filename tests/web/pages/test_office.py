"""Office: webhook URLs, health, sinks, quarantine and the test event, for administrators alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import orjson
import pytest

from jivod.config.settings import RowDraft
from jivod.flow import dispatch, replay, trial
from jivod.flow.following import follow, make_side, zone_of
from jivod.model.access import Role
from jivod.model.audit import DENIED, ENTERED, RETRIED
from jivod.model.change import CREATED, Change, Dead
from jivod.model.written import Written
from jivod.policy.front import prepare
from jivod.store import logbook, meta, outbox, quarantine
from jivod.store import sinks as standings
from jivod.store.check import check
from jivod.store.kv import Size
from jivod.store.logbook import Wanted
from jivod.store.memory import MemoryEngine
from jivod.web.pages import inbox, office
from jivod.web.pages import trial as trials
from jivod.web.pages.premises import Address, Premises
from tests.web.pages.test_hostile import TEXTS, Looked
from tests.web.pages.window import Window
from tests.web.shop import HOOK, NOW

URL = "https://crm.example.com/jivo/secret-of-the-shop"
ADDRESS = Address(channel="shop", account="main", url=URL)
PREMISES = Premises(
    addresses=(ADDRESS,),
    sinks={"crm": "hooks.example.com"},
    size=lambda: Size(used=3 << 20, mapped=64 << 30, free_disk=5 << 30),
)


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    file = make_side(tmp_path, "UTC")
    yield Window(file=file, premises=PREMISES)
    file.close()


def records(window: Window) -> list[Any]:
    found, _ = logbook.page(window.shop.ledger.directory, Wanted(), 0, 1000)
    return [kept.record for kept in found]


def test_the_webhook_url_is_shown_after_a_click_and_stored_nowhere(window: Window) -> None:
    reply = window.look("/admin")
    html = reply.body.decode()
    assert reply.headers["Cache-Control"] == "no-store"
    assert html.count(URL) == 1
    hidden = rf'<details class="secret">\s*<summary>[^<]*shop</summary>\s*<input[^>]*value="{URL}" readonly'
    assert re.search(hidden, html)
    assert URL not in repr(ADDRESS)


def test_how_the_store_is(window: Window) -> None:
    html = window.page("/admin")
    assert "none yet" in html and "3 MB of at most 64 GB" in html and "being made" in html
    window.tell({"event_name": "chat_accepted", "chat_id": 1, "visitor": {"email": "a@example.com"}})
    follow(window.shop.engine, window.file, zone_of("UTC"), 100)
    window.page("/customers")
    html = window.page("/admin")
    assert "<dd>1</dd>" in html and "up to date" in html and "2 records" in html
    window.tell({"event_name": "chat_accepted", "chat_id": 2, "visitor": {"email": "a@example.com"}})
    assert "1 entry behind" in window.page("/admin")


def test_without_anything_it_can_be_looked_at() -> None:
    html = Window().page("/admin")
    assert "No channel is configured." in html and "not measured yet" in html and "Nobody: there is no" in html


# The test event.


def play(window: Window) -> str:
    reply = window.send("/admin/test", {})
    assert reply.status == 303
    return reply.headers["Location"]


def test_a_test_event_is_an_event_like_any_other_and_marked(window: Window) -> None:
    place = play(window)
    assert place == "/admin/test/1?done=tested"
    (entry,) = window.shop.journal()
    assert (entry.origin, entry.received_at) == (trial.ORIGIN, NOW)
    html = unescape(window.page(place))
    (customer,) = set(re.findall(r'href="/customers/([0-9a-z]{26})"', html))
    assert "Test Visitor" in html and trial.EMAIL in html and f"jivod erase {customer}" in html
    assert f"https://crm.example.com/customers/{customer}" in html
    assert records(window)[-1].customers == (customer,)
    assert [record.action for record in records(window)][-2] == ENTERED


def test_what_is_shown_is_what_a_webhook_would_be_answered(window: Window) -> None:
    play(window)
    window.shop.clock.advance(60)
    place = play(window)
    html = unescape(window.page(place))
    entry = window.shop.journal()[1]
    answer = orjson.loads(window.shop.post(entry.body, HOOK).body)  # from its visitor, by a true webhook
    told = [row["content"] for row in answer["custom_data"] if row.get("title") != "Chats so far"]
    assert answer["contact_info"]["email"] in html
    assert told and all(content.split(" · ")[0] in html for content in told)
    assert "2" in re.findall(r"<bdi dir=\"auto\">(\d+)</bdi>", html)  # the second time he is known


def test_a_test_event_leaves_the_store_sound_and_is_rebuilt(window: Window) -> None:
    play(window)
    window.shop.clock.advance(60)
    play(window)
    engine = window.shop.engine
    twin = MemoryEngine(engine.read(meta.id_key))
    replay.prepare(engine, twin)
    replay.rebuild(engine, twin, lambda done, of: None)
    assert engine.read(lambda txn: list(check(txn))) == [] and replay.differences(engine, twin) == []


@pytest.mark.parametrize("path", ["/admin/test/2", "/admin/test/0", "/admin/test/" + "9" * 20, "/admin/test/x"])
def test_nothing_else_is_a_test_event(window: Window, path: str) -> None:
    window.tell({"event_name": "chat_accepted", "chat_id": 2, "visitor": {"email": "a@example.com"}})
    window.tell({"event_name": "chat_accepted", "chat_id": 3, "visitor": {"email": "a@example.com"}})
    assert window.look(path).status == 404


def test_own_rows_are_there() -> None:
    draft = RowDraft(title=Written("Level", "x:1"), content=Written("gold {{ customer.name }}", "x:2"))
    front = prepare((draft,), None, (), "en", lambda: 0.0)
    window = Window(premises=Premises(rows=front.rows))
    assert "gold Test Visitor" in window.page(play(window))


# Quarantine.


def test_a_body_is_shown_as_text_and_read_again(window: Window) -> None:
    assert "The quarantine is empty" in window.page("/admin/quarantine")
    body = b'{"event_name": "chat_accepted", "visitor": \x00<script>\xe2\x80\xae'
    assert window.shop.post(body).status == 400
    html = window.page("/admin/quarantine")
    assert Looked(html).wrong == [] and "\\x00&lt;script&gt;\\u202e" in html
    assert "1 body could not be read" in window.page("/admin")
    reply = window.send("/admin/quarantine/1/retry", {})
    assert reply.status == 422 and "It still cannot be read" in reply.body.decode()
    assert window.send("/admin/quarantine/7/retry", {}).status == 422
    assert window.send("/admin/quarantine/99999999999999999999/retry", {}).status == 422
    assert [item.number for item in window.shop.quarantine()] == [1]


def test_what_can_be_read_leaves_the_quarantine(window: Window) -> None:
    good = orjson.dumps({"event_name": "chat_accepted", "chat_id": 5, "visitor": {"email": "q@example.com"}})
    add = lambda txn: quarantine.add(  # noqa: E731
        txn, received_at=NOW - 5000, origin=trial.ORIGIN, code="internal", message="it stumbled", body=good
    )
    window.do(add)
    assert window.send("/admin/quarantine/1/retry", {}).headers["Location"] == "/admin/quarantine?done=retried"
    assert window.shop.quarantine() == [] and len(window.shop.journal()) == 1
    assert records(window)[-1].action == RETRIED and len(records(window)[-1].customers) == 1


def test_long_lists_and_long_bodies_come_in_parts(window: Window) -> None:
    for n in range(inbox.MANY + 3):
        window.shop.post(b"{" + b"x" * (inbox.SHOWN + n))
    html = window.page("/admin/quarantine")
    assert html.count('<pre class="raw"') == inbox.MANY and "jivod quarantine show 1<" in html
    assert "x" * (inbox.SHOWN - 1) in html and "x" * (inbox.SHOWN + 1) not in html
    (next,) = re.findall(r'rel="next" href="([^"]+)"', html)
    assert window.page(next).count('<pre class="raw"') == 3
    assert window.look("/admin/quarantine?after=999999999999999").status == 200


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_hostile_bodies_are_text(window: Window, text: str) -> None:
    window.shop.post(b"{" + text.encode())
    assert Looked(window.page("/admin/quarantine")).wrong == []


# Sinks.


def with_sink(window: Window) -> None:
    change = Change(number=1, kind=CREATED, customer="c" * 26, seq=1, at=NOW)
    window.do(lambda txn: dispatch.configure(txn, {"crm": [CREATED]}))
    window.do(lambda txn: outbox.note(txn, CREATED, "c" * 26, seq=1, at=NOW))
    dead = (Dead(change=change, attempts=3, why="status 500", at=NOW),)
    window.do(lambda txn: dispatch.record(txn, "crm", 0, dispatch.Progress(told=1, dead=dead)))


def test_sinks_are_told_again_paused_and_go_on(window: Window) -> None:
    assert "waits for a start of the daemon" in window.page("/admin")
    with_sink(window)
    html = window.page("/admin")
    assert "hooks.example.com" in html and "1 given up" in html and "0 wait" in html
    for do, seen in (("replay", "1 waits"), ("pause", ">paused<"), ("resume", ">open<")):
        reply = window.send("/admin/sinks/crm", {"do": do})
        assert reply.headers["Location"] == "/admin?done=sink#sinks"
        assert seen in window.page("/admin")
    assert window.shop.engine.read(lambda txn: standings.owed(txn, "crm"))[0].change.number == 1


@pytest.mark.parametrize(
    ("path", "do", "status"),
    [("crm", "erase", 422), ("crm", "", 422), ("none", "pause", 409), ("%3Cscript%3E", "resume", 409)],
)
def test_what_is_no_deed_about_a_sink(window: Window, path: str, do: str, status: int) -> None:
    with_sink(window)
    reply = window.send(f"/admin/sinks/{path}", {"do": do})
    assert (reply.status, Looked(reply.body.decode()).wrong) == (status, [])


def test_what_a_sink_cannot_is_said_in_the_language_of_the_page(window: Window) -> None:
    with_sink(window)
    window.be(language="es")
    for name, says in (("none", "Ya no hay un destino"), ("crm", None), ("crm", "ya no se le avisa")):
        html = window.send(f"/admin/sinks/{name}", {"do": "pause"}).body.decode()
        assert says is None or says in html
        assert "there is no sink" not in html and "is told nothing" not in html


# Who may.


@pytest.mark.parametrize("page", [*office.PAGES, *trials.PAGES, *inbox.PAGES], ids=lambda p: f"{p.method} {p.path}")
@pytest.mark.parametrize("role", [Role.AGENT, Role.STEWARD])
def test_the_office_is_for_administrators(page: Any, role: Role) -> None:
    window = Window(premises=PREMISES)
    window.be(role=role)
    path = page.path.replace("<int:number>", "1").replace("<name>", "crm")
    reply = window.look(path) if page.method == "GET" else window.send(path, {"do": "pause"})
    assert reply.status == 403 and URL not in reply.body.decode()
    assert page.action is None or records(window)[-1].result == DENIED
    assert window.shop.journal() == []
