"""The crash: it comes of lost memory and lost threads, of nothing else, and quotes nobody."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import LogEvent, globalLogPublisher
from twisted.python import log
from twisted.python.failure import Failure

from jivod.service.crash import ENDED, STARVED, Crash
from jivod.service.exit import INTERNAL, RESTART
from jivod.service.log import LineObserver

WORDS = "visitor@example.com"
NAMESPACES = st.sampled_from(["log_legacy", "twisted.internet.defer", "-", "jivod.web", "jivod.service", "jivodish"])


@define(eq=False)
class Room:
    """What a crash does is written down."""

    seen: list[LogEvent] = field(factory=list)
    out: StringIO = field(factory=StringIO)
    codes: list[int] = field(factory=list)

    def crash(self) -> Crash:
        return Crash(self.seen.append, self.out, self.codes.append)


@contextmanager
def logged() -> Iterator[StringIO]:
    """What the log of the daemon says meanwhile."""
    out = StringIO()
    observer = LineObserver(out, plain=False)
    globalLogPublisher.addObserver(observer)
    try:
        yield out
    finally:
        globalLogPublisher.removeObserver(observer)


@given(
    st.sampled_from([MemoryError, ValueError, KeyError, None]), st.sampled_from(["log_failure", "failure"]), NAMESPACES
)
def test_it_ends_where_memory_was_lost_and_nobody_of_us_answered(
    kind: type[Exception] | None, key: str, namespace: str
) -> None:
    room, event = Room(), LogEvent({"log_namespace": namespace})
    if kind is not None:
        event[key] = Failure(kind(WORDS))
    room.crash()(event)
    assert room.seen == [event]
    is_end = kind is MemoryError and not namespace.startswith("jivod.")
    assert room.codes == [RESTART] * is_end
    assert room.out.getvalue() == f"{STARVED}\n" * is_end


def test_it_hears_what_twisted_tells_in_its_older_manner() -> None:
    room = Room()
    crash = room.crash()
    globalLogPublisher.addObserver(crash)
    try:
        log.err(Failure(MemoryError()))
    finally:
        globalLogPublisher.removeObserver(crash)
    assert room.codes == [RESTART]


@pytest.mark.parametrize(
    ("error", "line", "codes"),
    [(MemoryError(), STARVED, [RESTART]), (ValueError(WORDS), ENDED, [INTERNAL]), (SystemExit(3), "", [])],
)
def test_a_thread_that_ends_by_an_error_ends_all(
    error: BaseException, line: str, codes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def work() -> None:
        raise error

    room = Room()
    monkeypatch.setattr(threading, "excepthook", room.crash().thread_ended)
    thread = threading.Thread(target=work)
    with logged() as out:
        thread.start()
        thread.join()
    assert room.codes == codes and room.out.getvalue().strip() == line
    assert bool(codes) == ("test_crash.py" in out.getvalue()) and WORDS not in out.getvalue()


@pytest.mark.parametrize(("error", "codes"), [(MemoryError(), [RESTART]), (ValueError(WORDS), [])])
def test_an_error_of_a_destructor_ends_all_only_for_want_of_memory(
    error: Exception, codes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dying:
        def __del__(self) -> None:
            raise error

    room = Room()
    monkeypatch.setattr(sys, "unraisablehook", room.crash().untold)
    with logged() as out:
        Dying()
    assert room.codes == codes
    assert "test_crash.py" in out.getvalue() and WORDS not in out.getvalue()


@pytest.mark.parametrize(("error", "codes"), [(None, []), (MemoryError(), [RESTART]), (ValueError(WORDS), [INTERNAL])])
def test_a_loop_that_ends_by_an_error_ends_all(
    error: Exception | None, codes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Reactor:
        def mainLoop(self) -> None:
            if error is not None:
                raise error

    monkeypatch.setattr(threading, "excepthook", threading.excepthook)  # both are put back
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    room, reactor = Room(), Reactor()
    room.crash().watch(reactor)
    with logged() as out:
        reactor.mainLoop()
    assert room.codes == codes and WORDS not in out.getvalue()


def test_it_ends_though_nobody_can_be_told() -> None:
    room = Room()
    room.out.close()
    room.crash()({"log_failure": Failure(MemoryError())})
    assert room.codes == [RESTART]
