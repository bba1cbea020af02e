"""Postbox: a sink that answers as the test says, a clock, and an outlet that a crash can cut off at any moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from attrs import define, field
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import Clock

from jivod.config.settings import Sink
from jivod.flow import dispatch
from jivod.model.change import CHANGES, UPDATED, Standing
from jivod.service.breaker import Breaker
from jivod.service.courier import Reply
from jivod.service.outlet import Outlet
from jivod.service.threads import InlineReaders, InlineWriter
from jivod.store import outbox, sinks
from jivod.store.kv import Job, T
from jivod.web.metrics import Metrics
from tests.flow.world import START, World, accepted

SINK = Sink(
    name="crm",
    url="https://sink.example.com/hook",
    host="sink.example.com",
    key=b"k" * 32,
    events=frozenset(CHANGES),
)
GOOD = Reply(status=204)
BAD = Reply(status=500, why="status 500")


@define(eq=False)
class Received:
    """What came in, and who waits for the answer."""

    id: str
    type: str
    data: dict[str, Any]
    answer: Deferred[Reply]


@define(eq=False)
class Postbox:
    """`got` is everything that ever came in; `waiting` what was not answered yet."""

    got: list[Received] = field(factory=list)
    waiting: list[Received] = field(factory=list)
    most: int = 0

    def post(self, sink: Sink, headers: Mapping[str, str], body: bytes) -> Deferred[Reply]:
        message = orjson.loads(body)
        answer: Deferred[Reply] = Deferred()
        received = Received(headers["webhook-id"], message["type"], message["data"], answer)
        self.got.append(received)
        self.waiting.append(received)
        self.most = max(self.most, len(self.waiting))
        return answer

    def reply(self, reply: Reply, at: int = 0) -> None:
        """Answer one of those who wait."""
        self.waiting.pop(at).answer.callback(reply)

    @property
    def numbers(self) -> list[int]:
        return [received.data["number"] for received in self.got]


@define(eq=False)
class Desk:
    """A world whose customers change, and an outlet that tells a postbox of it."""

    sink: Sink = SINK
    world: World = field(factory=World)
    box: Postbox = field(factory=Postbox)
    clock: Clock = field(factory=Clock)
    metrics: Metrics = field(factory=Metrics)
    outlet: Outlet = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.world.do(lambda txn: dispatch.configure(txn, {self.sink.name: self.sink.events}))
        self.start()

    def start(self) -> None:
        """As after a crash: nothing is left but the disk. Letters under way are answered to nobody."""
        self.box.waiting.clear()
        self.clock.calls.clear()
        engine = self.world.engine
        self.outlet = Outlet(
            sink=self.sink,
            readers=InlineReaders(engine),
            writer=InlineWriter(engine),
            post=self.box,
            breaker=lambda: Breaker(self.clock.seconds, lambda: 0.5),
            metrics=self.metrics,
            now=self.now,
            random=lambda: 0.5,
            soon=lambda function: self.clock.callLater(0, function),
            link=self.world.desk.link,
        )

    def now(self) -> int:
        return START + round(self.clock.seconds() * 1000)

    def turn(self, seconds: float = 0.5) -> None:
        self.clock.advance(seconds)
        ensureDeferred(self.outlet.turn())
        self.clock.advance(0)

    def note(self, customer: str, other: str = "", kind: str = UPDATED) -> int:
        """One more change."""

        def job(txn: Any) -> int:
            outbox.note(txn, kind, customer, other=other, seq=1, at=self.now())
            return outbox.last(txn)

        return self.world.do(job)

    def people(self, *names: str) -> list[str]:
        """Customers of these names; what the feed says of their coming is passed over."""
        ids = []
        for name in names:
            told = self.world.tell(accepted(name, name=name.title(), email=f"{name}@example.com"))
            assert told.customer
            ids.append(told.customer)
        last = self.ask(outbox.last)
        self.world.do(lambda txn: sinks.put(txn, Standing(name=self.sink.name, told=last)))
        return ids

    def ask(self, job: Job[T]) -> T:
        return self.world.ask(job)

    @property
    def standing(self) -> Standing:
        found = self.ask(lambda txn: sinks.get(txn, self.sink.name))
        assert found is not None
        return found
