"""Live: what a page that listens gets, from where on, how many may, how long, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest

from jivod.flow import news, query, steward
from jivod.flow.steward import Hand
from jivod.model.errors import Busy, Damaged
from jivod.policy.rules import DEFAULT
from jivod.service.threads import InlineReaders
from jivod.store.memory import MemoryEngine
from jivod.web.live import hub as hubs
from jivod.web.live.stream import HELD
from tests.web.api.counter import accepted, finished
from tests.web.live.audience import Audience
from tests.web.shop import NOW

HAND = Hand(by="Zeynep", at=NOW, rules=DEFAULT)


def ids_of(audience: Audience, *names: str) -> list[str]:
    found = []
    for name in names:
        (golden,) = audience.shop.engine.read(lambda txn, n=name: query.find(txn, n, DEFAULT))
        found.append(golden.id)
    return found


def test_a_stream_says_what_happens(audience: Audience) -> None:
    page = audience.listen()
    audience.wait()
    audience.tell(accepted(1, name="Ayşe\nYılmaz", email="ayse@example.com", phone="+90 532 000 00 01"))
    audience.tell({**finished(1, name="Ayşe Yılmaz"), "agents": [{"id": 1, "name": "Can"}]})
    audience.wait()
    (first, second) = page.events
    assert first[:2] == ("message", 1)
    assert second[2] == {
        "kind": "finished", "at": NOW, "customer": first[2]["customer"], "name": "Ayşe Yılmaz", "channel": "shop",
        "line": "hello",
    }  # fmt: skip
    head = page.wire.transport.value().partition(b"\r\n\r\n")[0].decode()
    assert "Content-Type: text/event-stream; charset=utf-8\r\n" in head
    assert "Cache-Control: no-store" in head and "X-Accel-Buffering: no" in head and "Content-Length" not in head
    assert page.take().startswith(b"retry: 3000\n\n")


def test_what_others_write_is_heard_within_a_second(audience: Audience) -> None:
    page = audience.listen()
    audience.wait()
    audience.do(lambda txn: steward.create(txn, HAND, [("name", "Mehmet")]))
    audience.wait(0.5)
    assert page.ids == []
    audience.wait(0.6)
    assert [(id, data["kind"], data["name"]) for _, id, data in page.events] == [(1, "edit", "Mehmet")]


def test_who_comes_back_hears_what_he_missed_and_nothing_twice(audience: Audience) -> None:
    for n in range(1, 6):
        audience.tell(accepted(n, name="A"))
    assert listened(audience, "") == []
    assert listened(audience, "?after=0") == [1, 2, 3, 4, 5]
    assert listened(audience, "?after=3") == [4, 5]
    assert listened(audience, "?after=1", last="4") == [5]
    assert listened(audience, "?after=1", last="5") == []


def listened(audience: Audience, query: str, last: str | None = None, seconds: float = 2) -> list[int]:
    page = audience.listen(query, last)
    audience.wait(seconds)
    page.wire.hang_up()
    return page.ids


def test_one_customer_with_all_who_were_merged_into_him(audience: Audience) -> None:
    audience.tell(accepted(1, name="Ayşe", email="ayse@example.com"))
    audience.tell(accepted(2, name="Deniz", email="deniz@example.com"))
    audience.tell(accepted(3, name="Mehmet", email="mehmet@example.com"))
    ayse, deniz = ids_of(audience, "Ayşe", "Deniz")
    ones = [audience.listen(f"?after=0&customer={id}") for id in (ayse, deniz, "nobody")]
    audience.wait()
    assert [page.ids for page in ones] == [[1], [2], []]
    audience.do(lambda txn: steward.merge(txn, HAND, deniz, ayse))
    audience.tell(accepted(4, email="mehmet@example.com"))
    audience.tell(accepted(5, email="deniz@example.com"))
    audience.wait()
    assert [page.ids for page in ones] == [[1, 4, 6], [2, 4, 6], []]
    assert ones[0].events[1][2]["kind"] == "merge"
    assert {page.events[-1][2]["customer"] for page in ones[:2]} == {ayse}


def test_who_is_too_far_behind_is_told_to_load_his_page_anew(
    audience: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "LAG", 20)
    for n in range(1, 31):
        audience.tell(accepted(n, email=f"{n % 3}@example.com"))
    page = audience.listen("?after=5")
    audience.wait()
    assert page.events == [("reset", 30, {})]
    audience.tell(accepted(99))
    audience.wait()
    assert [id for _, id, _ in page.events] == [30, 31]
    assert listened(audience, "?after=11") == list(range(12, 32))
    (one,) = ids_of(audience, "1@example.com")
    assert listened(audience, f"?after=5&customer={one}") == [7, 10, 13, 16, 19, 22, 25, 28]
    ahead = audience.listen("?after=500")  # the number of another store
    audience.wait()
    assert ahead.events == [("reset", 31, {})]


def test_much_comes_in_pages(audience: Audience) -> None:
    for n in range(1, 251):
        audience.tell(accepted(n, name="A"))
    page = audience.listen("?after=0")
    for told in (100, 200, 250):
        audience.wait()
        assert page.ids == list(range(1, told + 1))


def test_one_look_serves_all_and_none_is_done_for_nobody(audience: Audience) -> None:
    looks: list[Any] = []
    read = audience.hub.reader.read
    audience.hub.reader = type("R", (), {"read": lambda self, job: (looks.append(job), read(job))[1]})()
    audience.tell(accepted(1))
    audience.wait(5)
    assert looks == []
    pages = [audience.listen("?after=0") for _ in range(5)]
    audience.wait(0.1)
    assert len(looks) <= 2
    before = len(looks)
    for n in range(2, 50):
        audience.tell(accepted(n))
    audience.wait(0.3)
    assert len(looks) - before <= 2
    assert [page.ids for page in pages] == [list(range(1, 50))] * 5
    for page in pages:
        page.wire.hang_up()
    before = len(looks)
    audience.tell(accepted(100))
    audience.wait(5)
    assert len(looks) == before and audience.shop.metrics.streams == 0


@pytest.mark.parametrize(
    ("query", "last"),
    [("?after=x", None), ("?after=-1", None), ("?after=" + "9" * 16, None), ("?customer=" + "x" * 65, None),
     ("?customer=%00", None), ("?after=%ff", None), ("", "x"), ("", "1" * 16), ("", "٣"), ("?after=1", "1;2")],
)  # fmt: skip
def test_a_place_that_is_none(audience: Audience, query: str, last: str | None) -> None:
    wire = audience.shop.connect(None)
    more = b"" if last is None else b"Last-Event-ID: " + last.encode() + b"\r\n"
    wire.send(f"GET /live{query} HTTP/1.1\r\nHost: crm.example.com\r\n".encode() + more + b"\r\n")
    assert wire.reply().status == 400
    assert audience.shop.metrics.streams == 0


def test_who_is_not_signed_in_hears_nothing(audience: Audience) -> None:
    audience.porter.viewer = None
    reply = audience.request().reply()
    assert (reply.status, reply.code) == (403, "signed_out")


def test_a_head_has_no_end_to_wait_for(audience: Audience) -> None:
    wire = audience.request(method="HEAD")
    assert wire.transport.value().startswith(b"HTTP/1.1 200")
    assert audience.shop.metrics.streams == 0


def test_http_1_0_as_a_proxy_may_speak_it(audience: Audience) -> None:
    wire = audience.request("?after=0", version="1.0")
    audience.tell(accepted(1))
    audience.wait()
    assert wire.transport.value().endswith(b"\n\n") and b"\nid: 1\ndata: {" in wire.transport.value()
    audience.hub.close()
    assert wire.closed


def test_only_so_many_of_a_session_and_in_all(audience: Audience, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "ALL", 7)
    pages = [audience.listen() for _ in range(5)]
    reply = audience.request().reply()
    assert (reply.status, reply.headers["Retry-After"]) == (503, "30")
    assert "close some" in reply.json["result"]
    audience.be(session="two")
    pages += [audience.listen() for _ in range(2)]
    audience.be(session="three")
    assert "listening" in audience.request().reply().json["result"]
    pages[0].wire.hang_up()
    audience.listen()
    assert audience.shop.metrics.streams == 7


def test_people_without_a_session_are_told_apart_by_name(audience: Audience) -> None:
    audience.be(session="")
    for _ in range(5):
        audience.listen()
    assert audience.request().reply().status == 503
    audience.be(name="Can")
    audience.listen()


def test_a_sign_of_life_carries_the_place(audience: Audience) -> None:
    audience.tell(accepted(1, name="Ayşe", email="a@example.com"))
    (one,) = ids_of(audience, "Ayşe")
    page = audience.listen(f"?after=1&customer={one}")
    audience.tell(accepted(2, name="Deniz"))
    audience.wait(14.5)
    assert page.blocks == [{"retry": "3000"}]
    audience.wait(1)
    assert page.last == "2" and page.ids == []
    audience.wait(45)
    assert len(page.blocks) == 5


def test_who_does_not_read_is_cut_off_within_seconds(audience: Audience) -> None:
    page, other = audience.listen(), audience.listen()
    page.wire.protocol.pauseProducing()
    audience.wait(4.4)
    assert not page.is_cut
    audience.wait(1.2)
    assert page.is_cut and not other.is_cut


def test_who_reads_again_in_time_stays(audience: Audience) -> None:
    page = audience.listen("?after=0")
    for n in range(1, 5):
        page.wire.protocol.pauseProducing()
        audience.tell(accepted(n))
        audience.wait(4)
        page.wire.protocol.resumeProducing()
    assert page.ids == [1, 2, 3, 4] and not page.is_cut


def test_what_waits_for_one_reader_is_bounded(audience: Audience) -> None:
    page = audience.listen("?after=0")
    page.wire.protocol.pauseProducing()
    for n in range(1, 250):
        audience.tell(accepted(n, name="ş" * 250, email=f"{n}@example.com"))
    audience.wait(1)
    assert page.is_cut
    assert len(page.take()) < 2 * HELD
    size = len(page.wire.transport.value())
    audience.tell(accepted(1000))
    audience.wait(1)
    page.wire.hang_up()
    assert len(page.wire.transport.value()) == size and audience.shop.metrics.streams == 0


def test_a_stream_has_no_deadline_but_a_request_behind_it_waits_in_vain(audience: Audience) -> None:
    page = audience.listen()
    page.wire.send(b"GET /live HTTP/1.1\r\nHost: crm.example.com\r\n\r\n" * 3)
    audience.wait(300)
    assert not page.wire.closed and audience.shop.metrics.streams == 1


def test_a_sign_out_ends_the_stream_within_a_minute(audience: Audience) -> None:
    page = audience.listen()
    audience.wait(100)
    assert not page.is_over
    audience.porter.viewer = None
    audience.wait(45)
    assert page.is_over and audience.shop.metrics.streams == 0


def test_nobody_who_can_say_ends_it_too(audience: Audience, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(request: Any) -> bool:
        raise Busy("try again")

    monkeypatch.setattr(audience.porter, "remains", busy)
    page = audience.listen()
    audience.wait(31)
    assert not page.is_over
    audience.wait(15)
    assert page.is_over


def test_a_busy_store_delays_and_loses_nothing(audience: Audience) -> None:
    page = audience.listen()
    audience.wait()
    jobs: Any = audience.hub.reader
    jobs.running = 1000
    audience.tell(accepted(1))
    audience.wait(3)
    assert page.ids == []
    jobs.running = 0
    audience.wait(1)
    assert page.ids == [1]


class Broken(MemoryEngine):
    def read(self, job: Any) -> Any:
        raise Damaged("table journal: a record is damaged")


def test_a_store_that_fails_is_reported_and_asked_again(audience: Audience, failures: list[Any]) -> None:
    page = audience.listen()
    audience.wait()
    hub = audience.hub
    reader, hub.reader = hub.reader, InlineReaders(Broken())
    audience.tell(accepted(1))
    audience.wait(0.3)
    assert failures
    failures.clear()
    hub.reader = reader
    audience.wait(17)
    assert page.ids == [1]


def test_a_stop_ends_all_streams_at_once(audience: Audience) -> None:
    pages = [audience.listen() for _ in range(3)]
    pages[2].wire.protocol.pauseProducing()
    audience.hub.close()
    assert [page.is_over for page in pages] == [True, True, False] and pages[2].is_cut
    pages[2].wire.hang_up()
    assert audience.request().reply().status == 503
    gone: list[Any] = []
    audience.shop.site.drain().addCallback(gone.append)
    for page in pages[:2]:
        assert page.wire.closed
        page.wire.hang_up()
    assert audience.shop.metrics.streams == 0
    audience.wait(20)


def test_after_a_stream_the_connection_serves_on(audience: Audience) -> None:
    page = audience.listen()
    audience.porter.viewer = None
    audience.wait(45)
    assert page.is_over
    page.wire.transport.clear()
    page.wire.send(b"GET /healthz HTTP/1.1\r\nHost: crm.example.com\r\n\r\n")
    assert page.wire.reply().status == 200


def test_a_client_that_hangs_up_leaves_nothing_behind(audience: Audience) -> None:
    for _ in range(20):
        audience.listen().wire.hang_up()
    hub = audience.hub
    assert (hub._streams, hub._owners, hub._next_look, hub._next_beat) == ({}, {}, None, None)


