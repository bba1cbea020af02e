"""Recent: what was found a moment ago, for as long as it is good and there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

ROOM = 1000


class Recent(Generic[K, V]):
    """At most `ROOM` values, each for so many seconds (0: none at all); the one used longest ago yields."""

    def __init__(self, seconds: Callable[[], float], good_for: float) -> None:
        self._seconds, self._good_for = seconds, good_for
        self._values: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, if it is still good."""
        found = self._values.get(key)
        if found is None:
            return None
        if found[0] <= self._seconds():
            del self._values[key]
            return None
        self._values.move_to_end(key)
        return found[1]

    def put(self, key: K, value: V) -> None:
        """Keep a value from now on."""
        if self._good_for <= 0:
            return
        self._values[key] = (self._seconds() + self._good_for, value)
        self._values.move_to_end(key)
        if len(self._values) > ROOM:
            self._values.popitem(last=False)

    def __len__(self) -> int:
        return len(self._values)
