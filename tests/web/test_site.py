"""The site: how it ends, and what only a real socket shows."""

from __future__ import annotations

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.logger import LogEvent
from twisted.python.failure import Failure

from jivod.web.limits import Limits
from tests.web.shop import HeldWriter, Shop, open_shop, parse, request


def test_draining_closes_idle_connections_at_once(shop: Shop) -> None:
    idle = shop.connect()
    idle.send(request())
    gone = shop.site.drain()
    assert idle.closed and not gone.called
    idle.hang_up()
    assert gone.called


def test_draining_hears_out_who_has_just_come(shop: Shop) -> None:
    """The kernel has taken his request already, or is about to: closed at once, it would be lost."""
    newcomer, silent = shop.connect(), shop.connect()
    gone = shop.site.drain()
    assert not newcomer.closed
    newcomer.send(request())
    assert newcomer.reply().status == 200 and newcomer.closed
    newcomer.hang_up()
    assert not silent.closed
    shop.pass_time(1.5)
    assert silent.closed
    silent.hang_up()
    assert gone.called


def test_draining_lets_a_request_be_answered_then_closes() -> None:
    shop = open_shop(make_writer=HeldWriter)
    wire = shop.connect()
    wire.send(request())
    shop.site.drain()
    assert not wire.closed
    shop.writer.release()
    assert wire.reply().status == 200 and wire.closed


def test_draining_takes_a_request_that_is_half_here(shop: Shop) -> None:
    wire = shop.connect()
    data = request()
    wire.send(data[:40])
    shop.site.drain()
    wire.send(data[40:])
    assert wire.reply().status == 200 and wire.closed
    assert wire.reply().headers["Connection"] == "close"


def test_draining_takes_no_new_connection(shop: Shop) -> None:
    shop.site.drain()
    assert shop.connect().closed


@pytest.mark.parametrize("odd", range(3))
@pytest.mark.parametrize("way", ["sweep", "idle", "silent", "abort"])
def test_a_connection_that_cannot_be_ended_keeps_no_other_from_it(
    way: str, odd: int, shop: Shop, failures: list[LogEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError

    wires = [shop.connect() for _ in range(3)]
    for wire in wires if way == "idle" else ():
        wire.send(request())
    (channel,) = (found for place, found in enumerate(shop.site.channels) if place == odd)  # in the order of the loop
    for name in ("loseConnection", "abortConnection"):
        monkeypatch.setattr(channel.transport, name, fail)
    if way == "sweep":
        shop.pass_time(Limits().header_time + 1)
    elif way == "abort":
        shop.site.abort()
    else:
        shop.site.drain()
        shop.pass_time(1.5 if way == "silent" else 0)
    assert [wire.closed for wire in wires] == [wire.protocol is not channel for wire in wires]
    assert {event["log_format"] for event in failures} == {"cannot close a connection"}
    failures.clear()


class Client(Protocol):
    def __init__(self) -> None:
        self.data = b""
        self.gone: Deferred[None] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        self.data += data

    def connectionLost(self, reason: Failure) -> None:  # type: ignore[override]
        self.gone.callback(None)


@pytest_twisted.ensureDeferred
async def test_h015_a_client_in_the_middle_of_sending_gets_to_read_the_413() -> None:
    shop = open_shop(limits=Limits(body=1000))
    port = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(shop.site)
    try:
        client = Client()
        await connectProtocol(TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port), client)
        client.transport.write(request(3_000_000 * b"a"))
        client.gone.addTimeout(5, reactor)
        await client.gone
        (reply,) = parse(client.data)
        assert reply.status == 413
    finally:
        await port.stopListening()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_supervisor_hears_that_all_is_well(shop: Shop, path: str) -> None:
    assert shop.call("GET", path).json == {"result": "ok"}


def test_metrics_are_in_the_text_format_and_hold_no_secret(shop: Shop) -> None:
    wire = shop.connect()
    wire.send(request())
    reply = shop.call("GET", "/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert b'jivod_events_total{event="chat_accepted"} 1.0' in reply.body
    assert b'jivod_answers_total{status="200"} 1.0' in reply.body
    assert b"secret-of" not in reply.body
