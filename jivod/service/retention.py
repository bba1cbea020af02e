"""Retention: the service that lets old content go, once a day and in turns so short that no webhook waits for them.

By a rule that nobody confirmed nothing goes; the log says each day what would.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from calendar import timegm
from collections.abc import Callable
from functools import partial
from time import localtime
from typing import Any, Protocol, TypeVar

from attrs import evolve
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import deferLater
from twisted.logger import Logger

from jivod.config.settings import Retention as Wanted
from jivod.flow import retention as flow
from jivod.model.retention import Rule
from jivod.service.rounds import Rounds
from jivod.store import retention as store
from jivod.store.kv import Job
from jivod.web.hook import Writer
from jivod.web.metrics import Metrics, RetentionState

T = TypeVar("T")
INTERVAL = 60.0  # seconds between two looks at the clock
PAUSE = 0.025  # seconds between two steps, in which whoever waits gets his
REST = 3600.0  # seconds after a failure
_DAY, _HOUR = 86_400, 3600  # seconds

_log = Logger(namespace="jivod.retention")


class Readers(Protocol):
    """Where a job may run that only reads (`jivod.service.threads.Readers`)."""

    def read(self, job: Job[T]) -> Deferred[T]:
        """Its result, later."""


def day_of(ms: int, hour: int) -> int:
    """The number of the day, in local time, that the moment `ms` belongs to, if days begin at `hour`."""
    return (timegm(localtime(ms / 1000)) - hour * _HOUR) // _DAY


class Retention(Rounds):
    """Behind the writer and the readers. `now` gives UNIX ms."""

    def __init__(
        self, clock: Any, wanted: Wanted, readers: Readers, writer: Writer, metrics: Metrics, now: Callable[[], int]
    ) -> None:
        super().__init__(clock, self._look, INTERVAL, soon=False)  # a start has other things to do
        self._clock, self._wanted, self._readers, self._writer, self._now = clock, wanted, readers, writer, now
        self._state = metrics.retention = RetentionState()
        self._day: int | None = None  # that was seen to
        self._resting = 0.0

    def _look(self) -> Deferred[None]:
        return ensureDeferred(self._see_to_it())

    async def _see_to_it(self) -> None:
        today = day_of(self._now(), self._wanted.hour)
        if self._day == today or self._clock.seconds() < self._resting:
            return
        try:
            ran = await self._readers.read(store.ran)
            self._state.ran = ran / 1000
            if not ran or day_of(ran, self._wanted.hour) != today:
                await self._run(self._now())
            self._day = today
        except Exception:
            _log.failure("old content could not be let go; the next try is in an hour")
            self._resting = self._clock.seconds() + REST

    async def _run(self, now: int) -> None:
        if await self._readers.read(partial(flow.is_doubtful, now=now)):
            _log.warn("the last run was long ago, or the clock is wrong: nothing goes until `jivod retain --yes`")
            return
        rule: Rule = await self._readers.read(partial(flow.in_force, wanted=self._wanted.rule))
        await self._tell_of_what_waits(rule, now)
        emptied = await self._empty(rule.chats_months, now) if rule.chats_months is not None else 0
        dropped = await self._tidy(rule, now)
        if not self.running:
            return  # the next start goes on
        await self._writer.submit(partial(store.set_ran, at=now), 0)
        self._state.ran = now / 1000
        if emptied or dropped:
            _log.info("let old content go: {entries} entries", entries=emptied, quarantined=dropped)

    async def _tell_of_what_waits(self, rule: Rule, now: int) -> None:
        wanted = self._wanted.rule
        self._state.waiting = 0
        if rule == wanted:
            return
        if wanted.chats_months is not None:
            before = flow.months_before(now, wanted.chats_months)
            self._state.waiting = await self._readers.read(partial(flow.older, before=before))
        _log.warn(
            "nobody confirmed this rule of [retention]; by it {entries} entries would be looked at: see `jivod retain`",
            entries=self._state.waiting,
            chats_months=wanted.chats_months,
            quarantine_days=wanted.quarantine_days,
        )

    async def _empty(self, months: int, now: int) -> int:
        before, count = flow.months_before(now, months), 0
        looked = await self._readers.read(store.looked)
        waiting = flow.Turn(looked=looked, husks=())
        while self.running:
            more = await self._readers.read(partial(flow.due, after=waiting.looked, before=before, now=now))
            await deferLater(self._clock, PAUSE)
            if more is not None:
                waiting = flow.together(waiting, more)
            if more is None or len(waiting.husks) >= flow.TURN:
                count += await self._take(waiting, months) if waiting.looked > looked else 0
                looked, waiting = waiting.looked, evolve(waiting, husks=())
            if more is None:
                break
        return count

    async def _take(self, turns: flow.Turn, months: int) -> int:
        count = 0
        for turn in flow.pieces(turns):
            if not self.running:
                break  # what was not done is found again
            count += await self._writer.submit(partial(flow.take_turn, turn=turn, months=months, at=self._now()), 0)
            await deferLater(self._clock, PAUSE)
        self._state.emptied += count
        return count

    async def _tidy(self, rule: Rule, now: int) -> int:
        count = 0
        while self.running:
            done = await self._writer.submit(partial(flow.tidy, rule=rule, now=now), 0)
            self._state.dropped += done
            count += done
            if not done:
                break
            await deferLater(self._clock, PAUSE)
        return count


def make_retention(
    reactor: Any, wanted: Wanted, readers: Readers, writer: Writer, metrics: Metrics, now: Callable[[], int]
) -> tuple[Retention, ...]:
    """The service, if anything is not to be kept for ever."""
    return (Retention(reactor, wanted, readers, writer, metrics, now),) if wanted.is_set else ()
