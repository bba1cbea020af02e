"""Courier: one letter over a real connection, and whatever the other side does; and a whole feed to a real receiver."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any

import orjson
import pytest
import pytest_twisted
from attrs import define, evolve, field
from standardwebhooks import Webhook
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTCP, IReactorTime
from twisted.internet.task import deferLater
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request, Site

from jivod.config.settings import Sink
from jivod.model.change import CHANGES
from jivod.service.breaker import Breaker
from jivod.service.courier import ANSWER_MAX, Courier, seconds_asked
from jivod.service.feed import Feed
from jivod.service.outlet import Outlet
from jivod.service.threads import InlineReaders, InlineWriter
from jivod.store import outbox, sinks
from jivod.web.metrics import Metrics
from jivod.wire import feed as wire
from tests.flow.world import START, World, accepted, updated

KEY = b"k" * 32
NOW = 1_790_000_000_000


@define(eq=False)
class Receiver(Resource):
    """Answers as `behave` says; `got` is what came."""

    behave: Callable[[Request], Any] = lambda request: b""
    got: list[dict[str, Any]] = field(factory=list)
    isLeaf = True

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    def render(self, request: Request) -> Any:
        body = request.content.read()  # type: ignore[union-attr]
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        headers = {name: request.getHeader(name) for name in names}
        self.got.append(
            {"body": body, "path": request.uri, **headers, "all": dict(request.requestHeaders.getAllRawHeaders())}
        )
        return self.behave(request)


@define(eq=False)
class Place:
    receiver: Receiver
    sink: Sink
    courier: Courier


@pytest_twisted.async_yield_fixture
async def place() -> AsyncIterator[Place]:
    receiver = Receiver()
    port = IReactorTCP(reactor).listenTCP(0, Site(receiver), interface="127.0.0.1")
    number = port.getHost().port
    url = f"http://127.0.0.1:{number}/hook?key=1"
    sink = Sink(name="crm", url=url, host="127.0.0.1", key=KEY, events=frozenset(CHANGES), timeout=0.5)
    courier = Courier(reactor, lambda: NOW)
    yield Place(receiver, sink, courier)
    await courier.close()
    await port.stopListening()


def status(code: int, **headers: str) -> Callable[[Request], bytes]:
    def behave(request: Request) -> bytes:
        request.setResponseCode(code)
        for name, value in headers.items():
            request.setHeader(name.replace("_", "-"), value)
        return b"thanks"

    return behave


@pytest_twisted.ensureDeferred
async def test_a_letter_arrives_as_it_was_signed(place: Place) -> None:
    headers = wire.headers(KEY, "msg_1", NOW // 1000, b'{"type":"x"}')
    reply = await place.courier.post(place.sink, headers, b'{"type":"x"}')
    assert (reply.status, reply.is_good) == (200, True)
    (got,) = place.receiver.got
    assert (got["body"], got["path"], got["webhook-id"]) == (b'{"type":"x"}', b"/hook?key=1", "msg_1")
    assert got["all"][b"Content-Type"] == [b"application/json"]


@pytest_twisted.ensureDeferred
@pytest.mark.parametrize(
    ("behave", "expected"),
    [
        (status(204), (204, 0.0)),
        (status(302, location="http://127.0.0.1:1/elsewhere"), (302, 0.0)),
        (status(307, location="/again"), (307, 0.0)),
        (status(410), (410, 0.0)),
        (status(429, retry_after="17"), (429, 17.0)),
        (status(503, retry_after="Mon, 21 Sep 2026 14:14:20 GMT"), (503, 60.0)),
        (status(500, retry_after="soon"), (500, 0.0)),
    ],
    ids=["204", "302", "307", "410", "429", "503", "500"],
)
async def test_the_status_counts_and_no_redirect_is_followed(place: Place, behave: Any, expected: Any) -> None:
    place.receiver.behave = behave
    reply = await place.courier.post(place.sink, {}, b"{}")
    assert (reply.status, reply.wait) == expected
    assert len(place.receiver.got) == 1


@pytest_twisted.ensureDeferred
async def test_who_never_answers_is_timed_out(place: Place) -> None:
    place.receiver.behave = lambda request: NOT_DONE_YET
    reply = await place.courier.post(evolve(place.sink, timeout=0.05), {}, b"{}")
    assert (reply.status, reply.why) == (0, "timed out")


@pytest_twisted.ensureDeferred
async def test_who_answers_and_then_never_ends_has_answered(place: Place) -> None:
    def behave(request: Request) -> Any:
        request.setHeader("content-length", "100")
        request.write(b"a")
        return NOT_DONE_YET

    place.receiver.behave = behave
    assert (await place.courier.post(evolve(place.sink, timeout=0.05), {}, b"{}")).is_good


@pytest_twisted.ensureDeferred
async def test_who_answers_too_much_is_cut_off(place: Place) -> None:
    ended: Deferred[Any] = Deferred()

    def behave(request: Request) -> Any:
        request.notifyFinish().addBoth(lambda _: ended.callback(None))
        request.write(b"a" * (ANSWER_MAX + 1))
        return NOT_DONE_YET

    place.receiver.behave = behave
    assert (await place.courier.post(evolve(place.sink, timeout=5.0), {}, b"{}")).is_good
    await ended


@pytest_twisted.ensureDeferred
async def test_who_hangs_up_has_not_answered(place: Place) -> None:
    def behave(request: Request) -> Any:
        request.transport.abortConnection()
        return NOT_DONE_YET

    place.receiver.behave = behave
    assert (await place.courier.post(place.sink, {}, b"{}")).why == "no answer"


@pytest_twisted.ensureDeferred
async def test_no_letter_goes_out_over_a_connection_that_the_sink_may_be_closing(place: Place) -> None:
    """A sink that closes after each answer and does not say so would cost every other letter its attempt."""
    ports: list[int] = []

    def behave(request: Request) -> bytes:
        ports.append(request.getClientAddress().port)
        return b""

    place.receiver.behave = behave
    for _ in range(3):
        assert (await place.courier.post(place.sink, {}, b"{}")).is_good
    assert len(set(ports)) == 3


@pytest_twisted.ensureDeferred
async def test_where_nobody_listens_there_is_no_connection(place: Place) -> None:
    assert (await place.courier.post(evolve(place.sink, url="http://127.0.0.1:1/"), {}, b"{}")).why == "no connection"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (b"5", 5.0),
        (b"9" * 400, 86_400.0),
        (b"-5", 0.0),
        (b"", 0.0),
        (b"\xff", 0.0),
        (b"Mon, 01 Jan 1990 00:00:00 GMT", 0.0),
    ],
)
def test_how_long_a_sink_asks_to_wait(text: bytes, seconds: float) -> None:
    assert seconds_asked(text, NOW / 1000) == seconds


@pytest_twisted.ensureDeferred
async def test_everything_arrives_at_a_receiver_that_fails_at_random_through_restarts(place: Place) -> None:
    random, world, metrics = Random(7), World(), Metrics()
    hook = Webhook(KEY)
    place.receiver.behave = lambda request: status(random.choice([204, 204, 500]))(request)

    def service() -> Feed:
        readers, writer = InlineReaders(world.engine), InlineWriter(world.engine)
        outlet = Outlet(
            sink=place.sink,
            readers=readers,
            writer=writer,
            post=place.courier,
            breaker=lambda: Breaker(lambda: 1e9, lambda: 0.0),
            metrics=metrics,
            now=lambda: START,
            random=lambda: 0.0,
            soon=lambda function: IReactorTime(reactor).callLater(0, function),
            link=world.desk.link,
        )
        return Feed(reactor, [outlet], writer, lambda: START, lambda: Deferred.fromCoroutine(nothing()))

    feed = service()
    await feed.startService()
    for number in range(40):
        mail = f"p{number % 5}@example.com"
        world.tell(accepted(number, email=mail) if number < 5 else updated(number, email=mail, name=f"N{number}"))
        if number % 10 == 9:
            await feed.stopService()
            feed = service()
            await feed.startService()
    last = world.ask(outbox.last)
    for _ in range(500):
        await deferLater(IReactorTime(reactor), 0.01, lambda: None)
        for outlet in feed._outlets:
            await outlet.turn()
        standing = world.ask(lambda txn: sinks.get(txn, "crm"))
        if standing and standing.told == last and not world.ask(lambda txn: sinks.owed(txn, "crm")):
            break
    await feed.stopService()
    check_received(place.receiver, hook, last)


def check_received(receiver: Receiver, hook: Webhook, last: int) -> None:
    first: dict[int, str] = {}
    for got in receiver.got:
        data = orjson.loads(got["body"])["data"]
        first.setdefault(data["number"], data["id"])
    assert set(first) == set(range(1, last + 1))
    for id in set(first.values()):
        mine = [number for number, customer in first.items() if customer == id]
        assert mine == sorted(mine)


async def nothing() -> None:
    return None
