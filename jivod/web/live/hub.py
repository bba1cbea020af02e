"""Hub: all who listen. While there is somebody it looks into the journal: soon after a commit of ours, and each second,
for other processes write too. One job a look, however many listen; none while nobody does.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.logger import Logger

from jivod.flow import news
from jivod.flow.news import Item, Told, Wish
from jivod.model.errors import Busy
from jivod.store.kv import Job, Txn
from jivod.web.live import sse
from jivod.web.live.stream import Stream
from jivod.web.live.watch import look_after
from jivod.web.problem import Problem, Stopped
from jivod.web.rulebook import Rulebook

T = TypeVar("T")

PACE = 0.2  # seconds between two looks
LOOK = 1.0  # seconds after which there is a look in any case
FAILED = 15.0  # seconds for which there is no look where one has failed
BEAT = 15.0  # seconds between two signs of life
ALL = 200
PER_SESSION = 5

TOO_MANY = Problem(503, "too_many_streams", "Too many pages are listening; reload this one now and then.", 30)
TOO_MANY_YOURS = Problem(503, "too_many_streams", "Too many of your pages are listening; close some of them.", 30)
STOPPING = Problem(503, "busy", "The service is stopping; try again.", 2)

_log = Logger(namespace="jivod.web")


class Reader(Protocol):
    """Who asks the store."""

    def read(self, job: Job[T]) -> Deferred[T]:
        """Run `job` over a snapshot."""


@define(eq=False, kw_only=True)
class Hub:
    """`count` is told how many listen."""

    clock: Any
    reader: Reader
    rulebook: Rulebook
    count: Callable[[int], None]
    _streams: dict[Stream, None] = field(factory=dict)
    _owners: Counter[str] = field(factory=Counter)
    _next_look: Any = None
    _next_beat: Any = None
    _looked_at: float = float("-inf")
    _is_looking: bool = False
    _is_woken: bool = False
    _is_closed: bool = False

    def now(self) -> float:
        """This moment, by the clock of the streams."""
        return float(self.clock.seconds())

    def join(self, stream: Stream) -> None:
        """One more listens, and hears soon what it missed. Raises Stopped where there are too many."""
        if self._is_closed:
            raise Stopped(STOPPING)
        if len(self._streams) >= ALL:
            raise Stopped(TOO_MANY)
        if self._owners[stream.owner] >= PER_SESSION:
            raise Stopped(TOO_MANY_YOURS)
        self._streams[stream] = None
        self._owners[stream.owner] += 1
        self.count(len(self._streams))
        stream.begin()
        if self._next_beat is None:
            self._next_beat = self.clock.callLater(BEAT, self._beat)
        self._wake()

    def leave(self, stream: Stream) -> None:
        """One listens no more. As often as you like."""
        if self._streams.pop(stream, stream) is stream:
            return
        self._owners -= Counter((stream.owner,))
        self.count(len(self._streams))
        if not self._streams:
            self._rest()

    def committed(self) -> None:
        """Something is on disk. Called on the thread of the reactor, after each group of events."""
        if self._streams and not self._is_woken:
            self._wake()

    def close(self) -> None:
        """End all streams, let nobody join again."""
        self._is_closed = True
        self._rest()
        for stream in tuple(self._streams):
            stream.end()

    def _wake(self) -> None:
        self._is_woken = True
        self._plan()

    def _plan(self) -> None:
        """The next look: as soon as may be if there is reason for it."""
        if self._is_looking or self._is_closed or not self._streams:
            return
        due = self._looked_at + (PACE if self._is_woken else LOOK)
        _cancel(self._next_look)
        self._next_look = self.clock.callLater(max(0.0, due - self.clock.seconds()), self._look)

    def _look(self) -> None:
        self._next_look, self._is_woken, self._is_looking = None, False, True
        self._looked_at = self.clock.seconds()
        Deferred.fromCoroutine(self._look_once()).addErrback(_report)

    async def _look_once(self) -> None:
        try:
            wishes = {stream.wish for stream in self._streams}
            self._tell(await self.reader.read(lambda txn: self._hear(txn, wishes)))
        except Busy:
            pass  # another look will find it
        except Exception:
            self._looked_at += FAILED
            _log.failure("cannot tell pages what happened")
        finally:
            self._is_looking = False
            self._plan()

    def _hear(self, txn: Txn, wishes: set[Wish]) -> dict[Wish, Told]:
        return news.hear(txn, wishes, self.rulebook.desk(txn).rules)

    def _tell(self, heard: dict[Wish, Told]) -> None:
        encode = _Once()
        for stream in tuple(self._streams):
            told = heard.get(stream.wish)
            if told is None:  # it joined meanwhile
                continue
            stream.tell(told, encode.news)
            self._is_woken |= told.more

    def _beat(self) -> None:
        self._next_beat = self.clock.callLater(BEAT, self._beat)
        streams = tuple(self._streams)
        for stream in streams:
            stream.beat()
        Deferred.fromCoroutine(look_after(streams, self.clock.seconds)).addErrback(_report)

    def _rest(self) -> None:
        for call in (self._next_look, self._next_beat):
            _cancel(call)
        self._next_look = self._next_beat = None


class _Once:
    """Writes each item once, for all who get it."""

    def __init__(self) -> None:
        self._written: dict[int, bytes] = {}

    def news(self, item: Item) -> bytes:
        if item.seq not in self._written:
            self._written[item.seq] = sse.news(item)
        return self._written[item.seq]


def _cancel(call: Any) -> None:
    if call is not None and call.active():
        call.cancel()


def _report(failure: Any) -> None:
    _log.failure("cannot tell pages what happened", failure)
