"""The service of retention: once a day, by a confirmed rule alone, in turns; and what it does when it cannot."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from time import gmtime
from typing import Any

import pytest
from attrs import define, evolve, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import LogLevel, globalLogPublisher

from jivod.config.settings import Retention as Wanted
from jivod.flow import retention as flow
from jivod.model.errors import Busy
from jivod.model.retention import Rule
from jivod.service import retention as service
from jivod.service.retention import INTERVAL, PAUSE, REST, Retention, day_of, make_retention
from jivod.service.threads import InlineReaders, InlineWriter
from jivod.store import quarantine
from jivod.store.kv import Job
from jivod.web.exposition import render
from jivod.web.metrics import Metrics
from tests.flow.retained import emptied
from tests.flow.world import ORIGIN, START, World, accepted

WANTED = Wanted(rule=Rule(chats_months=24, quarantine_days=30), hour=3)
YEARS = START + 3 * 366 * 86_400_000  # UNIX ms, three years later
HOUR = 3_600_000


@define(eq=False)
class Daemon:
    """A service over a world with a clock; `written` counts its jobs."""

    world: World = field(factory=World)
    clock: Clock = field(factory=Clock)
    metrics: Metrics = field(factory=Metrics)
    wanted: Wanted = WANTED
    begins: int = YEARS
    busy: bool = False
    written: int = 0
    service: Retention = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.service = Retention(
            self.clock, self.wanted, InlineReaders(self.world.engine), self, self.metrics, self.now
        )

    def now(self) -> int:
        return self.begins + round(self.clock.seconds() * 1000)

    def submit(self, job: Job[Any], size: int) -> Deferred[Any]:
        if self.busy:
            raise Busy("Too many events are waiting; try again.")
        self.written += 1
        return InlineWriter(self.world.engine).submit(job, size)

    def confirm(self, rule: Rule = WANTED.rule) -> None:
        self.world.do(lambda txn: flow.confirm(txn, rule, "Kemal", self.now()))

    def goes_on(self, seconds: float) -> None:
        """Let time go by, in steps in which a pause ends."""
        ends = self.clock.seconds() + seconds
        while self.clock.seconds() < ends:
            self.clock.advance(min(INTERVAL, ends - self.clock.seconds()))
            for _ in range(20):
                self.clock.advance(PAUSE)


def old(daemon: Daemon, count: int = 3) -> None:
    for number in range(count):
        daemon.world.tell(accepted(number, number=number + 1))
    daemon.world.do(
        lambda txn: quarantine.add(txn, received_at=START, origin=ORIGIN, code="bad_json", message="?", body=b"x")
    )


@pytest.fixture
def daemon() -> Daemon:
    made = Daemon()
    old(made)
    made.service.startService()
    return made


@pytest.fixture
def logged(request: pytest.FixtureRequest) -> list[Any]:
    events: list[Any] = []
    globalLogPublisher.addObserver(events.append)
    request.addfinalizer(lambda: globalLogPublisher.removeObserver(events.append))
    return events


def warnings(logged: list[Any]) -> list[Any]:
    return [event for event in logged if event["log_level"] == LogLevel.warn]


def test_what_is_old_goes_by_the_rule_that_was_confirmed(daemon: Daemon) -> None:
    daemon.confirm()
    assert emptied(daemon.world) == []  # a start has other things to do
    daemon.goes_on(INTERVAL)
    assert emptied(daemon.world) == [1, 2, 3]
    assert daemon.world.ask(quarantine.held) == (0, 0)
    text = render(daemon.metrics).decode()
    assert "jivod_retention_emptied_total 3.0" in text and "jivod_retention_dropped_total 1.0" in text
    assert "jivod_retention_waiting_entries 0.0" in text and "jivod_retention_last_run_seconds 1.8" in text


def test_nothing_goes_that_nobody_confirmed_and_the_log_tells_once_a_day(daemon: Daemon, logged: list[Any]) -> None:
    daemon.goes_on(10 * INTERVAL)
    assert emptied(daemon.world) == [] and daemon.world.ask(quarantine.held)[0] == 1
    (told,) = warnings(logged)
    assert (told["entries"], told["chats_months"], told["quarantine_days"]) == (3, 24, 30)
    assert "jivod_retention_waiting_entries 3.0" in render(daemon.metrics).decode()


def test_a_slip_of_the_pen_empties_nothing_more_than_before(logged: list[Any]) -> None:
    typed = evolve(WANTED, rule=Rule(chats_months=2, quarantine_days=30))
    daemon = Daemon(wanted=typed, begins=START + 100 * 24 * HOUR)
    old(daemon)
    daemon.confirm()
    daemon.service.startService()
    daemon.goes_on(INTERVAL)
    assert emptied(daemon.world) == []
    assert daemon.world.ask(quarantine.held)[0] == 0  # that one was meant
    assert [told["entries"] for told in warnings(logged)] == [3]


def test_a_clock_that_goes_astray_empties_nothing(daemon: Daemon, logged: list[Any]) -> None:
    daemon.confirm()
    daemon.begins += flow.LONGEST + HOUR
    daemon.goes_on(3 * INTERVAL)
    assert emptied(daemon.world) == [] and len(warnings(logged)) == 1
    daemon.confirm()
    daemon.begins += 24 * HOUR
    daemon.goes_on(INTERVAL)
    assert emptied(daemon.world) == [1, 2, 3]


def test_it_is_done_once_a_day_after_its_hour(daemon: Daemon) -> None:
    daemon.confirm()
    daemon.goes_on(INTERVAL)
    written = daemon.written
    daemon.goes_on(INTERVAL * 5)
    again = Daemon(world=daemon.world, begins=daemon.now())  # as after a restart
    again.service.startService()
    again.goes_on(INTERVAL * 2)
    assert (daemon.written, again.written) == (written, 0)
    next_day = Daemon(world=daemon.world, begins=daemon.now() + 24 * HOUR)
    next_day.service.startService()
    next_day.goes_on(INTERVAL)
    assert next_day.written > 0


def test_between_two_turns_others_get_theirs(daemon: Daemon) -> None:
    for number in range(flow.TURN):
        daemon.world.tell(accepted(100 + number, number=1))
    daemon.confirm()
    daemon.clock.advance(INTERVAL)
    seen = [0]
    for _ in range(20):
        daemon.clock.advance(PAUSE)
        seen.append(len(emptied(daemon.world)))
    assert seen[-1] == flow.TURN + 3
    assert max(after - before for before, after in pairwise(seen)) <= flow.TURN
    assert seen.count(0) > 2  # to look takes its time too


def test_stopping_waits_for_the_turn_alone(daemon: Daemon) -> None:
    for number in range(3 * flow.TURN):
        daemon.world.tell(accepted(100 + number, number=1))
    daemon.confirm()
    daemon.clock.advance(INTERVAL)
    for _ in range(8):
        daemon.clock.advance(PAUSE)
    stopped = daemon.service.stopService()
    assert stopped is not None and not stopped.called
    daemon.clock.advance(PAUSE)
    assert stopped.called
    done = len(emptied(daemon.world))
    assert 0 < done < 3 * flow.TURN
    again = Daemon(world=daemon.world, begins=daemon.now())
    again.service.startService()
    again.goes_on(INTERVAL)
    assert len(emptied(daemon.world)) == 3 * flow.TURN + 3


def test_a_failure_is_logged_and_another_try_comes_after_a_rest(daemon: Daemon, logged: list[Any]) -> None:
    daemon.confirm()
    daemon.busy = True
    daemon.goes_on(INTERVAL * 3)
    assert len([event for event in logged if "log_failure" in event]) == 1
    daemon.busy = False
    daemon.goes_on(REST + INTERVAL)
    assert emptied(daemon.world) == [1, 2, 3]


def test_without_a_rule_there_is_no_service() -> None:
    assert make_retention(Clock(), Wanted(), None, None, Metrics(), int) == ()  # type: ignore[arg-type]
    assert "retention" not in render(Metrics()).decode()


def test_a_day_begins_at_its_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    def number(moment: str, hour: int) -> int:
        return day_of(round(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000), hour)

    monkeypatch.setattr(service, "localtime", gmtime)
    assert number("2026-11-26T02:59", 3) + 1 == number("2026-11-26T03:00", 3) == number("2026-11-27T02:59", 3)
    assert number("2026-11-26T00:00", 0) == number("2026-11-26T23:59", 0)
