"""Core: the reactor and the writer take turns, so one core holds both: what they share stays in its cache.

On two cores each turn moves it from one cache to the other; held on one, an event costs a twelfth less (twelve pairs).
Threads and processes inherit that from whoever starts them: all others are to roam, since they would make those two
wait. Which cores there are is asked once: one that is given later (a cpuset that grows) may be used from the next start
only, and where the core of those two is taken away, the kernel moves them to another.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from twisted.application.service import Service
from twisted.python.threadpool import ThreadPool


class Core(Service):
    """Holds the thread that starts it, and those started from there. `number` chooses one of the cores there are.

    Where this is not allowed, all roam.
    """

    def __init__(self, number: int) -> None:
        self._all = _everywhere()
        self._one = set(sorted(self._all)[number % max(1, len(self._all)) :][:1])

    def startService(self) -> None:
        """Be held."""
        super().startService()
        _move(self._one)

    def stopService(self) -> None:
        """Roam again."""
        super().stopService()
        _move(self._all)

    @contextmanager
    def roaming(self) -> Iterator[None]:
        """What is started meanwhile roams."""
        _move(self._all)
        try:
            yield
        finally:
            if self.running:
                _move(self._one)

    def pool(self, most: int, name: str) -> ThreadPool:
        """Threads that roam; at most so many, which come when they are needed."""
        pool = ThreadPool(0, most, name=name)
        self.free(pool)
        return pool

    def free(self, pool: ThreadPool) -> None:
        """Let the threads of `pool` that are still to come roam."""
        pool.threadFactory = self._thread  # type: ignore[assignment]

    def _thread(self, *, target: Any, **more: Any) -> Thread:
        def run() -> None:
            _move(self._all)
            target()

        return Thread(target=run, **more)


def _everywhere() -> set[int]:
    """Empty where nobody can tell; the kernel takes nobody there."""
    with suppress(OSError, AttributeError):  # a sandbox forbids to ask; or it is not Linux
        return os.sched_getaffinity(0)
    return set()


def _move(cores: set[int]) -> None:
    with suppress(OSError, AttributeError):  # forbidden; a core has gone; or it is not Linux
        os.sched_setaffinity(0, cores)
