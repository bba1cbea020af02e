"""Way: who computes on a thread of his own gives way to events that wait for the disk.

The writer gives the interpreter up at each call of LMDB, and beside a thread that only computes it has to wait for it
each time: without this an event takes twice as long while people click.
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

    Looks before `each` piece so often at most, and before all of them `most` times: where events never end the work is
    done all the same.
    """

    waiting: Callable[[], int]
    sleep: Callable[[float], None] = time.sleep
    each: int = 30
    most: int = 30

    def along(self, pieces: Iterable[T]) -> Iterator[T]:
        """The same pieces, each as soon as the way is free."""
        left = self.most
        for piece in pieces:
            for _ in range(min(self.each, left)):
                if not self.waiting():
                    break
                self.sleep(LOOK)
                left -= 1
            yield piece


FREE = Way(lambda: 0)
