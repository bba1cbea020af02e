"""The budget: what long bodies hold together has a bound, and all of it comes back."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from jivod.web.limits import Limits
from tests.web.shop import DEADLINE, EVENT, HeldWriter, Shop, Wire, chunked, open_shop, request

SMALL = Limits(short_body=500, body=3000, long_bodies=4000)


def event(size: int) -> bytes:
    return EVENT + (size - len(EVENT)) * b" "


def small(limits: Limits = SMALL) -> Shop:
    return open_shop(make_writer=HeldWriter, limits=limits)


def begun(shop: Shop, size: int, of: int = 3000) -> Wire:
    """A connection that has sent `size` bytes of a body."""
    wire = shop.connect()
    wire.send(request(event(of))[: size - of or None])
    return wire


def test_a_long_body_holds_what_came_until_it_is_answered() -> None:
    shop = small()
    wire = begun(shop, 1000)
    assert shop.site.budget.held == 1000
    wire.send(event(3000)[1000:])
    assert shop.site.budget.held == 3000
    shop.writer.release()
    assert (wire.reply().status, shop.site.budget.held) == (200, 0)


def test_a_short_body_holds_nothing() -> None:
    shop = small()
    begun(shop, 500)
    begun(shop, 499, of=500)
    assert shop.site.budget.held == 0


def test_the_piece_that_is_too_much_is_503_and_the_others_go_on() -> None:
    shop = small()
    first, second = begun(shop, 2500), begun(shop, 1500)
    second.send(b" ")
    reply = second.reply()
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (503, "busy", "1")
    assert reply.headers["Connection"] == "close" and second.closed
    assert (shop.site.budget.held, shop.metrics.answers) == (2500, {"503": 1})
    first.send(event(3000)[2500:])
    shop.writer.release()
    assert first.reply().status == 200
    assert len(shop.journal()) == 1


def test_a_chunked_body_is_weighed_as_it_comes() -> None:
    shop = small()
    wires = [shop.connect() for _ in range(3)]
    for wire in wires:
        wire.send(chunked(400 * b"a"), b"3e8\r\n" + 1000 * b"a" + b"\r\n")
    assert [reply.status for wire in wires for reply in wire.replies()] == [503]
    assert shop.site.budget.held == 2800


def test_short_bodies_come_in_though_long_ones_hold_everything() -> None:
    shop = small()
    begun(shop, 2000), begun(shop, 2000)
    assert shop.site.budget.held == shop.site.budget.size
    crowd = [shop.connect() for _ in range(50)]
    for wire in crowd:
        wire.send(request(event(500)))
    shop.writer.release()
    assert [wire.reply().status for wire in crowd] == 50 * [200]


@pytest.mark.parametrize("long_bodies", [0, 10])
def test_one_body_may_come_in_whatever_the_budget(long_bodies: int) -> None:
    shop = small(Limits(short_body=500, body=3000, long_bodies=long_bodies))
    wire = begun(shop, 3000)
    shop.writer.release()
    assert (wire.reply().status, shop.site.budget.held) == (200, 0)


def test_by_default_one_of_the_longest_is_taken_while_others_are_quiet(shop: Shop) -> None:
    wire, body = shop.connect(), event(Limits().body)
    wire.send(request(b"", length=b"%d" % len(body)), *(body[i : i + 65536] for i in range(0, len(body), 65536)))
    assert (wire.reply().status, shop.site.budget.held) == (200, 0)


class Tight(BytesIO):
    """There is memory for 2000 bytes; as in Python's own, nothing is left of what could not grow."""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self.tell() + len(data) > 2000:
            self.close()
            raise MemoryError
        return super().write(data)


@pytest.mark.parametrize("frame", [request, chunked], ids=["of a known length", "chunked"])
@pytest.mark.parametrize("size", [400, 1000, 1900])
def test_the_body_that_no_memory_is_left_for_is_503_and_the_others_go_on(
    frame: Callable[[bytes], bytes], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jivod.web.request.BytesIO", Tight)
    shop = small()
    other, wire = begun(shop, 1000, of=1500), shop.connect()
    data = frame(event(2500))
    wire.send(*(data[place : place + size] for place in range(0, len(data), size)))
    reply = wire.reply()
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (503, "busy", "1")
    assert (reply.headers["Connection"], wire.closed, shop.site.budget.held) == ("close", True, 1000)
    wire.hang_up()
    other.send(event(1500)[1000:])
    shop.writer.release()
    assert (other.reply().status, shop.site.budget.held, len(shop.journal())) == (200, 0, 1)


def test_who_hangs_up_gives_back() -> None:
    shop = small()
    for size in (1000, 3000):  # on its way in, and worked on
        begun(shop, size).hang_up()
        assert shop.site.budget.held == 0
    shop.writer.release()
    assert shop.site.budget.held == 0


@pytest.mark.parametrize(
    ("tail", "status"), [(b"zz\r\n", 400), (b"1000\r\n", 413), (b"0\r\n" + 500 * b"a: b\r\n", 400)], ids=repr
)
def test_who_is_refused_gives_back_and_his_body_is_let_go(tail: bytes, status: int) -> None:
    shop = small()
    wire = shop.connect()
    wire.send(chunked(2000 * b"a"))
    assert shop.site.budget.held == 2000
    wire.send(tail)
    assert (wire.reply().status, shop.site.budget.held) == (status, 0)
    assert all(request.content.closed for request in wire.protocol.requests)
    wire.hang_up()
    assert shop.site.budget.held == 0


def test_who_is_late_gives_back() -> None:
    shop = small()
    wire = begun(shop, 2000)
    shop.pass_time(SMALL.body_time + 1)
    assert (wire.reply().status, shop.site.budget.held) == (408, 0)


def test_what_takes_us_too_long_gives_back() -> None:
    shop = small()
    wire = begun(shop, 3000)
    shop.pass_time(DEADLINE + 0.2)
    assert (wire.reply().status, shop.site.budget.held) == (503, 0)


def test_one_connection_after_another_body_holds_no_more_than_one() -> None:
    shop = small()
    wire = shop.connect()
    for _ in range(4):
        wire.send(request(event(3000)))
        assert shop.site.budget.held == 3000
        shop.writer.release()
        assert shop.site.budget.held == 0
    assert [reply.status for reply in wire.replies()] == 4 * [200]


def test_trailers_are_short(shop: Shop) -> None:
    body, end = chunked(EVENT) + b"0\r\n", b"\r\n"
    wire = shop.connect()
    wire.send(body + 100 * b"a: b\r\n" + end)
    assert (wire.reply().status, wire.closed) == (200, False)
    wire = shop.connect()
    wire.send(body + 200 * b"a: b\r\n")
    assert (wire.reply().status, wire.closed) == (400, True)
