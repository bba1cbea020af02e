"""Outlet: tells one sink what there is to tell: at least once, each customer in order, several customers side by side.

All of it runs on the reactor thread. What was told is written down in pages: who is cut off in between tells a few
changes twice, and forgets none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, Protocol

from attrs import define, evolve, field
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.logger import Logger

from jivod.config.settings import Sink
from jivod.flow import dispatch
from jivod.flow.letter import letter
from jivod.model.change import GONE, Dead, Owed
from jivod.model.errors import JivodError
from jivod.service.breaker import Breaker, back_off
from jivod.service.courier import PARALLEL, Reply
from jivod.service.line import WINDOW, Line
from jivod.store.kv import Job, T
from jivod.web.hook import Writer
from jivod.web.metrics import Metrics, SinkState
from jivod.wire import feed

ATTEMPTS = 12  # of one change, while the sink takes others
PATIENCE_MS = 3 * 86_400_000  # from the first failure on
GONE_STATUS = 410
JOB_BYTES = 200  # of one change, for the queue of the writer

DELIVERED, FAILED, VOID = "delivered", "failed", "void"  # what comes of an attempt

_log = Logger(namespace="jivod.feed")


class Reader(Protocol):
    """Where jobs run that only read (`jivod.service.threads.Readers`)."""

    def read(self, job: Job[T]) -> Deferred[T]:
        """Its result, later."""


class Post(Protocol):
    """Who carries letters (`jivod.service.courier.Courier`)."""

    def post(self, sink: Sink, headers: Mapping[str, str], body: bytes) -> Awaitable[Reply]:
        """What came of it."""


@define(eq=False, kw_only=True)
class Outlet:
    """`turn` looks for what is new and writes down what was done; call it again and again. `now` gives UNIX ms,
    `random` a number from 0 up to 1, `link` the page of a customer. `soon` runs a function in the reactor's next turn.
    """

    sink: Sink
    readers: Reader
    writer: Writer
    post: Post
    breaker: Callable[[], Breaker]
    metrics: Metrics
    now: Callable[[], int]
    random: Callable[[], float]
    soon: Callable[[Callable[[], Any]], Any]
    link: Callable[[str], str]
    flying: set[Deferred[None]] = field(factory=set, init=False)
    _line: Line | None = field(default=None, init=False)
    _breaker: Breaker = field(init=False)
    _is_turning: bool = field(default=False, init=False)
    _is_stale: bool = field(default=False, init=False)
    _is_stuck: bool = field(default=False, init=False)
    _is_over: bool = field(default=False, init=False)
    _last: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._breaker = self.breaker()

    async def turn(self) -> None:
        """One round. It survives its own errors: they are logged, the next round is another try."""
        if self._is_turning:
            return
        self._is_turning = True
        try:
            await self._turn()
            self._is_stuck = False
        except JivodError as error:
            if not self._is_stuck:
                _log.warn("sink {sink} has to wait: {error}", sink=self.sink.name, error=str(error))
            self._is_stuck = True
        except Exception:
            _log.failure("sink {sink} cannot be served now", sink=self.sink.name)
        finally:
            self._is_turning = False

    def close(self) -> None:
        """Begin nothing more."""
        self._is_over = True

    async def finish(self) -> None:
        """Write down what was done until the end."""
        try:
            await self.flush()
        except Exception:
            _log.failure("sink {sink}: the last changes will be told once more", sink=self.sink.name)

    async def flush(self) -> None:
        """Write down what was done."""
        line = self._line
        progress = None if line is None or self._is_stale else line.progress()
        if line is None or progress is None:
            return
        job = partial(dispatch.record, name=self.sink.name, edition=line.standing.edition, progress=progress)
        try:
            standing = await self.writer.submit(job, JOB_BYTES * (1 + len(progress.owed) + len(progress.dead)))
        except Exception:
            line.take_back(progress)
            raise
        if standing is None:
            self._is_stale = True
        else:
            line.standing = standing

    async def _turn(self) -> None:
        await self.flush()
        if self._line is None or (self._is_stale and not self.flying):
            await self._begin()
        line = self._line
        if line is None or self._is_stale:
            return
        job = partial(dispatch.supply, name=self.sink.name, after=line.read, limit=max(0, line.room))
        supply = await self.readers.read(job)
        if supply.standing.edition != line.standing.edition:
            self._is_stale = True
            return
        if lost := line.skip(supply.first):
            _log.warn("sink {sink} was away for too long: {lost} changes were dropped", sink=self.sink.name, lost=lost)
        line.standing, self._last = supply.standing, supply.last
        line.take(supply.changes, self.sink.events)
        self._bury(line.make_room(self.now()))
        self._show(line)
        self._pump()

    async def _begin(self) -> None:
        standing, owed = await self.readers.read(partial(dispatch.load, name=self.sink.name))
        self._line, self._breaker, self._is_stale = Line(standing, owed), self.breaker(), False

    def _pump(self) -> None:
        """Send off what may go."""
        line = self._line
        if line is None or self._is_stale or self._is_over or line.standing.halted:
            return
        while len(self.flying) < PARALLEL and self._breaker.allows(len(self.flying)):
            owed = line.next(self.now())
            if owed is None:
                self._ask_for_more(line)
                break
            line.in_flight.add(owed.change.number)
            flight = Deferred.fromCoroutine(self._tell(line, owed))
            self.flying.add(flight)
            flight.addBoth(partial(self._landed, flight))

    def _ask_for_more(self, line: Line) -> None:
        """Do not wait for the next look where there is more to tell, and much was told."""
        if line.room > WINDOW // 2 and line.read < self._last:
            self.soon(lambda: ensureDeferred(self.turn()))

    def _landed(self, flight: Deferred[None], result: Any) -> None:
        self.flying.discard(flight)
        if not self._is_over:
            self.soon(self._pump)

    async def _tell(self, line: Line, owed: Owed) -> None:
        try:
            reply = await self._send(owed)
        except Exception:
            line.in_flight.discard(owed.change.number)
            if not self._is_over:
                _log.failure("change {number} cannot be told", number=owed.change.number)
                self._fail(line, owed, "cannot be told", 0.0, counts=True)
        else:
            line.in_flight.discard(owed.change.number)
            self._heard(line, owed, reply)

    async def _send(self, owed: Owed) -> Reply | None:
        told = await self.readers.read(partial(letter, change=owed.change, link=self.link))
        if told is None:
            return None
        headers = feed.headers(self.sink.key, told.id, self.now() // 1000, told.body)
        return await self.post.post(self.sink, headers, told.body)

    def _heard(self, line: Line, owed: Owed, reply: Reply | None) -> None:
        """What came of it; nothing after the end, when what is under way is cut off."""
        if self._is_over and (reply is None or not reply.is_good):
            return
        if reply is None or reply.is_good:
            line.settle(owed.change.number)
            self._count(VOID if reply is None else DELIVERED)
            if reply is not None:
                self._breaker.worked()
        elif reply.status == GONE_STATUS:
            line.end()
            line.standing = evolve(line.standing, halted=GONE)
            self._count(FAILED)
            _log.warn("sink {sink} is gone (410): it is told nothing more", sink=self.sink.name)
        else:
            self._refused(line, owed, reply)

    def _refused(self, line: Line, owed: Owed, reply: Reply) -> None:
        is_working = self._breaker.is_closed
        if self._breaker.failed():
            _log.warn("sink {sink} fails: {why}", sink=self.sink.name, why=reply.why)
        self._breaker.hold(reply.wait)
        self._fail(line, owed, reply.why, reply.wait, counts=is_working)

    def _fail(self, line: Line, owed: Owed, why: str, wait: float, *, counts: bool) -> None:
        """Try it later, or give it up. While the sink as a whole is down no attempt `counts`."""
        now, attempts = self.now(), owed.attempts + counts
        since = owed.since or (now if counts else 0)
        due = now + round(1000 * max(wait, back_off(attempts, self.random) if counts else 0.0))
        later = evolve(owed, attempts=attempts, since=since, due=due)
        self._count(FAILED)
        if attempts >= ATTEMPTS or (since and now - since >= PATIENCE_MS):
            self._bury([line.give_up(later, why, now)])
        else:
            line.postpone(later)
            self._bury(line.make_room(now))

    def _bury(self, letters: Iterable[Dead]) -> None:
        for dead in letters:
            _log.warn(
                "sink {sink}: change {number} was given up after {attempts} attempts: {why}",
                sink=self.sink.name, number=dead.change.number, attempts=dead.attempts, why=dead.why,
            )  # fmt: skip

    def _count(self, outcome: str) -> None:
        self.metrics.told(self.sink.name, outcome)

    def _show(self, line: Line) -> None:
        state = SinkState(
            backlog=max(0, self._last - line.read) + line.waiting,
            dead=line.standing.dead,
            lost=line.standing.lost,
            is_open=not line.standing.halted and self._breaker.is_closed,
        )
        self.metrics.sink_stands(self.sink.name, state)
