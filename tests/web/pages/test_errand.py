"""Errand: one page is made at a time, and whoever comes when too many wait is told so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred, succeed

from jivod.model.errors import Busy
from jivod.web.api.jobs import MOST
from jivod.web.pages.assets import Assets
from jivod.web.pages.errand import Errands
from jivod.web.pages.page import Moved, Shown
from jivod.web.pages.press import Press
from jivod.web.way import LOOK, Way


class Desk:
    """Jobs that are done when the test says so."""

    def __init__(self) -> None:
        self.begun: list[Deferred[Any]] = []
        self.called: list[Any] = []

    def call(self, function: Any) -> Deferred[Any]:
        self.called.append(function)
        self.begun.append(Deferred())
        return self.begun[-1]

    def write(self, job: Any, size: int) -> Deferred[Any]:
        return succeed(job(None))

    def finish(self) -> None:
        for one in self.begun:  # each that ends lets another begin
            if not one.called:
                one.callback(Moved("/"))


def test_one_page_is_made_at_a_time_and_each_gets_his() -> None:
    desk: Any = Desk()
    errands = Errands(desk, None, None)  # type: ignore[arg-type]
    looks = [Deferred.fromCoroutine(errands.look(lambda txn: Moved("/"), None)) for _ in range(3)]
    assert len(desk.begun) == 1
    desk.begun[0].errback(ValueError("a page went wrong"))
    looks[0].addErrback(lambda failure: failure.trap(ValueError))
    assert len(desk.begun) == 2
    looks[2].addErrback(lambda failure: None)
    looks[2].cancel()
    desk.begun[1].callback(Moved("/one"))
    assert looks[1].result == Moved("/one") and len(desk.begun) == 2
    Deferred.fromCoroutine(errands.look(lambda txn: Moved("/"), None))
    assert len(desk.begun) == 3
    desk.finish()


def test_a_page_that_comes_of_a_deed_waits_its_turn_and_who_is_sent_on_does_not() -> None:
    desk: Any = Desk()
    errands = Errands(desk, None, None)  # type: ignore[arg-type]
    Deferred.fromCoroutine(errands.look(lambda txn: Moved("/"), None))
    moved = Deferred.fromCoroutine(errands.do(lambda txn: Moved("/on"), 1, None))
    assert moved.result == Moved("/on")
    Deferred.fromCoroutine(errands.do(lambda txn: Shown("page.html"), 1, None))
    assert len(desk.begun) == 1
    desk.begun[0].callback(Moved("/"))
    assert len(desk.begun) == 2
    desk.finish()


def test_who_comes_when_too_many_wait_is_told_so() -> None:
    desk: Any = Desk()
    errands = Errands(desk, None, None)  # type: ignore[arg-type]
    for _ in range(1 + MOST):
        Deferred.fromCoroutine(errands.look(lambda txn: Moved("/"), None))
    last = Deferred.fromCoroutine(errands.look(lambda txn: Moved("/"), None))
    with pytest.raises(Busy):
        last.result.raiseException()  # type: ignore[attr-defined]
    last.addErrback(lambda failure: None)
    desk.finish()
    assert len(desk.begun) == 1 + MOST


def test_a_page_is_printed_where_no_event_waits(tmp_path: Path) -> None:
    (tmp_path / "words.html").write_text("{{ one }}, {{ two }}")
    desk, slept, waiting = Desk(), list[float](), [1, 1]
    way = Way(lambda: waiting.pop() if waiting else 0, slept.append)
    errands = Errands(desk, None, Press(Assets(), tmp_path, way))  # type: ignore[arg-type]
    shown = Shown("words.html", {"one": "<b>", "two": 2})
    Deferred.fromCoroutine(errands.do(lambda txn: shown, 1, None))
    printed = desk.called[0](None)
    assert (printed.body, slept) == (b"&lt;b&gt;, 2", [LOOK] * 2)
    desk.finish()
