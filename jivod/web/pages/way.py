"""Way: who prints a page gives way to events that wait for the disk.

The writer gives the interpreter up at each call of LMDB, and beside a thread that only computes it has to wait for it
each time: without this an event takes twice as long while people click.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from attrs import frozen

LOOK = 0.0005  # seconds between two looks whether the way is free
LOOKS = 30  # of one page at most: where events never end it is printed all the same, and others wait for their page


@frozen
class Way:
    """`waiting`: how many events wait. `sleep` takes seconds; never called on the reactor's thread."""

    waiting: Callable[[], int]
    sleep: Callable[[float], None] = time.sleep

    def along(self, pieces: Iterable[str]) -> Iterator[str]:
        """The same pieces, each as soon as the way is free."""
        left = LOOKS
        for piece in pieces:
            while left and self.waiting():
                self.sleep(LOOK)
                left -= 1
            yield piece


FREE = Way(lambda: 0)
