"""Line: what one sink is still to be told, in memory: each customer in order, different customers side by side.

A change waits until it is the first one of everybody it is about. One that failed is owed: it is on disk as such, and
so is whatever waits behind it, so that the place up to which all was told can move on.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from itertools import islice

from jivod.flow.dispatch import Progress
from jivod.model.change import Change, Dead, Owed, Standing

WINDOW = 100  # changes read ahead that never failed
AHEAD = 1000  # changes behind the first that was not told: so many, at most, are told twice after a crash
OWED_MAX = 1000  # beyond that the oldest one owed is given up

_TOO_MANY = "too many waited"


class Line:
    """`standing` and `owed` are what the disk knows. `read` is the number up to which changes were taken in."""

    def __init__(self, standing: Standing, owed: Iterable[Owed]) -> None:
        self.standing = standing
        self.read = standing.told
        self.in_flight: set[int] = set()
        self._waiting: dict[int, Owed] = {}
        self._lanes: dict[str, list[int]] = {}  # customer -> what is about him, ascending
        self._fresh: dict[int, None] = {}  # in order, those that are not owed
        self._changed: dict[int, Owed | None] = {}  # what the disk does not know yet of what is owed
        self._dead: list[Dead] = []
        self._lost = 0
        self._gone = False
        for one in owed:
            self._queue(one)

    @property
    def room(self) -> int:
        """How many changes may be taken in."""
        is_full = len(self._changed) > OWED_MAX or self.read - self.told > AHEAD
        return 0 if is_full else WINDOW - len(self._fresh)

    @property
    def waiting(self) -> int:
        """How many changes were taken in and not told."""
        return len(self._waiting)

    @property
    def owed(self) -> int:
        """How many changes are owed."""
        return len(self._waiting) - len(self._fresh)

    @property
    def told(self) -> int:
        """Up to here everything was told, or is owed, or given up."""
        return next(iter(self._fresh), self.read + 1) - 1

    def take(self, changes: Iterable[Change], kinds: frozenset[str]) -> None:
        """Take in changes in order; those of other kinds are passed over, and so are those that are known as owed."""
        for change in changes:
            self.read = number = change.number
            if change.kind not in kinds or number in self._waiting:
                continue
            self._fresh[number] = None
            self._queue(Owed(change=change))
            if any(before not in self._fresh for id in change.about for before in self._before(id, number)):
                self._owe(number)

    def skip(self, first: int) -> int:
        """Change `first` is the oldest one left; how many were lost before it."""
        lost = max(0, first - 1 - self.read)
        if lost:
            self.read = first - 1
            self._lost += lost
        return lost

    def next(self, now: int) -> Owed | None:
        """What may be told at `now` (UNIX ms): first what never failed, then what is owed, the least tried first."""
        for number in self._fresh:
            if self._is_ready(number, now):
                return self._waiting[number]
        if not self.owed:
            return None
        ready = [n for n in self._waiting if n not in self._fresh and self._is_ready(n, now)]
        return min([self._waiting[n] for n in ready], key=lambda o: (o.attempts, o.change.number), default=None)

    def settle(self, number: int) -> None:
        """It was told, or there is nothing to tell."""
        owed = self._waiting.pop(number)
        for id in owed.change.about:
            lane = self._lanes[id]
            lane.remove(number)
            if not lane:
                del self._lanes[id]
        if number in self._fresh:
            del self._fresh[number]
        else:
            self._changed[number] = None

    def postpone(self, owed: Owed) -> None:
        """It failed, and is owed from now on."""
        self._waiting[owed.change.number] = owed
        self._owe(owed.change.number)

    def give_up(self, owed: Owed, why: str, now: int) -> Dead:
        """It is a dead letter."""
        self.settle(owed.change.number)
        dead = Dead(change=owed.change, attempts=owed.attempts, why=why, at=now)
        self._dead.append(dead)
        return dead

    def make_room(self, now: int) -> list[Dead]:
        """Give up the oldest of what is owed, if that is too much."""
        surplus = max(0, self.owed - OWED_MAX)
        owed = (n for n in self._waiting if n not in self._fresh and n not in self.in_flight)
        return [self.give_up(self._waiting[n], _TOO_MANY, now) for n in list(islice(owed, surplus))]

    def end(self) -> None:
        """The sink wants no more."""
        self._gone = True

    def progress(self) -> Progress | None:
        """What the disk does not know yet; None if it knows all. To be taken back if it could not be kept."""
        if not (self._changed or self._dead or self._lost or self._gone or self.told > self.standing.told):
            return None
        progress = Progress(
            told=self.told, owed=self._changed, dead=tuple(self._dead), lost=self._lost, gone=self._gone
        )
        self._changed, self._dead, self._lost, self._gone = {}, [], 0, False
        return progress

    def take_back(self, progress: Progress) -> None:
        """The disk does not know it after all."""
        self._changed = {**progress.owed, **self._changed}
        self._dead = [*progress.dead, *self._dead]
        self._lost += progress.lost
        self._gone = self._gone or progress.gone

    def _queue(self, owed: Owed) -> None:
        number = owed.change.number
        self._waiting[number] = owed
        for id in owed.change.about:
            insort(self._lanes.setdefault(id, []), number)

    def _before(self, id: str, number: int) -> list[int]:
        """The one that stands before `number` in the lane of a customer, if any does."""
        lane = self._lanes[id]
        place = bisect_left(lane, number)
        return lane[max(0, place - 1) : place]

    def _owe(self, number: int) -> None:
        """The disk is to know that it is owed; and so is all that waits behind it."""
        todo = [number]
        while todo:
            number = todo.pop()
            self._fresh.pop(number, None)
            self._changed[number] = self._waiting[number]
            lanes = [self._lanes[id] for id in self._waiting[number].change.about]
            todo += [behind for lane in lanes for behind in lane if behind > number and behind in self._fresh]

    def _is_ready(self, number: int, now: int) -> bool:
        owed = self._waiting[number]
        if number in self.in_flight or owed.due > now or number > self.read:
            return False  # before what was not read yet there may be something about the same customer
        return all(self._lanes[id][0] == number for id in owed.change.about)
