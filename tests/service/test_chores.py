"""Chores and readiness: what is looked at, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import define
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import Clock

from jivod.model.errors import StoreFailed
from jivod.service.chores import INTERVAL, Chores, is_tight
from jivod.service.readiness import Readiness
from jivod.service.threads import InlineReaders
from jivod.store.kv import Size
from jivod.web.metrics import Metrics

GIB = 1 << 30
ROOMY = Size(used=GIB, mapped=64 * GIB, free_disk=50 * GIB)


@define(eq=False)
class Engine:
    size_now: Size | Exception = ROOMY
    checks: int = 0

    def size(self) -> Size:
        if isinstance(self.size_now, Exception):
            raise self.size_now
        return self.size_now

    def reader_check(self) -> int:
        self.checks += 1
        return 0


@define(eq=False)
class WriterState:
    running: int = 1
    failure: Exception | None = None


def unready(engine: Any, writer: WriterState) -> str | None:
    found: list[str | None] = []
    ensureDeferred(Readiness(writer, InlineReaders(engine)).unready()).addCallback(found.append)
    return found[0]


def test_each_minute_the_readers_are_checked_and_the_size_is_noted() -> None:
    clock, engine, metrics = Clock(), Engine(), Metrics()
    chores = Chores(clock, InlineReaders(engine), metrics)  # type: ignore[arg-type]
    chores.startService()
    clock.advance(INTERVAL)
    assert (engine.checks, metrics.store) == (2, ROOMY)
    chores.stopService()
    clock.advance(INTERVAL)
    assert engine.checks == 2


def test_a_round_that_fails_is_not_the_last() -> None:
    clock, engine, metrics = Clock(), Engine(StoreFailed("x")), Metrics()
    chores = Chores(clock, InlineReaders(engine), metrics)  # type: ignore[arg-type]
    chores.startService()
    engine.size_now = ROOMY
    clock.advance(INTERVAL)
    assert metrics.store == ROOMY


def test_stopping_waits_for_the_round_that_is_under_way() -> None:
    class Slow:
        def call(self, function: Any) -> Deferred[Any]:
            return held

    held: Deferred[Any] = Deferred()
    chores = Chores(Clock(), Slow(), Metrics())
    chores.startService()
    stopped = chores.stopService()
    assert stopped is not None and not stopped.called


@pytest.mark.parametrize(
    ("size", "tight"),
    [
        (ROOMY, False),
        (Size(used=60 * GIB, mapped=64 * GIB, free_disk=50 * GIB), True),
        (Size(used=GIB, mapped=64 * GIB, free_disk=1 << 20), True),
    ],
)
def test_little_room_is_noticed_in_time(size: Size, tight: bool) -> None:
    assert is_tight(size) is tight


def test_all_is_well() -> None:
    assert unready(Engine(), WriterState()) is None


@pytest.mark.parametrize(
    ("engine", "writer"),
    [
        (Engine(), WriterState(running=0)),
        (Engine(), WriterState(failure=StoreFailed("x"))),
        (Engine(StoreFailed("x")), WriterState()),
        (Engine(Size(used=0, mapped=GIB, free_disk=0)), WriterState()),
        (Engine(Size(used=GIB, mapped=GIB, free_disk=GIB)), WriterState()),
    ],
    ids=["closed", "failed", "unreadable", "disk", "map"],
)
def test_not_ready_is_said_in_words(engine: Engine, writer: WriterState) -> None:
    assert unready(engine, writer)
