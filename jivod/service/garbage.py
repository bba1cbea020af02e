"""Garbage: the collector looks at what an event leaves behind, not again and again at all that was there at start."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import gc

from twisted.application.service import Service

THRESHOLDS = (10_000, 20, 50)
"""Young objects to a first look, which takes some 5 ms. Python's own 700 is reached several times within one event."""


class Garbage(Service):
    """Last to start: what is there by then stays until the end. An event leaves no circles behind but by accident."""

    def startService(self) -> None:
        """Set everything aside that was made until now."""
        super().startService()
        self._before = gc.get_threshold()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*THRESHOLDS)
        gc.enable()

    def stopService(self) -> None:
        """Collect as Python does by itself."""
        super().stopService()
        gc.set_threshold(*self._before)
        gc.unfreeze()
