"""Moment: when an event happened. Its own time where it carries a believable one, else its first receipt."""

from __future__ import annotations

from jivod.model.event import Event

EARLIEST = 1_104_537_600_000  # 2005-01-01, years before Jivo existed
AHEAD = 86_400_000  # a day: no clock of an honest sender is further off


def sighting(event: Event, received_at: int) -> int:
    """UNIX ms of what the event reports; `received_at` where its own time is missing or cannot be."""
    if event.at is not None and EARLIEST <= event.at <= received_at + AHEAD:
        return event.at
    return received_at
