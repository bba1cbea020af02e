"""The core: who is held, who roams, and that all of it is left out where it is forbidden."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

import pytest
from twisted.python.threadpool import ThreadPool

from jivod.service.core import Core
from jivod.service.make_api import make_call

T = TypeVar("T")
ALL = os.sched_getaffinity(0)
ASKED = [sys.executable, "-S", "-c", "import os; print(*os.sched_getaffinity(0))"]


def apart(function: Callable[[], T]) -> T:
    """What `function` finds in a thread, so that nothing of it stays with the tests."""
    found: list[T] = []
    thread = Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def on_pool(pool: ThreadPool) -> set[int]:
    """Where its threads may run."""
    found: list[set[int]] = []
    pool.start()
    pool.callInThread(lambda: found.append(os.sched_getaffinity(0)))
    pool.stop()
    return found[0]


def of_child() -> set[int]:
    return {int(core) for core in subprocess.check_output(ASKED).split()}


@pytest.mark.parametrize("number", range(5))
def test_who_starts_it_is_held_and_roams_again_when_it_stops(number: int) -> None:
    def work() -> list[set[int]]:
        core = Core(number)
        core.startService()
        held, started = os.sched_getaffinity(0), apart(lambda: os.sched_getaffinity(0))
        core.stopService()
        return [held, started, os.sched_getaffinity(0)]

    held, started, after = apart(work)
    assert len(held) == 1 and held <= ALL and started == held and after == ALL


def test_every_core_is_chosen_in_turn() -> None:
    def chosen(number: int) -> set[int]:
        core = Core(number)
        core.startService()
        return os.sched_getaffinity(0)

    assert set.union(*(apart(lambda: chosen(number)) for number in range(len(ALL)))) == ALL  # noqa: B023


def test_its_pools_roam_and_so_does_what_is_started_roaming() -> None:
    def work() -> list[set[int]]:
        core, other = Core(0), ThreadPool(0, 1)
        core.free(other)
        core.startService()
        found = [on_pool(core.pool(1, "some")), on_pool(other)]
        with core.roaming():
            found.append(of_child())
        held = os.sched_getaffinity(0)
        core.stopService()
        with core.roaming():
            pass
        assert len(held) == 1 and os.sched_getaffinity(0) == ALL
        return found

    assert apart(work) == [ALL, ALL, ALL]


@pytest.mark.parametrize("error", [PermissionError(1, "Operation not permitted"), AttributeError("not of Linux")])
@pytest.mark.parametrize(
    "names", [["sched_setaffinity"], ["sched_getaffinity"], ["sched_setaffinity", "sched_getaffinity"]]
)
def test_all_roam_where_it_is_forbidden_or_unknown(
    names: list[str], error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = os.sched_getaffinity

    def forbid(*given: object) -> None:
        raise error

    def work() -> set[int]:
        core, found = Core(1), []
        core.startService()
        pool = core.pool(1, "some")
        pool.start()
        pool.callInThread(lambda: found.append(ask(0)))
        pool.stop()
        with core.roaming():
            found.append(ask(0))
        assert found == [ALL, ALL]
        return ask(0)

    for name in names:
        monkeypatch.setattr(os, name, forbid)
    assert apart(work) == ALL


def test_the_command_is_begun_on_whatever_core() -> None:
    found: list[set[int]] = []

    class Reactor:
        def spawnProcess(self, child: Any, *given: Any, **more: Any) -> None:
            found.append(os.sched_getaffinity(0))
            child.transport = Transport()

    class Transport:
        def closeStdin(self) -> None:
            pass

    def work() -> set[int]:
        core = Core(0)
        call = make_call(Reactor(), {}, core)
        core.startService()
        call(["check"], None, "somebody")
        return os.sched_getaffinity(0)

    assert len(apart(work)) == 1 and found == [ALL]
