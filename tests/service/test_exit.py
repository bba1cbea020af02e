"""The exit: codes, lines, and an order to stop that is no failure."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from attrs import define, field

from jivod.model.errors import BadConfig, Damaged, Refused, StoreFailed, StoreFull
from jivod.service.exit import Exit, code_of


@define(eq=False)
class FakeReactor:
    running: bool = False
    stops: int = 0
    _exitSignal: int | None = 15
    calls: list[Any] = field(factory=list)
    after: list[Any] = field(factory=list)

    def addSystemEventTrigger(self, phase: str, event: str, call: Any) -> None:
        assert (phase, event) == ("after", "shutdown")
        self.after.append(call)

    def callWhenRunning(self, call: Any) -> None:
        self.calls.append(call)

    def stop(self) -> None:
        self.stops += 1

    def run(self) -> None:
        self.running = True
        for call in (*self.calls, *self.after):
            call()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadConfig("x"), 78),
        (Damaged("x"), 65),
        (StoreFailed("x"), 75),
        (StoreFull("x"), 75),
        (Refused("x"), 69),
        (KeyError("x"), 70),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_failure_has_its_code(error: Exception, code: int) -> None:
    assert code_of(error) == code


def test_a_failure_is_one_line_and_a_code_and_stops_the_reactor_once() -> None:
    reactor, out, left = FakeReactor(), StringIO(), []
    way_out = Exit(reactor, out, left.append)
    way_out.fail(StoreFailed("the disk said no"))
    way_out.fail(Damaged("later"))
    assert (reactor.stops, left) == (0, [])
    reactor.run()
    assert (reactor.stops, left) == (1, [75])
    assert out.getvalue() == "jivod: the disk said no\n"


def test_an_order_to_stop_is_no_failure() -> None:
    reactor, left = FakeReactor(), []
    Exit(reactor, StringIO(), left.append)
    reactor.run()
    assert (reactor._exitSignal, left) == (None, [])


def test_an_unknown_error_tells_its_kind_and_not_its_words() -> None:
    out = StringIO()
    Exit(FakeReactor(), out, lambda code: None).fail(KeyError("visitor@example.com"))
    assert out.getvalue() == "jivod: internal error: KeyError\n"
