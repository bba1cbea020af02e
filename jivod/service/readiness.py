"""Readiness: could an event be kept right now?"""

from __future__ import annotations

from typing import Protocol

from jivod.store.kv import Size
from jivod.web.trail import Caller

ROOM_MIN = 16 * 1024 * 1024  # bytes of map and of disk below which the next events may not fit


class Failing(Protocol):
    """What may have failed for good (`jivod.service.threads.Writer`)."""

    running: int
    failure: Exception | None


class Readiness:
    """Asks the store each time; nothing is remembered."""

    def __init__(self, writer: Failing, readers: Caller) -> None:
        self._writer, self._readers = writer, readers

    async def unready(self) -> str | None:
        """What is in the way, in words; None if nothing is."""
        if not self._writer.running:
            return "The store is not open."
        if self._writer.failure is not None:
            return "The last commit failed."
        try:
            size = await self._readers.call(lambda engine: engine.size())
        except Exception:
            return "The store cannot be read."
        return "The store or its disk is full." if is_full(size) else None


def is_full(size: Size) -> bool:
    """Whether the next events may not fit."""
    return size.free_disk < ROOM_MIN or size.mapped - size.used < ROOM_MIN
