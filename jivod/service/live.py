"""Live: what tells open pages of what happens, built for a daemon. It stops before the listeners do."""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.application.service import Service

from jivod.web.api.jobs import Jobs
from jivod.web.live.hub import Hub
from jivod.web.metrics import Metrics
from jivod.web.rulebook import Rulebook


class Witness:
    """Sees what the writer does: counts it, and wakes whoever listens. See `jivod.service.threads.Observer`."""

    def __init__(self, metrics: Metrics) -> None:
        self._count = metrics.committed
        self.queued = metrics.queued
        self.wake: Callable[[], None] = _nobody

    def committed(self, events: int, seconds: float) -> None:
        """A group is on disk."""
        self._count(events, seconds)
        self.wake()


class Closing(Service):
    """At a stop, ends the streams: they would never end of their own."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def stopService(self) -> None:
        """End them, and let nobody join."""
        super().stopService()
        self._hub.close()


def make_hub(reactor: Any, rulebook: Rulebook, jobs: Jobs, metrics: Metrics, witness: Witness) -> Hub:
    """Where pages will listen. It does nothing while none does."""
    hub = Hub(clock=reactor, reader=jobs, rulebook=rulebook, count=metrics.listened)
    witness.wake = hub.committed
    return hub


def _nobody() -> None:
    """While nobody is there to be woken."""
