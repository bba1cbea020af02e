"""Throttle: guessing passwords is slow, and nobody can keep anybody else out by it.

Tries are counted by user and address together, and by address: what strangers do elsewhere costs the owner nothing. A
browser in which he has signed in before is counted by itself alone, so not even who shares his address can slow him
down there. Names that are nobody's count like any other.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

FREE = 5  # tries for one user from one address before each next one has to wait
FREE_PRESSED = 1  # the same, while many addresses guess at that user
FREE_ADDRESS = 50  # tries from one address, whoever is meant
FREE_DEVICE = 10  # tries from a known device
FIRST = 15.0  # seconds to wait then; doubled each time
LONGEST = 900.0  # seconds that anybody ever has to wait
FORGET = 86_400.0  # seconds without a try after which nothing is held against anybody
PRESSURE = 100  # failed tries in WINDOW from anywhere, by which a user is known to be under attack
WINDOW = 3600.0
MOST = 10_000  # of each kind that are remembered; the one not seen for longest goes


class Throttle:
    """`seconds` is a clock that never goes back."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._ladder = Ladder(seconds)
        self._pressure: OrderedDict[str, tuple[int, float]] = OrderedDict()  # tries, and until when they count

    def take(self, name: str, address: str, device: str | None) -> float:
        """Note a try for the user `name`, on his known `device` if it is one; 0.0, or how long it has to wait first:
        then it does not count.
        """
        steps = self._steps(name, address, device)
        wait = max(self._ladder.wait(key) for key, _ in steps)
        if wait > 0:
            return wait
        for key, free in steps:
            self._ladder.climb(key, free)
        if device is None:
            self._press(name)
        return 0.0

    def forgive(self, name: str, address: str, device: str | None) -> None:
        """The try was no guess: it was never looked at."""
        for key, _ in self._steps(name, address, device):
            self._ladder.step_down(key)

    def succeeded(self, name: str, address: str, device: str | None) -> None:
        """The try was right: nothing is held against this user here. The address has shown nothing about others."""
        own, *others = [key for key, _ in self._steps(name, address, device)]
        self._ladder.forget(own)
        for key in others:
            self._ladder.step_down(key)

    def _steps(self, name: str, address: str, device: str | None) -> list[tuple[Hashable, int]]:
        if device is not None:
            return [(("device", device, name), FREE_DEVICE)]
        free = FREE_PRESSED if self._is_pressed(name) else FREE
        return [(("user", name, address), free), (("address", address), FREE_ADDRESS)]

    def _is_pressed(self, name: str) -> bool:
        count, until = self._pressure.get(name, (0, 0.0))
        return count >= PRESSURE and self._seconds() < until

    def _press(self, name: str) -> None:
        count, until = self._pressure.pop(name, (0, 0.0))
        now = self._seconds()
        self._pressure[name] = (count + 1, until) if now < until else (1, now + WINDOW)
        if len(self._pressure) > MOST:
            self._pressure.popitem(last=False)


class Ladder:
    """How often something was tried, and how long it has to wait for the next time."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._rungs: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()  # tries, and when the next may be

    def wait(self, key: Hashable) -> float:
        """Seconds until the next try; 0.0 for now."""
        return max(0.0, self._rung(key)[1] - self._seconds())

    def climb(self, key: Hashable, free: int) -> None:
        """It was tried; the first `free` times cost no wait."""
        tries = self._rung(key)[0] + 1
        over = min(tries - free, 10)
        delay = min(FIRST * 2**over, LONGEST) if over >= 0 else 0.0
        self._put(key, tries, self._seconds() + delay)

    def step_down(self, key: Hashable) -> None:
        """One try did not count."""
        tries, _ = self._rung(key)
        if tries:
            self._put(key, tries - 1, self._seconds())

    def forget(self, key: Hashable) -> None:
        """None of them count any more."""
        self._rungs.pop(key, None)

    def __len__(self) -> int:
        return len(self._rungs)

    def _rung(self, key: Hashable) -> tuple[int, float]:
        tries, until = self._rungs.get(key, (0, 0.0))
        return (tries, until) if self._seconds() < until + FORGET else (0, 0.0)

    def _put(self, key: Hashable, tries: int, until: float) -> None:
        self._rungs[key] = (tries, until)
        self._rungs.move_to_end(key)
        if len(self._rungs) > MOST:
            self._rungs.popitem(last=False)
