"""House: what a connection and its requests may ask of the site they belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from jivod.web.errors import Exit
from jivod.web.limits import Limits
from jivod.web.metrics import Metrics


class House(Protocol):
    """`jivod.web.site.JivodSite`, as seen from below. `seconds` is its clock, `date` the Date header of this moment."""

    resource: Any
    limits: Limits
    exit: Exit
    metrics: Metrics
    seconds: Callable[[], float]
    date: bytes
    draining: bool

    def opened(self, channel: Any) -> None:
        """A channel has its connection."""

    def closed(self, channel: Any) -> None:
        """A channel lost its connection."""
