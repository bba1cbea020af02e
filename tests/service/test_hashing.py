"""Hashing: on threads of its own, two at a time, and not after it was stopped."""

from __future__ import annotations

from functools import partial
from threading import Event, Thread, current_thread
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import gatherResults
from twisted.python.threadpool import ThreadPool

from jivod.model.errors import Busy
from jivod.service.hashing import Hashing, InlineHashing
from jivod.web.signin.hasher import AT_ONCE, WAITING


@pytest.fixture
def hashing() -> Any:
    made = Hashing(reactor, ThreadPool(0, AT_ONCE, name="jivod-hasher"))
    made.startService()
    yield made
    if made.running:
        made.stopService()


@pytest_twisted.ensureDeferred
async def test_work_is_done_on_threads_of_its_own(hashing: Hashing) -> None:
    name = await hashing.run(lambda: current_thread().name, "a", favoured=False)
    assert "jivod-hasher" in name
    with pytest.raises(ZeroDivisionError):
        await hashing.run(lambda: 1 // 0, "a", favoured=True)


@pytest_twisted.ensureDeferred
async def test_few_are_done_at_once_and_too_many_do_not_wait(hashing: Hashing) -> None:
    go, known_is_done, order = Event(), Event(), []

    def work(name: str, event: Event) -> None:
        event.wait(10)
        order.append(name)

    def known() -> None:
        order.append("known")
        known_is_done.set()

    taken = []
    for n in range(AT_ONCE + WAITING):  # whoever is not among the first lets the known one go before him
        event = go if n < AT_ONCE else known_is_done
        taken.append(hashing.run(partial(work, f"stranger {n}", event), f"{n}", favoured=False))
    with pytest.raises(Busy, match="Too many people"):
        hashing.run(lambda: None, "late", favoured=False)
    taken.append(hashing.run(known, "late", favoured=True))
    go.set()
    await gatherResults(taken)
    assert order.index("known") <= AT_ONCE
    assert len(order) == len(taken)


@pytest_twisted.ensureDeferred
async def test_who_gave_up_is_not_worked_for(hashing: Hashing) -> None:
    go, done = Event(), []
    busy = [hashing.run(lambda: go.wait(10), "a", favoured=False) for _ in range(AT_ONCE)]
    given_up = hashing.run(lambda: done.append(1), "a", favoured=False)
    given_up.addErrback(lambda _: None)
    given_up.cancel()
    go.set()
    await gatherResults(busy)
    await hashing.run(lambda: None, "a", favoured=False)
    assert done == []


@pytest_twisted.ensureDeferred
async def test_where_no_thread_can_come_it_fails_and_later_goes_on() -> None:
    def refuse(**given: Any) -> Thread:
        raise RuntimeError("can't start new thread")

    pool = ThreadPool(0, AT_ONCE)
    pool.threadFactory = refuse  # type: ignore[assignment]
    hashing = Hashing(reactor, pool)
    hashing.startService()
    for _ in range(AT_ONCE + 1):
        with pytest.raises(RuntimeError):
            await hashing.run(lambda: 7, "a", favoured=False)
    pool.threadFactory = Thread
    assert await hashing.run(lambda: 7, "a", favoured=False) == 7
    hashing.stopService()


def test_a_stopped_one_takes_nothing(hashing: Hashing) -> None:
    hashing.stopService()
    with pytest.raises(Busy):
        hashing.run(lambda: None, "a", favoured=True)


@pytest_twisted.ensureDeferred
async def test_the_inline_twin_does_the_same_at_once() -> None:
    assert await InlineHashing().run(lambda: 7, "a", favoured=False) == 7
    with pytest.raises(ZeroDivisionError):
        await InlineHashing().run(lambda: 1 // 0, "a", favoured=False)
