"""Scene: a daemon on its ground, the load that is on it, the books of both: what a nemesis is let loose on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from attrs import define, field

from tests.faults.books import Balance, Books
from tests.faults.crew import Crew
from tests.faults.daemon import StruckDaemon
from tests.faults.ground import Ground, laid
from tests.faults.skew import Skew
from tests.smoke.daemon import running

SIZE = 12  # connections
LOOKED_UP = 50  # of the events that were answered last, by their visitor's e-mail


@define(eq=False)
class Scene:
    """`skew` only where the daemon runs under one."""

    daemon: StruckDaemon
    ground: Ground
    random: Random
    skew: Skew | None = None
    books: Books = field(factory=Books)
    turns: int = 0
    crew: Crew | None = None
    left: list[Path] = field(factory=list)  # what a strike laid down, to be taken away
    heard: int = 0  # bytes of the log before the turn

    def load(self, size: int = SIZE) -> Crew:
        """Let a new crew begin."""
        self.turns += 1
        self.heard = self.daemon.log.stat().st_size
        self.crew = Crew(f"t{self.turns}", self.daemon.port, size, self.books)
        self.crew.begin()
        return self.crew

    def pause(self, most: float) -> None:
        """A moment, as long as chance will have it."""
        time.sleep(self.random.uniform(0.0, most))

    def said(self) -> str:
        """What the daemon wrote in this turn."""
        with self.daemon.log.open("rb") as log:
            log.seek(self.heard)
            return log.read().decode(errors="backslashreplace")

    def balance(self) -> Balance:
        """Close the books of now."""
        seen = self.daemon.look(list(dict.fromkeys(self.books.acked[-LOOKED_UP:])))
        return self.books.close(seen.there, seen.unfound, seen.faults)

    @property
    def slow(self) -> Skew:
        assert self.skew is not None, "this needs the skew"
        return self.skew


@contextmanager
def staged(daemon: StruckDaemon, ground: Ground, seed: object, skew: Skew | None = None) -> Iterator[Scene]:
    """Whatever happens, no process and no mount is left behind."""
    with laid(ground), running(daemon):
        yield Scene(daemon, ground, Random(str(seed)), skew)
