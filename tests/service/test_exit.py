"""The exit: codes, lines, and an order to stop that is no failure."""

from __future__ import annotations

import signal
from functools import partial
from io import StringIO
from typing import Any

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.error import ReactorNotRunning

from jivod.model.errors import BadConfig, Damaged, Refused, StoreFailed, StoreFull
from jivod.service.exit import Exit, code_of


@define(eq=False)
class FakeReactor:
    stops: int = 0
    sigInt: Any = None
    sigTerm: Any = None
    calls: list[Any] = field(factory=list)
    after: list[Any] = field(factory=list)

    def addSystemEventTrigger(self, phase: str, event: str, call: Any) -> None:
        assert (phase, event) == ("after", "shutdown")
        self.after.append(call)

    def callWhenRunning(self, call: Any) -> None:
        self.calls.append(call)

    def callFromThread(self, call: Any, *given: Any) -> None:
        self.calls.append(partial(call, *given))

    def stop(self) -> None:
        self.stops += 1
        if self.stops > 1:
            raise ReactorNotRunning

    def run(self) -> None:
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


@given(st.lists(st.sampled_from([signal.SIGTERM, "error"]), min_size=1, max_size=4))
def test_an_order_to_stop_is_no_failure_and_hides_none(orders: list[Any]) -> None:
    reactor, left = FakeReactor(), []
    way_out = Exit(reactor, StringIO(), left.append)
    for order in orders:
        way_out.fail(StoreFull("x")) if order == "error" else reactor.sigTerm(order, None)
    reactor.run()
    assert (reactor.stops > 0, left) == (True, [75] * ("error" in orders))


def test_an_unknown_error_tells_its_kind_and_not_its_words() -> None:
    out = StringIO()
    Exit(FakeReactor(), out, lambda code: None).fail(KeyError("visitor@example.com"))
    assert out.getvalue() == "jivod: internal error: KeyError\n"
