"""Budget: what long bodies that are still coming in may hold of our memory, all connections together."""

from __future__ import annotations

from jivod.web.problem import Problem

CROWDED = Problem(503, "busy", "Too many long bodies are coming in at once; try again.", retry_after=1)


class Budget:
    """`size` bytes, of which `held` are taken. Who takes gives back, once and all of it. `each`: the longest body."""

    def __init__(self, size: int, each: int) -> None:
        self.size, self.each = size, each
        self.held = 0

    def take(self, wanted: int) -> bool:
        """Take `wanted` bytes; False, and nothing taken, where there are not so many left."""
        if self.held + wanted > self.size:
            return False
        self.held += wanted
        return True

    def give_back(self, taken: int) -> None:
        """Return bytes that were taken."""
        self.held -= taken
