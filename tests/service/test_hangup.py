"""SIGHUP: a reload for a daemon, the end for what was started at a terminal that has gone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_twisted
from attrs import define, field
from twisted.internet import reactor as installed
from twisted.internet.error import ReactorNotRunning
from twisted.internet.task import deferLater

from jivod.service.hangup import Hangup

reactor: Any = installed


@define(eq=False)
class Heard:
    """What a signal came to."""

    calls: list[str] = field(factory=list)

    def stop(self) -> None:
        if "stop" in self.calls:
            raise ReactorNotRunning
        self.calls.append("stop")

    def again(self) -> None:
        self.calls.append("again")

    def callFromThread(self, function: object) -> None:
        reactor.callFromThread(function)


@define
class Terminal:
    there: bool = True


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGHUP)
    yield
    assert signal.getsignal(signal.SIGHUP) is before
    signal.signal(signal.SIGHUP, before)


async def hang_up() -> None:
    os.kill(os.getpid(), signal.SIGHUP)
    await deferLater(reactor, 0.01)


@pytest.mark.parametrize(
    ("at_start", "then", "expected"),
    [(False, False, "again"), (True, True, "again"), (True, False, "stop")],
    ids=["a daemon", "at a terminal", "the terminal has gone"],
)
@pytest_twisted.ensureDeferred
async def test_what_a_hangup_means(at_start: bool, then: bool, expected: str) -> None:
    heard, terminal = Heard(), Terminal(at_start)
    service = Hangup(heard, heard.again, lambda: terminal.there)
    service.startService()
    terminal.there = then
    await hang_up()
    service.stopService()
    assert heard.calls == [expected]


@pytest_twisted.ensureDeferred
async def test_to_stop_is_asked_once() -> None:
    heard, terminal = Heard(), Terminal()
    service = Hangup(heard, heard.again, lambda: terminal.there)
    service.startService()
    terminal.there = False
    await hang_up()
    await hang_up()
    service.stopService()
    assert heard.calls == ["stop"]


@pytest_twisted.ensureDeferred
async def test_what_nohup_started_outlives_its_terminal() -> None:
    heard, terminal = Heard(), Terminal()
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    service = Hangup(heard, heard.again, lambda: terminal.there)
    service.startService()
    terminal.there = False
    await hang_up()
    service.stopService()
    assert heard.calls == ["again"]
    assert signal.signal(signal.SIGHUP, before) is signal.SIG_IGN
