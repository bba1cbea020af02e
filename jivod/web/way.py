"""Way: who computes on a thread of his own gives way to events that wait for the disk.

The writer gives the interpreter up at each call of LMDB, and beside a thread that only computes it has to wait for it
each time: without this an event takes twice as long while people click, and a crowd of them ten times.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from attrs import frozen

T = TypeVar("T")

LOOK = 0.0005  # seconds between two looks whether the way is free


@frozen
class Way:
    """`waiting`: how many events wait. `sleep` takes seconds; never called on the reactor's thread.

    `looks`: of one piece of work at most. Where events never end it is done all the same.
    """

    waiting: Callable[[], int]
    sleep: Callable[[float], None] = time.sleep
    looks: int = 30

    def along(self, pieces: Iterable[T]) -> Iterator[T]:
        """The same pieces, each as soon as the way is free."""
        left = self.looks
        for piece in pieces:
            while left and self.waiting():
                self.sleep(LOOK)
                left -= 1
            yield piece


FREE = Way(lambda: 0)
